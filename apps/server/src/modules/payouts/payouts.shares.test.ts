import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openPayoutWorld, otherShopId, type PayoutWorld, shopId } from '../../../test/payouts.ts';
import { returnsFor } from './payouts.shares.domain.ts';
import { createShareSelling } from './payouts.shares.selling.ts';

let world: PayoutWorld;
let partners: string[];
const root = '/api/console/profit-sharing';

beforeAll(async () => {
  world = await openPayoutWorld();
  partners = [];
  for (const account of ['1900000109', '1900000110']) {
    const added = await world.staff('POST', `${root}/receivers`, undefined, { account, name: '示例合作伙伴' });
    partners.push(added.json().receiverId);
  }
  await world.sweep('payouts.receiver');
});
beforeEach(async () => {
  await world.twin.control('POST', '/switches/reset');
  await world.twin.switchTo({ 'sharing.seconds': 0, 'pay.refundSeconds': 0 });
});
afterAll(() => world.close());

let counter = 0;
/** A trade really paid at the twin, its money frozen for sharing. */
async function paidTrade(paid = 10_000) {
  const outTradeNo = `TRADE${Date.now()}${++counter}`;
  const { miniAppId, mchid } = world.twin.credentials;
  const { prepay_id } = await world.client.call<{ prepay_id: string }>({
    method: 'POST',
    path: '/v3/pay/transactions/jsapi',
    body: {
      appid: miniAppId,
      mchid,
      description: '四件套',
      out_trade_no: outTradeNo,
      notify_url: 'http://127.0.0.1:9/none',
      amount: { total: paid, currency: 'CNY' },
      payer: { openid: world.openid },
      settle_info: { profit_sharing: true },
    },
  });
  await world.twin.phone('/request-payment', {
    ...(await world.client.payParams(miniAppId, prepay_id)),
    fundedBy: 'card',
  });
  const { transactionId } = await world.twin.control<{ transactionId: string }>('GET', `/orders/${outTradeNo}`);
  return { buyerId: randomUUID(), transactionId, outTradeNo, paid };
}
type Trade = Awaited<ReturnType<typeof paidTrade>>;

const requestOf = ({ buyerId, transactionId, paid }: Trade, amounts: number[]) => ({
  shareId: newId(),
  buyerId,
  shopId,
  transactionId,
  paid,
  unfreezes: false,
  parts: amounts.map((amount, index) => ({ receiverId: partners[index] ?? '', amount, description: '合作分成' })),
});
const ask = (request: ReturnType<typeof requestOf>) => world.inTransaction((tx) => world.shares.share(tx, request));
async function run() {
  for (let round = 0; round < 3; round += 1) {
    world.clock.advance(66_000);
    await world.sweep('payouts.share');
    await world.sweep('payouts.return');
  }
}
async function share(trade: Trade, amounts: number[]) {
  const request = requestOf(trade, amounts);
  await ask(request);
  await run();
  return request;
}
const before = ({ buyerId, transactionId, paid }: Trade, refundNo: string, amount: number) =>
  world.inTransaction((tx) =>
    world.shares.beforeRefund(tx, { buyerId, shopId, transactionId, paid, refundNo, amount }),
  );
const rowOf = ({ buyerId }: Trade) =>
  world.db.selectFrom('payouts.sharedTrade').selectAll().where('buyerId', '=', buyerId).executeTakeFirstOrThrow();
/** What the twin says partners really hold. */
async function heldAtTwin({ transactionId }: Trade): Promise<number> {
  const { items, returns } = await world.twin.control<{
    items: { transaction_id: string; out_order_no: string; receivers: { amount: number; result: string }[] }[];
    returns: { out_order_no: string; amount: number; result: string }[];
  }>('GET', '/profit-sharing?limit=1000');
  const own = items.filter((item) => item.transaction_id === transactionId);
  const numbers = new Set(own.map(({ out_order_no }) => out_order_no));
  const given = own.flatMap(({ receivers }) => receivers).filter(({ result }) => result === 'SUCCESS');
  const back = returns.filter(({ out_order_no, result }) => numbers.has(out_order_no) && result === 'SUCCESS');
  const sum = (rows: { amount: number }[]) => rows.reduce((total, { amount }) => total + amount, 0);
  return sum(given) - sum(back);
}

