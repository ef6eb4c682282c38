/** Presales: looked at by everybody, set up by the shop. They are joined by placing an order with their entry. */
import { ErrorReply, Id, NoContent, PageQuery, PresaleList } from '@xiaopu/contracts';
import { ConsolePresalePage, NewPresale } from '@xiaopu/contracts/console';
import { formatYuan } from '@xiaopu/money';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { PresaleDirectory } from './presale.directory.ts';
import type { Presales } from './presale.service.ts';

const tags = ['console: presales'];
const params = Type.Object({ activityId: Id });
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const read = { access: { permission: 'promotions.read' } } as const;
const write = { access: { permission: 'promotions.write' } } as const;

export function presaleRoutes(
  app: RouteApp,
  {
    database,
    presales,
    directory,
    audit,
  }: { database: Database; presales: Presales; directory: PresaleDirectory; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/presales',
    {
      config: { access: 'anyone' },
      schema: { tags: ['presales'], summary: 'Presales of now and soon', response: { 200: PresaleList } },
    },
    () => directory.list(),
  );

  app.get(
    '/api/console/presales',
    {
      config: read,
      schema: {
        tags,
        summary: 'Presales with what became of their orders',
        querystring: PageQuery,
        response: { 200: ConsolePresalePage, ...refused },
      },
    },
    ({ staff, query }) => presales.page(db, staff.shopId, query),
  );

  app.post(
    '/api/console/presales',
    {
      config: write,
      schema: {
        tags,
        summary: 'Sets a presale up; its quantity leaves general stock now',
        body: NewPresale,
        response: { 201: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ staff, body, ip }, reply) => {
      const { staffId, name: staffName, shopId, permissions } = staff;
      await inTransaction(async (tx) => {
        await presales.create(tx, { shopId, staffName, mayOverride: permissions.has('promotions.override') }, body);
        const target = body.activityId;
        const summary = `预售「${body.name}」${body.quota} 件，定金 ¥${formatYuan(body.deposit)} 抵 ¥${formatYuan(body.depositWorth)}`;
        await audit(tx, { staffId, staffName, shopId, action: 'presale.create', target, summary, ip });
      });
      directory.forget();
      return reply.code(201).send(null);
    },
  );

  for (const [what, summary, said] of [
    ['end', 'Takes no more deposits; what nobody booked goes back to general stock', '提前结束预售'],
    ['cancel', 'Gives the presale up: every deposit goes back', '取消预售并退定金'],
  ] as const)
    app.post(
      `/api/console/presales/:activityId/${what}`,
      { config: write, schema: { tags, summary, params, response: { 204: NoContent, ...refused, 404: ErrorReply } } },
      async ({ staff, params: { activityId }, ip }, reply) => {
        const { staffId, name: staffName, shopId } = staff;
        await inTransaction(async (tx) => {
          const name = await presales[what](tx, shopId, activityId, staffName);
          const action = `presale.${what}` as const;
          await audit(tx, {
            staffId,
            staffName,
            shopId,
            action,
            target: activityId,
            summary: `${said}「${name}」`,
            ip,
          });
        });
        directory.forget();
        return reply.code(204).send(null);
      },
    );
}
