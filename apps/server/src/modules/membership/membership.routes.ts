import {
  ErrorReply,
  GrowthPage,
  GrowthQuery,
  Id,
  MemberCentre,
  MemberCode,
  NoContent,
  SetBirthday,
} from '@xiaopu/contracts';
import { KeptOutGoods, MemberDetail, MemberPage, MemberQuery, ScanMember, SetKeptOut } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { productNotFound } from './membership.errors.ts';
import type { Membership } from './membership.service.ts';

export interface MembershipRoutesDeps {
  membership: Membership;
  database: Database;
  audit: AuditTrail;
  titlesOf(db: Executor, spuIds: string[]): Promise<Map<string, string>>;
  isOwnProduct(db: Executor, shopId: string, spuId: string): Promise<boolean>;
}

export function membershipRoutes(
  app: RouteApp,
  { membership, database, audit, titlesOf, isOwnProduct }: MembershipRoutesDeps,
): void {
  const { db, inTransaction } = database;
  const failures = { 400: ErrorReply, 401: ErrorReply };
  const tags = ['membership'];
  const config = { access: 'member' } as const;

  app.get(
    '/api/membership',
    {
      schema: {
        tags,
        description: 'Tier, way to the next one, benefits',
        response: { 200: MemberCentre, ...failures },
      },
      config,
    },
    ({ buyer }) => membership.centre(db, buyer.buyerId),
  );
  app.get(
    '/api/membership/growth',
    {
      schema: {
        tags,
        description: 'Growth ledger, newest first',
        querystring: GrowthQuery,
        response: { 200: GrowthPage, ...failures },
      },
      config,
    },
    ({ buyer, query }) => membership.growth(db, buyer.buyerId, query),
  );
  app.get(
    '/api/membership/code',
    {
      schema: { tags, description: 'Member code of these 30 seconds', response: { 200: MemberCode, ...failures } },
      config,
    },
    async ({ buyer }, reply) => reply.header('cache-control', 'no-store').send(membership.code(buyer.buyerId)),
  );
  app.put(
    '/api/membership/birthday',
    {
      schema: {
        tags,
        description: 'Month and day; may change once a year',
        body: SetBirthday,
        response: { 204: NoContent, ...failures, 409: ErrorReply },
      },
      config,
    },
    async ({ buyer, body }, reply) => {
      await inTransaction((tx) => membership.setBirthday(tx, buyer.buyerId, body));
      return reply.code(204).send(null);
    },
  );

  const consoleTags = ['console: members'];
  const consoleFailures = { ...failures, 403: ErrorReply };
  const params = Type.Object({ buyerId: Id });
  app.get(
    '/api/console/members',
    {
      schema: {
        tags: consoleTags,
        description: 'Members who bought in this shop or were scanned here',
        querystring: MemberQuery,
        response: { 200: MemberPage, ...consoleFailures },
      },
      config: { access: { permission: 'members.read' } },
    },
    ({ staff, query }) => membership.list(db, staff.shopId, query),
  );
  app.get(
    '/api/console/members/:buyerId',
    {
      schema: {
        tags: consoleTags,
        description: 'A member with growth ledger and tier history',
        params,
        response: { 200: MemberDetail, ...consoleFailures, 404: ErrorReply },
      },
      config: { access: { permission: 'members.read' } },
    },
    ({ staff, params: { buyerId } }) => membership.detail(db, staff.shopId, buyerId),
  );
  app.post(
    '/api/console/members/scan',
    {
      schema: {
        tags: consoleTags,
        description: 'Verifies a member code shown at the counter; each code works once',
        body: ScanMember,
        response: { 200: MemberDetail, ...consoleFailures, 422: ErrorReply },
      },
      config: { access: { permission: 'members.write' } },
    },
    async (request) => {
      const { staffId, name, shopId } = request.staff;
      return inTransaction(async (tx) => {
        const member = await membership.scan(tx, shopId, request.body.code);
        const entry = { action: 'members.scan' as const, target: member.buyerId, summary: '扫会员码', ip: request.ip };
        await audit(tx, { staffId, staffName: name, shopId, ...entry });
        return member;
      });
    },
  );
  app.get(
    '/api/console/kept-out-goods',
    {
      schema: {
        tags: consoleTags,
        description: 'Goods of this shop that take no member price',
        response: { 200: KeptOutGoods, ...consoleFailures },
      },
      config: { access: { permission: 'members.read' } },
    },
    async ({ staff }) => {
      const rows = await membership.keptOut(db, staff.shopId);
      const titles = await titlesOf(
        db,
        rows.map(({ spuId }) => spuId),
      );
      return {
        items: rows.map(({ keptAt, ...row }) => ({
          ...row,
          title: titles.get(row.spuId) ?? '已下架的商品',
          keptAt: keptAt.toISOString(),
        })),
      };
    },
  );
  app.put(
    '/api/console/kept-out-goods/:spuId',
    {
      schema: {
        tags: consoleTags,
        description: 'Keeps a product out of member prices, or lets it in again',
        params: Type.Object({ spuId: Id }),
        body: SetKeptOut,
        response: { 204: NoContent, ...consoleFailures, 404: ErrorReply },
      },
      config: { access: { permission: 'members.write' } },
    },
    async ({ staff, params: { spuId }, body: { isKeptOut }, ip }, reply) => {
      await inTransaction(async (tx) => {
        if (!(await isOwnProduct(tx, staff.shopId, spuId))) throw productNotFound();
        await membership.setKeptOut(tx, { shopId: staff.shopId, staffName: staff.name }, spuId, isKeptOut);
        const summary = isKeptOut ? '不享会员价' : '恢复会员价';
        const { staffId, name: staffName, shopId } = staff;
        await audit(tx, { staffId, staffName, shopId, action: 'members.kept_out', target: spuId, summary, ip });
      });
      return reply.code(204).send(null);
    },
  );
}
