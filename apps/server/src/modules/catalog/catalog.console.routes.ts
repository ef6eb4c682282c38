import { ErrorReply, Id } from '@xiaopu/contracts';
import {
  BatchResult,
  ConsoleCategories,
  ConsoleProduct,
  ConsoleProductPage,
  ConsoleProductQuery,
  ProductIds,
  ProductInput,
} from '@xiaopu/contracts/console';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { AuditEntry, AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { CatalogConsole } from './catalog.console.service.ts';

export interface CatalogConsoleRouteDependencies {
  products: CatalogConsole;
  database: Database;
  audit: AuditTrail;
}

const tags = ['console: products'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const params = Type.Object({ spuId: Id });

export function catalogConsoleRoutes(
  app: RouteApp,
  { products, database, audit }: CatalogConsoleRouteDependencies,
): void {
  const { db, inTransaction } = database;
  const note = (tx: Tx, { staff, ip }: FastifyRequest, action: AuditEntry['action'], target: string, summary: string) =>
    audit(tx, { staffId: staff.staffId, staffName: staff.name, shopId: staff.shopId, action, target, summary, ip });

  app.get(
    '/api/console/products',
    {
      schema: {
        tags,
        description: "The shop's products.",
        querystring: ConsoleProductQuery,
        response: { 200: ConsoleProductPage, ...refused },
      },
      config: { access: { permission: 'catalog.read' } },
    },
    ({ staff, query }) => products.page(db, staff.shopId, query),
  );
  app.get(
    '/api/console/products/:spuId',
    {
      schema: {
        tags,
        description: 'One product as it is edited.',
        params,
        response: { 200: ConsoleProduct, ...refused, 404: ErrorReply },
      },
      config: { access: { permission: 'catalog.read' } },
    },
    ({ staff, params: { spuId } }) => products.get(db, staff.shopId, spuId),
  );
  app.post(
    '/api/console/products',
    {
      schema: {
        tags,
        description: 'Makes a draft; shoppers see it once it is published.',
        body: ProductInput,
        response: { 201: ConsoleProduct, ...refused, 422: ErrorReply },
      },
      config: { access: { permission: 'catalog.write' } },
    },
    async (request, reply) => {
      const { shopId } = request.staff;
      const product = await inTransaction(async (tx) => {
        const spuId = await products.create(tx, shopId, request.body);
        await note(tx, request, 'catalog.create', spuId, `新建商品 ${request.body.title}`);
        return products.get(tx, shopId, spuId);
      });
      return reply.code(201).send(product);
    },
  );
  app.put(
    '/api/console/products/:spuId',
    {
      schema: {
        tags,
        description: 'Changes a product. A stale `version` is refused; a product on sale must stay fit to be sold.',
        params,
        body: ProductInput,
        response: { 200: ConsoleProduct, ...refused, 404: ErrorReply, 409: ErrorReply, 422: ErrorReply },
      },
      config: { access: { permission: 'catalog.write' } },
    },
    (request) => {
      const { shopId } = request.staff;
      const { spuId } = request.params;
      return inTransaction(async (tx) => {
        await products.update(tx, shopId, spuId, request.body);
        await note(tx, request, 'catalog.update', spuId, `修改商品 ${request.body.title}`);
        return products.get(tx, shopId, spuId);
      });
    },
  );
  for (const [action, verb] of [
    ['publish', '上架'],
    ['unpublish', '下架'],
  ] as const) {
    app.post(
      `/api/console/products/${action}`,
      {
        schema: {
          tags,
          description: `${action === 'publish' ? 'Puts products on sale' : 'Takes products off sale'}; each that cannot be is named with its reason.`,
          body: ProductIds,
          response: { 200: BatchResult, ...refused },
        },
        config: { access: { permission: 'catalog.publish' } },
      },
      (request) =>
        inTransaction(async (tx) => {
          const result = await products[action](tx, request.staff.shopId, request.body.spuIds);
          for (const spuId of result.done) await note(tx, request, `catalog.${action}`, spuId, `${verb}商品`);
          return result;
        }),
    );
  }
  app.get(
    '/api/console/categories',
    {
      schema: {
        tags,
        description: 'Categories with the JSON Schema of their attributes.',
        response: { 200: ConsoleCategories, ...refused },
      },
      config: { access: { permission: 'catalog.read' } },
    },
    ({ staff }) => products.categories(db, staff.shopId),
  );
}
