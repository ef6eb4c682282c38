import {
  BindReferral,
  CurrentLottery,
  DrawPage,
  DrawResult,
  ErrorReply,
  GrowthQuery,
  Id,
  Mall,
  NoContent,
  PointsHome,
  PointsPage,
  Redeem,
  Redemption,
  RedemptionPage,
  Referral,
  SawDevice,
  SignedIn,
} from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Points } from './points.service.ts';

const RequestKey = Type.Object({
  'idempotency-key': Type.String({
    minLength: 8,
    maxLength: 80,
    description: 'chosen by the client for this attempt; a repeat answers with the first result',
  }),
});

export function pointsRoutes(app: RouteApp, { points, database }: { points: Points; database: Database }): void {
  const { db, inTransaction } = database;
  const tags = ['points'];
  const config = { access: 'member' } as const;
  const failures = { 400: ErrorReply, 401: ErrorReply };
  const refusals = { ...failures, 404: ErrorReply, 409: ErrorReply };
  const read = (description: string) => ({ tags, description });

  app.get(
    '/api/points',
    {
      schema: { ...read('Balance, sign-in calendar and tasks'), response: { 200: PointsHome, ...failures } },
      config,
    },
    ({ buyer }) => points.home(db, buyer.buyerId),
  );
  app.get(
    '/api/points/ledger',
    {
      schema: {
        ...read('Every movement, newest first'),
        querystring: GrowthQuery,
        response: { 200: PointsPage, ...failures },
      },
      config,
    },
    ({ buyer, query }) => points.ledger(db, buyer.buyerId, query),
  );
  app.post(
    '/api/points/sign-in',
    {
      schema: {
        ...read('Signs this Shanghai day; a repeat changes nothing'),
        response: { 200: SignedIn, ...failures },
      },
      config,
    },
    ({ buyer }) => inTransaction((tx) => points.signIn(tx, buyer.buyerId)),
  );
  app.get(
    '/api/points/mall',
    { schema: { ...read('Goods for points'), response: { 200: Mall, ...failures } }, config },
    ({ buyer }) => points.mall.items(db, buyer.buyerId),
  );
  app.post(
    '/api/points/mall/:itemId/redeem',
    {
      schema: {
        ...read('Redeems an item; points and stock leave together'),
        params: Type.Object({ itemId: Id }),
        headers: RequestKey,
        body: Redeem,
        response: { 200: Redemption, ...refusals },
      },
      config,
    },
    ({ buyer, params: { itemId }, headers, body }) =>
      inTransaction((tx) =>
        points.mall.redeem(tx, buyer.buyerId, { itemId, requestKey: headers['idempotency-key'], ...body }),
      ),
  );
  app.get(
    '/api/points/redemptions',
    {
      schema: {
        ...read('Own redemptions, newest first'),
        querystring: GrowthQuery,
        response: { 200: RedemptionPage, ...failures },
      },
      config,
    },
    ({ buyer, query }) => points.mall.redemptions(db, buyer.buyerId, query),
  );
  app.get(
    '/api/points/lottery',
    {
      schema: {
        ...read('The running lottery with its odds and stock'),
        response: { 200: CurrentLottery, ...failures },
      },
      config,
    },
    async ({ buyer }) => ({ lottery: await points.lottery.current(db, buyer.buyerId) }),
  );
  app.post(
    '/api/points/lotteries/:lotteryId/draw',
    {
      schema: {
        ...read('One draw'),
        params: Type.Object({ lotteryId: Id }),
        headers: RequestKey,
        response: { 200: DrawResult, ...refusals },
      },
      config,
    },
    ({ buyer, params: { lotteryId }, headers }) =>
      inTransaction((tx) => points.lottery.draw(tx, buyer.buyerId, lotteryId, headers['idempotency-key'])),
  );
  app.get(
    '/api/points/draws',
    {
      schema: {
        ...read('Own draws, newest first'),
        querystring: GrowthQuery,
        response: { 200: DrawPage, ...failures },
      },
      config,
    },
    ({ buyer, query }) => points.lottery.draws(db, buyer.buyerId, query),
  );
  app.get(
    '/api/points/referral',
    {
      schema: { ...read('Own invitation code and what it brought'), response: { 200: Referral, ...failures } },
      config,
    },
    ({ buyer }) => points.referrals.view(db, buyer.buyerId),
  );
  app.put(
    '/api/points/device',
    {
      schema: {
        ...read('The phone this account is used on; two accounts on one phone cannot invite each other'),
        body: SawDevice,
        response: { 204: NoContent, ...failures },
      },
      config,
    },
    async ({ buyer, body }, reply) => {
      await inTransaction((tx) => points.referrals.sawDevice(tx, buyer.buyerId, body.deviceId));
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/api/points/referral',
    {
      schema: {
        ...read('Accepts an invitation, once, before the first order; never one’s own'),
        body: BindReferral,
        response: { 204: NoContent, ...refusals, 422: ErrorReply },
      },
      config,
    },
    async ({ buyer, body }, reply) => {
      await inTransaction((tx) => points.referrals.bind(tx, buyer.buyerId, body.code, body.deviceId));
      return reply.code(204).send(null);
    },
  );
}
