/** A catalogue on a real database with its real search, and plain stand-ins for stock, shops, pictures and reviews. */
import type { ShopCard } from '@xiaopu/contracts';
import {
  catalogSubscribers,
  createCatalog,
  type LoadSpu,
  type ReviewHead,
  stockFlags,
} from '../src/modules/catalog/index.ts';
import { createSearch, searchSubscribers } from '../src/modules/search/index.ts';
import { createReplyCache } from '../src/platform/cache.ts';
import { createFixedClock } from '../src/platform/clock.ts';
import { newId } from '../src/platform/ids.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createMessaging } from '../src/platform/messaging/outbox.ts';
import { createSweeps } from '../src/platform/messaging/sweeps.ts';
import type { PictureRef } from '../src/platform/picture.ts';
import { createPolicies } from '../src/platform/policy.ts';
import type { TestDatabase } from './database.ts';

export const toPicture = ({ mediaId, hash, width, height, alt }: PictureRef) => ({
  mediaId,
  url: `/media/${hash}/750.jpg`,
  webp: { w320: `/media/${hash}/320.webp`, w750: `/media/${hash}/750.webp`, w1080: `/media/${hash}/1080.webp` },
  width,
  height,
  alt,
});
export const aPicture = (alt = '图'): PictureRef => {
  const mediaId = newId();
  return { mediaId, hash: mediaId.replaceAll('-', ''), width: 800, height: 800, alt };
};

export const shopA = '019b0000-0000-7000-8000-00000000000a';
export const shopB = '019b0000-0000-7000-8000-00000000000b';
const names = new Map([
  [shopA, '一舍'],
  [shopB, '青禾'],
]);