describe('profit sharing', () => {
  it('C10-PAY-09 shares 5 % of 100.00, gets it back before a full refund, and then lets the refund go', async () => {
    const trade = await paidTrade();
    const { shareId } = await share(trade, [500]);
    expect(await rowOf(trade)).toMatchObject({ shared: 500, refunded: 0 });
    expect(await heldAtTwin(trade)).toBe(500);
    expect(await before(trade, 'R1', 10_000)).toBe('returning');
    expect(await heldAtTwin(trade)).toBe(500);
    await run();
    expect(await before(trade, 'R1', 10_000)).toBe('clear');
    expect(await before(trade, 'R1', 10_000)).toBe('clear');
    expect(await rowOf(trade)).toMatchObject({ shared: 0, refunded: 10_000 });
    expect(await heldAtTwin(trade)).toBe(0);
    const page = (await world.staff('GET', `${root}/orders`)).json();
    const shown = page.items.find((item: { shareId: string }) => item.shareId === shareId);
    expect(shown).toMatchObject({ status: 'finished', amount: 500, succeeded: 500, returned: 500 });
  });

  it('C10-PAY-09 checks the cap, what is left of the payment, and the receivers', async () => {
    const trade = await paidTrade();
    await expect(ask(requestOf(trade, [3_001]))).rejects.toMatchObject({ code: 'payouts.share_over_cap' });
    await share(trade, [2_000]);
    await expect(ask(requestOf(trade, [1_001]))).rejects.toMatchObject({ code: 'payouts.share_over_cap' });
    const refunded = await paidTrade(1_000);
    await share(refunded, [1]);
    await before(refunded, 'R2', 999);
    await run();
    expect(await before(refunded, 'R2', 999)).toBe('clear');
    await expect(ask(requestOf(refunded, [2]))).rejects.toMatchObject({ code: 'payouts.share_over_paid' });
    const stranger = requestOf(trade, [1]);
    stranger.parts[0] = { receiverId: newId(), amount: 1, description: '—' };
    await expect(ask(stranger)).rejects.toMatchObject({ code: 'payouts.receiver_not_active' });
  });

  it('takes one id once, also 50 times at once', async () => {
    const trade = await paidTrade();
    const request = requestOf(trade, [100, 200]);
    await Promise.all(Array.from({ length: 50 }, () => ask(request)));
    await run();
    expect(await rowOf(trade)).toMatchObject({ shared: 300 });
    expect(await heldAtTwin(trade)).toBe(300);
    await expect(ask({ ...request, parts: request.parts.slice(1) })).rejects.toMatchObject({
      code: 'payouts.share_number_taken',
    });
  });

  it('FINISHED is not success: what a receiver did not get is ours again', async () => {
    await world.twin.switchTo({ 'sharing.outcome': 'ACCOUNT_ABNORMAL' });
    const trade = await paidTrade();
    await share(trade, [500]);
    expect(await rowOf(trade)).toMatchObject({ shared: 0 });
    expect(await before(trade, 'R3', 10_000)).toBe('clear');
  });

  it.each(['http-500-after', 'dropped-after', 'dropped', 'bad-signature'])(
    'asks before it sends again when the reply to a share or a return is lost (%s)',
    async (fault) => {
      const trade = await paidTrade();
      const lose = (path: string) =>
        world.twin.switchTo({
          'pay.responseFault': fault,
          'pay.responseFaultTimes': 1,
          'pay.responseFaultPath': path,
        });
      await lose('profitsharing/orders');
      await share(trade, [400]);
      expect([(await rowOf(trade)).shared, await heldAtTwin(trade)]).toEqual([400, 400]);
      await before(trade, 'R4', 5_000);
      await lose('return-orders');
      await run();
      expect([(await rowOf(trade)).shared, await heldAtTwin(trade)]).toEqual([200, 200]);
    },
  );

  it('a partner that cannot give back does not keep a refund that our own money covers', async () => {
    const trade = await paidTrade();
    await share(trade, [500]);
    await world.twin.switchTo({ 'sharing.returnOutcome': 'BALANCE_NOT_ENOUGH' });
    expect(await before(trade, 'R5', 2_000)).toBe('returning');
    await run();
    expect(await before(trade, 'R5', 2_000)).toBe('clear');
    expect(await rowOf(trade)).toMatchObject({ shared: 500, refunded: 2_000 });
  });

  it('C10-PAY-09 counts refunds that went out before the first share was asked for', async () => {
    const trade = await paidTrade();
    for (const [refundNo, amount] of [
      ['B1', 2_533],
      ['B2', 789],
      ['B3', 3_995],
    ] as const) {
      expect(await before(trade, refundNo, amount)).toBe('clear');
      expect(await before(trade, refundNo, amount)).toBe('clear');
    }
    expect(await rowOf(trade)).toMatchObject({ shared: 0, refunded: 7_317 });
    await share(trade, [2_464]);
    await expect(ask(requestOf(trade, [220]))).rejects.toMatchObject({ code: 'payouts.share_over_paid' });
    expect([(await rowOf(trade)).shared, await heldAtTwin(trade)]).toEqual([2_464, 2_464]);
  });

  it('C10-PAY-09 the first share and refunds at the same moment never give out more than was paid', async () => {
    for (let round = 0; round < 10; round += 1) {
      const trade = await paidTrade(1_000);
      const shares = [200, 200].map((amount) => ask(requestOf(trade, [amount])).catch(() => 'refused'));
      const refunds = ['C1', 'C2'].map((no) => before(trade, `${no}-${round}`, 450));
      const [said] = await Promise.all([Promise.all(refunds), ...shares]);
      const { shared, refunded } = await rowOf(trade);
      expect(refunded).toBe(450 * said.filter((one) => one === 'clear').length);
      expect(shared + refunded).toBeLessThanOrEqual(1_000);
    }
  });

  it('C10-PAY-09 a share asked for while a refund waits for partners leaves it what it needs', async () => {
    const trade = await paidTrade();
    await share(trade, [500]);
    expect(await before(trade, 'W1', 9_000)).toBe('returning');
    await expect(ask(requestOf(trade, [501]))).rejects.toMatchObject({ code: 'payouts.share_over_paid' });
    await run();
    expect(await before(trade, 'W1', 9_000)).toBe('clear');
  });

  it('waits for a share still on its way, and knows nothing of trades never shared', async () => {
    const trade = await paidTrade();
    await ask(requestOf(trade, [500]));
    expect(await before(trade, 'R6', 1_000)).toBe('returning');
    await run();
    await before(trade, 'R6', 1_000);
    await run();
    expect(await before(trade, 'R6', 1_000)).toBe('clear');
    expect(await before(await paidTrade(), 'R7', 1_000)).toBe('clear');
  });

  it('a trade placed without sharing refuses the share and frees its sum', async () => {
    const trade = { ...(await paidTrade()), transactionId: '4200000000000000000000000000' };
    await share(trade, [500]);
    expect(await rowOf(trade)).toMatchObject({ shared: 0 });
  });

  it('receivers are the shop’s own, masked, refused with reason, removed and added again', async () => {
    const list = async (who?: string) => (await world.staff('GET', `${root}/receivers`, who)).json().items;
    const [first] = await list();
    expect(first).toMatchObject({ status: 'active', name: '示*****' });
    expect(await list(`${otherShopId}/payouts.read`)).toEqual([]);
    const own = { account: world.twin.credentials.mchid, name: '小铺' };
    const added = await world.staff('POST', `${root}/receivers`, undefined, own);
    await world.sweep('payouts.receiver');
    const { receiverId } = added.json();
    const refused = (await list()).find((one: { receiverId: string }) => one.receiverId === receiverId);
    expect(refused).toMatchObject({ status: 'refused', lastError: expect.stringContaining('INVALID_REQUEST') });
    const twice = await world.staff('POST', `${root}/receivers`, undefined, { account: '1900000109', name: '重复' });
    expect([twice.statusCode, twice.json().error.code]).toEqual([409, 'payouts.receiver_taken']);
    const foreign = `${otherShopId}/payouts.manage`;
    expect((await world.staff('DELETE', `${root}/receivers/${receiverId}`, foreign)).statusCode).toBe(404);
    expect((await world.staff('DELETE', `${root}/receivers/${receiverId}`)).statusCode).toBe(204);
    await world.sweep('payouts.receiver');
    expect((await world.staff('POST', `${root}/receivers`, undefined, own)).json().receiverId).toBe(receiverId);
  });
});

