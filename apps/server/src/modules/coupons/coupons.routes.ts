/** Shoppers: what can be claimed, what is held. */
import { ClaimCoupon, CouponCentre, ErrorReply, MyCoupon, MyCouponPage, MyCouponQuery } from '@xiaopu/contracts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Coupons } from './coupons.service.ts';

const tags = ['coupons'];
const refused = { 400: ErrorReply, 401: ErrorReply };
const config = { access: 'shopper' } as const;

export function couponsRoutes(app: RouteApp, { database, coupons }: { database: Database; coupons: Coupons }): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/coupons/centre',
    {
      config,
      schema: { tags, summary: 'Coupons that can be claimed now', response: { 200: CouponCentre, ...refused } },
    },
    async ({ buyer }) => ({ items: await coupons.centre(db, buyer.buyerId) }),
  );

  app.get(
    '/api/coupons',
    {
      config,
      schema: {
        tags,
        summary: 'Own coupons, newest first',
        querystring: MyCouponQuery,
        response: { 200: MyCouponPage, ...refused },
      },
    },
    ({ buyer, query }) => coupons.listOf(db, buyer.buyerId, query),
  );

  app.post(
    '/api/coupons/claims',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Claims a coupon, or redeems a code',
        body: ClaimCoupon,
        response: { 201: MyCoupon, ...refused, 403: ErrorReply, 404: ErrorReply, 409: ErrorReply },
      },
    },
    async ({ buyer, body }, reply) =>
      reply.code(201).send(await inTransaction((tx) => coupons.claim(tx, buyer.buyerId, body))),
  );
}
