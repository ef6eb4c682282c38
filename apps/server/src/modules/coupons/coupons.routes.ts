/** Shoppers: what can be claimed, what is held. */
import {
  ClaimCoupon,
  CouponCentre,
  CouponPacket,
  ErrorReply,
  Id,
  MyCoupon,
  MyCouponPage,
  MyCouponQuery,
  NearbyCoupons,
  OrderNo,
  OrderPacket,
  Position,
} from '@xiaopu/contracts';
import { Type } from 'typebox';
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
        response: { 201: MyCoupon, ...refused, 403: ErrorReply, 404: ErrorReply, 409: ErrorReply, 429: ErrorReply },
      },
    },
    async ({ buyer, body }, reply) => {
      if ('at' in body && body.at) await inTransaction((tx) => coupons.countAsk(tx, buyer.buyerId));
      return reply.code(201).send(await inTransaction((tx) => coupons.claim(tx, buyer.buyerId, body)));
    },
  );

  app.post(
    '/api/coupons/nearby',
    {
      config,
      schema: {
        tags,
        summary: 'Coupons that can be claimed where the shopper is now',
        description: 'The position is used for the answer and is not kept. Asked too often in an hour: 429.',
        body: Position,
        response: { 200: NearbyCoupons, ...refused, 429: ErrorReply },
      },
    },
    async ({ buyer, body }) => {
      await inTransaction((tx) => coupons.countAsk(tx, buyer.buyerId));
      return { items: await inTransaction((tx) => coupons.nearby(tx, buyer.buyerId, body)) };
    },
  );

  app.get(
    '/api/coupons/packets',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'The packet of coupons for friends that came with an own paid order, if there is one',
        querystring: Type.Object({ orderNo: OrderNo }),
        response: { 200: OrderPacket, ...refused },
      },
    },
    async ({ buyer, query }) => ({ packet: await coupons.ofOrder(db, buyer.buyerId, query.orderNo) }),
  );

  app.get(
    '/api/coupons/packets/:packetId',
    {
      config,
      schema: {
        tags,
        summary: 'A packet as its link shows it',
        params: Type.Object({ packetId: Id }),
        response: { 200: CouponPacket, ...refused, 404: ErrorReply },
      },
    },
    ({ buyer, params }) => coupons.packet(db, buyer.buyerId, params.packetId),
  );

  app.post(
    '/api/coupons/packets/:packetId/claims',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Claims one coupon of a packet; repeats change nothing',
        params: Type.Object({ packetId: Id }),
        response: { 200: CouponPacket, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
    },
    ({ buyer, params }) => inTransaction((tx) => coupons.claimPacket(tx, buyer.buyerId, params.packetId)),
  );
}
