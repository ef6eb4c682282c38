import { ErrorReply } from '@xiaopu/contracts';
import { Dashboard, GlobalSearch } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Analytics } from './analytics.dashboard.ts';

const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };

export function analyticsRoutes(
  app: RouteApp,
  { database, analytics }: { database: Database; analytics: Analytics },
): void {
  app.get(
    '/api/console/dashboard',
    {
      config: { access: { permission: 'dashboard.read' } },
      schema: {
        tags: ['console: dashboard'],
        summary: 'To-dos, today’s figures and best sellers',
        response: { 200: Dashboard, ...refused },
      },
    },
    ({ staff }) => analytics.dashboard(database.db, staff.shopId),
  );

  app.get(
    '/api/console/search',
    {
      config: { access: { permission: 'dashboard.read' } },
      schema: {
        tags: ['console: dashboard'],
        summary: 'Orders by number or phone tail, products by title',
        querystring: Type.Object({ q: Type.String({ minLength: 1, maxLength: 60 }) }),
        response: { 200: GlobalSearch, ...refused },
      },
    },
    async ({ staff, query }) => {
      const found = await analytics.search(database.db, staff.shopId, query.q.trim());
      // One box for all: each kind of result only for those who may read it.
      return {
        orders: staff.permissions.has('orders.read') ? found.orders : [],
        products: staff.permissions.has('catalog.read') ? found.products : [],
      };
    },
  );
}
