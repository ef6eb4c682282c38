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

export function catalogRoutes(app: RouteApp, { catalog, noteSearch }: CatalogRouteDependencies): void {
  app.get(
    '/api/home',
    { schema: { tags, description: 'The first screen in one reply.', response: { 200: Home } }, config },
    async (_request, reply) => send(reply, await catalog.encoded.home()),
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
      send(reply, await catalog.encoded.feed(request.url, request.query.limit, request.query.cursor)),
  );
  app.get(
    '/api/categories',
    { schema: { tags, description: 'Two levels of categories.', response: { 200: CategoryTree } }, config },
    async (_request, reply) => send(reply, await catalog.encoded.categoryTree()),
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
      return send(reply, body);
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
    async (request, reply) => send(reply, await catalog.encoded.facets(request.url, request.query)),
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
    async (request, reply) => send(reply, await catalog.encoded.detail(request.params.spuId)),
  );
}
