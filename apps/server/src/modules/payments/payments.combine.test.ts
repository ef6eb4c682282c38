import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, hourMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import { newTradeNo } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createPolicies } from '#platform/policy.ts';
import { createReconciliation } from '../finance/index.ts';
import { ledgerLines, ledgerPage, ordersOfPayments } from './index.ts';
import { findOddPart, planParts, wholeOf } from './payments.combine.ts';
import { openTwinWorld, otherShopId, pcBrowser, phoneBrowser, shopId } from './payments.testing.ts';

let world: Awaited<ReturnType<typeof openTwinWorld>>;
beforeAll(async () => {
  world = await openTwinWorld();
  await world.db
    .insertInto('payments.shopMerchant')
    .values([
      { shopId, subMchId: '1900000201', setBy: '小周', setAt: world.clock.now() },
      { shopId: otherShopId, subMchId: '1900000202', setBy: '小周', setAt: world.clock.now() },
    ])
    .execute();
});
beforeEach(async () => {
  world.settings.isCombining = true;
  await world.twin.control('POST', '/switches/reset');
  await world.twin.switchTo({
    'pay.signatureMode': 'public-key',
    'notify.signWith': 'public-key',
    'pay.refundSeconds': 0,
  });
});
afterAll(() => world.close());

const opened = (split = [6_000, 2_990]) => world.openFor('su-wan', { split });
async function started(split?: number[]) {
  const payment = await opened(split);
  const reply = await world.start(payment.buyerId, payment.paymentId);
  expect(reply.statusCode).toBe(200);
  const { params } = reply.json<{ params: object }>();
  const [attempt] = await world.attemptsOf(payment.paymentId);
  return { ...payment, params, tradeNo: attempt?.outTradeNo ?? '' };
}
const hasStatus = (paymentId: string, status: string) =>
  world.until(async () => (await world.statusOf(paymentId)) === status);
async function paid(split?: number[]) {
  const payment = await started(split);
  await world.pay(payment.params);
  await hasStatus(payment.paymentId, 'succeeded');
  return payment;
}
const viewOf = ({ buyerId, paymentId }: { buyerId: string; paymentId: string }) =>
  world.payments.view(world.db, buyerId, paymentId);
async function refund(payment: { buyerId: string; paymentId: string }, orderNo: string, amount: number) {
  const refundNo = newTradeNo(payment.buyerId, world.clock.now());
  const { buyerId, paymentId } = payment;
  await world.inTransaction((tx) =>
    world.payments.requestRefund(tx, { buyerId, paymentId, orderNo, refundNo, amount, reason: '不想要了' }),
  );
  await world.sweep('payments.refund');
  return refundNo;
}
const refundOf = (refundNo: string) =>
  world.db.selectFrom('payments.refund').selectAll().where('refundNo', '=', refundNo).executeTakeFirstOrThrow();
const succeeded = async (paymentId: string) =>
  (await world.events<{ paymentId: string }>('payments.payment_succeeded')).filter(
    (one) => one.paymentId === paymentId,
  );

