import { AddCartLine, Cart, ErrorReply, Id, RemoveCartLines, SelectCartLines, UpdateCartLine } from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { CartService } from './cart.service.ts';

export interface CartRoutesDeps {
  database: Database;
  cart: CartService;
}

const tags = ['cart'];
const config = { access: 'shopper' as const };
const replies = { 200: Cart, 400: ErrorReply, 401: ErrorReply };

export function cartRoutes(app: RouteApp, { database, cart }: CartRoutesDeps): void {
  const { inTransaction, onOneConnection } = database;

  app.get(
    '/api/cart',
    {
      config,
      schema: { tags, summary: 'The cart with live price and stock', response: { 200: Cart, 401: ErrorReply } },
    },
    async ({ buyer: { buyerId } }) => {
      const { cart: page, staleTicks } = await onOneConnection((connection) =>
        cart.viewWithStaleTicks(connection, buyerId),
      );
      if (staleTicks.length > 0) await inTransaction((tx) => cart.untick(tx, buyerId, staleTicks));
      return page;
    },
  );

  app.post(
    '/api/cart/lines',
    { config, schema: { tags, summary: 'Put a SKU in', body: AddCartLine, response: { ...replies, 409: ErrorReply } } },
    ({ buyer, body }) => cart.add(buyer.buyerId, body),
  );

  app.patch(
    '/api/cart/lines/:lineId',
    {
      config,
      schema: {
        tags,
        summary: 'Change quantity, SKU or tick',
        params: Type.Object({ lineId: Id }),
        body: UpdateCartLine,
        response: { ...replies, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    ({ buyer, params, body }) => inTransaction((tx) => cart.update(tx, buyer.buyerId, params.lineId, body)),
  );

  app.post(
    '/api/cart/selection',
    { config, schema: { tags, summary: 'Tick lines, a shop or everything', body: SelectCartLines, response: replies } },
    ({ buyer, body }) => inTransaction((tx) => cart.select(tx, buyer.buyerId, body)),
  );

  app.post(
    '/api/cart/lines/remove',
    { config, schema: { tags, summary: 'Take lines out', body: RemoveCartLines, response: replies } },
    ({ buyer, body }) => inTransaction((tx) => cart.remove(tx, buyer.buyerId, body.lineIds)),
  );
}
