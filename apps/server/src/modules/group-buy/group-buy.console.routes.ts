/** Console: set a group purchase up, read its results, end it early. There is no way to complete a group by hand. */
import { ErrorReply, Id, NoContent, PageQuery } from '@xiaopu/contracts';
import { ConsoleGroupActivityPage, ConsoleGroupDetail, NewGroupActivity } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { GroupActivities } from './group-buy.activities.ts';
import type { GroupDirectory } from './group-buy.directory.ts';

const tags = ['console: group buys'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const params = Type.Object({ activityId: Id });
const read = { access: { permission: 'promotions.read' } } as const;
const write = { access: { permission: 'promotions.write' } } as const;

export function groupBuyConsoleRoutes(
  app: RouteApp,
  {
    database,
    activities,
    directory,
    audit,
  }: { database: Database; activities: GroupActivities; directory: GroupDirectory; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/console/group-buys',
    {
      config: read,
      schema: {
        tags,
        summary: 'Group purchases with their results',
        querystring: PageQuery,
        response: { 200: ConsoleGroupActivityPage, ...refused },
      },
    },
    ({ staff, query }) => activities.page(db, staff.shopId, query),
  );

  app.get(
    '/api/console/group-buys/:activityId',
    {
      config: read,
      schema: {
        tags,
        summary: 'One of them, with its latest groups',
        params,
        response: { 200: ConsoleGroupDetail, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, params: { activityId } }) => activities.detail(db, staff.shopId, activityId),
  );

  app.post(
    '/api/console/group-buys',
    {
      config: write,
      schema: {
        tags,
        summary: 'Sets a group purchase up',
        body: NewGroupActivity,
        response: { 201: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ staff, body, ip }, reply) => {
      const { staffId, name: staffName, shopId, permissions } = staff;
      await inTransaction(async (tx) => {
        await activities.create(tx, { shopId, staffName, mayOverride: permissions.has('promotions.override') }, body);
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'group_buy.create',
          target: body.activityId,
          summary: `拼团「${body.name}」${body.quota} 个名额，${body.steps.map(({ size }) => `${size} 人`).join('、')}成团`,
          ip,
        });
      });
      directory.forget();
      return reply.code(201).send(null);
    },
  );

  app.post(
    '/api/console/group-buys/:activityId/end',
    {
      config: write,
      schema: {
        tags,
        summary: 'Ends it early; groups that are open go on to their own end',
        params,
        response: { 204: NoContent, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, params: { activityId }, ip }, reply) => {
      const { staffId, name: staffName, shopId } = staff;
      await inTransaction(async (tx) => {
        const name = await activities.end(tx, shopId, activityId);
        const summary = `提前结束拼团「${name}」`;
        await audit(tx, { staffId, staffName, shopId, action: 'group_buy.end', target: activityId, summary, ip });
      });
      directory.forget();
      return reply.code(204).send(null);
    },
  );
}