describe('one sheet for the orders of several shops', () => {
  it('C10-PAY-03 is paid as a whole, each part to its own merchant, and told once', async () => {
    const payment = await paid();
    const { parts, outTradeNo } = await viewOf(payment);
    expect(outTradeNo).toBe(payment.tradeNo);
    expect(parts).toMatchObject([
      {
        outTradeNo: `${payment.tradeNo}-1`,
        shopId,
        subMchId: '1900000201',
        amount: 6_000,
        orderNo: payment.orderNos[0],
      },
      { outTradeNo: `${payment.tradeNo}-2`, shopId: otherShopId, subMchId: '1900000202', amount: 2_990 },
    ]);
    const ids = parts?.map(({ transactionId }) => transactionId) ?? [];
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => /^4200\d{24}$/.test(id ?? ''))).toBe(true);
    expect(await succeeded(payment.paymentId)).toHaveLength(1);
    // WeChat does not know it as an ordinary trade.
    await expect(world.gateway.query(payment.tradeNo)).rejects.toMatchObject({ problem: 'absent' });
  });

  it('C10-PAY-08 works by H5 and by Native too', async () => {
    const h5 = await opened();
    const { redirectUrl } = (await world.start(h5.buyerId, h5.paymentId, 'h5', 'wechat_h5', phoneBrowser)).json();
    await world.twin.phone('/scan', { url: redirectUrl, persona: 'lin-xia' });
    await hasStatus(h5.paymentId, 'succeeded');
    const pc = await opened();
    const { code } = (await world.start(pc.buyerId, pc.paymentId, 'h5', 'wechat_native', pcBrowser)).json();
    await world.twin.phone('/scan', { url: code.text, persona: 'lin-xia' });
    await hasStatus(pc.paymentId, 'succeeded');
    expect((await viewOf(pc)).parts).toHaveLength(2);
  });

  it.each([
    ['the setting is off', false, [6_000, 2_990]],
    ['one order owes nothing', true, [6_000, 0]],
    ['there is one order', true, [6_000]],
  ] as const)('keeps to one merchant when %s', async (_why, isOn, split) => {
    world.settings.isCombining = isOn;
    const payment = await paid([...split]);
    expect((await viewOf(payment)).parts).toBeNull();
    expect(await world.gateway.query(payment.tradeNo)).toMatchObject({ trade_state: 'SUCCESS' });
  });

  it('C10-PAY-04 a second tap hands out one prepay; closing names every part, and nothing can be paid then', async () => {
    const payment = await started();
    const again = (await world.start(payment.buyerId, payment.paymentId)).json<{ params: { package: string } }>();
    expect(again.params.package).toBe((payment.params as { package: string }).package);
    const { buyerId, paymentId } = payment;
    await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    await world.sweep('payments.check');
    await hasStatus(paymentId, 'closed');
    expect(await world.pay(payment.params)).toMatchObject({ result: 'fail', reason: 'closed' });
  });

  it('closing meets a payment: the payment wins', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'lost' });
    const payment = await started();
    await world.pay(payment.params);
    const { buyerId, paymentId } = payment;
    await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('succeeded');
  });

  it.each(['duplicate', 'bad-signature', 'wrong-key'])(
    'C10-PAY-05 takes one result from a %s notice',
    async (fault) => {
      await world.twin.switchTo({ 'notify.transaction': fault });
      const payment = await started();
      await world.pay(payment.params);
      const { tradeNo, paymentId } = payment;
      await world.until(async () => {
        world.advance(500);
        return (await world.statusOf(paymentId)) === 'succeeded';
      });
      const { items } = await world.twin.control<{ items: { id: string; outTradeNo: string }[] }>(
        'GET',
        '/notifications',
      );
      const { id } = items.find((one) => one.outTradeNo === tradeNo) ?? { id: '' };
      await world.twin.control('POST', `/notifications/${id}/send`);
      expect(await succeeded(paymentId)).toHaveLength(1);
    },
  );

  it('C10-PAY-06 a lost notice is found by asking, whoever asks first', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'lost' });
    const payment = await started();
    await world.pay(payment.params);
    world.advance(2_500);
    await Promise.all([1, 2, 3].map(() => world.read(payment.buyerId, payment.paymentId)));
    await world.sweep('payments.check');
    expect(await world.statusOf(payment.paymentId)).toBe('succeeded');
    expect(await succeeded(payment.paymentId)).toHaveLength(1);
  });

  it('C10-PAY-05 a notice that comes after the close makes it paid', async () => {
    const payment = await started();
    await world.pay(payment.params);
    await hasStatus(payment.paymentId, 'succeeded');
    const { paymentId } = payment;
    await world.db
      .updateTable('payments.payment')
      .set({ status: 'closed', paidAt: null, transactionId: null, paidOutTradeNo: null })
      .where('paymentId', '=', paymentId)
      .execute();
    const [attempt] = await world.attemptsOf(paymentId);
    await world.db
      .updateTable('payments.attempt')
      .set({ state: 'closed' })
      .where('outTradeNo', '=', attempt?.outTradeNo ?? '')
      .execute();
    const { items } = await world.twin.control<{ items: { id: string; outTradeNo: string }[] }>(
      'GET',
      '/notifications',
    );
    const { id } = items.find((one) => one.outTradeNo === payment.tradeNo) ?? { id: '' };
    await world.db.deleteFrom('payments.notice').where('tradeNo', '=', payment.tradeNo).execute();
    await world.twin.control('POST', `/notifications/${id}/send`);
    await hasStatus(paymentId, 'succeeded');
  });

  it('holds another amount in one part for people', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'lost' });
    const payment = await started();
    await world.twin.control('PUT', `/orders/${payment.tradeNo}/paid-total`, { total: 8_991 });
    await world.pay(payment.params);
    world.advance(2_500);
    await world.read(payment.buyerId, payment.paymentId);
    expect(await world.statusOf(payment.paymentId)).toBe('held_for_review');
  });

  it('C10-DSP-02 gives back part by part, each from its own shop, and the query asks for that shop', async () => {
    const payment = await paid();
    const [first = '', second = ''] = payment.orderNos;
    const whole = await refund(payment, second, 2_990);
    const some = await refund(payment, first, 1_000);
    world.advance(5_000);
    await world.sweep('payments.refund');
    for (const refundNo of [whole, some])
      await world.until(async () => (await refundOf(refundNo)).status === 'succeeded');
    expect(await refundOf(whole)).toMatchObject({
      subMchId: '1900000202',
      partTradeNo: `${payment.tradeNo}-2`,
      partTotal: 2_990,
    });
    await expect(world.gateway.queryRefund(whole)).rejects.toMatchObject({ problem: 'absent' });
    expect(await world.gateway.queryRefund(whole, '1900000202')).toMatchObject({ status: 'SUCCESS' });
    // A lost reply: asked for, never sent twice.
    await world.twin.switchTo({
      'pay.responseFault': 'http-500-after',
      'pay.responseFaultPath': 'refund',
      'pay.responseFaultTimes': 1,
    });
    const lost = await refund(payment, first, 500);
    world.advance(10_000);
    await world.sweep('payments.refund');
    await world.until(async () => (await refundOf(lost)).status === 'succeeded');
  });

  it('C04-INT-05 balances with bills that know the parts alone', async () => {
    const noon =
      startOfShanghaiDay(shanghaiDay(new Date(world.clock.now().getTime() + 2 * dayMs))).getTime() + 12 * hourMs;
    world.advance(noon - world.clock.now().getTime());
    const day = shanghaiDay(world.clock.now());
    const payment = await paid();
    const refundNo = await refund(payment, payment.orderNos[1] ?? '', 990);
    world.advance(5_000);
    await world.sweep('payments.refund');
    await world.until(async () => (await refundOf(refundNo)).status === 'succeeded');
    const reconciliation = createReconciliation({
      database: world.database,
      clock: world.clock,
      policies: createPolicies(world),
      log: createLogger('silent'),
      bills: world.gateway,
      ledger: { page: ledgerPage, lines: ledgerLines, ordersOf: ordersOfPayments },
    });
    world.advance(2 * dayMs);
    const result = await reconciliation.runNow(day, '小周');
    expect((await reconciliation.differences(world.db, { page: 1, pageSize: 20, day })).items).toEqual([]);
    expect(result).toMatchObject({
      state: 'balanced',
      ourPaid: 8_990,
      theirPaid: 8_990,
      ourRefunded: 990,
      flowIn: 0,
      flowOut: 0,
    });
  });
});

