import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, shopB, type Trade } from '../../../test/trade.ts';

describe('cancelling and refunding before shipping', () => {
  let trade: Trade;
  beforeAll(async () => {
    trade = await openTrade();
  });
  afterAll(() => trade.close());
  beforeEach(async () => {
    trade.calls.length = 0;
    await trade.db.deleteFrom('platform.outbox').execute();
  });

  const settled = (buyerId: string, refund: Record<string, unknown>, outcome: 'succeeded' | 'failed') =>
    trade.inTransaction((tx) =>
      trade.orders.refundSettled(tx, {
        ...(refund as { paymentId: string; refundNo: string; orderNo: string; amount: number }),
        buyerId,
        outcome,
      }),
    );
  const cancel = (buyerId: string, orderNo: string) =>
    trade.inTransaction((tx) => trade.orders.cancel(tx, buyerId, orderNo, '拍错了'));
  const refund = (buyerId: string, orderNo: string) =>
    trade.inTransaction((tx) => trade.orders.refundByBuyer(tx, buyerId, orderNo, '不想要了'));

  it('a buyer cancels unpaid: stock back once, payment asked to close, companions under the payment close with it', async () => {
    const buyerId = newId();
    const [a, b] = [await trade.givenSku({ shopId: shopA }), await trade.givenSku({ shopId: shopB })];
    const { orderNos, paymentId } = await trade.place(buyerId, [
      { skuId: a, quantity: 1 },
      { skuId: b, quantity: 2 },
    ]);
    const outcomes = await Promise.allSettled([
      cancel(buyerId, orderNos[0] as string),
      cancel(buyerId, orderNos[1] as string),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect([(await trade.stockOf(a))?.reserved, (await trade.stockOf(b))?.reserved]).toEqual([0, 0]);
    expect(trade.callsNamed('requestClose')).toEqual([{ buyerId, paymentId }]);
    expect(await trade.eventsNamed('orders.order_cancelled')).toHaveLength(2);
    for (const orderNo of orderNos) expect(await trade.statusOf(buyerId, orderNo)).toBe('cancelled');
  });

  it('money that arrives after the buyer cancelled goes back, once, and the stock stays free', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku();
    const { orderNos, paymentId, payable } = await trade.place(buyerId, [{ skuId, quantity: 1 }]);
    await cancel(buyerId, orderNos[0] as string);
    await Promise.all([trade.pay(buyerId, paymentId), trade.pay(buyerId, paymentId)]);
    expect(await trade.statusOf(buyerId, orderNos[0] as string)).toBe('refunding');
    const [call, ...more] = trade.callsNamed('requestRefund');
    expect(more).toEqual([]);
    expect(call).toMatchObject({ amount: payable });
    await settled(buyerId, call as Record<string, unknown>, 'succeeded');
    expect(await trade.statusOf(buyerId, orderNos[0] as string)).toBe('refunded');
    expect(await trade.stockOf(skuId)).toMatchObject({ onHand: 10, reserved: 0 });
    expect(await trade.eventsNamed('orders.order_paid')).toEqual([]);
  });

  it('a payment told 20 times at once makes the order paid once and counts sales once', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku({ stock: 3 });
    const { orderNos, paymentId, payable } = await trade.place(buyerId, [{ skuId, quantity: 3 }]);
    await Promise.all(Array.from({ length: 20 }, () => trade.pay(buyerId, paymentId)));
    expect(await trade.statusOf(buyerId, orderNos[0] as string)).toBe('paid');
    expect(await trade.eventsNamed('orders.order_paid')).toMatchObject([
      { buyerId, orderNo: orderNos[0], shopId: shopA, payable },
    ]);
    trade.sold.length = 0;
    await trade.settle();
    await trade.settle();
    expect(trade.sold.map(({ quantity }) => quantity)).toEqual([3]);
    expect(await trade.stockOf(skuId)).toMatchObject({ onHand: 3, reserved: 3 });
  });

  it('a refund of one shop’s order out of a combined payment returns only its amount; stock comes back when it has settled', async () => {
    const buyerId = newId();
    const [a, b] = [
      await trade.givenSku({ shopId: shopA, salePrice: 20_000 }),
      await trade.givenSku({ shopId: shopB, salePrice: 700 }),
    ];
    const { paymentId } = await trade.placeAndPay(buyerId, [
      { skuId: a, quantity: 1 },
      { skuId: b, quantity: 1 },
    ]);
    const { items } = await trade.orders.list(trade.db, buyerId, { tab: 'paid', limit: 10 });
    const [first, second] = [
      items.find(({ shopId }) => shopId === shopA),
      items.find(({ shopId }) => shopId === shopB),
    ];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, () => refund(buyerId, second?.orderNo as string)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const calls = trade.callsNamed('requestRefund');
    expect(calls).toEqual([expect.objectContaining({ paymentId, orderNo: second?.orderNo, amount: 1_500 })]);
    expect(await trade.stockOf(b)).toMatchObject({ reserved: 1 });
    const [call = {}] = calls;
    await Promise.all([settled(buyerId, call, 'succeeded'), settled(buyerId, call, 'succeeded')]);
    expect([
      await trade.statusOf(buyerId, first?.orderNo as string),
      await trade.statusOf(buyerId, second?.orderNo as string),
    ]).toEqual(['paid', 'refunded']);
    expect([(await trade.stockOf(a))?.reserved, (await trade.stockOf(b))?.reserved]).toEqual([1, 0]);
    expect(await trade.eventsNamed('orders.order_refunded')).toEqual([
      { buyerId, orderNo: second?.orderNo, shopId: shopB, refundNo: call.refundNo, amount: 1_500 },
    ]);
  });

  it('a failed refund stays in refunding until the shop retries it under the same number', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku();
    const { orderNos } = await trade.placeAndPay(buyerId, [{ skuId, quantity: 1 }]);
    const orderNo = orderNos[0] as string;
    await trade.inTransaction((tx) =>
      trade.orders.refundByShop(tx, shopA, orderNo, { reason: '缺货', staffName: '小陈' }),
    );
    const [call = {}] = trade.callsNamed('requestRefund');
    const refundNo = call.refundNo as string;
    const retry = (shopId: string) => trade.inTransaction((tx) => trade.orders.retryRefund(tx, shopId, refundNo));
    await expect(retry(shopA)).rejects.toMatchObject({ code: 'orders.refund_not_failed' });
    await settled(buyerId, call, 'failed');
    expect((await trade.orders.get(trade.db, buyerId, orderNo)).refunds).toEqual([
      expect.objectContaining({ refundNo, status: 'failed', settledAt: null }),
    ]);
    expect(await trade.stockOf(skuId)).toMatchObject({ reserved: 1 });
    await expect(retry(shopB)).rejects.toMatchObject({ code: 'orders.refund_not_found' });
    await retry(shopA);
    expect(trade.callsNamed('retryRefund')).toEqual([{ buyerId, refundNo }]);
    await settled(buyerId, call, 'succeeded');
    expect(await trade.statusOf(buyerId, orderNo)).toBe('refunded');
    expect(await trade.stockOf(skuId)).toMatchObject({ onHand: 10, reserved: 0 });
  });

  it('ships or refunds, never both: one of two at once wins', async () => {
    for (let round = 0; round < 5; round += 1) {
      const buyerId = newId();
      const skuId = await trade.givenSku({ stock: 2 });
      const { orderNos } = await trade.placeAndPay(buyerId, [{ skuId, quantity: 2 }]);
      const orderNo = orderNos[0] as string;
      const outcomes = await Promise.allSettled([
        refund(buyerId, orderNo),
        trade.inTransaction((tx) =>
          trade.fulfilment.ship(tx, shopA, { orderNo, carrierCode: 'SF', waybillNo: 'SF123456', staffName: '小陈' }),
        ),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const status = await trade.statusOf(buyerId, orderNo);
      const expected = outcomes[0].status === 'fulfilled' ? ['refunding', 2] : ['shipped', 0];
      expect([status, (await trade.stockOf(skuId))?.onHand]).toEqual(expected);
    }
  });

  it('refuses another buyer, another shop, an unpaid, a shipped and a refunded order, and writes nothing', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku();
    const { orderNos, paymentId } = await trade.place(buyerId, [{ skuId, quantity: 1 }]);
    const orderNo = orderNos[0] as string;
    await expect(refund(buyerId, orderNo)).rejects.toMatchObject({ code: 'orders.cannot_refund' });
    await trade.pay(buyerId, paymentId);
    await expect(refund(newId(), orderNo)).rejects.toMatchObject({ code: 'orders.not_found' });
    await expect(cancel(newId(), orderNo)).rejects.toMatchObject({ code: 'orders.not_found' });
    await expect(
      trade.inTransaction((tx) => trade.orders.refundByShop(tx, shopB, orderNo, { reason: 'x', staffName: 'x' })),
    ).rejects.toMatchObject({ code: 'orders.not_found' });
    await expect(cancel(buyerId, orderNo)).rejects.toMatchObject({ code: 'orders.cannot_cancel' });
    await trade.inTransaction((tx) =>
      trade.fulfilment.ship(tx, shopA, { orderNo, carrierCode: 'SF', waybillNo: 'SF777777', staffName: '小陈' }),
    );
    await expect(refund(buyerId, orderNo)).rejects.toMatchObject({
      code: 'orders.cannot_refund',
      details: { status: 'shipped' },
    });
    expect(trade.callsNamed('requestRefund')).toEqual([]);
    expect(
      await trade.db.selectFrom('orders.refund').select('refundNo').where('buyerId', '=', buyerId).execute(),
    ).toEqual([]);
  });
});
