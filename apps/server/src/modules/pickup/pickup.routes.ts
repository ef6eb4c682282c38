/** For shoppers: which stores could hand it out, and what of a product they have. */
import {
  ErrorReply,
  Id,
  PickupOffers,
  PickupOffersInput,
  PositionQuery,
  ScannedSku,
  ScanStores,
  StoreStock,
} from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { PickupPoints } from './pickup.points.ts';

export function pickupRoutes(app: RouteApp, { database, points }: { database: Database; points: PickupPoints }): void {
  app.post(
    '/api/checkout/pickup-offers',
    {
      config: { access: 'shopper' },
      schema: {
        tags: ['checkout'],
        summary: 'Stores of a shop that could hand out its part of what is to be bought, with stock and windows',
        description: 'The position is used to sort and to tell distances, and is not kept.',
        body: PickupOffersInput,
        response: { 200: PickupOffers, 400: ErrorReply, 401: ErrorReply },
      },
    },
    ({ buyer, body }) => database.onOneConnection((db) => points.offers(db, buyer.buyerId, body)),
  );

  app.get(
    '/api/scan-stores',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['catalog'],
        summary: 'Stores where one can scan and buy, nearest first',
        querystring: PositionQuery,
        response: { 200: ScanStores, 400: ErrorReply },
      },
    },
    ({ query }) => points.scanStores(database.db, query),
  );

  app.get(
    '/api/scan-stores/:storeId/barcodes/:barcode',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['catalog'],
        summary: 'What a barcode on a store’s shelf stands for',
        params: Type.Object({ storeId: Id, barcode: Type.String({ pattern: '^[0-9]{8,14}$' }) }),
        response: { 200: ScannedSku, 400: ErrorReply, 404: ErrorReply },
      },
    },
    ({ params }) => database.onOneConnection((db) => points.scan(db, params.storeId, params.barcode)),
  );

  app.get(
    '/api/products/:spuId/stores',
    {
      config: { access: 'anyone' },
      schema: {
        tags: ['catalog'],
        summary: 'Stock of a product in the stores of its shop, nearest first',
        params: Type.Object({ spuId: Id }),
        querystring: PositionQuery,
        response: { 200: StoreStock, 400: ErrorReply },
      },
    },
    ({ params, query }) => database.onOneConnection((db) => points.storeStock(db, params.spuId, query)),
  );
}