describe('the sums', () => {
  it('returns never exceed what is held, and leave no larger share of the rest than there was of the whole', () => {
    const parts = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat(100)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 5_000, max: 20_000 }), fc.nat(100), fc.nat(100), (drawn, paid, a, b) => {
        const rows = drawn.map(([amount, percent]) => ({ amount, returned: Math.floor((amount * percent) / 100) }));
        const refunded = Math.floor((paid * Math.min(a, b)) / 100);
        const refund = Math.floor((paid * Math.max(a, b)) / 100) - refunded;
        const back = returnsFor({ paid, refunded }, refund, rows);
        rows.forEach(({ amount, returned }, index) => {
          expect(back[index]).toBeGreaterThanOrEqual(0);
          expect(back[index]).toBeLessThanOrEqual(amount - returned);
        });
        const granted = rows.reduce((sum, { amount }) => sum + amount, 0);
        const held = rows.reduce((sum, { amount, returned }, index) => sum + amount - returned - (back[index] ?? 0), 0);
        expect(held * paid).toBeLessThanOrEqual(granted * (paid - refunded - refund) || (held === 0 ? 0 : -1));
      }),
    );
  });

  it('C10-PAY-09 Σ shared ≤ paid − refunded after any run of shares and refunds, here and at WeChat', async () => {
    const step = fc.record({
      kind: fc.constantFrom('share' as const, 'refund' as const),
      amount: fc.integer({ min: 1, max: 4_000 }),
      isRun: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
        const trade = await paidTrade();
        let cleared = 0;
        const asked: [string, number][] = [];
        for (const { kind, amount, isRun } of steps) {
          if (kind === 'share') await ask(requestOf(trade, [amount])).catch(() => {});
          else asked.push([`R${++counter}`, amount]);
          if (isRun) await run();
          for (const entry of [...asked]) {
            const [refundNo, wanted] = entry;
            // Payments refuse a refund above what was paid; this does not repeat that check.
            if (cleared + wanted > trade.paid) asked.splice(asked.indexOf(entry), 1);
            else if ((await before(trade, refundNo, wanted)) === 'clear') {
              cleared += wanted;
              asked.splice(asked.indexOf(entry), 1);
            }
          }
        }
        await run();
        const row = await world.db
          .selectFrom('payouts.sharedTrade')
          .selectAll()
          .where('buyerId', '=', trade.buyerId)
          .executeTakeFirst();
        const held = await heldAtTwin(trade);
        expect(held).toBeLessThanOrEqual(trade.paid - cleared);
        expect(row?.shared ?? 0).toBe(held);
      }),
      { numRuns: 20 },
    );
  }, 120_000);
});

