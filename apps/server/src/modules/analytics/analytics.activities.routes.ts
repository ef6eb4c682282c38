/** Console: activities beside each other, before they are saved and afterwards. */
import { ErrorReply } from '@xiaopu/contracts';
import {
  ActivityCalendar,
  ActivityCheck,
  ActivityCheckInput,
  ActivityPlan,
  ActivityWarnings,
  CalendarQuery,
} from '@xiaopu/contracts/console';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { ActivityCalendars } from './analytics.calendar.ts';

const tags = ['console: activities'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const read = { access: { permission: 'promotions.read' } } as const;

export function activityRoutes(
  app: RouteApp,
  { database: { db }, calendar }: { database: Database; calendar: ActivityCalendars },
): void {
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