describe('what is made of the parts', () => {
  const merchants = new Map([
    ['A', '1'],
    ['B', '2'],
  ]);
  const parts = [
    { orderNo: 'o1', shopId: 'A', amount: 5 },
    { orderNo: 'o2', shopId: 'B', amount: 7 },
  ];
  it('needs two that owe something and a merchant for each', () => {
    expect(planParts('T', parts, merchants)?.map(({ outTradeNo }) => outTradeNo)).toEqual(['T-1', 'T-2']);
    expect(planParts('T', parts, new Map([['A', '1']]))).toBeNull();
    expect(planParts('T', [{ orderNo: 'o1', shopId: 'A', amount: 0 }, ...parts.slice(1)], merchants)).toBeNull();
    expect(planParts('T', null, merchants)).toBeNull();
  });
  it('is paid when all parts are, and names the part that is odd', () => {
    const asked = planParts('T', parts, merchants) ?? [];
    const sub = (
      no: string,
      sub_mchid: string,
      total: number,
      trade_state: 'SUCCESS' | 'NOTPAY' | 'REFUND' = 'SUCCESS',
    ) => ({
      mchid: 'M',
      sub_mchid,
      out_trade_no: no,
      trade_state,
      transaction_id: `t${no}`,
      amount: { total_amount: total },
    });
    const said = (...sub_orders: ReturnType<typeof sub>[]) =>
      wholeOf({ combine_appid: 'a', combine_mchid: 'M', combine_out_trade_no: 'T', sub_orders });
    expect(said(sub('T-2', '2', 7, 'REFUND'), sub('T-1', '1', 5))).toMatchObject({
      trade_state: 'SUCCESS',
      transaction_id: 'tT-1',
    });
    expect(said(sub('T-1', '1', 5), sub('T-2', '2', 7, 'NOTPAY')).trade_state).toBe('NOTPAY');
    expect(findOddPart(said(sub('T-1', '1', 5), sub('T-2', '2', 7)).parts, asked)).toBeUndefined();
    expect(findOddPart(said(sub('T-1', '1', 7), sub('T-2', '2', 5)).parts, asked)).toContain('T-1');
    expect(findOddPart(said(sub('T-1', '2', 5), sub('T-2', '2', 7)).parts, asked)).toContain('商户号');
    expect(findOddPart(said(sub('T-1', '1', 5)).parts, asked)).toContain('应为 2 笔');
  });
});