describe('partners that do not give back', () => {
  it('C10-PAY-09 are asked again each hour, and in the end the shop bears it: the buyer’s refund goes out', async () => {
    const trade = await paidTrade(1_000);
    await share(trade, [300]);
    await world.twin.switchTo({ 'sharing.returnOutcome': 'BALANCE_NOT_ENOUGH' });
    expect(await before(trade, 'F1', 1_000)).toBe('returning');
    await run();
    expect(await before(trade, 'F1', 1_000)).toBe('returning');
    world.clock.advance(3_600_000);
    expect(await before(trade, 'F1', 1_000)).toBe('returning');
    await run();
    expect(await heldAtTwin(trade)).toBe(300);
    world.clock.advance(24 * 3_600_000);
    expect(await before(trade, 'F1', 1_000)).toBe('clear');
    expect(await rowOf(trade)).toMatchObject({ shared: 0, refunded: 1_000, forgone: 300 });
  });

  it('C10-PAY-09 an hour later they may be able to: then nothing is forgone', async () => {
    const trade = await paidTrade(1_000);
    await share(trade, [300]);
    await world.twin.switchTo({ 'sharing.returnOutcome': 'BALANCE_NOT_ENOUGH' });
    await before(trade, 'F2', 1_000);
    await run();
    await world.twin.switchTo({ 'sharing.returnOutcome': 'SUCCESS' });
    world.clock.advance(3_600_000);
    await before(trade, 'F2', 1_000);
    await run();
    expect(await before(trade, 'F2', 1_000)).toBe('clear');
    expect(await rowOf(trade)).toMatchObject({ shared: 0, refunded: 1_000, forgone: 0 });
    expect(await heldAtTwin(trade)).toBe(0);
  });
});

