/** Alerts and the slow list in the console, and the door by which phones report what was slow. */
import { ClientTimings, ErrorReply, NoContent } from '@xiaopu/contracts';
import {
  AlertQuery,
  HealthState,
  SilenceLine,
  SlowEndpointQuery,
  SlowEndpoints,
  SlowQuery,
  SlowRequestPage,
  SystemAlertPage,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Alerts } from './operations.alerts.ts';
import { lineUnknown } from './operations.errors.ts';
import { lineOf } from './operations.lines.ts';
import { endpointOf, type SlowList } from './operations.slow.ts';
import type { Watch } from './operations.watch.ts';

const tags = ['console: operations'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const read = { access: { permission: 'operations.read' as const } };

interface Dependencies {
  database: Database;
  alerts: Alerts;
  slow: SlowList;
  watch: Pick<Watch, 'noteFirstScreen'>;
  audit: AuditTrail;
}

export function healthRoutes(
  app: RouteApp & { routeAccess: readonly { method: string; url: string }[] },
  { database, alerts, slow, watch, audit }: Dependencies,
): void {
  const { db, inTransaction } = database;
  let endpoints: ReadonlySet<string> | undefined;

  app.post(
    '/api/client-timings',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['operations'],
        summary: 'What a client measured: its slow calls, and how long first screens took',
        body: ClientTimings,
        response: { 204: NoContent, 400: ErrorReply },
      },
    },
    async ({ body: { slowRequests, firstScreens } }, reply) => {
      endpoints ??= new Set(app.routeAccess.map(({ method, url }) => endpointOf(method, url)));
      slow.noteReported(slowRequests, endpoints);
      for (const { tookMs } of firstScreens) watch.noteFirstScreen(tookMs);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/console/operations/health',
    {
      config: read,
      schema: { tags, summary: 'Every line, and where it stands', response: { 200: HealthState, ...refused } },
    },
    () => alerts.state(db),
  );

  app.get(
    '/api/console/operations/alerts',
    {
      config: read,
      schema: {
        tags,
        summary: 'Alerts, open and over, newest first',
        querystring: AlertQuery,
        response: { 200: SystemAlertPage, ...refused },
      },
    },
    ({ query }) => alerts.page(db, query),
  );

  app.put(
    '/api/console/operations/silences/:lineKey',
    {
      config: { access: { permission: 'operations.manage' } },
      schema: {
        tags,
        summary: 'Let a line be quiet for a while: alerts are kept, the bell does not count them; 0 minutes ends it',
        params: Type.Object({ lineKey: Type.String({ minLength: 1, maxLength: 40 }) }),
        body: SilenceLine,
        response: { 204: NoContent, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, ip, params: { lineKey }, body }, reply) => {
      const line = lineOf(lineKey);
      if (!line) throw lineUnknown();
      await inTransaction(async (tx) => {
        await alerts.silence(tx, lineKey, body, staff.name);
        const summary =
          body.minutes === 0
            ? `恢复「${line.title}」的提醒`
            : `「${line.title}」静默 ${body.minutes} 分钟：${body.reason}`;
        const { staffId, name: staffName, shopId } = staff;
        await audit(tx, { staffId, staffName, shopId, action: 'operations.silence', target: lineKey, summary, ip });
      });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/console/operations/slow-endpoints',
    {
      config: read,
      schema: {
        tags,
        summary: 'Endpoints that were slow, the most often slow first',
        querystring: SlowEndpointQuery,
        response: { 200: SlowEndpoints, ...refused },
      },
    },
    ({ query: { hours } }) => slow.endpoints(db, hours),
  );

  app.get(
    '/api/console/operations/slow-requests',
    {
      config: read,
      schema: {
        tags,
        summary: 'Single slow calls, newest first',
        querystring: SlowQuery,
        response: { 200: SlowRequestPage, ...refused },
      },
    },
    ({ query }) => slow.page(db, query),
  );
}
