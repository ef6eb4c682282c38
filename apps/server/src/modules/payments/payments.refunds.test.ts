import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { fakeGateway, openPaymentWorld, type PaymentWorld } from './payments.testing.ts';
import { WechatPayError } from './payments.wechat.client.ts';

const problem = (kind: WechatPayError['problem']) => new WechatPayError(kind, kind.toUpperCase(), 'test');

describe('refunds', () => {
  let world: PaymentWorld;
  const fake = fakeGateway();
  beforeAll(async () => {
    world = await openPaymentWorld({ gateway: fake.gateway });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    fake.reset();
    world.prepared.length = 0;
    await world.db.deleteFrom('platform.outbox').execute();
    // What earlier tests left undone is not due in this one.
    await world.db.updateTable('payments.payment').set({ nextCheckAt: null }).execute();
    await world.db.updateTable('payments.refund').set({ nextAttemptAt: null }).execute();
  });

  const paid = async (amount = 8_990) => {
    const payment = await world.open({ amount });
    await world.start(payment.buyerId, payment.paymentId);
    const [attempt] = await world.attemptsOf(payment.paymentId);
    fake.answers.query = async (outTradeNo) => ({
      appid: 'wxmini',
      mchid: '1900000001',
      out_trade_no: outTradeNo,
      trade_state: 'SUCCESS',
      transaction_id: `42${outTradeNo}`,
      success_time: '2026-11-22T12:00:00+08:00',
      amount: { total: amount, currency: 'CNY' },
    });
    world.clock.advance(2_000);
    await world.read(payment.buyerId, payment.paymentId);
    expect(await world.statusOf(payment.paymentId)).toBe('succeeded');
    fake.answerAgain();
    return { ...payment, outTradeNo: attempt?.outTradeNo ?? '' };
  };
  const refund = (
    payment: { buyerId: string; paymentId: string; orderNos: string[] },
    refundNo: string,
    amount: number,
  ) =>
    world.inTransaction((tx) =>
      world.payments.requestRefund(tx, {
        buyerId: payment.buyerId,
        paymentId: payment.paymentId,
        orderNo: payment.orderNos[0] ?? '',
        refundNo,
        amount,
        reason: '七天无理由',
      }),
    );

  it('C10-DSP-02 refunds never sum above what was paid, however they interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.record({ number: fc.integer({ min: 1, max: 6 }), amount: fc.integer({ min: 1, max: 3_000 }) }), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.array(fc.constantFrom('SUCCESS', 'ABNORMAL', 'CLOSED', 'PROCESSING', 'refused', 'unreachable'), {
          minLength: 12,
          maxLength: 12,
        }),
        async (amount, requests, outcomes) => {
          const payment = await paid(amount);
          let index = 0;
          fake.answers.refund = async ({ outTradeNo, outRefundNo, amount: refunded, total }) => {
            const outcome = outcomes[index % outcomes.length] ?? 'SUCCESS';
            index += 1;
            if (outcome === 'refused' || outcome === 'unreachable') throw problem(outcome);
            return {
              refund_id: 'r',
              out_refund_no: outRefundNo,
              out_trade_no: outTradeNo,
              status: outcome as 'SUCCESS',
              amount: { refund: refunded, total },
            };
          };
          fake.answers.queryRefund = async () => {
            throw problem('absent');
          };
          const tries = await Promise.allSettled(
            requests.map(async ({ number, amount: part }, at) => {
              await refund(payment, `${payment.orderNos[0]}-${number}`, part);
              if (at % 3 === 0) await world.sweep('payments.refund');
            }),
          );
          await world.sweep('payments.refund');
          for (const outcome of tries) {
            if (outcome.status === 'rejected')
              expect(outcome.reason.code).toMatch(/refund_exceeds_paid|refund_number_taken/);
          }
          const rows = await world.db
            .selectFrom('payments.refund')
            .selectAll()
            .where('paymentId', '=', payment.paymentId)
            .execute();
          const row = await world.db
            .selectFrom('payments.payment')
            .select('refundReserved')
            .where('paymentId', '=', payment.paymentId)
            .executeTakeFirstOrThrow();
          const reserved = rows.filter(({ isReserved }) => isReserved).reduce((sum, { amount: part }) => sum + part, 0);
          const succeeded = rows
            .filter(({ status }) => status === 'succeeded')
            .reduce((sum, { amount: part }) => sum + part, 0);
          expect(row.refundReserved).toBe(reserved);
          expect(reserved).toBeLessThanOrEqual(amount);
          expect(succeeded).toBeLessThanOrEqual(reserved);
          // One event for each refund that ended, no more.
          const events = await world.events<{ paymentId: string; refundNo: string }>('payments.refund_settled');
          const told = events
            .filter(({ paymentId }) => paymentId === payment.paymentId)
            .map(({ refundNo }) => refundNo);
          const ended = rows
            .filter(({ status }) => status === 'succeeded' || status === 'failed')
            .map(({ refundNo }) => refundNo);
          expect(told.sort()).toEqual(ended.sort());
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  it('C10-DSP-02 of 20 refunds of 10.00 at once on 89.90, exactly 8 are taken', async () => {
    const payment = await paid(8_990);
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => refund(payment, `${payment.orderNos[0]}-${i}`, 1_000)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    for (const outcome of tries)
      if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('payments.refund_exceeds_paid');
  });

  it('C10-DSP-02 the same refund number is one refund; with another amount it is refused', async () => {
    const payment = await paid();
    const number = `${payment.orderNos[0]}-same`;
    await Promise.all(Array.from({ length: 6 }, () => refund(payment, number, 500)));
    await expect(refund(payment, number, 501)).rejects.toMatchObject({ code: 'payments.refund_number_taken' });
    await world.sweep('payments.refund');
    expect(fake.calls.filter(({ name }) => name === 'refund')).toHaveLength(1);
    expect(await world.events('payments.refund_settled')).toHaveLength(1);
  });

  it('refuses a refund before payment, and one for another buyer’s payment as not found', async () => {
    const unpaid = await world.open();
    await expect(refund(unpaid, 'R-unpaid', 1)).rejects.toMatchObject({ code: 'payments.refund_before_payment' });
    const payment = await paid();
    await expect(refund({ ...payment, buyerId: newId() }, 'R-other', 1)).rejects.toMatchObject({
      code: 'payments.not_found',
    });
    expect(
      await world.db
        .selectFrom('payments.refund')
        .select('refundNo')
        .where('refundNo', 'in', ['R-unpaid', 'R-other'])
        .execute(),
    ).toEqual([]);
  });

  it('two workers send one refund once', async () => {
    const payment = await paid();
    await refund(payment, `${payment.orderNos[0]}-two`, 100);
    await Promise.all([world.sweep('payments.refund'), world.sweep('payments.refund'), world.sweep('payments.refund')]);
    expect(fake.calls.filter(({ name }) => name === 'refund')).toHaveLength(1);
  });

  it('a refused refund fails with its reason, frees its money and may be sent again under the same number', async () => {
    const payment = await paid(1_000);
    const refundNo = `${payment.orderNos[0]}-no`;
    fake.answers.refund = async () => {
      throw problem('refused');
    };
    await refund(payment, refundNo, 1_000);
    await world.sweep('payments.refund');
    expect(await world.events('payments.refund_settled')).toMatchObject([{ refundNo, outcome: 'failed' }]);
    fake.answerAgain();
    const retry = () =>
      world.inTransaction((tx) => world.payments.retryRefund(tx, { buyerId: payment.buyerId, refundNo }));
    const retries = await Promise.allSettled([retry(), retry()]);
    expect(retries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    fake.answers.queryRefund = async () => {
      throw problem('absent');
    };
    await world.sweep('payments.refund');
    expect((await world.events<{ outcome: string }>('payments.refund_settled')).map(({ outcome }) => outcome)).toEqual([
      'failed',
      'succeeded',
    ]);
    await expect(retry()).rejects.toMatchObject({ code: 'payments.refund_not_retryable' });
  });

  it('an abnormal refund that people repaired at WeChat is found on retry', async () => {
    const payment = await paid(1_000);
    const refundNo = `${payment.orderNos[0]}-ab`;
    const said = (status: 'ABNORMAL' | 'SUCCESS') => async () => ({
      refund_id: 'r9',
      out_refund_no: refundNo,
      out_trade_no: payment.outTradeNo,
      status,
      amount: { refund: 1_000, total: 1_000 },
    });
    fake.answers.refund = said('ABNORMAL');
    await refund(payment, refundNo, 1_000);
    await world.sweep('payments.refund');
    fake.answers.queryRefund = said('SUCCESS');
    await world.inTransaction((tx) => world.payments.retryRefund(tx, { buyerId: payment.buyerId, refundNo }));
    await world.sweep('payments.refund');
    expect(fake.calls.filter(({ name }) => name === 'refund')).toHaveLength(1);
    expect((await world.events<{ outcome: string }>('payments.refund_settled')).map(({ outcome }) => outcome)).toEqual([
      'failed',
      'succeeded',
    ]);
  });

  it('shows the merchant the trade that paid', async () => {
    const payment = await paid();
    const { buyerId, paymentId } = payment;
    expect(await world.payments.trade(world.db, buyerId, paymentId)).toEqual({
      status: 'succeeded',
      amount: 8_990,
      paidTotal: 8_990,
      isShared: false,
      outTradeNo: payment.outTradeNo,
      transactionId: `42${payment.outTradeNo}`,
      paidAt: new Date('2026-11-22T04:00:00Z'),
    });
    expect(await world.payments.trade(world.db, newId(), paymentId)).toBeUndefined();
  });
});
