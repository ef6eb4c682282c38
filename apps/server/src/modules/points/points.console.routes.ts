import { ErrorReply, Id, NoContent, PageQuery } from '@xiaopu/contracts';
import {
  AdjustPoints,
  ConsoleRedemptionPage,
  LotteryInput,
  LotteryPage,
  MallItemInput,
  MallItemPage,
  MemberPointsPage,
  PointsReport,
  ShipRedemption,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { CurrentStaff } from '#platform/http/access.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { newId } from '#platform/ids.ts';
import type { Points } from './points.service.ts';

interface Deps {
  points: Points;
  database: Database;
  audit: AuditTrail;
}

export function pointsConsoleRoutes(app: RouteApp, { points, database, audit }: Deps): void {
  const { db, inTransaction } = database;
  const tags = ['console: points'];
  const failures = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
  const read = { access: { permission: 'points.read' } } as const;
  const write = { access: { permission: 'points.write' } } as const;
  const about = (description: string) => ({ tags, description });
  const itemParams = Type.Object({ itemId: Id });
  const note = (
    tx: Tx,
    { staff: { staffId, name, shopId }, ip }: { staff: CurrentStaff; ip: string },
    entry: { action: AuditEntry['action']; target: string; summary: string },
  ) => audit(tx, { staffId, staffName: name, shopId, ip, ...entry });

  app.get(
    '/api/console/members/:buyerId/points',
    {
      schema: {
        ...about('A member’s points ledger'),
        params: Type.Object({ buyerId: Id }),
        querystring: PageQuery,
        response: { 200: MemberPointsPage, ...failures, 404: ErrorReply },
      },
      config: read,
    },
    ({ staff, params: { buyerId }, query }) => points.desk.ledgerOf(db, staff.shopId, buyerId, query),
  );
  app.post(
    '/api/console/members/:buyerId/points',
    {
      schema: {
        ...about('Adjusts a member’s points by hand, with a reason'),
        params: Type.Object({ buyerId: Id }),
        body: AdjustPoints,
        response: { 204: NoContent, ...failures, 404: ErrorReply, 409: ErrorReply },
      },
      config: { access: { permission: 'points.adjust' } },
    },
    async (request, reply) => {
      const { buyerId } = request.params;
      const { points: amount, reason } = request.body;
      await inTransaction(async (tx) => {
        await points.desk.adjust(tx, request.staff.shopId, buyerId, { ...request.body, adjustmentId: newId() });
        const summary = `${amount > 0 ? '+' : ''}${amount} 积分：${reason}`;
        await note(tx, request, { action: 'points.adjust', target: buyerId, summary });
      });
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/console/points/report',
    {
      schema: { ...about('Issued, used, expired, still out there'), response: { 200: PointsReport, ...failures } },
      config: read,
    },
    () => points.desk.report(db),
  );
  app.get(
    '/api/console/points/mall-items',
    {
      schema: { ...about('Mall items'), querystring: PageQuery, response: { 200: MallItemPage, ...failures } },
      config: read,
    },
    ({ staff, query }) => points.mall.itemsOfShop(db, staff.shopId, query),
  );
  app.post(
    '/api/console/points/mall-items',
    {
      schema: {
        ...about('Adds a mall item'),
        body: MallItemInput,
        response: { 201: Type.Object({ itemId: Id }), ...failures },
      },
      config: write,
    },
    async (request, reply) => {
      const itemId = await inTransaction(async (tx) => {
        const made = await points.mall.saveItem(tx, request.staff.shopId, request.body);
        await note(tx, request, { action: 'points.add_item', target: made, summary: request.body.name });
        return made;
      });
      return reply.code(201).send({ itemId });
    },
  );
  app.put(
    '/api/console/points/mall-items/:itemId',
    {
      schema: {
        ...about('Changes a mall item'),
        params: itemParams,
        body: MallItemInput,
        response: { 204: NoContent, ...failures, 404: ErrorReply },
      },
      config: write,
    },
    async (request, reply) => {
      const { itemId } = request.params;
      await inTransaction(async (tx) => {
        await points.mall.saveItem(tx, request.staff.shopId, request.body, itemId);
        const { name, stock, points: price } = request.body;
        const summary = `${name}，${price} 积分，库存 ${stock}`;
        await note(tx, request, { action: 'points.change_item', target: itemId, summary });
      });
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/console/points/redemptions',
    {
      schema: {
        ...about('Redemptions of this shop’s items'),
        querystring: PageQuery,
        response: { 200: ConsoleRedemptionPage, ...failures },
      },
      config: read,
    },
    ({ staff, query }) => points.mall.redemptionsOfShop(db, staff.shopId, query),
  );
  app.post(
    '/api/console/points/redemptions/:redemptionId/ship',
    {
      schema: {
        ...about('Writes down the parcel of a redemption'),
        params: Type.Object({ redemptionId: Id }),
        body: ShipRedemption,
        response: { 204: NoContent, ...failures, 404: ErrorReply },
      },
      config: write,
    },
    async (request, reply) => {
      const { redemptionId } = request.params;
      const { waybill } = request.body;
      await inTransaction(async (tx) => {
        await points.mall.ship(tx, request.staff.shopId, redemptionId, waybill);
        await note(tx, request, { action: 'points.ship', target: redemptionId, summary: waybill });
      });
      return reply.code(204).send(null);
    },
  );
  app.get(
    '/api/console/points/lotteries',
    {
      schema: {
        ...about('Lotteries with odds, stock and real results'),
        querystring: PageQuery,
        response: { 200: LotteryPage, ...failures },
      },
      config: read,
    },
    ({ staff, query }) => points.lottery.listOfShop(db, staff.shopId, query),
  );
  app.post(
    '/api/console/points/lotteries',
    {
      schema: {
        ...about('Opens a lottery; its odds stay as they are'),
        body: LotteryInput,
        response: { 201: Type.Object({ lotteryId: Id }), ...failures, 422: ErrorReply },
      },
      config: write,
    },
    async (request, reply) => {
      const lotteryId = await inTransaction(async (tx) => {
        const made = await points.lottery.open(tx, request.staff.shopId, request.body);
        await note(tx, request, { action: 'points.open_lottery', target: made, summary: request.body.name });
        return made;
      });
      return reply.code(201).send({ lotteryId });
    },
  );
  app.post(
    '/api/console/points/lotteries/:lotteryId/stop',
    {
      schema: {
        ...about('Ends a lottery early'),
        params: Type.Object({ lotteryId: Id }),
        response: { 204: NoContent, ...failures, 404: ErrorReply },
      },
      config: write,
    },
    async (request, reply) => {
      const { lotteryId } = request.params;
      await inTransaction(async (tx) => {
        await points.lottery.stop(tx, request.staff.shopId, lotteryId);
        await note(tx, request, { action: 'points.stop_lottery', target: lotteryId, summary: '提前结束' });
      });
      return reply.code(204).send(null);
    },
  );
}
