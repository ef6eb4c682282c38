import { ErrorReply, Id } from '@xiaopu/contracts';
import {
  CategoryInput,
  ConsoleCategories,
  Decoration,
  NewCategory,
  SaveBanners,
  SaveHotWords,
} from '@xiaopu/contracts/console';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { AuditTrail } from '#platform/audit.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import type { CatalogConsole } from './catalog.console.service.ts';
import type { DecorationService } from './catalog.decoration.service.ts';

export interface DecorationRouteDependencies {
  decoration: DecorationService;
  products: Pick<CatalogConsole, 'categories'>;
  /** The tree is kept in memory: whoever changed it sees the change in the reply. */
  forgetCategories(): void;
  database: Database;
  audit: AuditTrail;
}

const tags = ['console: decoration'];
const refused = { 400: ErrorReply, 401: ErrorReply, 403: ErrorReply };
const write = { config: { access: { permission: 'storefront.write' } } } as const;

export function decorationRoutes(app: RouteApp, deps: DecorationRouteDependencies): void {
  const { decoration, products, database, audit } = deps;
  const { db, inTransaction } = database;

  /** Changes, writes it down, and only then reads. */
  async function changing<T>(
    { staff, ip }: FastifyRequest,
    action: string,
    target: string,
    summary: string,
    run: (tx: Tx) => Promise<void>,
    read: () => Promise<T>,
  ): Promise<T> {
    await inTransaction(async (tx) => {
      await run(tx);
      const { staffId, name: staffName, shopId } = staff;
      await audit(tx, { staffId, staffName, shopId, action: `decoration.${action}`, target, summary, ip });
    });
    deps.forgetCategories();
    return read();
  }

  app.get(
    '/api/console/decoration',
    {
      schema: {
        tags,
        description: 'Banners and hot words of the home page.',
        response: { 200: Decoration, ...refused },
      },
      config: { access: { permission: 'storefront.read' } },
    },
    () => decoration.get(db),
  );
  app.put(
    '/api/console/decoration/banners',
    {
      schema: {
        tags,
        description: 'Replaces the banners, in order.',
        body: SaveBanners,
        response: { 200: Decoration, ...refused, 422: ErrorReply },
      },
      ...write,
    },
    (request) => {
      const { banners } = request.body;
      return changing(
        request,
        'banners',
        'home',
        `轮播图：${banners.map(({ title }) => title).join('、') || '无'}`,
        (tx) => decoration.saveBanners(tx, request.staff, banners),
        () => decoration.get(db),
      );
    },
  );
  app.put(
    '/api/console/decoration/hot-words',
    {
      schema: {
        tags,
        description: 'Words put forward by hand; the most searched ones follow.',
        body: SaveHotWords,
        response: { 200: Decoration, ...refused },
      },
      ...write,
    },
    (request) =>
      changing(
        request,
        'hot_words',
        'home',
        `热搜词：${request.body.words.join('、') || '无'}`,
        (tx) => decoration.saveHotWords(tx, request.staff, request.body.words),
        () => decoration.get(db),
      ),
  );
  app.post(
    '/api/console/categories',
    {
      schema: {
        tags,
        description: 'A new category of level 2, with the parameters of another.',
        body: NewCategory,
        response: { 200: ConsoleCategories, ...refused, 404: ErrorReply, 422: ErrorReply },
      },
      ...write,
    },
    (request) =>
      changing(
        request,
        'create_category',
        request.body.parentId,
        `新建分类 ${request.body.name}`,
        (tx) => decoration.createCategory(tx, request.staff, request.body),
        () => products.categories(db, request.staff.shopId),
      ),
  );
  app.put(
    '/api/console/categories/:categoryId',
    {
      schema: {
        tags,
        description: "A category's name, place and picture.",
        params: Type.Object({ categoryId: Id }),
        body: CategoryInput,
        response: { 200: ConsoleCategories, ...refused, 404: ErrorReply, 422: ErrorReply },
      },
      ...write,
    },
    (request) =>
      changing(
        request,
        'category',
        request.params.categoryId,
        `修改分类 ${request.body.name}`,
        (tx) => decoration.saveCategory(tx, request.staff, request.params.categoryId, request.body),
        () => products.categories(db, request.staff.shopId),
      ),
  );
}
