import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { shopA, shopB } from '../../../test/trade.ts';
import { asBuyer, asGuest, asStaff, openTradeApp, type TradeApp } from '../../../test/trade-app.ts';

describe('order routes', () => {
  let shop: TradeApp;
  beforeAll(async () => {
    shop = await openTradeApp();
  });
  afterAll(() => shop.close());
  beforeEach(() => {
    shop.clock.set(shop.start);
    shop.audited.length = 0;
    shop.calls.length = 0;
  });

  const noOrder = '20261122120000000000';
  async function givenOrder({ paid = false, quantity = 1, title = '亚麻靠垫' } = {}) {
    const buyerId = newId();
    const skuId = await shop.givenSku({ title });
    const placed = await shop.place(buyerId, [{ skuId, quantity }]);
    if (paid) await shop.pay(buyerId, placed.paymentId);
    return { buyerId, skuId, orderNo: placed.orderNos[0] as string, me: asBuyer(buyerId), stranger: asBuyer(newId()) };
  }
  const rowOf = (orderNo: string) =>
    shop.db
      .selectFrom('orders.order')
      .select(['status', 'shopRemark'])
      .where('orderNo', '=', orderNo)
      .executeTakeFirstOrThrow();

  it('POST /api/orders: 201, the same reply again, 400, 401, 409, 422', async () => {
    const buyerId = newId();
    const skuId = await shop.givenSku();
    const body = { source: { kind: 'lines', lines: [{ skuId, quantity: 1 }] }, addressId: shop.givenAddress(buyerId) };
    const post = (headers: Record<string, string>, payload: unknown = body) =>
      shop.call('POST', '/api/orders', headers, payload);
    const key = { ...asBuyer(buyerId), 'idempotency-key': newId() };
    const first = await post(key);
    expect([first.status, await post(key)]).toEqual([201, first]);
    expect(await post({ ...asBuyer(buyerId) })).toMatchObject({ status: 400, code: 'request.invalid' });
    expect(await post({ ...key, 'idempotency-key': 'short' })).toMatchObject({ status: 400 });
    expect(await post(key, { ...body, payable: 1, source: { kind: 'lines', lines: [] } })).toMatchObject({
      status: 400,
    });
    expect(await post({ 'idempotency-key': newId() })).toMatchObject({
      status: 401,
      code: 'identity.session_required',
    });
    expect(await post({ ...asGuest(buyerId), 'idempotency-key': newId() })).toMatchObject({
      status: 401,
      code: 'identity.login_required',
    });
    expect(await post(key, { ...body, remarks: [] })).toMatchObject({
      status: 409,
      code: 'orders.idempotency_conflict',
    });
    expect(await post({ ...key, 'idempotency-key': newId() }, { ...body, source: { kind: 'cart' } })).toMatchObject({
      status: 422,
      code: 'orders.empty',
    });
    expect((await shop.orders.list(shop.db, buyerId, { limit: 10 })).items).toHaveLength(1);
  });

  it('GET /api/orders: tabs, keyset pages without gaps or repeats, one statement', async () => {
    const buyerId = newId();
    const skuId = await shop.givenSku({ stock: 100 });
    const placed: string[] = [];
    for (let i = 0; i < 7; i += 1) {
      // Two in the same instant: the order number settles their place.
      if (i % 2 === 0) shop.clock.advance(1_000);
      placed.push(...(await shop.place(buyerId, [{ skuId, quantity: 1 }])).orderNos);
    }
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { status, body } = await shop.call(
        'GET',
        `/api/orders?limit=3${cursor && `&cursor=${cursor}`}`,
        asBuyer(buyerId),
      );
      expect(status).toBe(200);
      seen.push(...body.items.map(({ orderNo }: { orderNo: string }) => orderNo));
      cursor = body.nextCursor;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(placed));
    expect((await shop.call('GET', '/api/orders?tab=paid', asBuyer(buyerId))).body.items).toEqual([]);
    expect(
      (await shop.call('GET', '/api/orders?tab=pending_payment&limit=50', asBuyer(buyerId))).body.items,
    ).toHaveLength(7);
    expect(await shop.call('GET', '/api/orders?tab=nope', asBuyer(buyerId))).toMatchObject({ status: 400 });
    expect(await shop.call('GET', '/api/orders')).toMatchObject({ status: 401 });
    expect(await shop.database.statementsOf(() => shop.call('GET', '/api/orders', asBuyer(buyerId)))).toHaveLength(1);
    expect((await shop.call('GET', '/api/orders', asBuyer(newId()))).body).toEqual({ items: [], nextCursor: null });
  });

  it('GET /api/orders/counts counts each tab of the caller only', async () => {
    const { me, stranger } = await givenOrder({ paid: true });
    expect(await shop.call('GET', '/api/orders/counts', me)).toMatchObject({
      status: 200,
      body: { pendingPayment: 0, paid: 1, shipped: 0, toReview: 0, refund: 0 },
    });
    expect((await shop.call('GET', '/api/orders/counts', stranger)).body.paid).toBe(0);
    expect(await shop.call('GET', '/api/orders/counts')).toMatchObject({ status: 401 });
  });

  it('GET /api/orders/:orderNo: two statements; another buyer’s number is not found', async () => {
    const { orderNo, me, stranger } = await givenOrder({ paid: true });
    const { status, body } = await shop.call('GET', `/api/orders/${orderNo}`, me);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      statusText: '待发货',
      headline: '付款成功，商家正在备货',
      actions: ['buy_again', 'refund'],
      recipient: { maskedPhone: '138****1234' },
      heldUntil: null,
      timeline: [{ text: '付款成功 ¥58.00' }, { text: '提交订单' }],
    });
    expect(JSON.stringify(body)).not.toContain('13800001234');
    expect(await shop.database.statementsOf(() => shop.call('GET', `/api/orders/${orderNo}`, me))).toHaveLength(2);
    expect(await shop.call('GET', `/api/orders/${orderNo}`, stranger)).toMatchObject({
      status: 404,
      code: 'orders.not_found',
    });
    expect(await shop.call('GET', '/api/orders/123', me)).toMatchObject({ status: 400 });
    expect(await shop.call('GET', `/api/orders/${orderNo}`)).toMatchObject({ status: 401 });
  });

  it.each([
    ['cancel', { reason: '拍错了' }, false, 'cancelled'],
    ['refund', { reason: '不想要了' }, true, 'refunding'],
  ])('POST /api/orders/:orderNo/%s: 200, 409 again, 404 for others, 400, 401', async (action, body, paid, status) => {
    const { orderNo, me, stranger } = await givenOrder({ paid });
    const before = await rowOf(orderNo);
    const url = `/api/orders/${orderNo}/${action}`;
    expect(await shop.call('POST', url, stranger, body)).toMatchObject({ status: 404, code: 'orders.not_found' });
    expect(await shop.call('POST', url, {}, body)).toMatchObject({ status: 401 });
    expect(await shop.call('POST', url, me, { reason: '' })).toMatchObject({ status: 400 });
    expect(await rowOf(orderNo)).toEqual(before);
    expect(await shop.call('POST', url, me, body)).toMatchObject({ status: 200, body: { status } });
    expect(await shop.call('POST', url, me, body)).toMatchObject({ status: 409 });
  });

  it('POST confirm-receipt: 409 before shipping, 200 after, 404 for others', async () => {
    const { orderNo, me, stranger } = await givenOrder({ paid: true });
    const url = `/api/orders/${orderNo}/confirm-receipt`;
    expect(await shop.call('POST', url, me)).toMatchObject({ status: 409, code: 'orders.cannot_receive' });
    await shop.call('POST', `/api/console/orders/${orderNo}/parcels`, asStaff(shopA), {
      carrierCode: 'SF',
      waybillNo: 'SF2026112201',
    });
    expect(await shop.call('POST', url, stranger)).toMatchObject({ status: 404 });
    expect(await rowOf(orderNo)).toMatchObject({ status: 'shipped' });
    expect(await shop.call('POST', url, me)).toMatchObject({
      status: 200,
      body: { status: 'completed', actions: ['review', 'buy_again', 'track'] },
    });
    expect(await shop.call('POST', url, me)).toMatchObject({ status: 409 });
    expect(await shop.call('GET', `/api/orders/${orderNo}/track`, me)).toMatchObject({
      status: 200,
      body: { parcels: [{ waybillNo: 'SF2026112201' }] },
    });
    expect(await shop.call('GET', `/api/orders/${orderNo}/track`, stranger)).toMatchObject({ status: 404 });
    expect(await shop.call('GET', `/api/orders/${orderNo}/track`)).toMatchObject({ status: 401 });
  });

  it('console list finds by status, number, tail, phone tail, title and day, within the own shop only', async () => {
    const title = `青釉茶壶${newId().slice(-6)}`;
    const { orderNo } = await givenOrder({ paid: true, title });
    const found = async (query: string, shopId = shopA) => {
      const { status, body } = await shop.call('GET', `/api/console/orders?${query}`, asStaff(shopId));
      expect(status).toBe(200);
      return body.items.map((row: { orderNo: string }) => row.orderNo) as string[];
    };
    for (const query of [
      `q=${orderNo}`,
      `q=${orderNo.slice(-8)}`,
      `q=${encodeURIComponent(title)}`,
      `q=${encodeURIComponent(title)}&status=paid&from=2026-11-22&to=2026-11-22`,
    ]) {
      expect(await found(query)).toEqual([orderNo]);
      expect(await found(query, shopB)).toEqual([]);
    }
    expect(await found('q=1234&pageSize=100')).toContain(orderNo);
    expect(await found('q=9999&pageSize=100')).not.toContain(orderNo);
    expect(await found(`q=${encodeURIComponent(title)}&status=shipped`)).toEqual([]);
    expect(await found(`q=${encodeURIComponent(title)}&to=2026-11-21`)).toEqual([]);
    expect(await found('q=%25')).toEqual([]);
    const { body } = await shop.call('GET', `/api/console/orders?q=${orderNo}`, asStaff(shopA));
    expect(body).toMatchObject({
      total: 1,
      page: 1,
      items: [{ buyerName: '小*', recipient: '张** 浙江省杭州市', shippingUpload: null }],
    });
    expect(await shop.call('GET', '/api/console/orders?page=0', asStaff(shopA))).toMatchObject({ status: 400 });
    expect(await shop.call('GET', '/api/console/orders', asStaff(shopA, 'catalog.read'))).toMatchObject({
      status: 403,
    });
    expect(await shop.call('GET', '/api/console/orders')).toMatchObject({ status: 401 });
  });

  it('console detail, counts, remark, ship and refund belong to the shop; each write leaves an audit entry', async () => {
    const { orderNo } = await givenOrder({ paid: true, quantity: 2 });
    const url = `/api/console/orders/${orderNo}`;
    const other = asStaff(shopB);
    const writes = [
      ['PUT', `${url}/remark`, { remark: '加急' }],
      ['POST', `${url}/refund`, { reason: '缺货' }],
      ['POST', `${url}/parcels`, { carrierCode: 'SF', waybillNo: 'SF20261122' }],
      ['POST', `${url}/parcels/${newId()}/upload`, undefined],
    ] as const;
    for (const [method, path, body] of writes) {
      expect(await shop.call(method, path, other, body)).toMatchObject({ status: 404 });
      expect(await shop.call(method, path, asStaff(shopA, 'orders.read'), body)).toMatchObject({ status: 403 });
      expect(await shop.call(method, path, { authorization: asStaff(shopA).authorization }, body)).toMatchObject({
        status: 403,
        code: 'identity.cross_site_refused',
      });
    }
    expect(await shop.call('GET', url, other)).toMatchObject({ status: 404 });
    expect([await rowOf(orderNo), shop.audited]).toEqual([{ status: 'paid', shopRemark: '' }, []]);

    expect(await shop.call('PUT', `${url}/remark`, asStaff(shopA), { remark: '加急' })).toMatchObject({
      status: 200,
      body: { shopRemark: '加急' },
    });
    const { body: detail } = await shop.call('GET', url, asStaff(shopA));
    expect(detail).toMatchObject({
      canShip: true,
      canRefund: true,
      buyer: { nickname: '小满' },
      payment: { outTradeNo: '20261122' },
    });
    const [line] = detail.lines;
    expect(
      await shop.call('POST', `${url}/parcels`, asStaff(shopA), { carrierCode: 'SF', waybillNo: 'bad' }),
    ).toMatchObject({ status: 400 });
    expect(
      await shop.call('POST', `${url}/parcels`, asStaff(shopA), { carrierCode: 'SF', waybillNo: '73012345678901' }),
    ).toMatchObject({ status: 422 });
    const shipped = await shop.call('POST', `${url}/parcels`, asStaff(shopA), {
      carrierCode: 'SF',
      waybillNo: 'SF20261122',
      lines: [{ lineId: line.lineId, quantity: 1 }],
    });
    expect(shipped).toMatchObject({
      status: 201,
      body: {
        status: 'paid',
        canRefund: false,
        lines: [{ shippedQuantity: 1 }],
        parcels: [{ shippedBy: '小陈', upload: { state: 'pending' } }],
      },
    });
    expect(await shop.call('POST', `${url}/refund`, asStaff(shopA), { reason: '缺货' })).toMatchObject({
      status: 409,
      code: 'orders.cannot_refund',
    });
    expect((await shop.call('GET', url, asStaff(shopA))).body.parcels[0].track).toEqual([
      expect.objectContaining({ text: '运输中' }),
    ]);
    const parcelId = shipped.body.parcels[0].parcelId;
    expect(await shop.call('POST', `${url}/parcels/${parcelId}/upload`, asStaff(shopA))).toMatchObject({ status: 200 });
    expect(
      (await shop.call('GET', `/api/console/orders?q=${orderNo}`, asStaff(shopA))).body.items[0].shippingUpload,
    ).toBe('pending');
    expect((await shop.call('GET', '/api/console/orders/counts', asStaff(shopA))).body.paid).toBeGreaterThan(0);
    expect((await shop.call('GET', '/api/console/orders/counts', asStaff(newId()))).body).toEqual({});
    expect(shop.audited.map(({ action }) => action)).toEqual([
      'orders.remark',
      'fulfilment.ship',
      'fulfilment.retry_upload',
    ]);
  });

  it('console refunds: list, filter, retry only what failed', async () => {
    const { orderNo, buyerId } = await givenOrder({ paid: true });
    expect(
      await shop.call('POST', `/api/console/orders/${orderNo}/refund`, asStaff(shopA), { reason: '缺货' }),
    ).toMatchObject({
      status: 200,
      body: { status: 'refunding', refunds: [{ status: 'requested', amount: 5_800 }] },
    });
    const list = async (query: string, shopId = shopA) =>
      (await shop.call('GET', `/api/console/refunds?${query}`, asStaff(shopId))).body;
    const { items, total } = await list(`q=${orderNo}`);
    expect([total, items]).toEqual([
      1,
      [expect.objectContaining({ orderNo, amount: 5_800, orderStatus: 'refunding', buyerName: '小*' })],
    ]);
    expect((await list(`q=${orderNo}&status=failed`)).total).toBe(0);
    expect((await list(`q=${orderNo}`, shopB)).total).toBe(0);
    const [{ refundNo }] = items;
    const retry = (shopId: string) => shop.call('POST', `/api/console/refunds/${refundNo}/retry`, asStaff(shopId));
    expect(await retry(shopA)).toMatchObject({ status: 409 });
    await shop.inTransaction((tx) =>
      shop.orders.refundSettled(tx, { buyerId, paymentId: '', refundNo, orderNo, amount: 5_800, outcome: 'failed' }),
    );
    expect((await list(`q=${orderNo}&status=failed`)).total).toBe(1);
    expect(await retry(shopB)).toMatchObject({ status: 404 });
    expect(await retry(shopA)).toMatchObject({ status: 200 });
    expect(await shop.call('POST', `/api/console/refunds/${noOrder}/retry`, asStaff(shopA))).toMatchObject({
      status: 404,
    });
    expect(await shop.call('GET', '/api/console/refunds', asStaff(shopA, 'orders.read'))).toMatchObject({
      status: 403,
    });
  });
});
