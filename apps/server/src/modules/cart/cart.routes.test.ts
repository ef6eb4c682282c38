import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { shopA, shopB } from '../../../test/trade.ts';
import { asBuyer, asGuest, asStaff, openTradeApp, type TradeApp } from '../../../test/trade-app.ts';

describe('cart, checkout and stock routes', () => {
  let shop: TradeApp;
  beforeAll(async () => {
    shop = await openTradeApp();
  });
  afterAll(() => shop.close());

  it('C02-BEH-03 a guest fills, changes and empties a cart without logging in', async () => {
    const guest = asGuest(newId());
    const skuId = await shop.givenSku();
    expect(await shop.call('GET', '/api/cart', guest)).toMatchObject({
      status: 200,
      body: { groups: [], lineCount: 0 },
    });
    const added = await shop.call('POST', '/api/cart/lines', guest, { skuId, quantity: 2 });
    expect(added).toMatchObject({ status: 200, body: { unitCount: 2, selectedTotal: 10_000 } });
    const { lineId } = added.body.groups[0].lines[0];
    expect(await shop.call('PATCH', `/api/cart/lines/${lineId}`, guest, { quantity: 1 })).toMatchObject({
      status: 200,
      body: { unitCount: 1 },
    });
    expect(await shop.call('POST', '/api/cart/selection', guest, { selected: false })).toMatchObject({
      status: 200,
      body: { selectedTotal: 0 },
    });
    expect(await shop.call('POST', '/api/checkout/preview', guest, { source: { kind: 'cart' } })).toMatchObject({
      status: 200,
      body: { blockedBy: 'empty' },
    });
    expect(await shop.call('POST', '/api/cart/lines/remove', guest, { lineIds: [lineId] })).toMatchObject({
      status: 200,
      body: { lineCount: 0 },
    });
  });

  it('refuses what is malformed, missing, short or of another product', async () => {
    const me = asBuyer(newId());
    const [skuId, other] = [await shop.givenSku({ stock: 1 }), await shop.givenSku()];
    const { body } = await shop.call('POST', '/api/cart/lines', me, { skuId, quantity: 1 });
    const { lineId } = body.groups[0].lines[0];
    for (const bad of [
      { skuId, quantity: 0 },
      { skuId, quantity: 1000 },
      { skuId: 'x', quantity: 1 },
      { quantity: 1 },
    ]) {
      expect(await shop.call('POST', '/api/cart/lines', me, bad)).toMatchObject({ status: 400 });
    }
    expect(await shop.call('POST', '/api/cart/lines', me, { skuId, quantity: 1 })).toMatchObject({
      status: 409,
      code: 'cart.stock_short',
    });
    expect(await shop.call('PATCH', `/api/cart/lines/${newId()}`, me, { quantity: 1 })).toMatchObject({ status: 404 });
    expect(await shop.call('PATCH', `/api/cart/lines/${lineId}`, me, { skuId: other })).toMatchObject({ status: 422 });
    expect(await shop.call('PATCH', `/api/cart/lines/${lineId}`, asBuyer(newId()), { quantity: 1 })).toMatchObject({
      status: 404,
    });
    expect(await shop.call('POST', '/api/cart/lines/remove', me, { lineIds: [] })).toMatchObject({ status: 400 });
    expect(await shop.call('POST', '/api/cart/selection', me, {})).toMatchObject({ status: 400 });
    expect(
      await shop.call('POST', '/api/checkout/preview', me, { source: { kind: 'lines', lines: [] } }),
    ).toMatchObject({ status: 400 });
    for (const [method, url] of [
      ['GET', '/api/cart'],
      ['POST', '/api/cart/lines'],
      ['PATCH', `/api/cart/lines/${lineId}`],
      ['POST', '/api/cart/selection'],
      ['POST', '/api/cart/lines/remove'],
      ['POST', '/api/checkout/preview'],
    ] as const) {
      expect(await shop.call(method, url)).toMatchObject({ status: 401, code: 'identity.session_required' });
    }
    expect(await shop.call('GET', '/api/cart', me)).toMatchObject({ body: { lineCount: 1, unitCount: 1 } });
  });

  it('checkout sees the ticks the cart page showed: an old sold-out line does not block, one that sells out later does', async () => {
    const me = asBuyer(newId());
    const [old, later] = [await shop.givenSku({ stock: 1 }), await shop.givenSku({ stock: 1 })];
    const sellOut = (skuId: string) =>
      shop.inTransaction((tx) =>
        shop.inventory.adjust(tx, shopA, {
          skuId,
          requestId: newId(),
          delta: -1,
          reason: 'count',
          note: '',
          actor: 't',
        }),
      );
    for (const skuId of [old, later]) await shop.call('POST', '/api/cart/lines', me, { skuId, quantity: 1 });
    await sellOut(old);
    expect(await shop.call('GET', '/api/cart', me)).toMatchObject({
      status: 200,
      body: { selectedUnitCount: 1, invalidLines: [{ skuId: old, selected: false }] },
    });
    const preview = async () =>
      (await shop.call('POST', '/api/checkout/preview', me, { source: { kind: 'cart' } })).body;
    expect(await preview()).toMatchObject({
      blockedBy: 'no_address',
      shops: [{ lines: [{ skuId: later, problem: null }] }],
    });
    await sellOut(later);
    expect(await preview()).toMatchObject({
      blockedBy: 'stock',
      shops: [{ lines: [{ skuId: later, problem: 'sold_out' }] }],
    });
  });

  it('stock: list with state and words, ledger, adjustment once per request, safety stock, all of the own shop', async () => {
    const title = `藤编篮${newId().slice(-6)}`;
    const skuId = await shop.givenSku({ title, stock: 5 });
    const me = asStaff(shopA);
    const list = async (query: string, headers = me) =>
      (await shop.call('GET', `/api/console/stock?${query}`, headers)).body;
    const words = `q=${encodeURIComponent(title)}`;
    expect(await list(words)).toMatchObject({
      total: 1,
      items: [{ skuId, title, onHand: 5, reserved: 0, available: 5, safetyStock: 0, state: 'ok' }],
    });
    expect(await list(words, asStaff(shopB))).toMatchObject({ total: 0, items: [] });

    const adjust = (headers: Record<string, string>, body: object) =>
      shop.call('POST', `/api/console/stock/${skuId}/adjustments`, headers, body);
    const body = { requestId: newId(), delta: -5, reason: 'damage', note: '受潮' };
    expect(await adjust(asStaff(shopB), body)).toMatchObject({ status: 404 });
    expect(await adjust(asStaff(shopA, 'inventory.read'), body)).toMatchObject({ status: 403 });
    expect(await adjust(me, { ...body, delta: 0 })).toMatchObject({ status: 422 });
    expect(await adjust(me, { ...body, reason: 'x' })).toMatchObject({ status: 400 });
    expect((await list(words)).items[0].onHand).toBe(5);
    shop.audited.length = 0;
    expect([(await adjust(me, body)).status, (await adjust(me, body)).status]).toEqual([200, 200]);
    expect(await adjust(me, { ...body, delta: -4 })).toMatchObject({ status: 409 });
    expect(shop.audited).toEqual([{ action: 'inventory.adjust', target: skuId, shopId: shopA }]);
    expect(await list(`${words}&state=out`)).toMatchObject({ total: 1, items: [{ onHand: 0, state: 'out' }] });

    await adjust(me, { requestId: newId(), delta: 3, reason: 'purchase', note: '' });
    const safety = (headers: Record<string, string>) =>
      shop.call('PUT', `/api/console/stock/${skuId}/safety`, headers, { safetyStock: 4 });
    expect([(await safety(asStaff(shopB))).status, (await safety(me)).status]).toEqual([404, 200]);
    expect(await list(`${words}&state=low`)).toMatchObject({ total: 1, items: [{ safetyStock: 4, state: 'low' }] });
    const ledger = await shop.call('GET', `/api/console/stock/${skuId}/ledger?pageSize=2`, me);
    expect(ledger).toMatchObject({
      status: 200,
      body: {
        total: 4,
        items: [
          { sequence: 4, reference: '安全库存', note: '0 → 4' },
          {
            sequence: 3,
            kind: 'adjust',
            kindText: '人工调整',
            onHandDelta: 3,
            onHandAfter: 3,
            reference: '采购入库',
            actor: '小陈',
          },
        ],
      },
    });
    expect(await shop.call('GET', `/api/console/stock/${skuId}/ledger`, asStaff(shopB))).toMatchObject({ status: 404 });
    expect(await shop.call('GET', '/api/console/stock')).toMatchObject({ status: 401 });
    expect(await shop.call('GET', '/api/console/stock', asStaff(shopA, 'orders.read'))).toMatchObject({ status: 403 });
  });
});
