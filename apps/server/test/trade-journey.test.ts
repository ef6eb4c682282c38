/** Orders through their whole life against the twin: real HTTP, signatures, notices; time moves by the clock. */
import { randomUUID } from 'node:crypto';
import type { ProductDetail } from '@xiaopu/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayMs, minuteMs } from '#platform/clock.ts';
import { openTestShop, type TestBuyer, type TestShop } from './shop.ts';
import { findProduct, pay, placeOrder, untilOrder } from './story.ts';

const persona = 'lin-xia';

describe('the life of an order against the twin', () => {
  let test: TestShop;
  let buyer: TestBuyer;
  let product: ProductDetail;
  beforeAll(async () => {
    test = await openTestShop();
    buyer = await test.buyer(persona);
    product = await findProduct(buyer, { units: 20 });
  }, 120_000);
  afterAll(() => test.close());

  const stockOf = async () => {
    const skuId = product.skus[0]?.skuId ?? '';
    return test.database.db
      .selectFrom('inventory.stockLevel')
      .select(['onHand', 'reserved'])
      .where('skuId', '=', skuId)
      .executeTakeFirstOrThrow();
  };
  const place = async (quantity = 1) => {
    const placed = await placeOrder(buyer, product, quantity);
    return { ...placed, orderNo: placed.orderNos[0] as string };
  };

  it('C01-ECO-04 buys, ships with the upload at WeChat, receives and reviews', async () => {
    const before = await stockOf();
    const { orderNo, paymentId } = await place(2);
    await pay(test, buyer, persona, paymentId);
    const paid = await untilOrder(test, buyer, orderNo, ({ status }) => status === 'paid');
    expect(await stockOf()).toEqual({ onHand: before.onHand, reserved: before.reserved + 2 });

    const staff = await test.staff('admin', paid.shopId);
    const shipped = await test.inject({
      method: 'POST',
      url: `/api/console/orders/${orderNo}/parcels`,
      headers: staff,
      body: { carrierCode: 'SF', waybillNo: 'SF1234567890123' },
    });
    expect([shipped.status, shipped.text.slice(0, 200)]).toEqual([201, expect.any(String)]);
    const uploaded = async () => {
      await test.shop.settle();
      const { body } = await test.inject({ method: 'GET', url: `/api/console/orders/${orderNo}`, headers: staff });
      return (body as { parcels: { upload: { state: string; lastError: string | null } }[] }).parcels[0]?.upload;
    };
    expect(await uploaded()).toMatchObject({ state: 'uploaded', lastError: null });
    expect(await stockOf()).toEqual({ onHand: before.onHand - 2, reserved: before.reserved });

    await buyer.api.orders.confirmReceipt(orderNo);
    const [line] = (await buyer.api.orders.get(orderNo)).lines;
    const review = await buyer.api.orders.review(orderNo, {
      lineId: line?.lineId ?? '',
      rating: 5,
      text: '很好',
      mediaIds: [],
      anonymous: false,
    });
    expect(review.status).toBe('held');
  });

  it('refunds in full before shipping, and the stock comes back', async () => {
    const before = await stockOf();
    const { orderNo, paymentId, payable } = await place();
    await pay(test, buyer, persona, paymentId);
    await untilOrder(test, buyer, orderNo, ({ status }) => status === 'paid');
    expect(await buyer.api.orders.refund(orderNo, { reason: '不想要了' })).toMatchObject({ status: 'refunding' });
    const refunded = await untilOrder(test, buyer, orderNo, ({ status }) => status === 'refunded');
    expect(refunded.refunds).toEqual([expect.objectContaining({ status: 'succeeded', amount: payable })]);
    expect(await stockOf()).toEqual(before);
  });

  it('C10-PAY-10 an order with an open prepay is closed at WeChat first, then here; nobody can pay it after', async () => {
    const before = await stockOf();
    const { orderNo, paymentId } = await place();
    const { params } = await buyer.api.payments.start(paymentId, { client: 'mp-weixin' });
    await test.advance(15 * minuteMs);
    expect(await buyer.api.orders.get(orderNo)).toMatchObject({ status: 'pending_payment', heldUntil: null });
    expect(await stockOf()).toEqual(before);
    await test.advance(15 * minuteMs);
    await untilOrder(test, buyer, orderNo, ({ status }) => status === 'cancelled');
    const late = await test.inject({
      method: 'POST',
      url: '/sandbox/phone/request-payment',
      body: { persona, ...params },
    });
    expect(late.text).not.toContain('requestPayment:ok');
    await expect(buyer.api.payments.start(paymentId, { client: 'mp-weixin' })).rejects.toMatchObject({ status: 409 });
    expect(await stockOf()).toEqual(before);
  });

  it('X-10 pays in minute 16 by winning a new hold', async () => {
    const before = await stockOf();
    const { orderNo, paymentId } = await place();
    await test.advance(16 * minuteMs);
    expect(await stockOf()).toEqual(before);
    await pay(test, buyer, persona, paymentId);
    await untilOrder(test, buyer, orderNo, ({ status }) => status === 'paid');
    expect((await stockOf()).reserved).toBe(before.reserved + 1);
    await test.advance(dayMs);
    expect((await buyer.api.orders.get(orderNo)).status).toBe('paid');
  });

  it('cancels with an open prepay: stock back at once, the prepay dead', async () => {
    const before = await stockOf();
    const { orderNo, paymentId } = await place();
    const { params } = await buyer.api.payments.start(paymentId, { client: 'mp-weixin' });
    expect(await buyer.api.orders.cancel(orderNo, { reason: '拍错了' })).toMatchObject({ status: 'cancelled' });
    expect(await stockOf()).toEqual(before);
    await test.shop.settle();
    const late = await test.inject({
      method: 'POST',
      url: '/sandbox/phone/request-payment',
      body: { persona, ...params },
    });
    expect(late.text).not.toContain('requestPayment:ok');
  });

  it('money that was faster than the cancel goes back by itself', async () => {
    const { orderNo, paymentId } = await place();
    await pay(test, buyer, persona, paymentId);
    // The notice may or may not have arrived: both ends are right, money kept with goods or money back without.
    const outcome = await buyer.api.orders.cancel(orderNo, { reason: '拍错了' }).then(
      () => 'refunded',
      () => 'paid',
    );
    expect(
      (await untilOrder(test, buyer, orderNo, ({ status }) => status === 'paid' || status === 'refunded')).status,
    ).toBe(outcome);
  });

  it('C04-INT-04 makes one order from 50 parallel posts over HTTP', async () => {
    const { addresses } = await buyer.api.addresses.list({});
    const key = randomUUID();
    const body = {
      source: { kind: 'lines' as const, lines: [{ skuId: product.skus[0]?.skuId ?? '', quantity: 1 }] },
      addressId: addresses[0]?.addressId ?? '',
    };
    const replies = await Promise.all(Array.from({ length: 50 }, () => buyer.api.orders.place(body, key)));
    expect(new Set(replies.map(({ paymentId }) => paymentId)).size).toBe(1);
    await expect(buyer.api.orders.place({ ...body, remarks: [] }, key)).rejects.toMatchObject({
      status: 409,
      code: 'orders.idempotency_conflict',
    });
  });
});
