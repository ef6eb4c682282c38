/** Clients tell what their shoppers did; the console reads who went how far. */
import { ActsTaken, ErrorReply, SendActs } from '@xiaopu/contracts';
import { FunnelReport } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Events } from './events.service.ts';

/** Fifty acts are 10 KB; whatever is larger is none of ours. */
const bodyLimit = 32 * 1024;

export function eventsRoutes(app: RouteApp, { database, events }: { database: Database; events: Events }): void {
  app.post(
    '/api/events',
    {
      bodyLimit,
      config: { access: 'shopper' },
      schema: {
        tags: ['events'],
        summary: 'What the shopper did, in batches; late, repeated and out of order are all right',
        body: SendActs,
        response: { 200: ActsTaken, 400: ErrorReply, 401: ErrorReply, 413: ErrorReply, 429: ErrorReply },
      },
    },
    ({ buyer, body }) => events.take(buyer.buyerId, body),
  );

  app.get(
    '/api/console/funnel',
    {
      config: { access: { permission: 'dashboard.read' } },
      schema: {
        tags: ['console: events'],
        summary:
          'Unique people who visited, then browsed, then put in the cart, then paid; in the whole time and by day',
        querystring: Type.Object({ days: Type.Integer({ minimum: 1, maximum: 90, default: 14 }) }),
        response: { 200: FunnelReport, 400: ErrorReply, 401: ErrorReply, 403: ErrorReply },
      },
    },
    ({ staff, query }) => events.funnel(database.db, staff.shopId, query.days),
  );
}
