import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { picture, shopA, shopB } from '../../../test/trade.ts';
import { asBuyer, asStaff, openTradeApp, type TradeApp } from '../../../test/trade-app.ts';
import { moderateText } from './reviews.moderation.ts';

describe('reviews', () => {
  let shop: TradeApp;
  let waybills = 500_000;
  const nextWaybill = () => {
    waybills += 1;
    return `SF${waybills}`;
  };
  beforeAll(async () => {
    shop = await openTradeApp();
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    shop.audited.length = 0;
    shop.verdicts.length = 0;
    await shop.db.deleteFrom('platform.outbox').execute();
  });

  async function givenCompleted() {
    const buyerId = newId();
    const skuId = await shop.givenSku();
    const { orderNos } = await shop.placeAndPay(buyerId, [{ skuId, quantity: 1 }]);
    const orderNo = orderNos[0] as string;
    await shop.inTransaction((tx) =>
      shop.fulfilment.ship(tx, shopA, { orderNo, carrierCode: 'SF', waybillNo: nextWaybill(), staffName: '小陈' }),
    );
    await shop.inTransaction((tx) => shop.orders.confirmReceipt(tx, buyerId, orderNo));
    const [line] = (await shop.orders.get(shop.db, buyerId, orderNo)).lines;
    const mediaId = newId();
    shop.uploads.set(mediaId, { buyerId, ref: { ...picture, mediaId } });
    return { buyerId, orderNo, lineId: line?.lineId as string, spuId: line?.spuId as string, mediaId };
  }
  const submit = (orderNo: string, buyerId: string, body: object) =>
    shop.call('POST', `/api/orders/${orderNo}/reviews`, asBuyer(buyerId), {
      rating: 5,
      text: '面料细腻，很喜欢',
      ...body,
    });
  const shown = async (spuId: string, query = '') =>
    (await shop.call('GET', `/api/products/${spuId}/reviews?${query}`)).body.items;

  it('holds a review with pictures until a person passes it, then shows it everywhere', async () => {
    const { buyerId, orderNo, lineId, spuId, mediaId } = await givenCompleted();
    const { status, body } = await submit(orderNo, buyerId, { lineId, mediaIds: [mediaId], anonymous: true });
    expect([status, body.status]).toEqual([201, 'held']);
    expect(await shown(spuId)).toEqual([]);
    expect(await shop.reviews.head(shop.db, spuId)).toEqual({
      summary: { count: 0, average: 0, withPictures: 0 },
      reviews: [],
    });
    const held = (
      await shop.call('GET', '/api/console/reviews?status=held&pageSize=100', asStaff(shopA))
    ).body.items.find(({ reviewId }: { reviewId: string }) => reviewId === body.reviewId);
    expect(held).toMatchObject({ orderNo, nickname: '小*', pictures: [{ mediaId, url: `/preview/${picture.hash}` }] });
    const url = `/api/console/reviews/${body.reviewId}/decision`;
    expect(await shop.call('POST', url, asStaff(shopB), { decision: 'show' })).toMatchObject({ status: 404 });
    expect(await shop.call('POST', url, asStaff(shopA), { decision: 'reject' })).toMatchObject({
      status: 422,
      code: 'reviews.reason_missing',
    });
    expect(await shown(spuId)).toEqual([]);
    const decisions = await Promise.all([
      shop.call('POST', url, asStaff(shopA), { decision: 'show' }),
      shop.call('POST', url, asStaff(shopA), { decision: 'reject', reason: '广告' }),
    ]);
    expect(decisions.map((reply) => reply.status).sort()).toEqual([200, 409]);
    expect(await shop.eventsNamed('orders.review_submitted')).toEqual([
      { buyerId, reviewId: body.reviewId, spuId, shopId: shopA },
    ]);
    expect(shop.verdicts).toHaveLength(1);
  });

  it('shows what passed with its reply, by filter and keyset, and sums it', async () => {
    const spuId = newId();
    const seeded = (rating: number, minutes: number, pictures = 0) => ({
      reviewId: newId(),
      shopId: shopA,
      spuId,
      skuId: newId(),
      productTitle: '靠垫',
      specText: '米白',
      nickname: '林**',
      avatarUrl: null,
      rating,
      text: '不错',
      pictures: Array.from({ length: pictures }, () => picture),
      reply: null,
      createdAt: new Date(Date.parse('2026-11-01T00:00:00Z') + minutes * 60_000),
    });
    const reviews = [seeded(5, 1, 2), seeded(4, 2), seeded(2, 3), seeded(5, 4, 1), seeded(1, 4)];
    await shop.inTransaction((tx) => shop.reviews.seed(tx, reviews));
    await shop.inTransaction((tx) => shop.reviews.seed(tx, reviews));
    expect(await shop.reviews.summary(shop.db, spuId)).toEqual({ count: 5, average: 3.4, withPictures: 2 });
    expect((await shop.reviews.head(shop.db, spuId)).reviews).toHaveLength(3);
    const ratings = async (query: string) =>
      (await shown(spuId, query)).map(({ rating }: { rating: number }) => rating);
    expect(await ratings('filter=good')).toEqual([5, 4, 5]);
    expect(await ratings('filter=bad')).toEqual([1, 2]);
    expect(await ratings('filter=pictures')).toEqual([5, 5]);
    const first = (await shop.call('GET', `/api/products/${spuId}/reviews?limit=2`)).body;
    const second = (await shop.call('GET', `/api/products/${spuId}/reviews?limit=50&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ reviewId }: { reviewId: string }) => reviewId).sort()).toEqual(
      reviews.map(({ reviewId }) => reviewId).sort(),
    );
    const [{ reviewId }] = first.items;
    const reply = (shopId: string) =>
      shop.call('PUT', `/api/console/reviews/${reviewId}/reply`, asStaff(shopId), { reply: '谢谢支持' });
    expect([(await reply(shopB)).status, (await reply(shopA)).status]).toEqual([404, 200]);
    expect((await shown(spuId))[0].reply).toBe('谢谢支持');
    expect(shop.audited).toEqual([{ action: 'reviews.reply', target: reviewId, shopId: shopA }]);
    expect(await shop.call('GET', `/api/products/${spuId}/reviews?filter=x`)).toMatchObject({ status: 400 });
  });

  it('takes one review a line although two posts race', async () => {
    const { buyerId, orderNo, lineId } = await givenCompleted();
    const replies = await Promise.all([submit(orderNo, buyerId, { lineId }), submit(orderNo, buyerId, { lineId })]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(await shop.orders.counts(shop.db, buyerId)).toMatchObject({ toReview: 0 });
    expect(
      await shop.db.selectFrom('reviews.review').select('reviewId').where('orderNo', '=', orderNo).execute(),
    ).toHaveLength(1);
  });

  it('refuses another buyer, another’s pictures, an unknown line and an order not yet received, and writes nothing', async () => {
    const { buyerId, orderNo, lineId } = await givenCompleted();
    const other = await givenCompleted();
    expect(await submit(orderNo, other.buyerId, { lineId })).toMatchObject({ status: 404 });
    expect(await submit(orderNo, buyerId, { lineId, mediaIds: [other.mediaId] })).toMatchObject({
      status: 422,
      code: 'reviews.picture_unknown',
    });
    expect(await submit(orderNo, buyerId, { lineId: other.lineId })).toMatchObject({
      status: 404,
      code: 'orders.line_unknown',
    });
    expect(await submit(orderNo, buyerId, { lineId, rating: 6 })).toMatchObject({ status: 400 });
    expect(await shop.call('POST', `/api/orders/${orderNo}/reviews`, {}, {})).toMatchObject({ status: 401 });
    const paid = await shop.placeAndPay(buyerId, [{ skuId: await shop.givenSku(), quantity: 1 }]);
    expect(await submit(paid.orderNos[0] as string, buyerId, { lineId })).toMatchObject({
      status: 409,
      code: 'orders.cannot_review',
    });
    expect(
      await shop.db.selectFrom('reviews.review').select('reviewId').where('buyerId', '=', buyerId).execute(),
    ).toEqual([]);
    expect(await shop.orders.counts(shop.db, buyerId)).toMatchObject({ toReview: 1 });
  });

  it('lets clean text through by itself only where the shop says so', async () => {
    const { buyerId, orderNo, lineId, spuId } = await givenCompleted();
    await shop.inTransaction((tx) =>
      shop.policies.set(tx, { key: 'reviews.auto_show', value: 1, shopId: shopA, by: 't' }),
    );
    expect((await submit(orderNo, buyerId, { lineId })).body.status).toBe('shown');
    expect(await shown(spuId)).toHaveLength(1);
    const second = await givenCompleted();
    expect(
      (await submit(second.orderNo, second.buyerId, { lineId: second.lineId, text: '加微信 abc12345 返现' })).body
        .status,
    ).toBe('held');
    await shop.inTransaction((tx) =>
      shop.policies.set(tx, { key: 'reviews.auto_show', value: 0, shopId: shopA, by: 't' }),
    );
  });

  it('holds texts with contact details, links or bought praise', () => {
    for (const text of ['电话13800001234', '加我vx：abc12345', '看 www.example.com', '好评返现5元', '好好好好好好好好'])
      expect(moderateText(text)).toBe('hold');
    for (const text of ['面料细腻', '尺寸 120cm*200cm，很合适', '等了两天就到了'])
      expect(moderateText(text)).toBe('pass');
  });

  it('console list filters by status, rating and words; rights are asked', async () => {
    expect(await shop.call('GET', '/api/console/reviews?rating=5', asStaff(shopA))).toMatchObject({ status: 200 });
    expect((await shop.call('GET', '/api/console/reviews?rating=5', asStaff(newId()))).body.total).toBe(0);
    expect(await shop.call('GET', '/api/console/reviews', asStaff(shopA, 'orders.read'))).toMatchObject({
      status: 403,
    });
    expect(
      await shop.call('PUT', `/api/console/reviews/${newId()}/reply`, asStaff(shopA, 'reviews.read'), { reply: 'x' }),
    ).toMatchObject({ status: 403 });
  });
});
