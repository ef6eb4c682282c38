import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { shopA, shopB } from '../../../test/trade.ts';
import { asStaff, openTradeApp, type TradeApp } from '../../../test/trade-app.ts';

describe('dashboard', () => {
  let shop: TradeApp;
  beforeAll(async () => {
    shop = await openTradeApp();
  });
  afterAll(() => shop.close());

  it('C13-GMV-01 sums today, yesterday, the same weekday and hours of the own shop, in Shanghai days', async () => {
    const [cheap, dear, foreign] = [
      await shop.givenSku({ salePrice: 10_000, stock: 50, title: '茶杯' }),
      await shop.givenSku({ salePrice: 20_000, stock: 50, title: '茶盘' }),
      await shop.givenSku({ shopId: shopB, salePrice: 99_900 }),
    ];
    const buyer = newId();
    const buy = async (at: string, skuId: string, quantity: number, buyerId = newId()) => {
      shop.clock.set(at);
      return shop.placeAndPay(buyerId, [{ skuId, quantity }]);
    };
    // 2026-11-22 00:30 in Shanghai is still the 21st in UTC.
    await buy('2026-11-21T16:30:00Z', cheap, 2, buyer);
    await buy('2026-11-22T04:10:00Z', dear, 1, buyer);
    const refunded = await buy('2026-11-22T04:50:00Z', dear, 3);
    await buy('2026-11-21T15:59:00Z', cheap, 1); // yesterday, the last minute
    await buy('2026-11-15T10:00:00Z', cheap, 3); // same weekday
    await buy('2026-11-08T15:59:59Z', dear, 5); // the day before the spark begins
    await buy('2026-11-22T04:20:00Z', foreign, 1);
    shop.clock.set('2026-11-22T05:00:00Z');
    const orderNo = refunded.orderNos[0] as string;
    await shop.inTransaction((tx) =>
      shop.orders.refundByShop(tx, shopA, orderNo, { reason: '缺货', staffName: '小陈' }),
    );
    const [call] = shop.callsNamed('requestRefund') as {
      buyerId: string;
      paymentId: string;
      refundNo: string;
      orderNo: string;
      amount: number;
    }[];
    if (!call) throw new Error('no refund');
    await shop.inTransaction((tx) => shop.orders.refundSettled(tx, { ...call, outcome: 'succeeded' }));
    await shop.givenSku({ stock: 0 });
    const group = JSON.stringify({ id: newId(), kind: 'group', unitPrice: 20_000, quantity: 3 });
    await shop.db.updateTable('orders.orderLine').set({ activity: group }).where('orderNo', '=', orderNo).execute();

    const { status, body } = await shop.call('GET', '/api/console/dashboard', asStaff(shopA));
    expect(status).toBe(200);
    // 13:00 there: what yesterday brought at 23:59 and the Sunday before at 18:00 is not compared with yet.
    expect(body.gmv).toMatchObject({ today: 100_000, yesterday: 0, sameWeekday: 0 });
    expect(body.gmv.spark).toEqual([0, 0, 0, 0, 0, 0, 30_000, 0, 0, 0, 0, 0, 10_000, 100_000]);
    // C13-GMV-01: by play, every line once; the parts are the last seven days.
    expect(body.byPlay).toEqual([
      { play: 'group', gmv: 60_000, orders: 1 },
      { play: 'normal', gmv: 50_000, orders: 3 },
    ]);
    expect(body.orders).toMatchObject({ today: 3, yesterday: 0, sameWeekday: 0 });
    expect(body.payers).toMatchObject({ today: 2 });
    expect(body.averageOrder).toMatchObject({ today: 33_333, yesterday: 0 });
    expect(body.refunds).toMatchObject({ today: 60_000, yesterday: 0 });
    expect(body.byHour).toHaveLength(24);
    expect([body.byHour[0], body.byHour[12], body.byHour[23]]).toEqual([
      { hour: 0, today: 20_000, yesterday: 0 },
      { hour: 12, today: 80_000, yesterday: 0 },
      { hour: 23, today: 0, yesterday: 10_000 },
    ]);
    expect(
      body.bestSellers.map(({ title, units, sales }: { title: string; units: number; sales: number }) => [
        title,
        units,
        sales,
      ]),
    ).toEqual([
      ['茶杯', 3, 30_000],
      ['茶盘', 1, 20_000],
    ]);
    expect(body.todo).toEqual({
      toShip: 5,
      complaints: 1,
      refunds: 0,
      reviewsHeld: 0,
      lowStock: 0,
      outOfStock: 1,
      uploadsFailed: 0,
      paymentAnomalies: 3,
      afterSales: 2,
      deadLetters: 0,
      alerts: 1,
    });
    expect((await shop.call('GET', '/api/console/dashboard', asStaff(newId()))).body.gmv.spark).toEqual(
      Array(14).fill(0),
    );
    const yesterdayAt = async (at: string) => {
      shop.clock.set(at);
      const { gmv, payers } = (await shop.call('GET', '/api/console/dashboard', asStaff(shopA))).body;
      return [gmv.yesterday, payers.yesterday];
    };
    // A day later, at each time of day: to the minute, a buyer of two orders once.
    expect(await yesterdayAt('2026-11-22T16:20:00Z')).toEqual([0, 0]);
    expect(await yesterdayAt('2026-11-23T04:05:00Z')).toEqual([20_000, 1]);
    expect(await yesterdayAt('2026-11-23T04:15:00Z')).toEqual([40_000, 1]);
    expect(await yesterdayAt('2026-11-23T15:59:00Z')).toEqual([100_000, 2]);
  });

  it('searches orders and products of the own shop, each only for those who may read it', async () => {
    const { orderNos } = await shop.placeAndPay(newId(), [
      { skuId: await shop.givenSku({ title: '胡桃木托盘' }), quantity: 1 },
    ]);
    const search = async (q: string, headers: Record<string, string>) =>
      (await shop.call('GET', `/api/console/search?q=${encodeURIComponent(q)}`, headers)).body;
    expect(await search('胡桃木', asStaff(shopA))).toMatchObject({
      orders: [{ orderNo: orderNos[0], statusText: '待发货' }],
      products: [{ title: '胡桃木托盘' }],
    });
    expect(await search('胡桃木', asStaff(shopB))).toEqual({ orders: [], products: [] });
    expect(await search('胡桃木', asStaff(shopA, 'dashboard.read', 'catalog.read'))).toMatchObject({
      orders: [],
      products: [{}],
    });
    expect(await shop.call('GET', '/api/console/search', asStaff(shopA))).toMatchObject({ status: 400 });
    expect(await shop.call('GET', '/api/console/search?q=a', asStaff(shopA, 'orders.read'))).toMatchObject({
      status: 403,
    });
    expect(await shop.call('GET', '/api/console/dashboard')).toMatchObject({ status: 401 });
  });
});
