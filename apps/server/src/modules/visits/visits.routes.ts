/** Shoppers' clients say that somebody came; the shop makes links and reads what came of them. */
import { ErrorReply, NoContent, NoteVisit, PageQuery } from '@xiaopu/contracts';
import { CampaignLinkPage, ChannelReport, MonthlyRetention, NewCampaignLink } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Visits } from './visits.service.ts';

const tags = ['console: visits'];
const params = Type.Object({ code: Type.String({ minLength: 8, maxLength: 8 }) });
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const read = { access: { permission: 'promotions.read' } } as const;
const write = { access: { permission: 'promotions.write' } } as const;

export function visitsRoutes(
  app: RouteApp,
  { database, visits, audit }: { database: Database; visits: Visits; audit: AuditTrail },
): void {
  const { db, inTransaction } = database;

  app.post(
    '/api/visits',
    {
      config: { access: 'shopper' },
      schema: {
        tags: ['visits'],
        summary: 'Somebody opened the shop, perhaps by a campaign link; repeats within half an hour are one visit',
        body: NoteVisit,
        response: { 204: NoContent, 400: ErrorReply, 401: ErrorReply },
      },
    },
    async ({ buyer, body }, reply) => {
      await inTransaction((tx) => visits.note(tx, buyer, body));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/console/campaign-links',
    {
      config: read,
      schema: {
        tags,
        summary: 'Campaign links, each with its visits, sign-ups and orders',
        querystring: PageQuery,
        response: { 200: CampaignLinkPage, ...refused },
      },
    },
    ({ staff, query }) => visits.links(db, staff.shopId, query),
  );

  interface Author {
    staff: { staffId: string; name: string; shopId: string };
    ip: string;
  }
  const noted = (tx: Tx, { staff, ip }: Author, action: AuditEntry['action'], target: string, summary: string) =>
    audit(tx, { staffId: staff.staffId, staffName: staff.name, shopId: staff.shopId, action, target, summary, ip });

  app.post(
    '/api/console/campaign-links',
    {
      config: write,
      schema: {
        tags,
        summary: 'Makes a link for an article, a community, a poster',
        body: NewCampaignLink,
        response: { 201: NoContent, ...refused, 409: ErrorReply },
      },
    },
    async (request, reply) => {
      const { staff, body } = request;
      await inTransaction(async (tx) => {
        await visits.createLink(tx, { shopId: staff.shopId, staffName: staff.name }, body);
        await noted(tx, request, 'visits.link_create', body.code, `新建推广链接「${body.name}」`);
      });
      return reply.code(201).send(null);
    },
  );

  for (const [verb, isOpen, said] of [
    ['close', false, '停用'],
    ['open', true, '启用'],
  ] as const)
    app.post(
      `/api/console/campaign-links/:code/${verb}`,
      {
        config: write,
        schema: {
          tags,
          summary: isOpen ? 'Counts again' : 'Stops counting; who comes by it still gets where it leads',
          params,
          response: { 204: NoContent, ...refused, 404: ErrorReply },
        },
      },
      async (request, reply) => {
        const { staff, params: of } = request;
        await inTransaction(async (tx) => {
          const name = await visits.setOpen(tx, staff.shopId, of.code, isOpen);
          await noted(tx, request, `visits.link_${verb}`, of.code, `${said}推广链接「${name}」`);
        });
        return reply.code(204).send(null);
      },
    );

  app.get(
    '/api/console/visit-channels',
    {
      config: read,
      schema: {
        tags,
        summary: 'Channels side by side: who came, who joined, what was bought',
        querystring: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 365, default: 30 }) }),
        response: { 200: ChannelReport, ...refused },
      },
    },
    ({ staff, query }) => visits.channels(db, staff.shopId, query.days),
  );

  app.get(
    '/api/console/retention',
    {
      config: { access: { permission: 'points.read' } },
      schema: {
        tags,
        summary: 'Members who came again in the next month: those who used points, and the others',
        response: { 200: MonthlyRetention, ...refused },
      },
    },
    () => visits.retention(db),
  );
}
