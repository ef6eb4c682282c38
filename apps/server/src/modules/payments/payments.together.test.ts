import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTakeNotice, type TakeNotice } from './payments.notices.ts';
import { createSettle } from './payments.settle.ts';
import { fakeGateway, openPaymentWorld, type PaymentWorld } from './payments.testing.ts';

/** Told in one turn of the event loop they go as one batch. */
describe('payments of one moment', () => {
  let world: PaymentWorld;
  let takeNotice: TakeNotice;
  const fake = fakeGateway();
  beforeAll(async () => {
    fake.answers.openNotice = async (body) => JSON.parse(body);
    const { gateway } = fake;
    world = await openPaymentWorld({ gateway });
    const { outbox, clock, log, inTransaction } = world;
    const settle = createSettle({ outbox, clock, log, mchId: gateway.mchId });
    takeNotice = createTakeNotice({ gateway, settle, inTransaction, clock, log });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    for (const table of ['platform.outbox', 'payments.notice', 'payments.anomaly'] as const)
      await world.db.deleteFrom(table).execute();
  });

  async function prepaid(count: number) {
    const opened = await Promise.all(Array.from({ length: count }, () => world.open()));
    const started = await Promise.all(opened.map(({ buyerId, paymentId }) => world.start(buyerId, paymentId)));
    expect(started.map(({ statusCode }) => statusCode)).toEqual(opened.map(() => 200));
    return Promise.all(
      opened.map(async (payment) => {
        const [attempt] = await world.attemptsOf(payment.paymentId);
        return { ...payment, outTradeNo: attempt?.outTradeNo ?? '' };
      }),
    );
  }
  const noticeOf = (outTradeNo: string, { id = randomUUID() as string, total = 8_990 } = {}) =>
    JSON.stringify({
      id,
      eventType: 'TRANSACTION.SUCCESS',
      resource: {
        ...{ appid: 'wxmini', mchid: '1900000001', out_trade_no: outTradeNo, transaction_id: `t-${outTradeNo}` },
        ...{ trade_state: 'SUCCESS', success_time: world.clock.now().toISOString(), amount: { total } },
      },
    });
  const take = (body: string) => takeNotice('payment', body, () => undefined);
  const paidEvents = () => world.events<{ paymentId: string; amount: number }>('payments.payment_succeeded');

  it('are started, each with its own prepay, and paid in statements they share', async () => {
    const payments = await prepaid(15);
    const prepayIds = await Promise.all(
      payments.map(async ({ paymentId }) => (await world.attemptsOf(paymentId)).map(({ prepayId }) => prepayId)),
    );
    expect(new Set(prepayIds.flat()).size).toBe(15);
    const before = world.database.statementCount();
    const answers = await Promise.all(payments.map(({ outTradeNo }) => take(noticeOf(outTradeNo))));
    expect(world.database.statementCount() - before).toBeLessThanOrEqual(6);
    expect(answers.filter((answer) => answer !== undefined)).toEqual([]);
    expect((await paidEvents()).map(({ paymentId }) => paymentId).sort()).toEqual(
      payments.map(({ paymentId }) => paymentId).sort(),
    );
    const rows = await world.db
      .selectFrom('payments.payment')
      .select(['status', 'channel', 'paidCurrency', 'paidTotal', 'paidRate', 'isShared', 'isCombined', 'nextCheckAt'])
      .select(['transactionId', 'paidOutTradeNo', 'paidAt'])
      .where('paymentId', '=', payments[7]?.paymentId ?? '')
      .execute();
    expect(rows).toEqual([
      {
        ...{ status: 'succeeded', channel: 'wechat_jsapi', paidCurrency: 'CNY', paidTotal: 8_990, paidRate: null },
        ...{ isShared: false, isCombined: false, nextCheckAt: null, paidAt: world.clock.now() },
        ...{ transactionId: `t-${payments[7]?.outTradeNo}`, paidOutTradeNo: payments[7]?.outTradeNo },
      },
    ]);
    expect((await world.attemptsOf(payments[7]?.paymentId ?? ''))[0]?.state).toBe('paid');
  });

  it('C10-PAY-05 copies, second notices, odd sums and unknown trades among them change nothing for the others', async () => {
    const payments = await prepaid(6);
    const [copied, told, odd, ...plain] = payments.map(({ outTradeNo }) => outTradeNo) as [string, string, string];
    const copy = noticeOf(copied);
    const bodies = [
      ...[copy, copy, copy, noticeOf(told), noticeOf(told), noticeOf(odd, { total: 1 }), noticeOf('2026000000000000')],
      ...plain.map((outTradeNo) => noticeOf(outTradeNo)),
    ];
    const answers = await Promise.all(bodies.map(take));
    expect(answers.map((answer) => answer?.status ?? 200)).toEqual(bodies.map((_, at) => (at === 6 ? 404 : 200)));
    const statuses = await Promise.all(payments.map(({ paymentId }) => world.statusOf(paymentId)));
    expect(statuses).toEqual(payments.map((_, at) => (at === 2 ? 'held_for_review' : 'succeeded')));
    expect(await paidEvents()).toHaveLength(5);
    expect((await world.anomalies()).map(({ kind }) => kind)).toEqual(['amount_differs']);
    const notices = await world.db.selectFrom('payments.notice').select('outcome').execute();
    expect(notices.map(({ outcome }) => outcome).sort()).toEqual([
      ...['applied', 'applied', 'applied', 'applied', 'applied', 'held', 'repeated'],
    ]);
    // Told again, all of it is known.
    await Promise.all(bodies.map(take));
    expect(await paidEvents()).toHaveLength(5);
  });

  it('one that somebody is at work on is waited for alone', async () => {
    const [busy, free] = await prepaid(2);
    const order: string[] = [];
    let late: Promise<unknown> = Promise.resolve();
    await world.inTransaction(async (tx) => {
      await tx
        .selectFrom('payments.payment')
        .select('status')
        .where('paymentId', '=', busy?.paymentId ?? '')
        .forUpdate()
        .execute();
      late = take(noticeOf(busy?.outTradeNo ?? '')).then(() => order.push('busy'));
      await take(noticeOf(free?.outTradeNo ?? '')).then(() => order.push('free'));
    });
    await late;
    expect(order).toEqual(['free', 'busy']);
    expect(await paidEvents()).toHaveLength(2);
  });

  it('one whose closing has begun while the channel answered is not handed out', async () => {
    const [open, closing] = [await world.open(), await world.open()];
    const usual = fake.answers.prepay;
    fake.answers.prepay = async (order) => {
      const { buyerId, paymentId } = closing;
      await world.db
        .updateTable('payments.payment')
        .set({ closeRequestedAt: world.clock.now() })
        .where('buyerId', '=', buyerId)
        .where('paymentId', '=', paymentId)
        .execute();
      return usual(order);
    };
    const [kept, refused] = await Promise.all(
      [open, closing].map(({ buyerId, paymentId }) => world.start(buyerId, paymentId)),
    );
    fake.answers.prepay = usual;
    expect([kept?.statusCode, refused?.statusCode]).toEqual([200, 409]);
    expect((await world.attemptsOf(closing.paymentId)).map(({ prepayId }) => prepayId)).toEqual([null]);
  });
});
