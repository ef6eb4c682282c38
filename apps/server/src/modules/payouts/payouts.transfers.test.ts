import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openPayoutWorld, otherShopId, type PayoutWorld, shopId } from '../../../test/payouts.ts';
import { isSettled, payoutTransitions } from './payouts.domain.ts';

let world: PayoutWorld;
beforeAll(async () => {
  world = await openPayoutWorld();
});
beforeEach(async () => {
  await world.twin.control('POST', '/switches/reset');
  await world.twin.switchTo({ 'notify.signWith': 'public-key', 'transfer.seconds': 0 });
});
afterAll(() => world.close());

/** Requested, sent, and waiting for the payee. */
async function waiting(given: Parameters<PayoutWorld['request']>[0] = {}) {
  const request = await world.request(given);
  await world.sweep();
  const view = (await world.read(request.buyerId, request.payoutId)).json();
  return { ...request, view };
}
const hasStatus = (payoutId: string, status: string) =>
  world.until(async () => (await world.statusOf(payoutId)) === status);

describe('a transfer to a buyer', () => {
  it('is confirmed by the payee, and its notice settles it once', async () => {
    const { payoutId, buyerId, amount, view } = await waiting();
    expect(view).toMatchObject({ status: 'awaiting_confirmation', statusText: '待确认收款', amount });
    expect(view.confirmation).toEqual({
      mchId: world.twin.credentials.mchid,
      appId: world.twin.credentials.miniAppId,
      package: expect.any(String),
    });
    expect(view.confirmUrl).toContain('/sandbox/transfer?');
    expect((await fetch(view.confirmUrl)).status).toBe(200);
    expect((await world.confirm(view.confirmation)).result).toBe('ok');
    await hasStatus(payoutId, 'succeeded');
    expect(await world.events('payouts.payout_settled', payoutId)).toEqual([
      { buyerId, payoutId, amount, settledAt: world.clock.now().toISOString() },
    ]);
    const after = (await world.read(buyerId, payoutId)).json();
    expect(after).toMatchObject({ status: 'succeeded', confirmation: null, confirmUrl: null });
  });

  it('is found paid by query when the notice is lost: when the buyer looks, and by the sweep', async () => {
    await world.twin.switchTo({ 'notify.transfer': 'lost' });
    const looked = await waiting();
    await world.confirm(looked.view.confirmation, 'confirm-unheard');
    world.clock.advance(2_100);
    expect((await world.read(looked.buyerId, looked.payoutId)).json().status).toBe('succeeded');
    const left = await waiting();
    await world.confirm(left.view.confirmation);
    world.clock.advance(20_000);
    await world.sweep();
    expect(await world.statusOf(left.payoutId)).toBe('succeeded');
    for (const { payoutId } of [looked, left])
      expect(await world.events('payouts.payout_settled', payoutId)).toHaveLength(1);
  });

  it('takes a notice that comes three times at once as one', async () => {
    await world.twin.switchTo({ 'notify.transfer': 'duplicate' });
    const { payoutId, view } = await waiting();
    await world.confirm(view.confirmation);
    await hasStatus(payoutId, 'succeeded');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await world.events('payouts.payout_settled', payoutId)).toHaveLength(1);
  });

  it.each(['bad-signature', 'sign-test', 'unknown-serial', 'wrong-key'])(
    'refuses a %s notice and takes the proper repetition',
    async (fault) => {
      await world.twin.switchTo({ 'notify.transfer': fault });
      const { payoutId, view } = await waiting();
      await world.confirm(view.confirmation);
      const { outBillNo } = await world.rowOf(payoutId);
      const refused = await world.until(async () => {
        const { items } = await world.twin.control<{
          items: { outTradeNo: string; attempts: number; lastStatus: number }[];
        }>('GET', '/notifications');
        return items.find(({ outTradeNo, attempts }) => outTradeNo === outBillNo && attempts >= 1);
      });
      expect(refused.lastStatus).toBe(fault === 'wrong-key' ? 400 : 401);
      expect(await world.statusOf(payoutId)).toBe('awaiting_confirmation');
      world.clock.advance(1_000);
      await hasStatus(payoutId, 'succeeded');
    },
  );

  it('holds a properly signed notice of another amount for people and counts it as neither paid nor failed', async () => {
    await world.twin.switchTo({ 'notify.transfer': 'wrong-amount' });
    const { payoutId, view } = await waiting();
    await world.confirm(view.confirmation);
    await hasStatus(payoutId, 'held_for_review');
    expect(await world.events('payouts.payout_settled', payoutId)).toEqual([]);
    expect(await world.events('payouts.payout_failed', payoutId)).toEqual([]);
  });

  it.each(['FAIL', 'CANCELLED'])('fails when nobody confirmed for a day (%s)', async (state) => {
    await world.twin.switchTo({ 'transfer.overdueState': state });
    const { payoutId, buyerId, amount } = await waiting();
    world.clock.advance(24 * 3_600_000);
    await world.bills();
    await hasStatus(payoutId, 'failed');
    expect(await world.events('payouts.payout_failed', payoutId)).toEqual([
      { buyerId, payoutId, amount, reason: 'OVERDUE_CLOSE' },
    ]);
    const view = (await world.read(buyerId, payoutId)).json();
    expect(view).toMatchObject({ status: 'failed', failReason: '超过 24 小时未确认，已自动关闭', confirmation: null });
  });

  it.each(['ACCOUNT_FROZEN', 'TRANSFER_QUOTA_EXCEED', 'DAY_RECEIVED_COUNT_EXCEED'])(
    'fails by the payee’s account or limits: %s',
    async (reason) => {
      await world.twin.switchTo({ 'transfer.outcome': reason });
      const { payoutId, view } = await waiting();
      await world.confirm(view.confirmation);
      await hasStatus(payoutId, 'failed');
      expect(await world.events('payouts.payout_failed', payoutId)).toMatchObject([{ reason }]);
    },
  );

  it('waits for funds that WeChat refuses or parks for, and goes on by itself', async () => {
    await world.twin.switchTo({ 'transfer.funds': 'refuse' });
    const refused = await world.request();
    await world.sweep();
    expect(await world.rowOf(refused.payoutId)).toMatchObject({ status: 'requested', lastError: /NOT_ENOUGH/ });
    await world.twin.switchTo({ 'transfer.funds': 'park' });
    const parked = await world.request();
    await world.sweep();
    expect(await world.statusOf(parked.payoutId)).toBe('processing');
    await world.twin.switchTo({ 'transfer.funds': 'enough' });
    for (let round = 0; round < 2; round += 1) {
      world.clock.advance(10_000);
      await world.sweep();
    }
    for (const { payoutId, buyerId } of [refused, parked]) {
      const view = (await world.read(buyerId, payoutId)).json();
      expect(view.status).toBe('awaiting_confirmation');
      expect(view.confirmation.package).toEqual(expect.any(String));
    }
  });

  it.each([
    'http-500',
    'http-500-after',
    'http-503',
    'http-429',
    'dropped',
    'dropped-after',
    'bad-signature',
    'unsigned',
  ])(
    'is asked for before it is sent again when the reply is lost (%s): one bill, and its package is found',
    async (fault) => {
      await world.twin.switchTo({
        'pay.responseFault': fault,
        'pay.responseFaultTimes': 1,
        'pay.responseFaultPath': 'transfer-bills',
      });
      const { payoutId, buyerId } = await world.request();
      await world.sweep();
      expect(await world.statusOf(payoutId)).toBe('requested');
      world.clock.advance(10_000);
      await world.sweep();
      const view = (await world.read(buyerId, payoutId)).json();
      expect(view).toMatchObject({ status: 'awaiting_confirmation', confirmation: { package: expect.any(String) } });
      const { outBillNo } = await world.rowOf(payoutId);
      expect((await world.bills()).filter((bill) => bill.outBillNo === outBillNo)).toHaveLength(1);
    },
  );

  it('a scene not granted blocks it for people, who send it again under its own number', async () => {
    await world.twin.switchTo({ 'transfer.scenes': '1000' });
    const { payoutId, buyerId } = await world.request();
    await world.sweep();
    expect(await world.statusOf(payoutId)).toBe('blocked');
    expect((await world.staff('POST', `/${payoutId}/retry`)).statusCode).toBe(204);
    await world.sweep();
    expect(await world.statusOf(payoutId)).toBe('blocked');
    await world.twin.switchTo({ 'transfer.scenes': '1005' });
    const { outBillNo } = await world.rowOf(payoutId);
    await world.staff('POST', `/${payoutId}/retry`);
    await world.sweep();
    expect((await world.read(buyerId, payoutId)).json().status).toBe('awaiting_confirmation');
    expect((await world.rowOf(payoutId)).outBillNo).toBe(outBillNo);
    const again = await world.staff('POST', `/${payoutId}/retry`);
    expect([again.statusCode, again.json().error.code]).toEqual([409, 'payouts.not_retryable']);
  });

  it('is taken back at WeChat first; a payee who was faster keeps the money', async () => {
    const { payoutId, view } = await waiting();
    expect((await world.staff('POST', `/${payoutId}/cancel`)).statusCode).toBe(204);
    expect(await world.events('payouts.payout_failed', payoutId)).toEqual([]);
    await world.sweep();
    await hasStatus(payoutId, 'failed');
    expect(await world.events('payouts.payout_failed', payoutId)).toMatchObject([{ reason: 'MCH_CANCEL' }]);
    expect(await world.confirm(view.confirmation)).toMatchObject({ result: 'fail', reason: 'closed' });

    await world.twin.switchTo({ 'notify.transfer': 'lost' });
    const faster = await waiting();
    await world.confirm(faster.view.confirmation);
    await world.staff('POST', `/${faster.payoutId}/cancel`);
    await world.sweep();
    expect(await world.statusOf(faster.payoutId)).toBe('succeeded');
  });

  it('one WeChat never took fails only once its absence is proven', async () => {
    await world.twin.switchTo({ 'pay.responseFault': 'dropped', 'pay.responseFaultPath': 'transfer-bills' });
    const { payoutId } = await world.request();
    await world.sweep();
    await world.twin.switchTo({ 'pay.responseFault': 'none' });
    await world.staff('POST', `/${payoutId}/cancel`);
    await world.sweep();
    expect(await world.statusOf(payoutId)).toBe('cancelling');
    for (let round = 0; round < 4; round += 1) {
      world.clock.advance(30_000);
      await world.sweep();
    }
    expect(await world.statusOf(payoutId)).toBe('failed');
    expect(await world.events('payouts.payout_failed', payoutId)).toMatchObject([{ reason: 'NEVER_SENT' }]);
  });

  it('is paid once from 50 parallel requests, sweeps and confirmations', async () => {
    const given = world.requestOf();
    await Promise.all(Array.from({ length: 50 }, () => world.inTransaction((tx) => world.payouts.request(tx, given))));
    await Promise.all(Array.from({ length: 10 }, () => world.sweep()));
    const { confirmation } = (await world.read(given.buyerId, given.payoutId)).json();
    const confirmed = await Promise.all(Array.from({ length: 20 }, () => world.confirm(confirmation)));
    expect(confirmed.filter(({ result }) => result === 'ok')).toHaveLength(1);
    await hasStatus(given.payoutId, 'succeeded');
    const { outBillNo } = await world.rowOf(given.payoutId);
    expect((await world.bills()).filter((bill) => bill.outBillNo === outBillNo)).toMatchObject([
      { amount: given.amount, state: 'SUCCESS' },
    ]);
    expect(await world.events('payouts.payout_settled', given.payoutId)).toHaveLength(1);
  });

  it('refuses the same id with another amount or payee, and amounts out of range', async () => {
    const given = await world.request();
    const again = (over: object) => world.inTransaction((tx) => world.payouts.request(tx, { ...given, ...over }));
    await expect(again({})).resolves.toBeUndefined();
    await expect(again({ amount: 1_235 })).rejects.toMatchObject({ code: 'payouts.number_taken' });
    await expect(again({ openid: 'oOther' })).rejects.toMatchObject({ code: 'payouts.number_taken' });
    await expect(world.request({ amount: 29 })).rejects.toMatchObject({ code: 'payouts.amount_out_of_range' });
    await expect(world.request({ amount: 500_001 })).rejects.toMatchObject({ code: 'payouts.amount_out_of_range' });
    await expect(world.request({ amount: 0 })).rejects.toThrow(RangeError);
  });

  it('from 2,000 yuan on sends the real name sealed for WeChat, stores it sealed, and fails on another name', async () => {
    await expect(world.request({ amount: 200_000 })).rejects.toMatchObject({ code: 'payouts.payee_name_needed' });
    const right = await waiting({ amount: 200_000, payeeName: '林夏' });
    await world.confirm(right.view.confirmation);
    await hasStatus(right.payoutId, 'succeeded');
    expect((await world.rowOf(right.payoutId)).payeeName).not.toContain('林夏');
    const wrong = await waiting({ amount: 200_000, payeeName: '陈默' });
    await world.confirm(wrong.view.confirmation);
    await hasStatus(wrong.payoutId, 'failed');
    expect(await world.events('payouts.payout_failed', wrong.payoutId)).toMatchObject([{ reason: 'NAME_NOT_CORRECT' }]);
    const sent = await world.twin.received('wechat-pay', 'transfer-bills');
    expect(sent.some(({ requestBody }) => requestBody.includes('林夏'))).toBe(false);
  });

  it('is nobody else’s: another buyer, another shop and missing rights read and change nothing', async () => {
    const { payoutId, buyerId } = await waiting();
    const stranger = await world.read('01970000-0000-7000-8000-0000000000ff', payoutId);
    expect([stranger.statusCode, stranger.json().error.code]).toEqual([404, 'payouts.not_found']);
    const other = `${otherShopId}/payouts.read/payouts.manage`;
    expect((await world.staff('GET', `/${payoutId}`, other)).statusCode).toBe(404);
    expect((await world.staff('POST', `/${payoutId}/cancel`, other)).statusCode).toBe(404);
    expect((await world.staff('GET', '', other)).json()).toMatchObject({ items: [], total: 0 });
    expect((await world.staff('POST', `/${payoutId}/cancel`, `${shopId}/payouts.read`)).statusCode).toBe(403);
    expect((await world.staff('GET', '', '')).statusCode).toBe(401);
    expect((await world.read(buyerId, payoutId)).json().status).toBe('awaiting_confirmation');
  });

  it('shows the console every step, in order, and keeps an audit entry of each decision', async () => {
    const { payoutId, view } = await waiting();
    await world.confirm(view.confirmation);
    await hasStatus(payoutId, 'succeeded');
    const detail = (await world.staff('GET', `/${payoutId}`)).json();
    expect(detail.steps.map(({ from, to, by }: Record<string, string>) => [from, to, by])).toEqual([
      [null, 'requested', 'request'],
      ['requested', 'awaiting_confirmation', 'reply'],
      ['awaiting_confirmation', 'succeeded', 'notice'],
    ]);
    const page = (await world.staff('GET', '?status=succeeded')).json();
    expect(page.items.map((item: { payoutId: string }) => item.payoutId)).toContain(payoutId);
    const late = await world.staff('POST', `/${payoutId}/cancel`);
    expect([late.statusCode, late.json().error.code]).toEqual([409, 'payouts.not_cancellable']);
    const actions = world.audited.filter(({ target }) => target === payoutId);
    expect(actions).toEqual([]);
  });
});

describe('the table of statuses', () => {
  it('lets nothing leave an end, and every status reach one', () => {
    const ends = Object.keys(payoutTransitions).filter((status) => isSettled(status as never));
    expect(ends.sort()).toEqual(['failed', 'held_for_review', 'succeeded']);
    for (const [status, next] of Object.entries(payoutTransitions))
      if (!ends.includes(status)) expect(next.some((one) => ends.includes(one))).toBe(true);
  });
});
