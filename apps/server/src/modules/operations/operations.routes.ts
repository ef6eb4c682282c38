import { ErrorReply, Id, NoContent } from '@xiaopu/contracts';
import { DeadLetterPage, DeadLetterQuery, DeadLetter as WireDeadLetter } from '@xiaopu/contracts/console';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import type { Clock } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { type DeadLetter, deadLetterPage, findDeadLetter, settleDeadLetter } from '#platform/messaging/dead-letters.ts';
import { deadLetterNotFound, deadLetterSettled } from './operations.errors.ts';

const tags = ['console: operations'];
const failed = (description: string) => ({ ...ErrorReply, description });
const refused = { 400: failed('malformed'), 401: failed('not signed in'), 403: failed('no right') };
const LetterParams = Type.Object({ eventId: Id });

interface Dependencies {
  database: Database;
  clock: Clock;
  audit: AuditTrail;
}

export function operationsRoutes(app: RouteApp, { database, clock, audit }: Dependencies): void {
  app.get(
    '/api/console/operations/dead-letters',
    {
      schema: {
        tags,
        summary: 'Messages whose delivery was given up, newest first',
        querystring: DeadLetterQuery,
        response: { 200: DeadLetterPage, ...refused },
      },
      config: { access: { permission: 'operations.read' } },
    },
    async ({ staff, query }) => {
      const { items, total } = await deadLetterPage(database.db, staff.shopId, query);
      return { items: items.map(toWire), total, page: query.page, pageSize: query.pageSize };
    },
  );

  app.get(
    '/api/console/operations/dead-letters/:eventId',
    {
      schema: {
        tags,
        summary: 'One of them',
        params: LetterParams,
        response: { 200: WireDeadLetter, ...refused, 404: failed('no such message for this shop') },
      },
      config: { access: { permission: 'operations.read' } },
    },
    async ({ staff, params }) => {
      const letter = await findDeadLetter(database.db, staff.shopId, params.eventId);
      if (!letter) throw deadLetterNotFound();
      return toWire(letter);
    },
  );

  const settle = async (
    { staff, ip }: FastifyRequest,
    eventId: string,
    { state, action }: { state: 'replayed' | 'discarded'; action: AuditEntry['action'] },
  ) => {
    const { staffId, name, shopId } = staff;
    await database.inTransaction(async (tx) => {
      const letter = await findDeadLetter(tx, shopId, eventId);
      if (!letter) throw deadLetterNotFound();
      if (!(await settleDeadLetter(tx, shopId, eventId, { state, by: name, now: clock.now() })))
        throw deadLetterSettled();
      await audit(tx, { staffId, staffName: name, shopId, action, target: eventId, summary: letter.name, ip });
    });
  };
  const settling = { ...refused, 204: NoContent, 404: failed('no such message for this shop'), 409: failed('settled') };

  app.post(
    '/api/console/operations/dead-letters/:eventId/replay',
    {
      schema: { tags, summary: 'Sends the message again', params: LetterParams, response: settling },
      config: { access: { permission: 'operations.manage' } },
    },
    async (request, reply) => {
      await settle(request, request.params.eventId, { state: 'replayed', action: 'operations.replay_message' });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/console/operations/dead-letters/:eventId/discard',
    {
      schema: { tags, summary: 'Lets the message go', params: LetterParams, response: settling },
      config: { access: { permission: 'operations.manage' } },
    },
    async (request, reply) => {
      await settle(request, request.params.eventId, { state: 'discarded', action: 'operations.discard_message' });
      return reply.code(204).send(null);
    },
  );
}

const toWire = ({ publishedAt, diedAt, settledAt, ...letter }: DeadLetter) => ({
  ...letter,
  publishedAt: publishedAt.toISOString(),
  diedAt: diedAt.toISOString(),
  settledAt: settledAt?.toISOString() ?? null,
});
