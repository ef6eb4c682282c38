import {
  ErrorReply,
  Id,
  NoContent,
  OrderNo,
  ReviewInput,
  ReviewPage,
  ReviewQuery,
  ReviewState,
} from '@xiaopu/contracts';
import { ConsoleReviewPage, ConsoleReviewQuery, ModerateReview, ReplyReview } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Reviews } from './reviews.service.ts';

export interface ReviewRoutesDeps {
  database: Database;
  reviews: Reviews;
  audit: AuditTrail;
}

const tags = ['reviews'];
const consoleTags = ['console: reviews'];
const refused = { 400: ErrorReply, 401: ErrorReply };
const params = Type.Object({ reviewId: Id });

export function reviewRoutes(app: RouteApp, { database, reviews, audit }: ReviewRoutesDeps): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/products/:spuId/reviews',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'Reviews of a product, newest first',
        params: Type.Object({ spuId: Id }),
        querystring: ReviewQuery,
        response: { 200: ReviewPage, 400: ErrorReply },
      },
    },
    ({ params: { spuId }, query }) => reviews.list(db, spuId, query),
  );

  app.post(
    '/api/orders/:orderNo/reviews',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Review a line of a completed order; held until moderation passes it',
        params: Type.Object({ orderNo: OrderNo }),
        body: ReviewInput,
        response: { 201: ReviewState, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ buyer, params: { orderNo }, body }, reply) => {
      const state = await inTransaction((tx) => reviews.submit(tx, buyer.buyerId, orderNo, body));
      return reply.code(201).send(state);
    },
  );

  app.get(
    '/api/console/reviews',
    {
      config: { access: { permission: 'reviews.read' } },
      schema: {
        tags: consoleTags,
        summary: 'Reviews of the shop',
        querystring: ConsoleReviewQuery,
        response: { 200: ConsoleReviewPage, ...refused, 403: ErrorReply },
      },
    },
    ({ staff, query }) => reviews.listOfShop(db, staff.shopId, query),
  );

  app.post(
    '/api/console/reviews/:reviewId/decision',
    {
      config: { access: { permission: 'reviews.moderate' } },
      schema: {
        tags: consoleTags,
        summary: 'Show or reject a held review',
        params,
        body: ModerateReview,
        response: { 200: NoContent, ...refused, 403: ErrorReply, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    ({ staff: { staffId, name: staffName, shopId }, params: { reviewId }, body, ip }) =>
      inTransaction(async (tx) => {
        await reviews.decide(tx, shopId, reviewId, body, staffName);
        const summary = body.decision === 'show' ? '评价通过' : `评价不通过：${body.reason ?? ''}`;
        await audit(tx, { staffId, staffName, shopId, action: 'reviews.moderate', target: reviewId, summary, ip });
        return null;
      }),
  );

  app.put(
    '/api/console/reviews/:reviewId/reply',
    {
      config: { access: { permission: 'reviews.moderate' } },
      schema: {
        tags: consoleTags,
        summary: 'Answer a review',
        params,
        body: ReplyReview,
        response: { 200: NoContent, ...refused, 403: ErrorReply, 404: ErrorReply, 409: ErrorReply },
      },
    },
    ({ staff: { staffId, name: staffName, shopId }, params: { reviewId }, body: { reply }, ip }) =>
      inTransaction(async (tx) => {
        await reviews.reply(tx, shopId, reviewId, reply);
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'reviews.reply',
          target: reviewId,
          summary: '回复评价',
          ip,
        });
        return null;
      }),
  );
}
