/** The shopper's after-sale. Every call is about the caller's own; another buyer's number answers 404. */
import {
  AfterSaleDetail,
  AfterSaleOptions,
  AfterSalePage,
  AfterSaleQuery,
  AfterSaleQuote,
  ApplyAfterSale,
  CaseTrack,
  EditAfterSale,
  ErrorReply,
  EscalateAfterSale,
  OrderNo,
  QuoteAfterSale,
  ShipBack,
} from '@xiaopu/contracts';
import { Type } from 'typebox';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { AfterSales } from './after-sales.service.ts';

const tags = ['after-sales'];
const config = { access: 'member' as const };
const params = Type.Object({ caseNo: OrderNo });
const refused = { 400: ErrorReply, 401: ErrorReply };
const changed = { 200: AfterSaleDetail, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply };

export function afterSalesRoutes(
  app: RouteApp,
  { database, afterSales }: { database: Database; afterSales: AfterSales },
): void {
  const { db, inTransaction } = database;
  /** Acts, and answers with the case as it is then. */
  const act = (buyerId: string, caseNo: string, work: (tx: Tx) => Promise<void>) =>
    inTransaction(async (tx) => {
      await work(tx);
      return afterSales.get(tx, buyerId, caseNo);
    });

  app.get(
    '/api/after-sales/options',
    {
      config,
      schema: {
        tags,
        summary: 'What of an order may be asked for',
        querystring: Type.Object({ orderNo: OrderNo }),
        response: { 200: AfterSaleOptions, ...refused, 404: ErrorReply },
      },
    },
    ({ buyer, query: { orderNo } }) => afterSales.options(db, buyer.buyerId, orderNo),
  );

  app.post(
    '/api/after-sales/quote',
    {
      config,
      schema: {
        tags,
        summary: 'What it would give back',
        body: QuoteAfterSale,
        response: { 200: AfterSaleQuote, ...refused, 404: ErrorReply, 409: ErrorReply },
      },
    },
    ({ buyer, body }) => afterSales.quote(db, buyer.buyerId, body),
  );

  app.post(
    '/api/after-sales',
    {
      config,
      schema: {
        tags,
        summary: 'Apply; one open case an order line',
        body: ApplyAfterSale,
        response: { 201: AfterSaleDetail, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
    },
    async ({ buyer: { buyerId }, body }, reply) => {
      const made = await inTransaction(async (tx) => {
        const { caseNo } = await afterSales.apply(tx, buyerId, body);
        return afterSales.get(tx, buyerId, caseNo);
      });
      return reply.code(201).send(made);
    },
  );

  app.get(
    '/api/after-sales',
    {
      config,
      schema: {
        tags,
        summary: 'Own cases, newest first',
        querystring: AfterSaleQuery,
        response: { 200: AfterSalePage, ...refused },
      },
    },
    ({ buyer, query }) => afterSales.list(db, buyer.buyerId, query),
  );

  app.get(
    '/api/after-sales/:caseNo',
    {
      config,
      schema: {
        tags,
        summary: 'One case with its log',
        params,
        response: { 200: AfterSaleDetail, ...refused, 404: ErrorReply },
      },
    },
    ({ buyer, params: { caseNo } }) => afterSales.get(db, buyer.buyerId, caseNo),
  );

  app.get(
    '/api/after-sales/:caseNo/track',
    {
      config,
      schema: {
        tags,
        summary: 'Where its parcels are',
        params,
        response: { 200: CaseTrack, ...refused, 404: ErrorReply },
      },
    },
    ({ buyer, params: { caseNo } }) => afterSales.track(db, buyer.buyerId, caseNo),
  );

  app.put(
    '/api/after-sales/:caseNo',
    { config, schema: { tags, summary: 'Ask differently, or again', params, body: EditAfterSale, response: changed } },
    ({ buyer: { buyerId }, params: { caseNo }, body }) =>
      act(buyerId, caseNo, (tx) => afterSales.edit(tx, buyerId, caseNo, body)),
  );

  app.post(
    '/api/after-sales/:caseNo/cancel',
    { config, schema: { tags, summary: 'Give it up', params, response: changed } },
    ({ buyer: { buyerId }, params: { caseNo } }) =>
      act(buyerId, caseNo, (tx) => afterSales.cancel(tx, buyerId, caseNo)),
  );

  app.post(
    '/api/after-sales/:caseNo/return-parcel',
    { config, schema: { tags, summary: 'The goods are on their way back', params, body: ShipBack, response: changed } },
    ({ buyer: { buyerId }, params: { caseNo }, body }) =>
      act(buyerId, caseNo, (tx) => afterSales.shipBack(tx, buyerId, caseNo, body)),
  );

  app.post(
    '/api/after-sales/:caseNo/offer/accept',
    { config, schema: { tags, summary: 'Take the part the shop offers', params, response: changed } },
    ({ buyer: { buyerId }, params: { caseNo } }) =>
      act(buyerId, caseNo, (tx) => afterSales.acceptOffer(tx, buyerId, caseNo)),
  );

  app.post(
    '/api/after-sales/:caseNo/offer/decline',
    { config, schema: { tags, summary: 'Ask for the whole again', params, response: changed } },
    ({ buyer: { buyerId }, params: { caseNo } }) =>
      act(buyerId, caseNo, (tx) => afterSales.declineOffer(tx, buyerId, caseNo)),
  );

  app.post(
    '/api/after-sales/:caseNo/escalate',
    { config, schema: { tags, summary: 'Ask the platform', params, body: EscalateAfterSale, response: changed } },
    ({ buyer: { buyerId }, params: { caseNo }, body: { note } }) =>
      act(buyerId, caseNo, (tx) => afterSales.escalate(tx, buyerId, caseNo, note)),
  );

  app.post(
    '/api/after-sales/:caseNo/confirm',
    { config, schema: { tags, summary: 'The new goods have arrived', params, response: changed } },
    ({ buyer: { buyerId }, params: { caseNo } }) =>
      act(buyerId, caseNo, (tx) => afterSales.confirm(tx, buyerId, caseNo)),
  );
}
