import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { minuteMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, type Trade } from '../../../test/trade.ts';

describe('orders that are paid and must wait', () => {
  let trade: Trade;
  const payWithinMs = 5 * minuteMs;
  beforeAll(async () => {
    trade = await openTrade({
      offerSources: [
        {
          name: 'waiting',
          offers: async () => ({}),
          take: async (_tx, { orders, at, holdShipping }) => {
            for (const { orderNo } of orders)
              holdShipping?.({ orderNo, reason: 'group', payUntil: new Date(at.getTime() + payWithinMs) });
          },
        },
      ],
    });
  });
  afterAll(() => trade.close());
  beforeEach(async () => {
    trade.calls.length = 0;
    await trade.db.deleteFrom('platform.outbox').execute();
  });

  async function givenPaid({ salePrice = 20_000 } = {}) {
    const buyerId = newId();
    const skuId = await trade.givenSku({ salePrice });
    const { orderNos, payable, closesAt, heldUntil } = await trade.placeAndPay(buyerId, [{ skuId, quantity: 1 }]);
    const orderNo = orderNos[0] as string;
    const run = <T>(work: (orders: Trade['orders'], tx: Parameters<Trade['orders']['isHeld']>[0]) => Promise<T>) =>
      trade.inTransaction((tx) => work(trade.orders, tx));
    return {
      ...{ buyerId, skuId, orderNo, payable, closesAt, heldUntil, run },
      get: () => trade.orders.get(trade.db, buyerId, orderNo),
      ship: () =>
        trade.inTransaction((tx) =>
          trade.fulfilment.ship(tx, shopA, {
            orderNo,
            carrierCode: 'SF',
            waybillNo: `SF${orderNo}`,
            staffName: '小陈',
          }),
        ),
      release: () => run((orders, tx) => orders.releaseShipping(tx, buyerId, orderNo, '拼团成功')),
      giveBack: () => run((orders, tx) => orders.refundHeld(tx, buyerId, orderNo, '拼团未成功')),
      difference: (refundNo: string, amount: number) =>
        run((orders, tx) => orders.refundDifference(tx, buyerId, orderNo, { refundNo, amount, reason: '退还差价' })),
    };
  }
  const refunds = () => trade.callsNamed('requestRefund').map(({ amount }) => amount);
  let serial = 0;
  const refundNo = () => {
    serial += 1;
    return String(serial).padStart(20, '7');
  };

  it('C02-CPT-02 cannot be shipped before they are let go, and are let go once', async () => {
    const order = await givenPaid();
    expect(await order.get()).toMatchObject({ status: 'paid', statusText: '待成团', waitingFor: 'group' });
    expect((await order.get()).headline).toContain('成团后');
    expect(await trade.eventsNamed('orders.order_paid')).toMatchObject([{ shippingHold: 'group' }]);
    await expect(order.ship()).rejects.toMatchObject({ code: 'orders.waiting_for_group' });
    await Promise.all([order.release(), order.release()]);
    const { statusText, waitingFor, timeline } = await order.get();
    expect([statusText, waitingFor]).toEqual(['待发货', null]);
    expect(timeline.filter(({ text }) => text === '拼团成功')).toHaveLength(1);
    await order.ship();
    expect((await order.get()).status).toBe('shipped');
  });

  it('X-10 unpaid they close when what is kept for them is over: hold and closing are one instant', async () => {
    const order = await givenPaid();
    expect(order.closesAt).toBe(order.heldUntil);
    expect(new Date(order.closesAt).getTime() - trade.clock.now().getTime()).toBe(payWithinMs);
  });

  it('given back whole, once, whoever asks and however often; then nothing can be shipped or let go', async () => {
    const order = await givenPaid();
    const outcomes = await Promise.all([order.giveBack(), order.giveBack(), order.giveBack()]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(refunds()).toEqual([order.payable]);
    await order.release();
    expect((await order.get()).status).toBe('refunding');
    await expect(order.ship()).rejects.toMatchObject({ code: 'orders.cannot_ship' });
  });

  it('the difference goes back and what is asked later is only the rest', async () => {
    const order = await givenPaid();
    await order.release();
    expect(await order.difference(refundNo(), 6_000)).toBe(6_000);
    expect((await order.get()).status).toBe('paid');
    await order.run((orders, tx) => orders.refundByBuyer(tx, order.buyerId, order.orderNo, '不想要了'));
    expect(refunds()).toEqual([6_000, order.payable - 6_000]);
    expect(await order.difference(refundNo(), 1_000)).toBe(0);
  });

  it('C07-GRP-01 differences never sum above what was paid for the piece, to the fen', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 50_000 }),
        fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 4 }),
        async (salePrice, asked) => {
          trade.calls.length = 0;
          const order = await givenPaid({ salePrice });
          await order.release();
          let left = salePrice;
          for (const amount of asked) {
            const expected = Math.min(amount, left);
            expect(await order.difference(refundNo(), amount)).toBe(expected);
            left -= expected;
          }
          expect(refunds().reduce<number>((sum, amount) => sum + (amount as number), 0)).toBe(salePrice - left);
        },
      ),
      { numRuns: 15 },
    );
  });
});
