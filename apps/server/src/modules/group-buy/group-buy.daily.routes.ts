/** Console: group purchases that are made anew every day. */
import { ErrorReply, Id, NoContent } from '@xiaopu/contracts';
import { DailyGroups, NewDailyGroup, SetDailyState } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { DailyGroupBuys } from './group-buy.daily.ts';

const tags = ['console: group buys'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const read = { access: { permission: 'promotions.read' } } as const;
const write = { access: { permission: 'promotions.write' } } as const;

export function dailyGroupRoutes(
  app: RouteApp,
  { database, dailies, audit }: { database: Database; dailies: DailyGroupBuys; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/console/group-buy-dailies',
    {
      config: read,
      schema: { tags, summary: 'What is made anew every day', response: { 200: DailyGroups, ...refused } },
    },
    ({ staff }) => dailies.list(db, staff.shopId),
  );

  app.post(
    '/api/console/group-buy-dailies',
    {
      config: write,
      schema: {
        tags,
        summary: 'Makes an activity every day at a time, once a day',
        body: NewDailyGroup,
        response: { 201: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ staff, body, ip }, reply) => {
      const { staffId, name: staffName, shopId, permissions } = staff;
      await inTransaction(async (tx) => {
        await dailies.create(tx, { shopId, staffName, mayOverride: permissions.has('promotions.override') }, body);
        const summary = `每日拼团「${body.terms.name}」，每天 ${body.at} 开始`;
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'group_buy.daily_create',
          target: body.dailyId,
          summary,
          ip,
        });
      });
      return reply.code(201).send(null);
    },
  );

  app.post(
    '/api/console/group-buy-dailies/:dailyId/state',
    {
      config: write,
      schema: {
        tags,
        summary: 'Pauses it or lets it go on',
        params: Type.Object({ dailyId: Id }),
        body: SetDailyState,
        response: { 204: NoContent, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, params: { dailyId }, body: { paused }, ip }, reply) => {
      const { staffId, name: staffName, shopId } = staff;
      await inTransaction(async (tx) => {
        const name = await dailies.setState(tx, shopId, dailyId, paused);
        const summary = `${paused ? '暂停' : '恢复'}每日拼团「${name}」`;
        const action = 'group_buy.daily_state';
        await audit(tx, { staffId, staffName, shopId, action, target: dailyId, summary, ip });
      });
      return reply.code(204).send(null);
    },
  );
}
