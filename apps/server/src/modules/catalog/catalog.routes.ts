/** The shopper's reading routes. Replies come serialised from the cache: schemas of 200 are for the API document only. */
import {
  CategoryTree,
  CursorQuery,
  ErrorReply,
  FacetQuery,
  Facets,
  Home,
  Id,
  ProductDetail,
  ProductPage,
  ProductQuery,
} from '@xiaopu/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { RouteApp } from '#platform/http/app.ts';
import type { FreshReply } from '#platform/http/fast-lane.ts';
import type { Catalog } from './catalog.service.ts';

export interface CatalogRouteDependencies {
  catalog: Catalog;
  /** search: keeps the shopper's words, after the reply. */
  noteSearch: (request: FastifyRequest, words: string, found: boolean) => void;
}

const tags = ['catalog'];
const config = { access: 'anyone' } as const;
const noItems = Buffer.from('{"items":[],');

// Bytes are never run through a serialiser by Fastify; `never` only calms the type made for the API document.
const send = (reply: FastifyReply, body: Buffer) =>
  reply.header('content-type', 'application/json; charset=utf-8').send(body as never);

/** The same, and the next one who asks for this address gets it from the cache without us. */
function sendAndOpen(request: FastifyRequest, reply: FastifyReply, body: Buffer, fresh: FreshReply) {
  request.server.fastLane.open(request.url, request.routeOptions.url ?? '', fresh);
  return send(reply, body);
}

export function catalogRoutes(app: RouteApp, { catalog, noteSearch }: CatalogRouteDependencies): void {
  app.get(
    '/api/home',
    { schema: { tags, description: 'The first screen in one reply.', response: { 200: Home } }, config },
    async (request, reply) => sendAndOpen(request, reply, await catalog.encoded.home(), catalog.fresh.home),
  );
  app.get(
    '/api/home/feed',
    {
      schema: {
        tags,
        description: 'More of the home feed; what the first screen shows above it is left out.',
        querystring: CursorQuery,
        response: { 200: ProductPage, 400: ErrorReply },
      },
      config,
    },
    async (request, reply) =>
      sendAndOpen(
        request,
        reply,
        await catalog.encoded.feed(request.url, request.query.limit, request.query.cursor),
        catalog.fresh.address(request.url),
      ),
  );
  app.get(
    '/api/categories',
    { schema: { tags, description: 'Two levels of categories.', response: { 200: CategoryTree } }, config },
    async (request, reply) =>
      sendAndOpen(request, reply, await catalog.encoded.categoryTree(), catalog.fresh.categoryTree),
  );
  app.get(
    '/api/products',
    {
      schema: {
        tags,
        description: 'Products by category, shop, attribute, price and words, a keyset page at a time.',
        querystring: ProductQuery,
        response: { 200: ProductPage, 400: ErrorReply, 404: ErrorReply },
      },
      config,
    },
    async (request, reply) => {
      const { query } = request;
      const body = await catalog.encoded.list(request.url, query);
      if (query.q !== undefined && query.cursor === undefined)
        noteSearch(request, query.q, !body.subarray(0, noItems.length).equals(noItems));
      // Words are noted, so a search always comes by here.
      return query.q === undefined
        ? sendAndOpen(request, reply, body, catalog.fresh.address(request.url))
        : send(reply, body);
    },
  );
  app.get(
    '/api/products/facets',
    {
      schema: {
        tags,
        description: 'Values to filter by with their counts; each facet counts as if it had no choice of its own.',
        querystring: FacetQuery,
        response: { 200: Facets, 400: ErrorReply, 404: ErrorReply },
      },
      config,
    },
    async (request, reply) =>
      sendAndOpen(
        request,
        reply,
        await catalog.encoded.facets(request.url, request.query),
        catalog.fresh.address(request.url),
      ),
  );
  app.get(
    '/api/products/:spuId',
    {
      schema: {
        tags,
        description: 'The product page with live stock. An unpublished product stays readable with onSale false.',
        params: Type.Object({ spuId: Id }),
        response: { 200: ProductDetail, 400: ErrorReply, 404: ErrorReply },
      },
      config,
    },
    async (request, reply) => {
      const { spuId } = request.params;
      return sendAndOpen(request, reply, await catalog.encoded.detail(spuId), catalog.fresh.detail(spuId));
    },
  );
}
