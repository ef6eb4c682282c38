import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTwinWorld } from './payments.testing.ts';

interface TwinOrder {
  outTradeNo: string;
  state: string;
  paidTotal: number | null;
}

describe('faults and races against the twin over HTTP', () => {
  let world: Awaited<ReturnType<typeof openTwinWorld>>;
  beforeAll(async () => {
    world = await openTwinWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.twin.control('POST', '/switches/reset');
    await world.twin.switchTo({ 'pay.signatureMode': 'public-key', 'notify.signWith': 'public-key' });
    await world.db.deleteFrom('platform.outbox').execute();
  });

  async function prepaid() {
    const payment = await world.openFor('su-wan');
    const started = await world.start(payment.buyerId, payment.paymentId);
    expect(started.statusCode, started.body).toBe(200);
    return { ...payment, ...started.json<{ params: Record<string, string> }>() };
  }
  const twinOrders = async () => (await world.twin.control<{ items: TwinOrder[] }>('GET', '/orders?limit=1000')).items;
  const settled = (paymentId: string, status: string) =>
    world.until(async () => (await world.statusOf(paymentId)) === status);

  it('C10-PAY-05 takes a slow notice when it comes', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'slow', 'notify.slowMs': 3_000 });
    const { paymentId, params } = await prepaid();
    await world.pay(params);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await world.statusOf(paymentId)).toBe('prepaid');
    world.advance(3_500);
    await settled(paymentId, 'succeeded');
  });

  it('C10-PAY-06 a notice forty minutes late changes nothing: the sweep has long found the money', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'late', 'notify.lateMinutes': 40 });
    const { paymentId, params } = await prepaid();
    await world.pay(params);
    world.advance(6_000);
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('succeeded');
    world.advance(41 * 60_000);
    const late = await world.until(async () => {
      const rows = await world.db.selectFrom('payments.notice').selectAll().execute();
      const [attempt] = await world.attemptsOf(paymentId);
      return rows.find(({ tradeNo }) => tradeNo === attempt?.outTradeNo);
    });
    expect(late.outcome).toBe('repeated');
    expect(await world.events('payments.payment_succeeded')).toHaveLength(1);
  });

  it.each([
    'http-429',
    'http-500',
    'http-500-after',
    'http-503',
    'dropped',
    'dropped-after',
    'bad-signature',
    'unsigned',
  ])('a close answered with %s is made sure of: closed there before here', async (fault) => {
    const { buyerId, paymentId } = await prepaid();
    // More faults than one call's two tries: the sweep itself must come again.
    await world.twin.switchTo({
      'pay.responseFault': fault,
      'pay.responseFaultTimes': 3,
      'pay.responseFaultPath': '/close',
    });
    await world.inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }));
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('prepaid');
    world.advance(10_000);
    await world.sweep('payments.check');
    expect(await world.statusOf(paymentId)).toBe('closed');
    const [attempt] = await world.attemptsOf(paymentId);
    expect((await twinOrders()).find(({ outTradeNo }) => outTradeNo === attempt?.outTradeNo)?.state).toBe('CLOSED');
    expect(await world.events('payments.payment_closed')).toEqual([{ buyerId, paymentId }]);
  });

  it('C10-PAY-10 whoever wins the race of paying and closing, both sides agree on the money', async () => {
    await world.twin.switchTo({ 'notify.transaction': 'lost' });
    const raced = await Promise.all(Array.from({ length: 24 }, prepaid));
    await Promise.all(
      raced.flatMap(({ buyerId, paymentId, params }, index) => [
        index % 2 === 0
          ? world.pay(params)
          : new Promise((done) => setTimeout(done, index)).then(() => world.pay(params)),
        world
          .inTransaction((tx) => world.payments.requestClose(tx, { buyerId, paymentId }))
          .then(() => world.sweep('payments.check')),
        world.start(buyerId, paymentId, index % 3 === 0 ? 'h5' : 'mp-weixin'),
        world.read(buyerId, paymentId),
      ]),
    );
    for (let round = 0; round < 5; round += 1) {
      world.advance(10_000);
      await world.sweep('payments.check');
    }
    const there = new Map((await twinOrders()).map((order) => [order.outTradeNo, order]));
    const counts = { succeeded: 0, closed: 0 };
    for (const { paymentId, amount } of raced) {
      const status = await world.statusOf(paymentId);
      const trades = (await world.attemptsOf(paymentId)).map(({ outTradeNo }) => there.get(outTradeNo));
      const money = trades.reduce((sum, trade) => sum + (trade?.paidTotal ?? 0), 0);
      expect([status, money]).toEqual(status === 'succeeded' ? ['succeeded', amount] : ['closed', 0]);
      expect(trades.filter((trade) => trade?.state === 'NOTPAY')).toEqual([]);
      counts[status as 'succeeded' | 'closed'] += 1;
    }
    expect(counts.succeeded + counts.closed).toBe(24);
    expect(await world.events('payments.payment_succeeded')).toHaveLength(counts.succeeded);
    expect(await world.events('payments.payment_closed')).toHaveLength(counts.closed);
    expect(await world.anomalies()).toEqual([]);
  });
});
