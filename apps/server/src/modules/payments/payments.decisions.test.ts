import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { paymentTransitions, refundTransitions } from './payments.domain.ts';
import { createSettle } from './payments.settle.ts';
import { fakeGateway, openPaymentWorld, otherShopId, type PaymentWorld } from './payments.testing.ts';
import type { Transaction } from './payments.wechat.types.ts';

const fake = fakeGateway();
const mchId = '1900000001';
let world: PaymentWorld;
let settle: ReturnType<typeof createSettle>;
beforeAll(async () => {
  world = await openPaymentWorld({ gateway: fake.gateway });
  settle = createSettle({ ...world, mchId });
});
afterAll(() => world.close());

let count = 0;
async function prepaid(amount = 8_990) {
  const payment = await world.open({ amount });
  await world.start(payment.buyerId, payment.paymentId);
  const [attempt] = await world.attemptsOf(payment.paymentId);
  const word = (said: Partial<Transaction>): Transaction => ({
    appid: 'wxmini',
    mchid: mchId,
    out_trade_no: attempt?.outTradeNo ?? '',
    trade_state: 'SUCCESS',
    transaction_id: `4200${++count}`,
    amount: { total: amount, currency: 'CNY' },
    ...said,
  });
  const hear = (said: Transaction) => world.inTransaction((tx) => settle.applyTransaction(tx, said));
  return { ...payment, word, hear };
}
/** Held because another amount came. */
async function held(actual = 8_000) {
  const payment = await prepaid();
  expect(await payment.hear(payment.word({ amount: { total: actual } }))).toBe('held');
  const anomaly = (await world.anomalies()).find(({ paymentId }) => paymentId === payment.paymentId);
  return { ...payment, anomalyId: anomaly?.anomalyId ?? '' };
}
const rowOf = (paymentId: string) =>
  world.db.selectFrom('payments.payment').selectAll().where('paymentId', '=', paymentId).executeTakeFirstOrThrow();
const refundsOf = (paymentId: string) =>
  world.db.selectFrom('payments.refund').selectAll().where('paymentId', '=', paymentId).execute();
const eventsOf = async (name: 'payments.payment_succeeded' | 'payments.payment_closed', paymentId: string) =>
  (await world.events<{ paymentId: string }>(name)).filter((event) => event.paymentId === paymentId);

describe('what people decide', () => {
  it('taken as it came: the order is paid, and a full refund gives back what came, no more', async () => {
    const { buyerId, paymentId, orderNos, anomalyId } = await held();
    expect((await world.decide(anomalyId, 'accept')).statusCode).toBe(204);
    expect(await rowOf(paymentId)).toMatchObject({ status: 'succeeded', amount: 8_990, paidTotal: 8_000 });
    expect(await eventsOf('payments.payment_succeeded', paymentId)).toHaveLength(1);
    const ask = (refundNo: string, amount: number) =>
      world.inTransaction((tx) =>
        world.payments.requestRefund(tx, {
          buyerId,
          paymentId,
          orderNo: orderNos[0] ?? '',
          refundNo,
          amount,
          reason: '',
        }),
      );
    await ask(`A${paymentId}`, 4_990);
    await ask(`B${paymentId}`, 4_000);
    fake.reset();
    await world.sweep('payments.refund');
    const sent = fake.callsNamed('refund') as { amount: number; total: number }[];
    expect(sent.map(({ total }) => total)).toEqual([8_000, 8_000]);
    expect(sent.reduce((sum, { amount }) => sum + amount, 0)).toBe(8_000);
    expect(world.audited.at(-1)).toMatchObject({ action: 'payments.decide_anomaly', target: anomalyId });
  });

  it('given back: the order closes and what came goes back whole, once', async () => {
    const { paymentId, anomalyId } = await held();
    const replies = await Promise.all(Array.from({ length: 10 }, () => world.decide(anomalyId, 'give_back')));
    expect(replies.filter(({ statusCode }) => statusCode === 204)).toHaveLength(1);
    expect(await rowOf(paymentId)).toMatchObject({ status: 'closed', refundReserved: 0 });
    expect(await eventsOf('payments.payment_closed', paymentId)).toHaveLength(1);
    await world.sweep('payments.refund');
    expect(await refundsOf(paymentId)).toMatchObject([{ status: 'succeeded', amount: 8_000, isReserved: false }]);
    expect(await eventsOf('payments.payment_succeeded', paymentId)).toEqual([]);
  });

  it('a second payment of the same thing goes back, under its own trade', async () => {
    const payment = await prepaid();
    const first = payment.word({});
    expect(await payment.hear(first)).toBe('applied');
    expect(await payment.hear(payment.word({}))).toBe('held');
    const anomaly = (await world.anomalies()).find((one) => one.paymentId === payment.paymentId);
    expect((await world.decide(anomaly?.anomalyId ?? '', 'accept')).statusCode).toBe(409);
    expect((await world.decide(anomaly?.anomalyId ?? '', 'give_back')).statusCode).toBe(204);
    await world.sweep('payments.refund');
    expect(await refundsOf(payment.paymentId)).toMatchObject([{ status: 'succeeded', sentAmount: 8_990 }]);
    expect(await rowOf(payment.paymentId)).toMatchObject({ status: 'succeeded', refundReserved: 0 });
  });

  it('money that lies with another merchant is turned away, not sent back', async () => {
    const payment = await prepaid();
    await payment.hear(payment.word({ mchid: '1999999999' }));
    const anomaly = (await world.anomalies()).find((one) => one.paymentId === payment.paymentId);
    expect((await world.decide(anomaly?.anomalyId ?? '', 'give_back')).statusCode).toBe(409);
    expect((await world.decide(anomaly?.anomalyId ?? '', 'turn_away')).statusCode).toBe(204);
    expect(await rowOf(payment.paymentId)).toMatchObject({ status: 'closed' });
    expect(await refundsOf(payment.paymentId)).toEqual([]);
  });

  it('needs the right, and the shop it belongs to', async () => {
    const { anomalyId, paymentId } = await held();
    expect((await world.decide(anomalyId, 'accept', `${otherShopId}/payments.resolve`)).statusCode).toBe(404);
    expect((await world.decide(anomalyId, 'accept', `${otherShopId}/payments.read`)).statusCode).toBe(403);
    expect((await rowOf(paymentId)).status).toBe('held_for_review');
  });

  it('what waits for people is not moved by a right notice, a close or a timer', async () => {
    const { hear, word, paymentId, buyerId } = await held();
    expect(await hear(word({}))).toBe('held');
    await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    world.clock.advance(3_600_000);
    await world.sweep('payments.check');
    expect((await rowOf(paymentId)).status).toBe('held_for_review');
  });
});

