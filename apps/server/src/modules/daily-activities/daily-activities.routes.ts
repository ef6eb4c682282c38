/** Console: activities that are made anew every day. */
import { ErrorReply, Id, NoContent } from '@xiaopu/contracts';
import { DailyActivities, NewDailyActivity, SetDailyState } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Dailies } from './daily-activities.service.ts';

const tags = ['console: daily activities'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const read = { access: { permission: 'promotions.read' } } as const;
const write = { access: { permission: 'promotions.write' } } as const;

export function dailyActivityRoutes(
  app: RouteApp,
  { database, dailies, audit }: { database: Database; dailies: Dailies; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/console/daily-activities',
    {
      config: read,
      schema: { tags, summary: 'What is made anew every day', response: { 200: DailyActivities, ...refused } },
    },
    ({ staff }) => dailies.list(db, staff.shopId),
  );

  app.post(
    '/api/console/daily-activities',
    {
      config: write,
      schema: {
        tags,
        summary: 'Makes an activity every day at a time, once a day',
        body: NewDailyActivity,
        response: { 201: NoContent, ...refused, 409: ErrorReply },
      },
    },
    async ({ staff, body, ip }, reply) => {
      const { staffId, name: staffName, shopId, permissions } = staff;
      await inTransaction(async (tx) => {
        await dailies.create(tx, { shopId, staffName, mayOverride: permissions.has('promotions.override') }, body);
        const summary = `每日活动「${body.name}」，每天 ${body.at} 开始`;
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'daily_activity.create',
          target: body.templateId,
          summary,
          ip,
        });
      });
      return reply.code(201).send(null);
    },
  );

  app.post(
    '/api/console/daily-activities/:templateId/state',
    {
      config: write,
      schema: {
        tags,
        summary: 'Pauses it or lets it go on',
        params: Type.Object({ templateId: Id }),
        body: SetDailyState,
        response: { 204: NoContent, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, params: { templateId }, body: { paused }, ip }, reply) => {
      const { staffId, name: staffName, shopId } = staff;
      await inTransaction(async (tx) => {
        const name = await dailies.setState(tx, shopId, templateId, paused);
        const summary = `${paused ? '暂停' : '恢复'}每日活动「${name}」`;
        const action = 'daily_activity.state';
        await audit(tx, { staffId, staffName, shopId, action, target: templateId, summary, ip });
      });
      return reply.code(204).send(null);
    },
  );
}
