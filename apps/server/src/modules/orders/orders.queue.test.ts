import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { minuteMs } from '#platform/clock.ts';
import { newId } from '#platform/ids.ts';
import { asBuyer, openTradeApp, type TradeApp } from '../../../test/trade-app.ts';

describe('C04-TECH-09 orders through the queue at peaks', () => {
  let shop: TradeApp;
  beforeAll(async () => {
    shop = await openTradeApp();
  });
  afterAll(() => shop.close());
  beforeEach(() => peakFrom(0));

  const peakFrom = (value: number) =>
    shop.inTransaction((tx) => shop.policies.set(tx, { key: 'orders.queue_from', value, shopId: newId(), by: '小陈' }));
  async function given({ stock = 10, quantity = 1 } = {}) {
    const skuId = await shop.givenSku({ stock });
    const of = (buyerId = newId(), key = newId()) => {
      const body = { source: { kind: 'lines', lines: [{ skuId, quantity }] }, addressId: shop.givenAddress(buyerId) };
      const headers = { ...asBuyer(buyerId), 'idempotency-key': key };
      return {
        buyerId,
        key,
        body,
        submit: (payload: object = body) =>
          shop.call('POST', '/api/orders', { ...headers, prefer: 'respond-async' }, payload),
        post: (payload: object = body) => shop.call('POST', '/api/orders', headers, payload),
        state: (as = buyerId) => shop.call('GET', `/api/orders/queued/${key}`, asBuyer(as)),
        orders: async () => (await shop.orders.list(shop.db, buyerId, { limit: 50 })).items,
      };
    };
    return { skuId, of };
  }

  it('accepts first, says how many are ahead, and places in its turn; the key answers with the order from then on', async () => {
    const { skuId, of } = await given();
    const [first, second] = [of(), of()];
    expect(await first.submit()).toMatchObject({ status: 202, body: { state: 'waiting', placed: null } });
    shop.clock.advance(10);
    expect(await second.submit()).toMatchObject({ status: 202, body: { state: 'waiting', ahead: 1 } });
    expect([await first.orders(), await shop.stockOf(skuId)]).toMatchObject([[], { reserved: 0 }]);
    await shop.settle();
    const { body } = await first.state();
    expect(body).toMatchObject({ state: 'placed', refusal: null });
    expect(await first.submit()).toMatchObject({ status: 201, body: body.placed });
    expect(await first.post()).toMatchObject({ status: 201, body: body.placed });
    expect((await first.orders()).map(({ orderNo }) => orderNo)).toEqual(body.placed.orderNos);
    expect(await shop.stockOf(skuId)).toMatchObject({ reserved: 2 });
  });

  it('one key makes one order: 40 times at once, delivered twice, and placed by hand meanwhile', async () => {
    const { skuId, of } = await given();
    const order = of();
    const replies = await Promise.all(Array.from({ length: 40 }, (_, at) => (at % 4 ? order.submit() : order.post())));
    expect(replies.every(({ status }) => status === 201 || status === 202)).toBe(true);
    await Promise.all([
      shop.settle(),
      ...Array.from({ length: 4 }, () =>
        shop.inTransaction((tx) => shop.orders.queue.placeAccepted(tx, order.buyerId, order.key)),
      ),
    ]);
    await shop.settle();
    expect(await order.orders()).toHaveLength(1);
    expect(await shop.stockOf(skuId)).toMatchObject({ reserved: 1 });
    expect(await order.submit({ ...order.body, expectedPayable: 1 })).toMatchObject({
      status: 409,
      code: 'orders.idempotency_conflict',
    });
  });

  it('gives 40 of 100 shoppers the 40 pieces there are, whoever was queued, with two workers', async () => {
    await peakFrom(8);
    const { skuId, of } = await given({ stock: 40 });
    const shoppers = Array.from({ length: 100 }, () => of());
    const answers = await Promise.all(shoppers.map(({ submit }) => submit()));
    expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
    await Promise.all([shop.settle(), shop.settle()]);
    await shop.settle();
    const ends = await Promise.all(shoppers.map(({ state }) => state()));
    const placed = ends.filter(({ body }) => body.state === 'placed');
    expect([placed.length, (await shop.stockOf(skuId))?.reserved]).toEqual([40, 40]);
    const refused = ends.filter(({ body }) => body.state === 'refused');
    expect(new Set(refused.map(({ body }) => body.refusal.code))).toEqual(new Set(['inventory.out_of_stock']));
    // Who was answered at once and refused has no key; all others are told by theirs.
    const atOnce = answers.filter(({ status }) => status === 409);
    expect(placed.length + refused.length + atOnce.length).toBe(100);
  });

  it('tells a failure by the code and the details it has without a queue, however it is asked', async () => {
    const { of } = await given({ stock: 1, quantity: 2 });
    const order = of();
    expect((await order.submit()).status).toBe(202);
    await shop.settle();
    const alike = of();
    const direct = await alike.post();
    expect(direct).toMatchObject({ status: 409, code: 'inventory.out_of_stock' });
    const { refusal } = (await order.state()).body;
    expect(refusal).toEqual({
      code: direct.code,
      message: direct.body.error.message,
      details: direct.body.error.details,
    });
    expect(await order.post()).toMatchObject({ status: 409, code: 'inventory.out_of_stock' });
    expect(await order.submit()).toMatchObject({ status: 409, code: 'inventory.out_of_stock' });
    const changed = of();
    await changed.submit({ ...changed.body, expectedPayable: 1 });
    await shop.settle();
    expect((await changed.state()).body.refusal).toMatchObject({
      code: 'orders.price_changed',
      details: { expectedPayable: 1 },
    });
    expect(await changed.orders()).toEqual([]);
  });

  it('orders what the cart held when it was accepted', async () => {
    const { skuId, of } = await given();
    const order = of();
    const { buyerId } = order;
    await shop.cart.add(buyerId, { skuId, quantity: 2 });
    const body = { source: { kind: 'cart' }, addressId: order.body.addressId };
    expect((await order.submit(body)).status).toBe(202);
    await shop.cart.add(buyerId, { skuId, quantity: 5 });
    await shop.settle();
    expect(await shop.stockOf(skuId)).toMatchObject({ reserved: 2 });
    const empty = of();
    expect(await empty.submit({ ...body, addressId: empty.body.addressId })).toMatchObject({
      status: 422,
      code: 'orders.empty',
    });
  });

  it('places nothing for who has left: after ten minutes it is refused', async () => {
    const { skuId, of } = await given();
    const order = of();
    await order.submit();
    shop.clock.advance(10 * minuteMs + 1);
    await shop.settle();
    expect((await order.state()).body).toMatchObject({ state: 'refused', refusal: { code: 'orders.queue_expired' } });
    expect(await shop.stockOf(skuId)).toMatchObject({ reserved: 0 });
  });

  it('tries again what failed for no fault of the order', async () => {
    const { of } = await given();
    const order = of();
    await order.submit();
    const { open } = shop.payments;
    shop.payments.open = async () => {
      shop.payments.open = open;
      throw new Error('the connection broke');
    };
    await shop.settle();
    expect((await order.state()).body.state).toBe('waiting');
    shop.clock.advance(2_000);
    await shop.settle();
    expect((await order.state()).body.state).toBe('placed');
    expect(await order.orders()).toHaveLength(1);
  });

  it('is asked for by clients that can wait, and told to its own buyer only: 200, 400, 401, 404', async () => {
    const { of } = await given();
    const order = of();
    expect((await order.post()).status).toBe(201);
    const queued = of();
    await queued.submit();
    expect(await shop.database.statementsOf(() => queued.state())).toHaveLength(2);
    expect(await queued.state(newId())).toMatchObject({ status: 404, code: 'orders.queued_not_found' });
    expect((await shop.call('GET', '/api/orders/queued/short', asBuyer(queued.buyerId))).status).toBe(400);
    expect((await shop.call('GET', `/api/orders/queued/${queued.key}`)).status).toBe(401);
  });

  it('costs three statements and the event to accept', async () => {
    const { of } = await given();
    expect((await shop.database.statementsOf(() => of().submit())).length).toBeLessThanOrEqual(5);
  });
});
