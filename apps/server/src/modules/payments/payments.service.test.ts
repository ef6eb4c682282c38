import fc from 'fast-check';
import { newId } from '#platform/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WechatPayError } from './payments.wechat.gateway.ts';
import { fakeGateway, openPaymentWorld, type PaymentWorld } from './payments.testing.ts';

const problem = (kind: WechatPayError['problem']) => new WechatPayError(kind, kind.toUpperCase(), 'test');

describe('payments', () => {
  let world: PaymentWorld;
  const fake = fakeGateway();
  const original = { ...fake.answers };
  /** The fake reads its answers at call time, so tests may change them. */
  const gateway = new Proxy(fake.gateway, {
    get: (_target, name: string) => {
      const answer = fake.answers[name as keyof typeof fake.answers];
      if (typeof answer !== 'function' || name === 'payParams') return answer;
      return (...args: never[]) => {
        fake.calls.push({ name, args });
        return (answer as (...given: never[]) => unknown)(...args);
      };
    },
  });
  beforeAll(async () => {
    world = await openPaymentWorld({ gateway });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    Object.assign(fake.answers, original);
    fake.calls.length = 0;
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
    Object.assign(fake.answers, original);
    return { ...payment, outTradeNo: attempt?.outTradeNo ?? '' };
  };
  const refund = (payment: { buyerId: string; paymentId: string; orderNos: string[] }, refundNo: string, amount: number) =>
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

  it('hands one prepay to ten taps at once, under one trade number', async () => {
    const { buyerId, paymentId } = await world.open();
    const replies = await Promise.all(Array.from({ length: 10 }, () => world.start(buyerId, paymentId)));
    expect(replies.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(new Set(replies.map((reply) => reply.json().params.package)).size).toBe(1);
    const attempts = await world.attemptsOf(paymentId);
    expect(attempts).toHaveLength(1);
    const numbers = fake.calls.filter(({ name }) => name === 'prepay').map(({ args }) => (args[0] as { outTradeNo: string }).outTradeNo);
    expect(new Set(numbers)).toEqual(new Set([attempts[0]?.outTradeNo]));
  });

  it('a second start makes no second call', async () => {
    const { buyerId, paymentId } = await world.open();
    await world.start(buyerId, paymentId);
    await world.start(buyerId, paymentId);
    expect(fake.calls.filter(({ name }) => name === 'prepay')).toHaveLength(1);
    expect(world.prepared).toHaveLength(2);
  });

  it('sends the amount, the hold’s end and a description within 127 bytes from its own rows only', async () => {
    const { buyerId, paymentId, prepayUntil } = await world.open({ amount: 12_345, description: '长'.repeat(200) });
    await world.start(buyerId, paymentId);
    const [call] = fake.calls.filter(({ name }) => name === 'prepay');
    expect(call?.args[0]).toMatchObject({
      amount: 12_345,
      appId: 'wxmini',
      openid: `openid-mini-${buyerId}`,
      timeExpire: prepayUntil,
      description: '长'.repeat(42),
      attach: paymentId,
    });
  });

  it('closes the mini program’s trade before the official account’s is opened', async () => {
    const { buyerId, paymentId } = await world.open();
    await world.start(buyerId, paymentId, 'mp-weixin');
    await world.start(buyerId, paymentId, 'h5');
    expect(fake.calls.map(({ name }) => name)).toEqual(['prepay', 'close', 'prepay']);
    expect((await world.attemptsOf(paymentId)).map(({ client, state }) => [client, state])).toEqual(
      expect.arrayContaining([['mp-weixin', 'closed'], ['h5', 'prepaid']]),
    );
  });

  it('when the trade to be closed was paid, start answers paid instead of opening another', async () => {
    const { buyerId, paymentId, amount } = await world.open();
    await world.start(buyerId, paymentId, 'mp-weixin');
    fake.answers.close = async () => {
      throw problem('paid');
    };
    fake.answers.query = async (outTradeNo) => ({
      appid: 'wxmini',
      mchid: '1900000001',
      out_trade_no: outTradeNo,
      trade_state: 'SUCCESS',
      transaction_id: '4200',
      amount: { total: amount, currency: 'CNY' },
    });
    expect((await world.start(buyerId, paymentId, 'h5')).json()).toEqual({ paymentId, status: 'succeeded', params: null, cashierUrl: null });
    expect(fake.calls.filter(({ name }) => name === 'prepay')).toHaveLength(1);
  });

  it.each(['closed', 'number_used'] as const)('takes a new number when WeChat says the old one is %s', async (kind) => {
    const { buyerId, paymentId } = await world.open();
    let calls = 0;
    fake.answers.prepay = async () => {
      calls += 1;
      if (calls === 1) throw problem(kind);
      return 'wx-second';
    };
    expect((await world.start(buyerId, paymentId)).json().params.package).toBe('prepay_id=wx-second');
    expect((await world.attemptsOf(paymentId)).map(({ state }) => state).sort()).toEqual(['closed', 'prepaid']);
  });

  it('repeats the same number after a try that met silence', async () => {
    const { buyerId, paymentId } = await world.open();
    fake.answers.prepay = async () => {
      throw problem('unreachable');
    };
    const first = await world.start(buyerId, paymentId);
    expect([first.statusCode, first.json().error.code]).toEqual([503, 'payments.wechat_unavailable']);
    Object.assign(fake.answers, original);
    expect((await world.start(buyerId, paymentId)).statusCode).toBe(200);
    expect(await world.attemptsOf(paymentId)).toHaveLength(1);
  });

  it('a prepay that arrives after the close was asked for is closed again and not handed out', async () => {
    const { buyerId, paymentId } = await world.open();
    fake.answers.prepay = async () => {
      await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
      return 'wx-late';
    };
    const reply = await world.start(buyerId, paymentId);
    expect([reply.statusCode, reply.json().error.code]).toEqual([409, 'payments.closing']);
    expect(fake.calls.map(({ name }) => name)).toContain('close');
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('closed');
  });

  it('X-10 refuses to start with less than a minute of hold left, and asks nothing of WeChat', async () => {
    const { buyerId, paymentId } = await world.open({ holdMs: 61_000 });
    const reply = await world.start(buyerId, paymentId);
    expect([reply.statusCode, reply.json().error.code]).toEqual([409, 'payments.too_late']);
    expect(fake.calls).toEqual([]);
    expect(world.prepared[0]).toMatchObject({ paymentId, atLeastUntil: new Date(world.clock.now().getTime() + 62_000) });
  });

  it('what orders refuse is not started', async () => {
    const { buyerId, paymentId } = await world.open();
    world.orders.prepare = async () => {
      throw Object.assign(new Error('stock gone'), { statusCode: 409 });
    };
    expect((await world.start(buyerId, paymentId)).statusCode).toBe(409);
    world.orders.prepare = async () => {};
    expect(fake.calls).toEqual([]);
    expect(await world.attemptsOf(paymentId)).toEqual([]);
  });

  it('a payment of nothing succeeds at once, without WeChat', async () => {
    const { buyerId, paymentId } = await world.open({ amount: 0 });
    expect(await world.events('payments.payment_succeeded')).toMatchObject([{ buyerId, paymentId, amount: 0 }]);
    expect((await world.start(buyerId, paymentId)).json()).toMatchObject({ status: 'succeeded', params: null });
    expect(fake.calls).toEqual([]);
  });

  it('closes what was never started in the caller’s transaction; closing again changes nothing', async () => {
    const { buyerId, paymentId } = await world.open();
    const close = () => world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    await Promise.all([close(), close()]);
    await close();
    expect(await world.statusOf(paymentId)).toBe('closed');
    expect(await world.events('payments.payment_closed')).toEqual([{ buyerId, paymentId }]);
  });

  it('keeps trying to close while WeChat is silent, and never closes before WeChat has', async () => {
    const { buyerId, paymentId } = await world.open();
    await world.start(buyerId, paymentId);
    fake.answers.close = async () => {
      throw problem('unreachable');
    };
    await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    await world.sweep('payments.check');
    world.clock.advance(60_000);
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('prepaid');
    Object.assign(fake.answers, original);
    world.clock.advance(60_000);
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('closed');
    expect(await world.events('payments.payment_closed')).toHaveLength(1);
  });

  it('polling tabs cost WeChat one query in two seconds', async () => {
    const { buyerId, paymentId } = await world.open();
    await world.start(buyerId, paymentId);
    const polls = () => Promise.all(Array.from({ length: 8 }, () => world.read(buyerId, paymentId)));
    const queries = () => fake.calls.filter(({ name }) => name === 'query').length;
    await polls();
    expect(queries()).toBe(0);
    world.clock.advance(1_600);
    await polls();
    expect(queries()).toBe(1);
    world.clock.advance(2_000);
    await polls();
    expect(queries()).toBe(2);
  });

  it('still shows the payment when WeChat does not answer the query', async () => {
    const { buyerId, paymentId } = await world.open();
    await world.start(buyerId, paymentId);
    world.clock.advance(1_600);
    fake.answers.query = async () => {
      throw problem('unreachable');
    };
    const reply = await world.read(buyerId, paymentId);
    expect([reply.statusCode, reply.json().status]).toEqual([200, 'prepaid']);
  });

  it('a trade of another merchant or app is held, not counted', async () => {
    for (const wrong of [{ mchid: '1900000002' }, { appid: 'wxother' }]) {
      const { buyerId, paymentId, amount } = await world.open();
      await world.start(buyerId, paymentId);
      fake.answers.query = async (outTradeNo) => ({
        appid: 'wxmini',
        mchid: '1900000001',
        out_trade_no: outTradeNo,
        trade_state: 'SUCCESS',
        transaction_id: '4200',
        amount: { total: amount, currency: 'CNY' },
        ...wrong,
      });
      world.clock.advance(1_600);
      expect((await world.read(buyerId, paymentId)).json().status).toBe('held_for_review');
    }
    expect((await world.events<{ kind: string }>('payments.anomaly_found')).map(({ kind }) => kind)).toEqual(['merchant_differs', 'merchant_differs']);
    expect(await world.events('payments.payment_succeeded')).toEqual([]);
  });

  it('C10-DSP-02 refunds never sum above what was paid, however they interleave', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5_000 }),
        fc.array(fc.record({ number: fc.integer({ min: 1, max: 6 }), amount: fc.integer({ min: 1, max: 3_000 }) }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.constantFrom('SUCCESS', 'ABNORMAL', 'CLOSED', 'PROCESSING', 'refused', 'unreachable'), { minLength: 12, maxLength: 12 }),
        async (amount, requests, outcomes) => {
          const payment = await paid(amount);
          let index = 0;
          fake.answers.refund = async ({ outTradeNo, outRefundNo, amount: refunded, total }) => {
            const outcome = outcomes[(index += 1) % outcomes.length] ?? 'SUCCESS';
            if (outcome === 'refused' || outcome === 'unreachable') throw problem(outcome);
            return { refund_id: 'r', out_refund_no: outRefundNo, out_trade_no: outTradeNo, status: outcome as 'SUCCESS', amount: { refund: refunded, total } };
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
            if (outcome.status === 'rejected') expect(outcome.reason.code).toMatch(/refund_exceeds_paid|refund_number_taken/);
          }
          const rows = await world.db.selectFrom('payments.refund').selectAll().where('paymentId', '=', payment.paymentId).execute();
          const row = await world.db.selectFrom('payments.payment').select('refundReserved').where('paymentId', '=', payment.paymentId).executeTakeFirstOrThrow();
          const reserved = rows.filter(({ isReserved }) => isReserved).reduce((sum, { amount: part }) => sum + part, 0);
          const succeeded = rows.filter(({ status }) => status === 'succeeded').reduce((sum, { amount: part }) => sum + part, 0);
          expect(row.refundReserved).toBe(reserved);
          expect(reserved).toBeLessThanOrEqual(amount);
          expect(succeeded).toBeLessThanOrEqual(reserved);
          // One event for each refund that ended, no more.
          const events = await world.events<{ paymentId: string; refundNo: string }>('payments.refund_settled');
          const told = events.filter(({ paymentId }) => paymentId === payment.paymentId).map(({ refundNo }) => refundNo);
          const ended = rows.filter(({ status }) => status === 'succeeded' || status === 'failed').map(({ refundNo }) => refundNo);
          expect(told.sort()).toEqual(ended.sort());
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  it('C10-DSP-02 of 20 refunds of 10.00 at once on 89.90, exactly 8 are taken', async () => {
    const payment = await paid(8_990);
    const tries = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => refund(payment, `${payment.orderNos[0]}-${i}`, 1_000)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    for (const outcome of tries) if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('payments.refund_exceeds_paid');
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
    await expect(refund({ ...payment, buyerId: newId() }, 'R-other', 1)).rejects.toMatchObject({ code: 'payments.not_found' });
    expect(await world.db.selectFrom('payments.refund').select('refundNo').where('refundNo', 'in', ['R-unpaid', 'R-other']).execute()).toEqual([]);
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
    Object.assign(fake.answers, original);
    const retry = () => world.inTransaction((tx) => world.payments.retryRefund(tx, { buyerId: payment.buyerId, refundNo }));
    const retries = await Promise.allSettled([retry(), retry()]);
    expect(retries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    fake.answers.queryRefund = async () => {
      throw problem('absent');
    };
    await world.sweep('payments.refund');
    expect((await world.events<{ outcome: string }>('payments.refund_settled')).map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
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
    expect((await world.events<{ outcome: string }>('payments.refund_settled')).map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
  });

  it('shows the merchant the trade that paid', async () => {
    const payment = await paid();
    const { buyerId, paymentId } = payment;
    expect(await world.payments.trade(world.db, buyerId, paymentId)).toEqual({
      status: 'succeeded',
      amount: 8_990,
      outTradeNo: payment.outTradeNo,
      transactionId: `42${payment.outTradeNo}`,
      paidAt: new Date('2026-11-22T04:00:00Z'),
    });
    expect(await world.payments.trade(world.db, newId(), paymentId)).toBeUndefined();
  });
});
