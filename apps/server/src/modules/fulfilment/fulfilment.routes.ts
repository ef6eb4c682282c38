import { ErrorReply, Id, OrderNo, Track } from '@xiaopu/contracts';
import { ConsoleOrder, ShipOrder } from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Orders } from '../orders/index.ts';
import type { Fulfilment } from './fulfilment.service.ts';

export interface FulfilmentRoutesDeps {
  database: Database;
  fulfilment: Fulfilment;
  orders: Pick<Orders, 'getOfShop'>;
  audit: AuditTrail;
}

const refused = { 400: ErrorReply, 401: ErrorReply };

export function fulfilmentRoutes(app: RouteApp, { database, fulfilment, orders, audit }: FulfilmentRoutesDeps): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/orders/:orderNo/track',
    {
      config: { access: 'member' },
      schema: {
        tags: ['orders'],
        summary: 'Where the parcels are',
        params: Type.Object({ orderNo: OrderNo }),
        response: { 200: Track, ...refused, 404: ErrorReply },
      },
    },
    ({ buyer, params: { orderNo } }) => fulfilment.track(db, buyer.buyerId, orderNo),
  );

  app.post(
    '/api/console/orders/:orderNo/parcels',
    {
      config: { access: { permission: 'fulfilment.ship' } },
      schema: {
        tags: ['console: orders'],
        summary: 'Ship all that is left, or part of it',
        params: Type.Object({ orderNo: OrderNo }),
        body: ShipOrder,
        response: { 201: ConsoleOrder, ...refused, 403: ErrorReply, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ staff: { staffId, name: staffName, shopId }, params: { orderNo }, body, ip }, reply) => {
      const order = await inTransaction(async (tx) => {
        await fulfilment.ship(tx, shopId, { ...body, orderNo, staffName });
        const summary = `发货 ${body.carrierCode} ${body.waybillNo}`;
        await audit(tx, { staffId, staffName, shopId, action: 'fulfilment.ship', target: orderNo, summary, ip });
        return orders.getOfShop(tx, shopId, orderNo);
      });
      return reply.code(201).send(order);
    },
  );

  app.post(
    '/api/console/orders/:orderNo/parcels/:parcelId/upload',
    {
      config: { access: { permission: 'fulfilment.ship' } },
      schema: {
        tags: ['console: orders'],
        summary: 'Send the shipping information to WeChat again',
        params: Type.Object({ orderNo: OrderNo, parcelId: Id }),
        response: { 200: ConsoleOrder, ...refused, 403: ErrorReply, 404: ErrorReply, 409: ErrorReply },
      },
    },
    ({ staff: { staffId, name: staffName, shopId }, params: { orderNo, parcelId }, ip }) =>
      inTransaction(async (tx) => {
        await fulfilment.retryUpload(tx, shopId, orderNo, parcelId);
        const summary = '重试上传发货信息';
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'fulfilment.retry_upload',
          target: orderNo,
          summary,
          ip,
        });
        return orders.getOfShop(tx, shopId, orderNo);
      }),
  );
}
