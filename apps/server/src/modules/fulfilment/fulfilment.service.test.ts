import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { openTrade, shopA, shopB, type Trade } from '../../../test/trade.ts';

describe('fulfilment', () => {
  let trade: Trade;
  let waybills = 100_000;
  const nextWaybill = () => {
    waybills += 1;
    return `SF${waybills}`;
  };
  beforeAll(async () => {
    trade = await openTrade();
  });
  afterAll(() => trade.close());
  beforeEach(async () => {
    trade.clock.set(trade.start);
    await trade.db.deleteFrom('fulfilment.parcel').execute();
    await trade.db.deleteFrom('platform.outbox').execute();
  });
  const ship = (
    orderNo: string,
    {
      lines,
      waybillNo = nextWaybill(),
      shopId = shopA,
      carrierCode = 'SF',
    }: {
      lines?: { lineId: string; quantity: number }[];
      waybillNo?: string;
      shopId?: string;
      carrierCode?: string;
    } = {},
  ) =>
    trade.inTransaction((tx) =>
      trade.fulfilment.ship(tx, shopId, {
        orderNo,
        carrierCode,
        waybillNo,
        staffName: '小陈',
        ...(lines && { lines }),
      }),
    );

  async function givenPaid(quantities = [3]) {
    const buyerId = newId();
    const skuIds = [];
    for (const _ of quantities) skuIds.push(await trade.givenSku({ stock: 10 }));
    const { orderNos, paymentId } = await trade.placeAndPay(
      buyerId,
      skuIds.map((skuId, index) => ({ skuId, quantity: quantities[index] as number })),
    );
    const orderNo = orderNos[0] as string;
    const { lines } = await trade.orders.get(trade.db, buyerId, orderNo);
    return { buyerId, orderNo, paymentId, skuIds, lines };
  }

  it('ships everything in one parcel: order shipped, stock gone, one upload waiting', async () => {
    const { buyerId, orderNo, skuIds } = await givenPaid([3, 2]);
    await ship(orderNo, { waybillNo: ' sf 123 456 ' });
    const order = await trade.orders.get(trade.db, buyerId, orderNo);
    expect(order.status).toBe('shipped');
    expect(order.parcels).toEqual([
      expect.objectContaining({ carrierCode: 'SF', carrierName: '顺丰速运', waybillNo: 'SF123456' }),
    ]);
    expect(order.parcels[0]?.lines.map(({ quantity }) => quantity).sort()).toEqual([2, 3]);
    expect(await trade.stockOf(skuIds[0] as string)).toMatchObject({ onHand: 7, reserved: 0 });
    expect(await trade.eventsNamed('orders.order_shipped')).toEqual([{ buyerId, orderNo, shopId: shopA }]);
    expect(await trade.fulfilment.claimUploads(10)).toEqual([
      expect.objectContaining({
        orderNo,
        openid: 'o-1',
        outTradeNo: '20261122',
        isAllDelivered: true,
        isSingle: true,
        attempts: 0,
      }),
    ]);
  });

  it('ships in parts, never more than ordered, and the last part makes the order shipped', async () => {
    const { buyerId, orderNo, lines, skuIds } = await givenPaid([3]);
    const lineId = lines[0]?.lineId as string;
    await ship(orderNo, { lines: [{ lineId, quantity: 1 }] });
    expect(await trade.orders.get(trade.db, buyerId, orderNo)).toMatchObject({
      status: 'paid',
      actions: ['track', 'buy_again'],
      headline: '部分商品已发出，其余正在备货',
    });
    await expect(ship(orderNo, { lines: [{ lineId, quantity: 3 }] })).rejects.toMatchObject({
      code: 'orders.ship_too_many',
      details: { lineId, remaining: 2 },
    });
    await expect(
      ship(orderNo, {
        lines: [
          { lineId, quantity: 1 },
          { lineId, quantity: 2 },
        ],
      }),
    ).rejects.toMatchObject({ code: 'orders.ship_too_many' });
    await ship(orderNo);
    expect(await trade.statusOf(buyerId, orderNo)).toBe('shipped');
    expect(await trade.stockOf(skuIds[0] as string)).toMatchObject({ onHand: 7, reserved: 0 });
    await expect(ship(orderNo)).rejects.toMatchObject({ code: 'orders.cannot_ship' });
  });

  it('lets one of ten equal clicks ship', async () => {
    const { orderNo, skuIds } = await givenPaid([2]);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => ship(orderNo, { waybillNo: 'SF999999' })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await trade.stockOf(skuIds[0] as string)).toMatchObject({ onHand: 8, reserved: 0 });
    expect(
      await trade.db.selectFrom('fulfilment.parcel').select('parcelId').where('orderNo', '=', orderNo).execute(),
    ).toHaveLength(1);
  });

  it('refuses unknown carriers, other carriers’ numbers, a number twice, foreign lines and another shop, shipping nothing', async () => {
    const { buyerId, orderNo, lines, skuIds } = await givenPaid([3]);
    const lineId = lines[0]?.lineId as string;
    await expect(ship(orderNo, { carrierCode: 'XX' })).rejects.toMatchObject({ code: 'fulfilment.carrier_unknown' });
    await expect(ship(orderNo, { waybillNo: '7301234567' })).rejects.toMatchObject({
      code: 'fulfilment.waybill_mismatch',
    });
    await expect(ship(orderNo, { lines: [{ lineId: newId(), quantity: 1 }] })).rejects.toMatchObject({
      code: 'orders.line_unknown',
    });
    await expect(ship(orderNo, { shopId: shopB })).rejects.toMatchObject({ code: 'orders.not_found' });
    expect(await trade.stockOf(skuIds[0] as string)).toMatchObject({ onHand: 10, reserved: 3 });
    await ship(orderNo, { waybillNo: 'SF1', lines: [{ lineId, quantity: 1 }] });
    await expect(ship(orderNo, { waybillNo: 'SF1', lines: [{ lineId, quantity: 1 }] })).rejects.toMatchObject({
      code: 'fulfilment.parcel_exists',
    });
    expect((await trade.orders.get(trade.db, buyerId, orderNo)).parcels).toHaveLength(1);
  });

  it('tells WeChat a payment’s parcels one after the other, "all delivered" only with the last', async () => {
    const buyerId = newId();
    const [a, b] = [await trade.givenSku({ shopId: shopA }), await trade.givenSku({ shopId: shopB })];
    await trade.placeAndPay(buyerId, [
      { skuId: a, quantity: 1 },
      { skuId: b, quantity: 1 },
    ]);
    const { items } = await trade.orders.list(trade.db, buyerId, { limit: 5 });
    for (const shopId of [shopA, shopB]) {
      trade.clock.advance(1_000);
      await ship(items.find((order) => order.shopId === shopId)?.orderNo as string, { shopId });
    }
    const [first, ...none] = await trade.fulfilment.claimUploads(10);
    expect(none).toEqual([]);
    expect(first).toMatchObject({ isAllDelivered: false, isSingle: false });
    expect(first?.parcels[0]).toMatchObject({ carrierCode: 'SF', phoneTail: '1234' });
    expect(await trade.fulfilment.claimUploads(10)).toEqual([]);
    await trade.fulfilment.recordUpload(first as NonNullable<typeof first>, { state: 'uploaded' });
    const [second] = await trade.fulfilment.claimUploads(10);
    expect(second).toMatchObject({ isAllDelivered: true, isSingle: false });
  });

  it('asks no upload for what was paid outside the mini program', async () => {
    const { buyerId, orderNo, paymentId } = await givenPaid();
    trade.views.set(paymentId, { outTradeNo: '20261122', payer: { client: 'h5', openid: 'oa-1' } });
    const { parcelId } = await ship(orderNo);
    expect(await trade.fulfilment.claimUploads(10)).toEqual([]);
    expect((await trade.fulfilment.parcelsOf(trade.db, buyerId, orderNo))[0]?.upload).toMatchObject({
      state: 'not_required',
      lastError: null,
    });
    expect(await trade.fulfilment.uploadStates(trade.db, shopA, [orderNo])).toEqual(
      new Map([[orderNo, 'not_required']]),
    );
    expect(await trade.fulfilment.countFailedUploads(trade.db, shopA)).toBe(0);
    const retry = () => trade.inTransaction((tx) => trade.fulfilment.retryUpload(tx, shopA, orderNo, parcelId));
    await expect(retry()).rejects.toMatchObject({ code: 'fulfilment.already_uploaded' });
  });

  it('retries an upload when it is due, shows a final refusal, and lets the shop send it again', async () => {
    const { buyerId, orderNo } = await givenPaid();
    const { parcelId } = await ship(orderNo);
    const claim = () => trade.fulfilment.claimUploads(10);
    const [task] = await claim();
    if (!task) throw new Error('nothing claimed');
    await trade.fulfilment.recordUpload(task, {
      state: 'retry',
      reason: '微信没有应答',
      retryAt: new Date(trade.start.getTime() + 10_000),
    });
    expect(await claim()).toEqual([]);
    trade.clock.advance(10_000);
    const [again] = await claim();
    expect(again).toMatchObject({ taskId: parcelId, attempts: 1 });
    await trade.fulfilment.recordUpload(task, { state: 'failed', reason: '支付单不可发货' });
    const uploadOf = async () => (await trade.fulfilment.parcelsOf(trade.db, buyerId, orderNo))[0]?.upload;
    expect(await uploadOf()).toMatchObject({ state: 'failed', attempts: 2, lastError: '支付单不可发货' });
    expect(await trade.fulfilment.countFailedUploads(trade.db, shopA)).toBe(1);
    const listed = await trade.orders.listOfShop(trade.db, shopA, { page: 1, pageSize: 20, upload: 'failed' });
    expect(listed.items.map((row) => row.orderNo)).toEqual([orderNo]);
    const retry = (shopId: string) =>
      trade.inTransaction((tx) => trade.fulfilment.retryUpload(tx, shopId, orderNo, parcelId));
    await expect(retry(shopB)).rejects.toMatchObject({ code: 'fulfilment.parcel_not_found' });
    await retry(shopA);
    expect(await claim()).toHaveLength(1);
    await trade.fulfilment.recordUpload(task, { state: 'uploaded' });
    await trade.fulfilment.recordUpload(task, { state: 'failed', reason: 'too late' });
    expect(await uploadOf()).toMatchObject({ state: 'uploaded', lastError: null });
    await expect(retry(shopA)).rejects.toMatchObject({ code: 'fulfilment.already_uploaded' });
  });

  it('gives a claimed upload to one of two workers, and again after the claim has run out', async () => {
    const { orderNo } = await givenPaid();
    await ship(orderNo);
    const both = await Promise.all([trade.fulfilment.claimUploads(10), trade.fulfilment.claimUploads(10)]);
    expect(both.flat()).toHaveLength(1);
    trade.clock.advance(60_000);
    expect(await trade.fulfilment.claimUploads(10)).toHaveLength(1);
  });

  it('shows the track to its buyer only', async () => {
    const { buyerId, orderNo } = await givenPaid();
    expect(await trade.fulfilment.track(trade.db, buyerId, orderNo)).toEqual({ parcels: [] });
    await ship(orderNo, { waybillNo: 'SF424242' });
    expect(await trade.fulfilment.track(trade.db, buyerId, orderNo)).toMatchObject({
      parcels: [{ waybillNo: 'SF424242', state: 'in_transit', nodes: [{ text: '运输中' }] }],
    });
    const asked = trade.trackAsked.length;
    await expect(trade.fulfilment.track(trade.db, newId(), orderNo)).rejects.toMatchObject({
      code: 'orders.not_found',
    });
    expect(trade.trackAsked).toHaveLength(asked);
    expect(trade.trackAsked.at(-1)).toBe('SF424242/1234');
  });
});
