/** Console: activities beside each other, before they are saved and afterwards. */
import { ErrorReply, Id, NoContent } from '@xiaopu/contracts';
import {
  ActivityCalendar,
  ActivityCheck,
  ActivityCheckInput,
  ActivityKind,
  ActivityPlan,
  ActivityResults,
  ActivityWarnings,
  CalendarQuery,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { Clock } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { ActivityCalendars } from './analytics.calendar.ts';
import type { ActivityResultsReader } from './analytics.results.ts';
import { noteSighting } from './analytics.sightings.ts';

const tags = ['console: activities'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const read = { access: { permission: 'promotions.read' } } as const;

export function activityRoutes(
  app: RouteApp,
  {
    database,
    clock,
    calendar,
    results,
  }: { database: Database; clock: Clock; calendar: ActivityCalendars; results: ActivityResultsReader },
): void {
  const { db, inTransaction } = database;

  app.post(
    '/api/activities/:activityId/seen',
    {
      config: { access: 'shopper' },
      schema: {
        tags: ['activities'],
        summary: 'Somebody opened an activity’s page; a person counts once',
        params: Type.Object({ activityId: Id }),
        response: { 204: NoContent, 400: ErrorReply, 401: ErrorReply },
      },
    },
    async ({ buyer, params: { activityId } }, reply) => {
      await inTransaction((tx) => noteSighting(tx, buyer.buyerId, activityId, clock.now()));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/console/activity-results/:kind/:activityId',
    {
      config: read,
      schema: {
        tags,
        summary: 'What an activity of any kind brought: funnel, cost, gross profit, by day',
        params: Type.Object({ kind: ActivityKind, activityId: Id }),
        response: { 200: ActivityResults, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, params: { kind, activityId } }) => results.of(db, staff.shopId, kind, activityId),
  );

  app.get(
    '/api/console/activity-calendar',
    {
      config: read,
      schema: {
        tags,
        summary:
          'Every activity of the shop within some days, with what gets in each other’s way and what sells too low',
        querystring: CalendarQuery,
        response: { 200: ActivityCalendar, ...refused, 422: ErrorReply },
      },
    },
    ({ staff, query }) => calendar.calendar(db, staff.shopId, query),
  );

  app.post(
    '/api/console/activity-plan',
    {
      config: read,
      schema: {
        tags,
        summary: 'What an offer would meet and sell too low, before it is saved',
        body: ActivityPlan,
        response: { 200: ActivityWarnings, ...refused },
      },
    },
    ({ staff, body }) => calendar.check(db, staff.shopId, body),
  );

  app.post(
    '/api/console/activity-check',
    {
      config: read,
      schema: {
        tags,
        summary: 'Margin, stock and other activities of one SKU at a price, before an activity is saved',
        body: ActivityCheckInput,
        response: { 200: ActivityCheck, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, body }) => calendar.checkSku(db, staff.shopId, body),
  );
}
