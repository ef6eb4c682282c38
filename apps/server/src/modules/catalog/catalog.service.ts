/** What shoppers and the other modules read. The console's use cases are in catalog.console.service.ts. */

import { createHash } from 'node:crypto';
import type {
  FacetQuery,
  Home,
  Picture,
  ProductCard,
  ProductDetail,
  ProductPage,
  ProductQuery,
  ShopCard,
} from '@xiaopu/contracts';
import { LRUCache } from 'lru-cache';
import type { ReplyCache } from '#platform/cache.ts';
import { type Clock, minuteMs } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import { createCardMaker } from './catalog.cards.ts';
import { createCategories } from './catalog.categories.ts';
import { listSkuLabels } from './catalog.console.repository.ts';
import { listSkusOfBarcode, pageOfShop, searchSkuIds } from './catalog.console-list.repository.ts';
import { makeDetail } from './catalog.detail.ts';
import {
  decodeCursor,
  encodeCursor,
  groupFilters,
  type ListOrder,
  type Position,
  skuSpecText,
  stockFlags,
} from './catalog.domain.ts';
import { productNotFound } from './catalog.errors.ts';
import { countFacets } from './catalog.facets.ts';
import {
  type ListRow,
  listForFacets,
  listHomeCandidates,
  listPhrases,
  listProducts,
  listTermCounts,
  searchProducts,
} from './catalog.list.repository.ts';
import { isEmpty, loadCatalogue } from './catalog.loader.ts';
import * as policy from './catalog.policies.ts';
import type { ReviewPort, ShopPort, StockPort, TextPort } from './catalog.ports.ts';
import { rankProducts } from './catalog.prominence.ts';
import { createRecommending } from './catalog.recommending.ts';
import * as repository from './catalog.repository.ts';
import { readSellableBy } from './catalog.sellable.ts';

export interface CatalogDependencies {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  cache: ReplyCache;
  policies: Policies;
  toPicture: ToPicture;
  stock: StockPort;
  shops: ShopPort;
  text: TextPort;
  reviewHead: ReviewPort;
  /** What is on beside goods: flash sales, bargains, member days. No statement while nothing changes. */
  activities?(): Promise<Home['activities']>;
}

export interface SkuLabel {
  title: string;
  specText: string;
  skuCode: string;
  picture: Picture | null;
}

export type Catalog = ReturnType<typeof createCatalog>;

type Load = Parameters<ReplyCache['get']>[1];

/** How long a shop's name or card may lag behind an edit. */
const shopTtlMs = minuteMs;

