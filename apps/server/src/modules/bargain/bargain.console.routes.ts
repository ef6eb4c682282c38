/** Console: set a bargain up, look at what it brings, end it early. */
import { ErrorReply, Id, NoContent, PageQuery } from '@xiaopu/contracts';
import { ConsoleBargainPage, NewBargain } from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { BargainDirectory } from './bargain.directory.ts';
import type { Bargains } from './bargain.service.ts';

const tags = ['console: bargains'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const read = { access: { permission: 'promotions.read' } } as const;
const write = { access: { permission: 'promotions.write' } } as const;

export function bargainConsoleRoutes(
  app: RouteApp,
  {
    database,
    bargains,
    directory,
    audit,
  }: { database: Database; bargains: Bargains; directory: BargainDirectory; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/console/bargains',
    {
      config: read,
      schema: {
        tags,
        summary: 'Bargain activities with their results',
        querystring: PageQuery,
        response: { 200: ConsoleBargainPage, ...refused },
      },
    },
    ({ staff, query }) => bargains.page(db, staff.shopId, query),
  );

  app.post(
    '/api/console/bargains',
    {
      config: write,
      schema: {
        tags,
        summary: 'Sets a bargain up',
        body: NewBargain,
        response: { 201: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ staff, body, ip }, reply) => {
      const { staffId, name: staffName, shopId, permissions } = staff;
      await inTransaction(async (tx) => {
        await bargains.create(tx, { shopId, staffName, mayOverride: permissions.has('promotions.override') }, body);
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'bargain.create',
          target: body.activityId,
          summary: `砍价「${body.name}」${body.quota} 件，${body.helpsNeeded} 人砍到 ¥${formatYuan(body.floorPrice)}`,
          ip,
        });
      });
      directory.forget();
      return reply.code(201).send(null);
    },
  );

  app.post(
    '/api/console/bargains/:activityId/end',
    {
      config: write,
      schema: {
        tags,
        summary: 'Ends a bargain early',
        params: Type.Object({ activityId: Id }),
        response: { 204: NoContent, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, params: { activityId }, ip }, reply) => {
      const { staffId, name: staffName, shopId } = staff;
      await inTransaction(async (tx) => {
        const name = await bargains.end(tx, shopId, activityId);
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'bargain.end',
          target: activityId,
          summary: `提前结束砍价「${name}」`,
          ip,
        });
      });
      directory.forget();
      return reply.code(204).send(null);
    },
  );
}
