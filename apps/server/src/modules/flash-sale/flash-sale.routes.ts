/** The door of a flash sale. */
import { ErrorReply, FlashPlace, FlashSale, FlashSaleList, Id, TakeFlashPlace } from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { RouteApp } from '#platform/http/app.ts';
import type { FlashDirectory } from './flash-sale.directory.ts';
import { saleUnknown } from './flash-sale.errors.ts';
import type { FlashSales } from './flash-sale.service.ts';

const tags = ['flash sales'];
const IdempotencyHeaders = Type.Object({ 'idempotency-key': Type.String({ minLength: 8, maxLength: 64 }) });
const saleParams = Type.Object({ saleId: Id });
const placeParams = Type.Object({ saleId: Id, placeId: Id });
const refused = { 400: ErrorReply, 401: ErrorReply, 404: ErrorReply, 409: ErrorReply };

export function flashSaleRoutes(
  app: RouteApp,
  { sales, directory }: { sales: FlashSales; directory: FlashDirectory },
): void {
  app.get(
    '/api/flash-sales',
    {
      config: { access: 'anyone' },
      schema: { tags, summary: 'Sales of now and soon, with what is left', response: { 200: FlashSaleList } },
    },
    async (_request, reply) =>
      reply.header('content-type', 'application/json; charset=utf-8').send((await directory.list()) as never),
  );

  app.get(
    '/api/flash-sales/:saleId',
    {
      config: { access: 'anyone' },
      schema: {
        tags,
        summary: 'One sale',
        params: saleParams,
        response: { 200: FlashSale, 400: ErrorReply, 404: ErrorReply },
      },
    },
    async ({ params: { saleId } }) => {
      const view = await directory.view(saleId);
      if (!view) throw saleUnknown();
      return view;
    },
  );

  app.fastLane.refuse('/api/flash-sales/:saleId/places', ({ buyer, param: saleId, headers }) => {
    const key = headers['idempotency-key'];
    const isKey = typeof key === 'string' && key.length >= 8 && key.length <= 64;
    return isKey ? sales.refusal(saleId, buyer.buyerId, key) : undefined;
  });

  app.post(
    '/api/flash-sales/:saleId/places',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'Take a place: 201 it is yours for a while, 202 wait in line and ask again, 409 sold out',
        params: saleParams,
        headers: IdempotencyHeaders,
        body: TakeFlashPlace,
        response: { 201: FlashPlace, 202: FlashPlace, ...refused, 403: ErrorReply, 429: ErrorReply, 503: ErrorReply },
      },
    },
    async ({ buyer, params: { saleId }, headers, body }, reply) => {
      const place = await sales.take(saleId, buyer.buyerId, headers['idempotency-key'], body.quantity);
      if (body.from) await sales.noteArrival(saleId, buyer.buyerId, body.from);
      return reply.code(place.status === 'waiting' ? 202 : 201).send(place);
    },
  );

  app.get(
    '/api/flash-sales/:saleId/places/:placeId',
    {
      config: { access: 'member' },
      schema: {
        tags,
        summary: 'What became of a place',
        params: placeParams,
        response: { 200: FlashPlace, ...refused },
      },
    },
    ({ buyer, params: { saleId, placeId } }) => sales.place(saleId, buyer.buyerId, placeId),
  );

  app.delete(
    '/api/flash-sales/:saleId/places/:placeId',
    {
      config: { access: 'member' },
      schema: { tags, summary: 'Give a place up', params: placeParams, response: { 200: FlashPlace, ...refused } },
    },
    ({ buyer, params: { saleId, placeId } }) => sales.giveUp(saleId, buyer.buyerId, placeId),
  );
}