export function createCatalog({
  database,
  clock,
  outbox,
  cache,
  policies,
  toPicture,
  stock,
  shops,
  text,
  reviewHead,
  activities,
}: CatalogDependencies) {
  const { db } = database;
  const shopNames = new LRUCache<string, string>({ max: 10_000, ttl: shopTtlMs });
  const shopCards = new LRUCache<string, ShopCard>({ max: 1_000, ttl: shopTtlMs });
  const categories = createCategories({ db, toPicture });
  const rules = () => ({ hotSoldCount: policies.get(policy.hotSoldCount), newDays: policies.get(policy.newDays) });
  const toCard = createCardMaker({ toPicture, rules, now: () => clock.now() });
  const salesWeight = () => policies.get(policy.searchSalesPercent) / 100;

  async function namesOf(executor: Executor, shopIds: Iterable<string>): Promise<(shopId: string) => string> {
    const unknown = [...new Set(shopIds)].filter((shopId) => !shopNames.has(shopId));
    const found = unknown.length > 0 ? await shops.names(executor, unknown) : new Map<string, string>();
    for (const [shopId, name] of found) shopNames.set(shopId, name);
    return (shopId) => found.get(shopId) ?? shopNames.get(shopId) ?? '';
  }

  async function shopCardOf(shopId: string): Promise<ShopCard> {
    const known = shopCards.get(shopId);
    if (known) return known;
    const card = await shops.card(db, shopId);
    if (!card) throw productNotFound();
    shopCards.set(shopId, card);
    return card;
  }

  const pageOf = (rows: ListRow[], order: ListOrder, limit: number): ProductPage => {
    const items = rows.slice(0, limit);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return { items: items.map(toCard), nextCursor: last ? encodeCursor(order, positionOf(last, order)) : null };
  };

  async function homePicks() {
    const total = policies.get(policy.homePicks);
    const hotCount = Math.round((total * policies.get(policy.homeHotPercent)) / 100);
    const rows = await listHomeCandidates(db, total * 2);
    const hot = rows.filter(({ source }) => source === 'hot').slice(0, hotCount);
    const taken = new Set(hot.map(({ spuId }) => spuId));
    const newest = rows
      .filter(({ source, spuId }) => source === 'newest' && !taken.has(spuId))
      .slice(0, total - hotCount);
    return { hot, newest, ids: [...hot, ...newest].map(({ spuId }) => spuId) };
  }

  async function feedPage(except: readonly string[], limit: number, cursor?: string): Promise<ProductPage> {
    const after = cursor === undefined ? undefined : decodeCursor('default', cursor);
    return pageOf(
      await listProducts(db, { order: 'default', inStock: true, except, after, limit: limit + 1 }),
      'default',
      limit,
    );
  }

  async function findPage({ q, cursor, limit, sort, categoryId, ...filter }: ProductQuery): Promise<ProductPage> {
    const scope = await categories.scopeOf(categoryId);
    if (q === undefined) {
      const order = sort ?? 'default';
      const after = cursor === undefined ? undefined : decodeCursor(order, cursor);
      const request = { ...filter, ...scope, order, after, limit: limit + 1, products: text.products() };
      return pageOf(await listProducts(db, request), order, limit);
    }
    const query = text.queryOf(q);
    if (!query) return { items: [], nextCursor: null };
    const order: ListOrder = sort === undefined || sort === 'default' ? 'relevance' : sort;
    const after = cursor === undefined ? undefined : decodeCursor(order, cursor);
    const rows = await searchProducts(db, {
      ...filter,
      ...scope,
      text: query,
      salesWeight: salesWeight(),
      order,
      after,
      limit: limit + 1,
    });
    return pageOf(rows, order, limit);
  }

  async function readFacets({ q, categoryId, attr, ...filter }: FacetQuery) {
    const scope = await categories.scopeOf(categoryId);
    const query = q === undefined ? undefined : text.queryOf(q);
    const rows =
      q !== undefined && !query ? [] : await listForFacets(db, { ...filter, ...scope }, query, salesWeight());
    return countFacets(rows, groupFilters(attr), await categories.filterable(categoryId));
  }

  /** The page in two statements: the product with its SKUs and reviews, and the stock as it is now. */
  async function detailOf(spuId: string): Promise<ProductDetail> {
    const spu = await repository.findDetail(db, spuId);
    if (!spu) throw productNotFound();
    const skuIds = spu.skus.map(({ skuId }) => skuId);
    const [levels, shop] = await Promise.all([stock.levels(db, skuIds), shopCardOf(spu.shopId)]);
    const stockCap = policies.get(policy.shownStockCap, spu.shopId);
    return makeDetail(spu, { levels, shop, stockCap, toPicture, rules: rules(), now: clock.now() });
  }

  /** The shopper's replies as JSON, out of the cache or made and kept under their tags. */
  const repliesBy = <Body>(find: (key: string, load: Load) => Promise<Body>) => {
    const reply = (key: string, tags: readonly string[], read: () => Promise<unknown>): Promise<Body> =>
      find(key, async () => ({ body: JSON.stringify(await read()), tags }));
    return {
      home: (): Promise<Body> =>
        reply('home', ['home'], async () => {
          const [picks, banners, hotWords, tree, zone] = await Promise.all([
            homePicks(),
            repository.listBanners(db),
            text.hotWords(db),
            categories.tree(),
            // These decorate a page, they never break it.
            activities?.().catch(() => undefined),
          ]);
          const content: Omit<Home, 'version' | 'generatedAt'> = {
            hotWords,
            banners: banners.map(({ bannerId, title, subtitle, picture, link }) => ({
              bannerId,
              title,
              subtitle,
              picture: toPicture(picture),
              link,
            })),
            categories: tree.map(({ categoryId, name, icon }) => ({ categoryId, name, icon })),
            hot: picks.hot.map(toCard),
            newest: picks.newest.map(toCard),
            feed: await feedPage(picks.ids, homeFeedSize),
            ...(zone && { activities: zone }),
          };
          const version = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
          return { version, generatedAt: clock.now().toISOString(), ...content } satisfies Home;
        }),
      feed: (key: string, limit: number, cursor?: string): Promise<Body> =>
        reply(key, ['home'], async () => feedPage((await homePicks()).ids, limit, cursor)),
      categoryTree: (): Promise<Body> =>
        reply('categories', ['categories'], async () => ({ categories: await categories.tree() })),
      list: (key: string, query: ProductQuery): Promise<Body> => reply(key, ['list'], () => findPage(query)),
      facets: (key: string, query: FacetQuery): Promise<Body> => reply(key, ['list'], () => readFacets(query)),
      detail: (spuId: string): Promise<Body> => reply(`spu:${spuId}`, [`spu:${spuId}`], () => detailOf(spuId)),
    };
  };

  return {
    ...createRecommending({ toCard }),
    /** For carts, checkouts and orders: one statement; an unknown id is absent. */
    sellableSkus: readSellableBy(namesOf),

    /** SKUs of a product of the shop, on sale or not. One statement. */
    skuIdsOf: repository.skuIdsOf,

    /** SKUs on sale in a shop, or of one product, with what they cost. One statement. */
    async goods(executor: Executor, where: { shopId: string } | { spuId: string }, limit = 2_000) {
      const rows = await repository.listGoods(executor, where, limit);
      return rows.map(({ categoryId, rootCategoryId, ...row }) => ({
        ...row,
        categoryIds: [...new Set([categoryId, rootCategoryId])],
      }));
    },

    /** Cards by product, unpublished ones too: favourites and footprints keep showing them. One statement. */
    async cards(executor: Executor, spuIds: string[]): Promise<Map<string, ProductCard>> {
      if (spuIds.length === 0) return new Map();
      const rows = await repository.listCards(executor, [...new Set(spuIds)]);
      return new Map(rows.map((row) => [row.spuId, toCard(row)]));
    },

    /** Negative quantities take a cancelled sale back. */
    recordSales: (tx: Tx, lines: { spuId: string; quantity: number }[]): Promise<void> =>
      repository.addSales(tx, lines),

    /** What a SKU is called, for stock lists; retired ones too. One statement. */
    async skuLabels(executor: Executor, skuIds: string[]): Promise<Map<string, SkuLabel>> {
      if (skuIds.length === 0) return new Map();
      const rows = await listSkuLabels(executor, skuIds);
      return new Map(
        rows.map(({ skuId, title, specNames, specs, skuCode, picture }) => [
          skuId,
          { title, specText: skuSpecText(specNames, specs), skuCode, picture: picture && toPicture(picture) },
        ]),
      );
    },
    /** SKUs of a shop with exactly this barcode. */
    skusOfBarcode: listSkusOfBarcode,
    /** SKUs of a shop by words of the name, the beginning of a code, or a barcode. */
    searchSkus: (executor: Executor, shopId: string, q: string): Promise<string[]> =>
      searchSkuIds(executor, shopId, { typed: q, tsquery: text.allOf(q) }, 500),
    /** Products of a shop by title or code, for the console's search box. */
    async searchProducts(
      executor: Executor,
      shopId: string,
      q: string,
      limit = 5,
    ): Promise<{ spuId: string; title: string }[]> {
      const { items } = await pageOfShop(executor, shopId, {
        text: { typed: q, tsquery: text.allOf(q) },
        ...{ page: 1, pageSize: limit },
      });
      return items.map(({ spuId, title }) => ({ spuId, title }));
    },

    productCounts: (executor: Executor, shopIds: string[]) => repository.countOnSaleByShop(executor, shopIds),

    ...repliesBy((key, load) => cache.get(key, load)),
    /** The same, encoded: what the routes send. */
    encoded: repliesBy((key, load) => cache.bytes(key, load)),
    /** What of them lies encoded in memory now. */
    fresh: {
      home: () => cache.fresh('home'),
      categoryTree: () => cache.fresh('categories'),
      address: (key: string) => () => cache.fresh(key),
      detail: (spuId: string) => () => cache.fresh(`spu:${spuId}`),
    },

    isEmpty: (executor: Executor): Promise<boolean> => isEmpty(executor),
    /** Everything at once into an empty catalogue; see the loader. */
    load: (tx: Tx, content: Parameters<typeof loadCatalogue>[1]): Promise<void> =>
      loadCatalogue(tx, content, text.vectorOf),

    /** Uncached, for tests and measuring. */
    findPage,

    phrases: listPhrases,
    /** For a sweep: who stands how far up. */
    rankProducts: () => rankProducts(database),
    termCounts: (executor: Executor) => listTermCounts(executor),
    firstPictures: async (): Promise<PictureRef[]> => {
      const [picks, banners, feed] = await Promise.all([
        homePicks(),
        repository.listBanners(db),
        listProducts(db, { order: 'default', inStock: true, limit: homeFeedSize }),
      ]);
      return [
        ...banners.map(({ picture }) => picture),
        ...[...picks.hot, ...picks.newest, ...feed].map(({ cover }) => cover),
        ...(await categories.pictures()),
      ];
    },

    /** Keeps the flags that lists show true to the stock. Three statements, however many products. */
    async followStock(tx: Tx, spuIds: readonly string[]): Promise<void> {
      const skus = await repository.listActiveSkus(tx, [...new Set(spuIds)].sort());
      const levels = await stock.levels(
        tx,
        skus.map(({ skuId }) => skuId),
      );
      const flags = new Map(
        [...Map.groupBy(skus, ({ spuId }) => spuId)].map(([spuId, own]) => [
          spuId,
          stockFlags(own.flatMap(({ skuId }) => levels.get(skuId) ?? [])),
        ]),
      );
      // Without an active SKU there is nothing to buy.
      for (const spuId of spuIds) if (!flags.has(spuId)) flags.set(spuId, stockFlags([]));
      const turned = await repository.saveStockFlags(tx, flags);
      await outbox.publishAll(
        tx,
        turned.map((payload) => ({ name: 'catalog.product_changed', payload })),
      );
    },
    async followReviews(tx: Tx, spuId: string): Promise<void> {
      const shopId = await repository.saveReviewHead(tx, spuId, await reviewHead(tx, spuId));
      if (shopId) await outbox.publish(tx, 'catalog.product_changed', { spuId, shopId });
    },

    /** In-process caches, dropped when an event says that the world moved on. */
    forgetProduct(spuId: string) {
      cache.invalidate([`spu:${spuId}`]);
    },
    forgetLists(spuId: string) {
      cache.invalidate([`spu:${spuId}`, 'list', 'home']);
    },
    forgetCategories() {
      categories.forget();
      cache.invalidate(['categories', 'home', 'list']);
    },
    forgetShops() {
      shopNames.clear();
      shopCards.clear();
    },
    categories,
  };
}

const homeFeedSize = 20;

function positionOf(row: ListRow, order: ListOrder): Position {
  switch (order) {
    case 'default':
      return [row.inStock, row.score, row.spuId];
    case 'sales':
      return [row.soldCount, row.spuId];
    case 'newest':
      return [row.publishedAt?.toISOString() ?? '', row.spuId];
    case 'price_asc':
    case 'price_desc':
      return [row.salePrice, row.spuId];
    case 'relevance':
      return [row.relevance ?? 0, row.spuId];
  }
}
