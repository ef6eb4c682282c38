import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dayMs, minuteMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, shopB, type Trade } from '../../../test/trade.ts';

describe('the two timers of X-10', () => {
  let trade: Trade;
  beforeAll(async () => {
    trade = await openTrade();
  });
  afterAll(() => trade.close());
  beforeEach(async () => {
    trade.clock.set(trade.start);
    trade.calls.length = 0;
    await trade.db
      .updateTable('orders.order')
      .set({ status: 'cancelled' })
      .where('status', '=', 'pending_payment')
      .execute();
    await trade.db.deleteFrom('platform.outbox').execute();
  });

  const after = (ms: number) => new Date(trade.start.getTime() + ms);
  const at = (ms: number) => trade.clock.set(after(ms));
  async function givenOrder(stock = 5, quantity = 2) {
    const buyerId = newId();
    const skuId = await trade.givenSku({ stock });
    const { paymentId, orderNos } = await trade.place(buyerId, [{ skuId, quantity }]);
    const orderNo = orderNos[0] as string;
    return {
      buyerId,
      skuId,
      paymentId,
      orderNo,
      get: () => trade.orders.get(trade.db, buyerId, orderNo),
      prepare: (atLeastUntil?: Date) =>
        trade.inTransaction((tx) =>
          trade.orders.preparePayment(tx, { buyerId, paymentId, ...(atLeastUntil && { atLeastUntil }) }),
        ),
      reserved: async () => (await trade.stockOf(skuId))?.reserved,
    };
  }

  it.each([
    [15 * minuteMs - 1, 2, true],
    [15 * minuteMs, 0, false],
    [15 * minuteMs + 1, 0, false],
  ])('C06-INV-05 at T+%i ms holds %i units (shown as held: %s)', async (ms, reserved, isHeld) => {
    const order = await givenOrder();
    at(ms);
    expect((await order.get()).heldUntil !== null).toBe(isHeld);
    await trade.settle();
    expect(await order.reserved()).toBe(reserved);
    const { status, heldUntil, actions, headline } = await order.get();
    expect([status, heldUntil, actions[0]]).toEqual([
      'pending_payment',
      isHeld ? after(15 * minuteMs).toISOString() : null,
      'pay',
    ]);
    if (!isHeld) expect(headline).toContain('不再保留');
  });

  it.each([
    [30 * minuteMs - 1, 0],
    [30 * minuteMs, 1],
    [30 * minuteMs + 1, 1],
  ])(
    'C10-PAY-10 at T+%i ms asks WeChat to close %i times, and the order closes only once WeChat has',
    async (ms, closes) => {
      const order = await givenOrder();
      at(ms);
      await trade.settle();
      await trade.settle();
      expect(trade.callsNamed('requestClose')).toEqual(
        closes ? [{ buyerId: order.buyerId, paymentId: order.paymentId }] : [],
      );
      expect((await order.get()).status).toBe('pending_payment');
      expect((await order.get()).actions).toEqual(closes ? [] : ['pay', 'cancel']);
      if (!closes) return;
      await trade.closed(order.buyerId, order.paymentId);
      await trade.closed(order.buyerId, order.paymentId);
      expect((await order.get()).status).toBe('cancelled');
      expect(await order.reserved()).toBe(0);
      expect(await trade.eventsNamed('orders.order_cancelled')).toHaveLength(1);
    },
  );

  it('C06-INV-06 gives stock back once when two sweeps and the buyer’s cancel race', async () => {
    const order = await givenOrder(5, 2);
    at(15 * minuteMs);
    await Promise.allSettled([
      trade.settle(),
      trade.settle(),
      trade.inTransaction((tx) => trade.orders.cancel(tx, order.buyerId, order.orderNo, '不想要了')),
    ]);
    expect(await trade.stockOf(order.skuId)).toMatchObject({ onHand: 5, reserved: 0 });
    const ledger = await trade.db
      .selectFrom('inventory.ledgerEntry')
      .select('kind')
      .where('skuId', '=', order.skuId)
      .execute();
    expect(ledger.filter(({ kind }) => kind === 'release')).toHaveLength(1);
  });

  it('X-10 lets the prepay live until the hold ends, not longer', async () => {
    const order = await givenOrder();
    at(10 * minuteMs);
    expect(await order.prepare()).toEqual({ prepayUntil: after(15 * minuteMs) });
    expect(trade.callsNamed('extend')).toEqual([]);
  });

  it('X-10 between 15 and 30 minutes pays only by winning a new hold, not past T+30', async () => {
    const order = await givenOrder();
    at(15 * minuteMs);
    await trade.settle();
    expect(await order.reserved()).toBe(0);
    at(20 * minuteMs);
    expect(await order.prepare()).toEqual({ prepayUntil: after(30 * minuteMs) });
    expect(trade.callsNamed('extend')).toEqual([
      { buyerId: order.buyerId, paymentId: order.paymentId, prepayUntil: after(30 * minuteMs) },
    ]);
    expect(await order.reserved()).toBe(2);
    await order.prepare();
    expect(await order.reserved()).toBe(2);
    expect(trade.callsNamed('extend')).toHaveLength(1);
  });

  it('X-10 refuses to start paying when the new hold cannot be won, and keeps nothing', async () => {
    const order = await givenOrder(2, 2);
    at(15 * minuteMs);
    await trade.settle();
    await trade.place(newId(), [{ skuId: order.skuId, quantity: 1 }]);
    await expect(order.prepare()).rejects.toMatchObject({
      code: 'inventory.out_of_stock',
      details: { shortages: [{ skuId: order.skuId, requested: 2, available: 1 }] },
    });
    expect(await order.reserved()).toBe(1);
    expect(trade.callsNamed('extend')).toEqual([]);
    expect((await order.get()).heldUntil).toBeNull();
  });

  it('keeps a hold that the sweep has not given back yet, and lengthens one too short for a prepay', async () => {
    const [late, soon] = [await givenOrder(), await givenOrder()];
    at(15 * minuteMs);
    await late.prepare();
    expect(await late.reserved()).toBe(2);
    at(14.5 * minuteMs);
    expect(await soon.prepare(after(15.5 * minuteMs))).toEqual({ prepayUntil: after(29.5 * minuteMs) });
    at(15 * minuteMs);
    await trade.settle();
    expect(await soon.reserved()).toBe(2);
  });

  it.each([
    [30 * minuteMs - 1, undefined],
    [30 * minuteMs, 'orders.payment_window_over'],
  ])('at T+%i ms starting to pay answers %s', async (ms, code) => {
    const order = await givenOrder();
    at(ms);
    if (code) await expect(order.prepare()).rejects.toMatchObject({ code });
    else expect(await order.prepare()).toEqual({ prepayUntil: after(30 * minuteMs) });
  });

  it('X-10 a late success wins a new hold, or is refunded by itself when the stock is gone', async () => {
    const [lucky, unlucky] = [await givenOrder(2, 2), await givenOrder(2, 2)];
    at(30 * minuteMs);
    await trade.settle();
    for (const order of [lucky, unlucky]) await trade.closed(order.buyerId, order.paymentId);
    await trade.place(newId(), [{ skuId: unlucky.skuId, quantity: 1 }]);
    for (const order of [lucky, unlucky, lucky, unlucky]) await trade.pay(order.buyerId, order.paymentId);
    expect([(await lucky.get()).status, (await unlucky.get()).status]).toEqual(['paid', 'refunding']);
    expect([await lucky.reserved(), await unlucky.reserved()]).toEqual([2, 1]);
    expect(trade.callsNamed('requestRefund')).toEqual([
      expect.objectContaining({ orderNo: unlucky.orderNo, amount: 10_000, paymentId: unlucky.paymentId }),
    ]);
    expect(await trade.eventsNamed('orders.order_paid')).toHaveLength(1);
  });

  it('X-10 a success between 15 and 30 minutes confirms a new hold', async () => {
    const order = await givenOrder(2, 2);
    at(16 * minuteMs);
    await trade.settle();
    expect(await order.reserved()).toBe(0);
    await trade.pay(order.buyerId, order.paymentId);
    expect([(await order.get()).status, await order.reserved()]).toEqual(['paid', 2]);
    at(40 * minuteMs);
    await trade.settle();
    expect(await order.reserved()).toBe(2);
  });

  it('follows the set times for new orders, and never holds past closing', async () => {
    const set = (key: string, value: number) =>
      trade.inTransaction((tx) => trade.policies.set(tx, { key, value, shopId: shopA, by: 't' }));
    await set('orders.hold_minutes', 5);
    await set('orders.close_minutes', 12);
    const order = await givenOrder();
    expect(await order.get()).toMatchObject({
      heldUntil: after(5 * minuteMs).toISOString(),
      closesAt: after(12 * minuteMs).toISOString(),
    });
    at(9 * minuteMs);
    expect(await order.prepare()).toEqual({ prepayUntil: after(12 * minuteMs) });
    await set('orders.hold_minutes', 15);
    await set('orders.close_minutes', 30);
  });

  it('refunds the lost order of a combined payment and keeps the other, whose stock was there', async () => {
    const buyerId = newId();
    const [a, b] = [
      await trade.givenSku({ shopId: shopA, stock: 1 }),
      await trade.givenSku({ shopId: shopB, stock: 1 }),
    ];
    const { paymentId } = await trade.place(buyerId, [
      { skuId: a, quantity: 1 },
      { skuId: b, quantity: 1 },
    ]);
    at(15 * minuteMs);
    await trade.settle();
    await trade.place(newId(), [{ skuId: b, quantity: 1 }]);
    await trade.pay(buyerId, paymentId);
    const { items } = await trade.orders.list(trade.db, buyerId, { limit: 10 });
    expect(Object.fromEntries(items.map(({ shopId, status }) => [shopId, status]))).toEqual({
      [shopA]: 'paid',
      [shopB]: 'refunding',
    });
    expect(trade.callsNamed('requestRefund')).toEqual([expect.objectContaining({ amount: 5_800 })]);
  });

  it.each([
    [10 * dayMs - 1, 'shipped'],
    [10 * dayMs, 'completed'],
    [10 * dayMs + 1, 'completed'],
  ])('confirms receipt by itself: at shipping + %i ms the order is %s', async (ms, status) => {
    const buyerId = newId();
    const { orderNos } = await trade.placeAndPay(buyerId, [{ skuId: await trade.givenSku(), quantity: 1 }]);
    const orderNo = orderNos[0] as string;
    await trade.inTransaction((tx) =>
      trade.fulfilment.ship(tx, shopA, { orderNo, carrierCode: 'SF', waybillNo: `SF${Date.now()}`, staffName: '小陈' }),
    );
    at(ms);
    await trade.settle();
    await trade.settle();
    expect(await trade.statusOf(buyerId, orderNo)).toBe(status);
    const completed = (await trade.eventsNamed('orders.order_completed')).filter((event) => event.orderNo === orderNo);
    expect(completed).toHaveLength(status === 'completed' ? 1 : 0);
  });
});
