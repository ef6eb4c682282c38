/** The shopper's orders. Every call is about the caller's own; another buyer's number answers 404. */
import {
  BalanceInput,
  BalancePreview,
  CancelOrder,
  ErrorReply,
  OrderCardPage,
  OrderCounts,
  OrderDetail,
  OrderNo,
  OrderQuery,
  PlacedOrder,
  PlaceOrder,
  QueuedOrder,
  RequestRefund,
} from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { isIosMini } from '../checkout/index.ts';
import type { Orders } from './orders.service.ts';

export interface OrderRoutesDeps {
  database: Database;
  orders: Orders;
}

const tags = ['orders'];
const config = { access: 'member' as const };
const params = Type.Object({ orderNo: OrderNo });
const refused = { 400: ErrorReply, 401: ErrorReply };
const IdempotencyKey = Type.String({ minLength: 8, maxLength: 64 });
const PlaceHeaders = Type.Object({ 'idempotency-key': IdempotencyKey, prefer: Type.Optional(Type.String()) });

export function orderRoutes(app: RouteApp, { database, orders }: OrderRoutesDeps): void {
  const { db, inTransaction } = database;
  const { queue } = orders;
  const place = orders.placeIn(database);

  app.post(
    '/api/orders',
    {
      config,
      schema: {
        tags,
        summary: 'Place: one order a shop under one payment; the same Idempotency-Key and body give the same reply',
        description:
          'A client that sends `Prefer: respond-async` may be answered 202 at peaks: the order is kept and placed in its turn, ' +
          'ask /api/orders/queued/{Idempotency-Key} how it stands. It ends as the same order or with the same error codes.',
        headers: PlaceHeaders,
        body: PlaceOrder,
        response: { 201: PlacedOrder, 202: QueuedOrder, ...refused, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ buyer: { buyerId }, headers, body, raw }, reply) => {
      const key = headers['idempotency-key'];
      const asked = { onIos: isIosMini(raw.headers) };
      if (headers.prefer === 'respond-async' && queue.isPeak()) {
        const queued = await inTransaction((tx) => queue.accept(tx, buyerId, key, body, asked));
        // Known from before: then it is answered as it would be without a queue.
        if (queued.state === 'waiting') return reply.code(202).send(queued);
      }
      const placed = await queue.counted(() => place(buyerId, key, body, asked));
      return reply.code(201).send(placed);
    },
  );

  app.get(
    '/api/orders/queued/:idempotencyKey',
    {
      config,
      schema: {
        tags,
        summary: 'How an order that was accepted at a peak stands: waiting, placed or refused',
        params: Type.Object({ idempotencyKey: IdempotencyKey }),
        response: { 200: QueuedOrder, ...refused, 404: ErrorReply },
      },
    },
    ({ buyer, params: { idempotencyKey } }) => queue.stateOf(db, buyer.buyerId, idempotencyKey),
  );

  app.get(
    '/api/orders',
    {
      config,
      schema: {
        tags,
        summary: 'Own orders by tab, newest first',
        querystring: OrderQuery,
        response: { 200: OrderCardPage, ...refused },
      },
    },
    ({ buyer, query }) => orders.list(db, buyer.buyerId, query),
  );

  app.get(
    '/api/orders/counts',
    { config, schema: { tags, summary: 'Badges of the order tabs', response: { 200: OrderCounts, 401: ErrorReply } } },
    ({ buyer }) => orders.counts(db, buyer.buyerId),
  );

  app.get(
    '/api/orders/:orderNo',
    {
      config,
      schema: {
        tags,
        summary: 'One order with timeline, parcels and refunds',
        params,
        response: { 200: OrderDetail, ...refused, 404: ErrorReply },
      },
    },
    ({ buyer, params: { orderNo } }) => orders.get(db, buyer.buyerId, orderNo),
  );

  const changed = { 200: OrderDetail, ...refused, 404: ErrorReply, 409: ErrorReply };

  app.post(
    '/api/orders/:orderNo/cancel',
    {
      config,
      schema: {
        tags,
        summary: 'Cancel unpaid; orders under the same payment close together',
        params,
        body: CancelOrder,
        response: changed,
      },
    },
    ({ buyer: { buyerId }, params: { orderNo }, body }) =>
      inTransaction(async (tx) => {
        await orders.cancel(tx, buyerId, orderNo, body.reason);
        return orders.get(tx, buyerId, orderNo);
      }),
  );

  app.post(
    '/api/orders/:orderNo/refund',
    {
      config,
      schema: { tags, summary: 'Money back in full before shipping', params, body: RequestRefund, response: changed },
    },
    ({ buyer: { buyerId }, params: { orderNo }, body }) =>
      inTransaction(async (tx) => {
        await orders.refundByBuyer(tx, buyerId, orderNo, body.reason);
        return orders.get(tx, buyerId, orderNo);
      }),
  );

  app.post(
    '/api/orders/:orderNo/confirm-receipt',
    { config, schema: { tags, summary: 'Everything has arrived', params, response: changed } },
    ({ buyer: { buyerId }, params: { orderNo } }) =>
      inTransaction(async (tx) => {
        await orders.confirmReceipt(tx, buyerId, orderNo);
        return orders.get(tx, buyerId, orderNo);
      }),
  );

  app.post(
    '/api/orders/:orderNo/balance/preview',
    {
      config,
      schema: {
        tags,
        summary: 'What the balance of a presale comes to, with coupons and points on it',
        params,
        body: BalanceInput,
        response: { 200: BalancePreview, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    ({ buyer, params: { orderNo }, body }) => orders.previewBalance(db, buyer.buyerId, orderNo, body),
  );

  app.post(
    '/api/orders/:orderNo/balance',
    {
      config,
      schema: {
        tags,
        summary: 'Place the balance of a presale: its payment is opened once, however often this is sent',
        params,
        body: BalanceInput,
        response: { 201: PlacedOrder, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ buyer, params: { orderNo }, body }, reply) =>
      reply.code(201).send(await inTransaction((tx) => orders.payBalance(tx, buyer.buyerId, orderNo, body))),
  );
}
