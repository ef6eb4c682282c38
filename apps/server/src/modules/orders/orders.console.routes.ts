/** Orders and refunds as the shop works with them; every query is the current shop's. */
import { ErrorReply, NoContent, OrderNo, type TrackNode } from '@xiaopu/contracts';
import {
  ConsoleOrder,
  ConsoleOrderCounts,
  ConsoleOrderPage,
  ConsoleOrderQuery,
  RefundPage,
  RefundQuery,
  ShopRefund,
  ShopRemark,
} from '@xiaopu/contracts/console';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Db } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { Orders } from './orders.service.ts';

export interface ConsoleOrderRoutesDeps {
  database: Database;
  orders: Orders;
  /** Track nodes by parcel; may ask carriers, so it runs outside any transaction. */
  tracksOf(db: Db, shopId: string, orderNo: string): Promise<Map<string, TrackNode[]>>;
  audit: AuditTrail;
}

const tags = ['console: orders'];
const params = Type.Object({ orderNo: OrderNo });
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };

export function consoleOrderRoutes(app: RouteApp, { database, orders, tracksOf, audit }: ConsoleOrderRoutesDeps): void {
  const { db, inTransaction } = database;

  app.get(
    '/api/console/orders',
    {
      config: { access: { permission: 'orders.read' } },
      schema: {
        tags,
        summary: 'Orders of the shop',
        querystring: ConsoleOrderQuery,
        response: { 200: ConsoleOrderPage, ...refused },
      },
    },
    ({ staff, query }) => orders.listOfShop(db, staff.shopId, query),
  );

  app.get(
    '/api/console/orders/counts',
    {
      config: { access: { permission: 'orders.read' } },
      schema: {
        tags,
        summary: 'How many orders in each status',
        response: { 200: ConsoleOrderCounts, 401: ErrorReply, 403: ErrorReply },
      },
    },
    ({ staff }) => orders.countsOfShop(db, staff.shopId) as Promise<Record<string, number>>,
  );

  app.get(
    '/api/console/orders/:orderNo',
    {
      config: { access: { permission: 'orders.read' } },
      schema: {
        tags,
        summary: 'One order with full timeline',
        params,
        response: { 200: ConsoleOrder, ...refused, 404: ErrorReply },
      },
    },
    async ({ staff, params: { orderNo } }) => {
      const order = await orders.getOfShop(db, staff.shopId, orderNo);
      if (order.parcels.length === 0) return order;
      const tracks = await tracksOf(db, staff.shopId, orderNo);
      return {
        ...order,
        parcels: order.parcels.map((parcel) => ({ ...parcel, track: tracks.get(parcel.parcelId) ?? [] })),
      };
    },
  );

  app.put(
    '/api/console/orders/:orderNo/remark',
    {
      config: { access: { permission: 'orders.remark' } },
      schema: {
        tags,
        summary: 'The shop’s own note',
        params,
        body: ShopRemark,
        response: { 200: ConsoleOrder, ...refused, 404: ErrorReply },
      },
    },
    ({ staff, params: { orderNo }, body: { remark }, ip }) =>
      inTransaction(async (tx) => {
        const { staffId, name: staffName, shopId } = staff;
        await orders.setShopRemark(tx, shopId, orderNo, remark);
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'orders.remark',
          target: orderNo,
          summary: '修改订单备注',
          ip,
        });
        return orders.getOfShop(tx, shopId, orderNo);
      }),
  );

  app.post(
    '/api/console/orders/:orderNo/refund',
    {
      config: { access: { permission: 'refunds.decide' } },
      schema: {
        tags,
        summary: 'Give the money back in full before shipping',
        params,
        body: ShopRefund,
        response: { 200: ConsoleOrder, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
    },
    ({ staff, params: { orderNo }, body: { reason }, ip }) =>
      inTransaction(async (tx) => {
        const { staffId, name: staffName, shopId } = staff;
        await orders.refundByShop(tx, shopId, orderNo, { reason, staffName });
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'orders.refund',
          target: orderNo,
          summary: `主动退款：${reason}`,
          ip,
        });
        return orders.getOfShop(tx, shopId, orderNo);
      }),
  );

  app.get(
    '/api/console/refunds',
    {
      config: { access: { permission: 'refunds.read' } },
      schema: {
        tags,
        summary: 'Refunds of the shop',
        querystring: RefundQuery,
        response: { 200: RefundPage, ...refused },
      },
    },
    ({ staff, query }) => orders.listRefunds(db, staff.shopId, query),
  );

  app.post(
    '/api/console/refunds/:refundNo/retry',
    {
      config: { access: { permission: 'refunds.decide' } },
      schema: {
        tags,
        summary: 'Try a failed refund again',
        params: Type.Object({ refundNo: Type.String({ maxLength: 40 }) }),
        response: { 200: NoContent, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
    },
    ({ staff, params: { refundNo }, ip }) =>
      inTransaction(async (tx) => {
        const { staffId, name: staffName, shopId } = staff;
        const { orderNo } = await orders.retryRefund(tx, shopId, refundNo);
        await audit(tx, {
          staffId,
          staffName,
          shopId,
          action: 'orders.retry_refund',
          target: orderNo,
          summary: `重试退款 ${refundNo}`,
          ip,
        });
        return null;
      }),
  );
}