describe('states under anything that may arrive', () => {
  const word = fc.record({
    state: fc.constantFrom('NOTPAY', 'SUCCESS', 'SUCCESS', 'CLOSED', 'REFUND', 'USERPAYING'),
    isRightAmount: fc.boolean(),
    transaction: fc.constantFrom('4200A', '4200B'),
    copies: fc.integer({ min: 1, max: 3 }),
  });

  it('C10-PAY-05 a payment moves only along its table, and is told as paid at most once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 7 }), async (words) => {
        const payment = await prepaid();
        for (const { state, isRightAmount, transaction, copies } of words) {
          const before = (await rowOf(payment.paymentId)).status;
          const said = payment.word({
            trade_state: state as Transaction['trade_state'],
            transaction_id: `${transaction}${payment.paymentId}`,
            amount: { total: isRightAmount ? 8_990 : 1 },
          });
          await Promise.all(Array.from({ length: copies }, () => payment.hear(said)));
          const after = (await rowOf(payment.paymentId)).status;
          expect(after === before || paymentTransitions[before].includes(after)).toBe(true);
        }
        expect((await eventsOf('payments.payment_succeeded', payment.paymentId)).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('C10-DSP-03 a refund moves only along its table whatever comes twice, late or out of order; its sum is never wrong', async () => {
    const said = fc.record({
      status: fc.constantFrom('PROCESSING', 'SUCCESS', 'CLOSED', 'ABNORMAL'),
      copies: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(said, { minLength: 1, maxLength: 6 }), async (words) => {
        const payment = await prepaid();
        await payment.hear(payment.word({}));
        const { buyerId, paymentId, orderNos } = payment;
        const refundNo = `P${paymentId}`;
        const request = { buyerId, paymentId, orderNo: orderNos[0] ?? '', refundNo, amount: 3_000, reason: '' };
        await world.inTransaction((tx) => world.payments.requestRefund(tx, request));
        for (const { status, copies } of words) {
          const [before] = await refundsOf(paymentId);
          const word = {
            refund_id: 'r-1',
            out_refund_no: refundNo,
            status: status as 'SUCCESS',
            amount: { total: 8_990, refund: 3_000 },
          };
          await Promise.all(
            Array.from({ length: copies }, () => world.inTransaction((tx) => settle.applyRefund(tx, word))),
          );
          const [after] = await refundsOf(paymentId);
          const [from, to] = [before?.status ?? 'requested', after?.status ?? 'requested'];
          expect(from === to || refundTransitions[from].includes(to)).toBe(true);
          expect((await rowOf(paymentId)).refundReserved).toBe(after?.isReserved ? 3_000 : 0);
        }
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});
