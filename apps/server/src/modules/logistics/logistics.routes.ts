import { ErrorReply } from '@xiaopu/contracts';
import { CarrierList } from '@xiaopu/contracts/console';
import type { RouteApp } from '#platform/http/app.ts';
import { carriers } from './logistics.carriers.ts';

export function logisticsRoutes(app: RouteApp): void {
  app.get(
    '/api/console/carriers',
    {
      schema: {
        tags: ['console: orders'],
        summary: 'Carriers a parcel may travel with',
        response: {
          200: CarrierList,
          401: { ...ErrorReply, description: 'not signed in' },
          403: { ...ErrorReply, description: 'no right' },
        },
      },
      config: { access: { permission: 'orders.read' } },
    },
    () => ({ carriers: carriers.map(({ code, name, wechatCode }) => ({ code, name, wechatCode })) }),
  );
}
