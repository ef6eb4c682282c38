import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSettle } from './payments.settle.ts';
import { fakeGateway, openPaymentWorld, type PaymentWorld } from './payments.testing.ts';
import { WechatPayError } from './payments.wechat.client.ts';

const problem = (kind: WechatPayError['problem']) => new WechatPayError(kind, kind.toUpperCase(), 'test');

describe('payments', () => {
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

  it('hands one prepay to ten taps at once, under one trade number', async () => {
    const { buyerId, paymentId } = await world.open();
    const replies = await Promise.all(Array.from({ length: 10 }, () => world.start(buyerId, paymentId)));
    expect(replies.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(new Set(replies.map((reply) => reply.json().params.package)).size).toBe(1);
    const attempts = await world.attemptsOf(paymentId);
    expect(attempts).toHaveLength(1);
    const numbers = fake.calls
      .filter(({ name }) => name === 'prepay')
      .map(({ args }) => (args[0] as { outTradeNo: string }).outTradeNo);
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
      expect.arrayContaining([
        ['mp-weixin', 'closed'],
        ['h5', 'prepaid'],
      ]),
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
    expect((await world.start(buyerId, paymentId, 'h5')).json()).toEqual({
      paymentId,
      status: 'succeeded',
      channel: 'wechat_jsapi',
      params: null,
      redirectUrl: null,
      code: null,
      cashierUrl: null,
    });
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
    fake.answerAgain();
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
    expect(world.prepared[0]).toMatchObject({
      paymentId,
      atLeastUntil: new Date(world.clock.now().getTime() + 62_000),
    });
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
    fake.answerAgain();
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
    expect((await world.events<{ kind: string }>('payments.anomaly_found')).map(({ kind }) => kind)).toEqual([
      'merchant_differs',
      'merchant_differs',
    ]);
    expect(await world.events('payments.payment_succeeded')).toEqual([]);
  });

  it('raises a second trade that paid the same payment, and leaves the payment as it is', async () => {
    const { buyerId, paymentId, amount } = await world.open();
    const paidTrade = async (outTradeNo: string) => ({
      appid: 'wxmini',
      mchid: '1900000001',
      out_trade_no: outTradeNo,
      trade_state: 'SUCCESS' as const,
      transaction_id: `42-${outTradeNo}`,
      amount: { total: amount, currency: 'CNY' },
    });
    await world.start(buyerId, paymentId);
    const [attempt] = await world.attemptsOf(paymentId);
    if (!attempt) throw new Error('no attempt');
    fake.answers.query = paidTrade;
    world.clock.advance(1_600);
    await world.read(buyerId, paymentId);
    const settle = createSettle({ ...world, mchId: '1900000001' });
    const second = { ...attempt, outTradeNo: `second${attempt.outTradeNo}`, parts: null };
    await world.db.insertInto('payments.attempt').values(second).execute();
    const tell = async () => {
      const said = await paidTrade(second.outTradeNo);
      return world.inTransaction((tx) => settle.applyTransaction(tx, said));
    };
    expect([await tell(), await tell()]).toEqual(['held', 'held']);
    expect(await world.statusOf(paymentId)).toBe('succeeded');
    expect(await world.events('payments.anomaly_found')).toMatchObject([
      { paymentId, kind: 'paid_twice', actual: amount },
    ]);
    expect(await world.events('payments.payment_succeeded')).toHaveLength(1);
  });

  it('X-10 money that comes after the close is told to orders as a success', async () => {
    const { buyerId, paymentId, amount } = await world.open();
    await world.start(buyerId, paymentId);
    const [attempt] = await world.attemptsOf(paymentId);
    await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('closed');
    const settle = createSettle({ ...world, mchId: '1900000001' });
    const late = {
      appid: 'wxmini',
      mchid: '1900000001',
      out_trade_no: attempt?.outTradeNo ?? '',
      trade_state: 'SUCCESS' as const,
      transaction_id: '42late',
      amount: { total: amount, currency: 'CNY' },
    };
    const outcomes = await Promise.all(
      [1, 2, 3].map(() => world.inTransaction((tx) => settle.applyTransaction(tx, late))),
    );
    expect(outcomes.sort()).toEqual(['applied', 'repeated', 'repeated']);
    expect(await world.statusOf(paymentId)).toBe('succeeded');
    expect(await world.events('payments.payment_succeeded')).toHaveLength(1);
  });
});