describe('what partners get of each order', () => {
  const setRate = (receiverId: string, rate: number, who?: string) =>
    world.staff('PUT', `${root}/receivers/${receiverId}/rate`, who, { rate });

  it('C10-PAY-09 rates together stay under the cap, also set at once', async () => {
    const [first = '', second = ''] = partners;
    const replies = await Promise.all([setRate(first, 2_000), setRate(second, 2_000)]);
    expect(replies.map(({ statusCode }) => statusCode).sort()).toEqual([204, 409]);
    expect((await setRate(first, 1, `${otherShopId}/payouts.manage`)).statusCode).toBe(404);
    await setRate(first, 500);
    expect((await setRate(second, 100)).statusCode).toBe(204);
  });

  it('C10-PAY-09 an order that is done is shared after some days, of what is left; the rest is set free', async () => {
    const trade = await paidTrade();
    const sold = { paymentId: newId(), payable: 10_000, refundedAmount: 2_000 };
    const selling = createShareSelling({
      shares: world.shares,
      policies: world.policies,
      clock: world.clock,
      orderOf: async () => sold,
      tradeOf: async () => ({ transactionId: trade.transactionId, paid: trade.paid, isShared: true }),
    });
    expect(await selling.isShared(world.db, [shopId])).toBe(false);
    await world.inTransaction((tx) => world.policies.set(tx, { key: 'payouts.sharing', value: 1, shopId, by: '小周' }));
    await world.policies.refresh();
    expect(await selling.isShared(world.db, [shopId])).toBe(true);
    expect(await selling.isShared(world.db, [shopId, otherShopId])).toBe(false);
    const done = { buyerId: trade.buyerId, orderNo: 'O1', shopId };
    expect(await before(trade, 'S1', 2_000)).toBe('clear');
    await Promise.all([1, 2, 3].map(() => world.inTransaction((tx) => selling.orderCompleted(tx, done))));
    const sweep = selling.sweep(world.inTransaction);
    await sweep.run();
    await run();
    expect(await heldAtTwin(trade)).toBe(0);
    world.clock.advance(7 * 24 * 3_600_000);
    await Promise.all([sweep.run(), sweep.run()]);
    await run();
    // 5 % and 1 % of the 80.00 that were left.
    expect(await heldAtTwin(trade)).toBe(480);
    const { unsplit_amount } = await world.client.call<{ unsplit_amount: number }>({
      method: 'GET',
      path: `/v3/profitsharing/transactions/${trade.transactionId}/amounts`,
    });
    expect(unsplit_amount).toBe(0);
  });

  it('C10-PAY-09 with nothing to share the frozen money is set free', async () => {
    const trade = await paidTrade();
    const selling = createShareSelling({
      shares: world.shares,
      policies: world.policies,
      clock: world.clock,
      orderOf: async () => ({ paymentId: newId(), payable: 10, refundedAmount: 0 }),
      tradeOf: async () => ({ transactionId: trade.transactionId, paid: trade.paid, isShared: true }),
    });
    await world.inTransaction((tx) => selling.orderCompleted(tx, { buyerId: trade.buyerId, orderNo: 'O2', shopId }));
    world.clock.advance(7 * 24 * 3_600_000);
    await selling.sweep(world.inTransaction).run();
    await run();
    const path = `/v3/profitsharing/transactions/${trade.transactionId}/amounts`;
    const { unsplit_amount } = await world.client.call<{ unsplit_amount: number }>({ method: 'GET', path });
    expect(unsplit_amount).toBe(0);
  });
});
