import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, hourMs, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import { newTradeNo } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createPolicies } from '#platform/policy.ts';
import { ledgerLines, ledgerPage, ordersOfPayments } from '../payments/index.ts';
import { openTwinWorld, phoneBrowser } from '../payments/payments.testing.ts';
import { agrees } from './finance.recheck.ts';
import { createReconciliation, type Reconciliation } from './index.ts';

type Payment = { buyerId: string; paymentId: string; orderNos: string[] };

describe('reconciliation beyond WeChat Pay', () => {
  let world: Awaited<ReturnType<typeof openTwinWorld>>;
  let reconciliation: Reconciliation;
  let day: string;

  beforeAll(async () => {
    world = await openTwinWorld('public-key', { withOthers: true });
    const { database, clock, gateway, alipay, paypal } = world;
    reconciliation = createReconciliation({
      database,
      clock,
      policies: createPolicies({ database, clock }),
      log: createLogger('silent'),
      bills: gateway,
      alipay,
      paypal,
      ledger: { page: ledgerPage, lines: ledgerLines, ordersOf: ordersOfPayments },
    });
  });
  afterAll(() => world?.close());
  beforeEach(async () => {
    await world.twin.switchTo({ 'alipay.billFault': 'none', 'paypal.reportFault': 'none', 'alipay.fault': 'none' });
    await world.twin.switchTo({ 'alipay.notify': 'sent', 'paypal.webhook': 'sent', 'paypal.refund': 'COMPLETED' });
    const noon =
      startOfShanghaiDay(shanghaiDay(new Date(world.clock.now().getTime() + 2 * dayMs))).getTime() + 12 * hourMs;
    world.advance(noon - world.clock.now().getTime());
    day = shanghaiDay(world.clock.now());
  });

  const post = (path: string, body: object) =>
    fetch(`${world.twin.base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  async function paid(channel: 'alipay' | 'paypal', amount = 8_990) {
    const payment = await world.openFor('lin-xia', { amount });
    const reply = await world.start(payment.buyerId, payment.paymentId, 'h5', channel, phoneBrowser);
    const { redirectUrl } = reply.json<{ redirectUrl: string }>();
    const [attempt] = await world.attemptsOf(payment.paymentId);
    const tradeNo = attempt?.outTradeNo ?? '';
    await fetch(redirectUrl);
    if (channel === 'alipay') await post('/alipay/pay', { outTradeNo: tradeNo, choice: 'pay' });
    else
      await post('/paypal/checkoutnow', { token: new URL(redirectUrl).searchParams.get('token'), choice: 'approve' });
    await world.until(async () => (await world.statusOf(payment.paymentId)) === 'succeeded');
    return { ...payment, tradeNo };
  }
  const outRefundNoOf = async (refundNo: string) =>
    (
      await world.db
        .selectFrom('payments.refund')
        .select('outRefundNo')
        .where('refundNo', '=', refundNo)
        .executeTakeFirstOrThrow()
    ).outRefundNo;
  async function refunded({ buyerId, paymentId, orderNos }: Payment, amount: number) {
    const refundNo = newTradeNo(buyerId, world.clock.now());
    const request = { buyerId, paymentId, orderNo: orderNos[0] ?? '', refundNo, amount, reason: '不想要了' };
    await world.inTransaction((tx) => world.payments.requestRefund(tx, request));
    const anomaly = (await world.anomalies()).find((one) => one.refundNo === refundNo);
    if (anomaly) await world.decide(anomaly.anomalyId, 'approve');
    await world.sweep('payments.refund');
    return outRefundNoOf(refundNo);
  }
  const nextMorning = () =>
    world.advance(startOfShanghaiDay(day).getTime() + dayMs + 10 * hourMs + 6 * minuteMs - world.clock.now().getTime());
  const found = async (of = day) =>
    (await reconciliation.differences(world.db, { page: 1, pageSize: 50, day: of })).items;

  it('C04-INT-05 C04-INT-06 balances Alipay and PayPal with their own files, refunds included, each in its currency', async () => {
    const ali = await paid('alipay');
    await paid('alipay', 5_000);
    await refunded(ali, 1_990);
    const pal = await paid('paypal');
    await refunded(pal, 4_000);
    nextMorning();
    const result = await reconciliation.runNow(day, '小周');
    expect(await found()).toEqual([]);
    expect(result).toMatchObject({ state: 'balanced', ourPaid: 0, theirPaid: 0, error: null });
    expect(result.channels).toEqual([
      {
        bill: 'alipay',
        title: '支付宝',
        currency: 'CNY',
        hasBill: true,
        ourPaid: 13_990,
        theirPaid: 13_990,
        ourRefunded: 1_990,
        theirRefunded: 1_990,
        difference: 0,
        fee: 72,
      },
      {
        bill: 'paypal',
        title: 'PayPal',
        currency: 'USD',
        hasBill: true,
        ourPaid: 1_249,
        theirPaid: 1_249,
        ourRefunded: 556,
        theirRefunded: 556,
        difference: 0,
        fee: 85,
      },
    ]);
  });

  it.each([
    ['alipay', 'missing-line', 'payment', 'missing_there', '支付宝缺单', 'first'],
    ['alipay', 'extra-line', 'payment', 'missing_here', '本地缺单', 'stranger'],
    ['alipay', 'other-amount', 'payment', 'amount_differs', '金额不符', 'first'],
    ['alipay', 'other-refund', 'refund', 'refund_differs', '退款不符', 'refund'],
    ['paypal', 'missing-line', 'payment', 'missing_there', 'PayPal 缺单', 'first'],
    ['paypal', 'extra-line', 'payment', 'missing_here', '本地缺单', 'stranger'],
    ['paypal', 'other-amount', 'payment', 'amount_differs', '金额不符', 'first'],
    ['paypal', 'other-refund', 'refund', 'refund_differs', '退款不符', 'refund'],
  ] as const)(
    'C04-INT-05 finds in the books of %s a %s once, and takes it back',
    async (channel, fault, side, kind, kindText, whose) => {
      const payment = await paid(channel);
      const refundNo = await refunded(payment, 1_000);
      nextMorning();
      const key = channel === 'alipay' ? 'alipay.billFault' : 'paypal.reportFault';
      await world.twin.switchTo({ [key]: fault });
      await reconciliation.runNow(day, '小周');
      const tradeKey = { first: payment.tradeNo, stranger: `X${payment.tradeNo.slice(1)}`, refund: refundNo }[whose];
      const one = { bill: channel, side, kind, kindText, tradeKey, currency: channel === 'alipay' ? 'CNY' : 'USD' };
      const first = await found();
      expect(first).toMatchObject([{ ...one, state: 'open' }]);
      expect(await reconciliation.runNow(day, '小周')).toMatchObject({ state: 'differs', openDifferences: 1, runs: 2 });
      expect(await found()).toEqual(first);
      await world.twin.switchTo({ [key]: 'none' });
      expect(await reconciliation.runNow(day, '小周')).toMatchObject({ state: 'balanced', differences: 1 });
      expect(await found()).toMatchObject([{ ...one, state: 'cleared' }]);
    },
  );

  it('an Alipay bill that is cut, or does not come, leaves the other books compared and the day to be tried again', async () => {
    await paid('alipay');
    await paid('paypal');
    nextMorning();
    await world.twin.switchTo({ 'alipay.billFault': 'cut', 'alipay.billFaultTimes': 1 });
    const failed = await reconciliation.runNow(day, '小周');
    expect(failed).toMatchObject({ state: 'failed', runs: 0, error: '支付宝：the sums are missing: the file was cut' });
    expect(failed.channels).toMatchObject([{ bill: 'paypal', difference: 0 }]);
    world.advance(5 * minuteMs + 1);
    await reconciliation.sweep();
    const [again] = await reconciliation.days(world.db, { from: day, to: day });
    expect(again).toMatchObject({ state: 'balanced', error: null });
    expect(again?.channels).toHaveLength(2);
  });

  it('waits for PayPal while it has not booked the whole day', async () => {
    await paid('paypal');
    world.advance(startOfShanghaiDay(day).getTime() + dayMs + hourMs - world.clock.now().getTime());
    expect(await reconciliation.runNow(day, '小周')).toMatchObject({ state: 'waiting' });
  });

  it('C10-PAY-05 a second payment of one order is a difference until it was given back, and never again', async () => {
    const payment = await world.openFor('su-wan', { amount: 6_600 });
    const { params } = (await world.start(payment.buyerId, payment.paymentId)).json<{ params: object }>();
    await world.pay(params);
    await world.until(async () => (await world.statusOf(payment.paymentId)) === 'succeeded');
    // A second trade of the same payment that is paid too: what closing first is there to prevent.
    const [first] = await world.attemptsOf(payment.paymentId);
    if (!first) throw new Error('no attempt');
    const outTradeNo = newTradeNo(payment.buyerId, world.clock.now());
    const again = { ...first, outTradeNo, state: 'prepaid' as const, parts: null };
    await world.db.insertInto('payments.attempt').values(again).execute();
    const { appId, openid, timeExpire } = first;
    const trade = { outTradeNo, appId, openid, timeExpire, description: '一舍家居', attach: '', amount: 6_600 };
    const prepayId = await world.gateway.prepay({ ...trade, isShared: false });
    await world.pay(await world.gateway.payParams(appId, prepayId));
    const anomaly = await world.until(async () =>
      (await world.anomalies()).find((one) => one.paymentId === payment.paymentId && one.kind === 'paid_twice'),
    );
    nextMorning();
    expect(await reconciliation.runNow(day, '小周')).toMatchObject({ state: 'differs', openDifferences: 2 });
    expect((await found()).map(({ kind, tradeKey }) => [kind, tradeKey])).toEqual([
      ['state_differs', outTradeNo],
      ['state_differs', outTradeNo],
    ]);

    expect((await world.decide(anomaly.anomalyId, 'give_back')).statusCode).toBe(204);
    await world.sweep('payments.refund');
    // By itself, with the next day's work.
    const next = shanghaiDay(world.clock.now());
    world.advance(
      startOfShanghaiDay(next).getTime() + dayMs + 10 * hourMs + 6 * minuteMs - world.clock.now().getTime(),
    );
    while ((await reconciliation.sweep()) > 0);
    expect((await found()).map(({ state, note }) => [state, note])).toEqual([
      ['cleared', '我方账已与账单一致'],
      ['cleared', '我方账已与账单一致'],
    ]);
    expect(await found(next)).toEqual([]);
    expect(await reconciliation.runNow(day, '小周')).toMatchObject({
      state: 'balanced',
      ourPaid: 13_200,
      theirPaid: 13_200,
      difference: 0,
      openDifferences: 0,
    });
  });

  it('asks of our books what the comparison asks', () => {
    const theirs = { side: 'refund' as const, theirs: 100, theirState: 'CHANGE' };
    expect(agrees(theirs, { amount: 100, state: 'failed' })).toBe(true);
    expect(agrees(theirs, { amount: 100, state: 'succeeded' })).toBe(false);
    expect(agrees({ ...theirs, theirState: 'PROCESSING' }, { amount: 100, state: 'processing' })).toBe(true);
    expect(agrees({ side: 'payment', theirs: 100, theirState: 'SUCCESS' }, { amount: 99, state: 'paid' })).toBe(false);
  });
});