export async function createCatalogFixture(database: TestDatabase) {
  const clock = createFixedClock('2026-11-22T04:00:00Z');
  const log = createLogger('silent');
  const messaging = createMessaging({ database, clock, log });
  const sweeps = createSweeps({ log });
  const policies = createPolicies({ database, clock });
  const cache = createReplyCache({ ttlMs: 60_000 });
  const levels = new Map<string, { onHand: number; reserved: number; available: number; safetyStock: number }>();
  const pictures = new Map<string, { shopId: string; ref: PictureRef }>();
  let head: ReviewHead = { summary: { count: 0, average: 0, withPictures: 0 }, reviews: [] };
  const stock = {
    async levels(db: unknown, skuIds: string[]) {
      // One statement, as the inventory module answers.
      await (db as TestDatabase['db']).selectNoFrom((eb) => eb.lit(1).as('one')).execute();
      return new Map(
        skuIds.flatMap((skuId) => {
          const level = levels.get(skuId);
          return level ? [[skuId, level] as const] : [];
        }),
      );
    },
    async createLevels(_tx: unknown, rows: readonly { skuId: string; onHand: number; safetyStock: number }[]) {
      for (const { skuId, onHand, safetyStock } of rows)
        levels.set(skuId, { onHand, reserved: 0, available: onHand, safetyStock });
    },
  };
  const shopCard = (shopId: string): ShopCard => ({
    shopId,
    name: names.get(shopId) ?? '',
    logo: null,
    brandColor: '#aa5533',
    slogan: '',
    productCount: 0,
    stores: [],
  });
  const search = createSearch({ database, clock, cache, policies });
  const catalog = createCatalog({
    database,
    clock,
    outbox: messaging.outbox,
    cache,
    policies,
    toPicture,
    stock,
    text: search,
    shops: { names: async () => names, card: async (_db, shopId) => shopCard(shopId) },
    reviewHead: async () => head,
  });
  search.bind({ phrases: catalog.phrases, termCounts: catalog.termCounts });
  catalogSubscribers(messaging.subscribers, catalog);
  searchSubscribers(messaging.subscribers, sweeps, search);

  const root = newId();
  const leaf = newId();
  const otherLeaf = newId();
  await database.inTransaction((tx) =>
    catalog.load(tx, {
      categories: [
        {
          categoryId: root,
          parentId: null,
          name: '数码',
          icon: 'phone',
          sort: 1,
          picture: aPicture(),
          attributeSchema: { type: 'object', properties: {} },
          returnable: true,
        },
        {
          categoryId: leaf,
          parentId: root,
          name: '手机',
          icon: '',
          sort: 1,
          picture: aPicture(),
          returnable: true,
          attributeSchema: {
            type: 'object',
            properties: {
              memory: { type: 'string', title: '内存', enum: ['8GB', '16GB'], 'x-filter': true },
              colour: { type: 'string', title: '颜色', 'x-filter': true },
              weight: { type: 'integer', title: '重量', 'x-unit': 'g' },
            },
            required: ['memory'],
            additionalProperties: false,
          },
        },
        {
          categoryId: otherLeaf,
          parentId: root,
          name: '耳机',
          icon: '',
          sort: 2,
          picture: null,
          returnable: false,
          attributeSchema: {
            type: 'object',
            properties: { wireless: { type: 'boolean', title: '无线', 'x-filter': true } },
          },
        },
      ],
      spus: [],
      banners: [],
    }),
  );
  catalog.forgetCategories();

  let serial = 0;
  /** Products on sale; what a test does not name is filled in. `stock` per SKU. */
  async function givenProducts(
    ...wanted: (Partial<LoadSpu> & { stocks?: number[]; price?: number })[]
  ): Promise<LoadSpu[]> {
    const spus = wanted.map(({ stocks = [50], price = 10_000, ...given }): LoadSpu => {
      serial += 1;
      const spuId = newId();
      const skus = stocks.map((onHand, index) => {
        const skuId = newId();
        levels.set(skuId, { onHand, reserved: 0, available: onHand, safetyStock: 5 });
        return {
          skuId,
          skuCode: `S${serial}-${index}`,
          specs: stocks.length > 1 ? [`款${index + 1}`] : [],
          salePrice: price + index * 100,
          listPrice: price + 5_000,
          cost: 1_000,
          weightGrams: 200,
          barcode: '',
          picture: null,
        };
      });
      return {
        spuId,
        shopId: shopA,
        spuCode: `P${serial}`,
        categoryId: leaf,
        title: `手机 ${serial} 号`,
        brief: '好用',
        keywords: [],
        gallery: [aPicture()],
        video: null,
        specNames: stocks.length > 1 ? ['款式'] : [],
        skus,
        attributes: { memory: '8GB' },
        services: ['七天无理由'],
        detail: [{ kind: 'heading', text: '细节' }],
        shipsFrom: '杭州',
        returnable: true,
        soldCount: 0,
        publishedAt: new Date(clock.now().getTime() - serial * 60_000),
        reviewHead: null,
        stock: stockFlags(skus.map(({ skuId }) => levels.get(skuId) ?? { available: 0, safetyStock: 0 })),
        ...given,
      };
    });
    await database.inTransaction((tx) => catalog.load(tx, { categories: [], spus, banners: [] }));
    return spus;
  }

  return {
    clock,
    log,
    messaging,
    sweeps,
    policies,
    cache,
    search,
    catalog,
    levels,
    pictures,
    stock,
    givenProducts,
    categories: { root, leaf, otherLeaf },
    /** A picture in a shop's library. */
    givenPicture(shopId: string): PictureRef {
      const ref = aPicture();
      pictures.set(ref.mediaId, { shopId, ref });
      return ref;
    },
    refsForShop: async (_db: unknown, shopId: string, mediaIds: string[]) =>
      new Map(
        mediaIds.flatMap((mediaId) => {
          const found = pictures.get(mediaId);
          return found?.shopId === shopId ? [[mediaId, found.ref] as const] : [];
        }),
      ),
    setReviewHead(next: ReviewHead) {
      head = next;
    },
    async clear() {
      for (const table of [
        'catalog.banner',
        'catalog.sku',
        'catalog.spu',
        'search.history',
        'search.wordCount',
        'search.hotWord',
        'platform.outbox',
        'platform.inbox',
      ] as const) {
        await database.db.deleteFrom(table).execute();
      }
      levels.clear();
      cache.clear();
    },
  };
}
export type CatalogFixture = Awaited<ReturnType<typeof createCatalogFixture>>;
