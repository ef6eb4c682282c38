/** Members apply for a trial; the shop sets trials up and sends what was promised. */
import { ApplyTrial, ErrorReply, Id, NoContent, PageQuery, TrialList } from '@xiaopu/contracts';
import { ConsoleTrialPage, NewTrial, SendTrial, TrialApplications } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Trials } from './trials.service.ts';

const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const params = Type.Object({ trialId: Id });
const read = { access: { permission: 'members.read' } } as const;
const write = { access: { permission: 'members.write' } } as const;

export function trialRoutes(
  app: RouteApp,
  { database: { db, inTransaction }, trials, audit }: { database: Database; trials: Trials; audit: AuditTrail },
): void {
  app.get(
    '/api/trials',
    {
      config: { access: 'member' },
      schema: {
        tags: ['membership'],
        summary: 'New goods to try, and whether this member may',
        response: { 200: TrialList, ...refused },
      },
    },
    async ({ buyer }) => ({ trials: await trials.list(db, buyer.buyerId) }),
  );
  app.post(
    '/api/trials/:trialId/applications',
    {
      config: { access: 'member' },
      schema: {
        tags: ['membership'],
        summary: 'Takes a place; repeats change nothing',
        params,
        body: ApplyTrial,
        response: { 204: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
    },
    async ({ buyer, params: { trialId }, body }, reply) => {
      await inTransaction((tx) => trials.apply(tx, buyer.buyerId, trialId, body.addressId));
      return reply.code(204).send(null);
    },
  );

  const tags = ['console: members'];
  app.get(
    '/api/console/trials',
    {
      config: read,
      schema: {
        tags,
        summary: 'Trials with how many places are taken',
        querystring: PageQuery,
        response: { 200: ConsoleTrialPage, ...refused },
      },
    },
    ({ staff, query }) => trials.page(db, staff.shopId, query),
  );
  interface Author {
    staff: { staffId: string; name: string; shopId: string };
    ip: string;
  }
  const noted = (tx: Tx, { staff, ip }: Author, action: AuditEntry['action'], target: string, summary: string) =>
    audit(tx, { staffId: staff.staffId, staffName: staff.name, shopId: staff.shopId, action, target, summary, ip });
  app.post(
    '/api/console/trials',
    {
      config: write,
      schema: {
        tags,
        summary: 'Sets a trial up',
        body: NewTrial,
        response: { 201: NoContent, ...refused, 404: ErrorReply, 422: ErrorReply },
      },
    },
    async (request, reply) => {
      const { staff, body } = request;
      await inTransaction(async (tx) => {
        await trials.create(tx, { shopId: staff.shopId, staffName: staff.name }, body);
        await noted(tx, request, 'trials.create', body.trialId, `新品试用 ${body.places} 个名额`);
      });
      return reply.code(201).send(null);
    },
  );
  app.get(
    '/api/console/trials/:trialId/applications',
    {
      config: write,
      schema: {
        tags,
        summary: 'Who applied, with the address to send to',
        params,
        response: { 200: TrialApplications, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, params: { trialId } }) => trials.applications(db, staff.shopId, trialId),
  );
  app.put(
    '/api/console/trials/:trialId/applications/:buyerId/waybill',
    {
      config: write,
      schema: {
        tags,
        summary: 'Notes the parcel it went with',
        params: Type.Object({ trialId: Id, buyerId: Id }),
        body: SendTrial,
        response: { 204: NoContent, ...refused, 404: ErrorReply },
      },
    },
    async (request, reply) => {
      const { staff, params: of, body } = request;
      await inTransaction(async (tx) => {
        await trials.send(tx, staff.shopId, of.trialId, of.buyerId, body.waybill);
        await noted(tx, request, 'trials.send', of.trialId, `寄出试用品 ${body.waybill}`);
      });
      return reply.code(204).send(null);
    },
  );
}
