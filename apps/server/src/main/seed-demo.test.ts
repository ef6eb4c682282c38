import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Home, ProductPage } from '@xiaopu/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { createCatalog } from '../modules/catalog/index.ts';
import { createInventory } from '../modules/inventory/index.ts';
import { createFolderStorage, createMedia } from '../modules/media/index.ts';
import { createSearch } from '../modules/search/index.ts';
import { createStores } from '../modules/stores/index.ts';
import { createReplyCache } from '../platform/cache.ts';
import { createFixedClock } from '../platform/clock.ts';
import { createLogger } from '../platform/logger.ts';
import { createMessaging } from '../platform/messaging/outbox.ts';
import { createPolicies } from '../platform/policy.ts';
import { createDemoDrawer } from './demo-pictures.ts';
import { type SeedReview, seedDemo } from './seed-demo.ts';

describe('the demo shops', () => {
  let database: TestDatabase;
  let folder: string;
  let shop: Awaited<ReturnType<typeof open>>;
  const kept: SeedReview[] = [];

  async function open() {
    const clock = createFixedClock('2026-11-22T04:00:00Z');
    const log = createLogger('silent');
    const { outbox } = createMessaging({ database, clock, log });
    const policies = createPolicies({ database, clock });
    const cache = createReplyCache({ ttlMs: 60_000 });
    const media = createMedia({
      draw: createDemoDrawer(),
      database,
      clock,
      log,
      policies,
      storage: createFolderStorage(folder),
      previewSecret: 'secret',
    });
    const inventory = createInventory({ outbox, clock });
    const search = createSearch({ database, clock, cache, policies });
    const stores = createStores({
      clock,
      policies,
      toPicture: media.toPicture,
      productCount: async (db, shopId) => (await catalog.productCounts(db, [shopId])).get(shopId) ?? 0,
      maySetIn: async () => false,
      shopPicture: async (db, shopId, mediaId) => (await media.refsForShop(db, shopId, [mediaId])).get(mediaId),
    });
    const catalog: ReturnType<typeof createCatalog> = createCatalog({
      database,
      clock,
      outbox,
      cache,
      policies,
      toPicture: media.toPicture,
      stock: inventory,
      text: search,
      shops: {
        names: async (db, shopIds) =>
          new Map([...(await stores.shops(db, shopIds))].map(([id, { name }]) => [id, name])),
        card: stores.card,
      },
      reviewHead: async () => ({ summary: { count: 0, average: 0, withPictures: 0 }, reviews: [] }),
    });
    search.bind({ phrases: catalog.phrases, termCounts: catalog.termCounts });
    return {
      database,
      clock,
      media,
      inventory,
      search,
      stores,
      catalog,
      loadReviews: async (_tx: unknown, reviews: SeedReview[]) => void kept.push(...reviews),
    };
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'xiaopu-seed-'));
    shop = await open();
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('fill an empty install with 3 shops, 3 stores, at least 300 products and 1,000 SKUs, once', async () => {
    const first = await seedDemo(shop);
    expect(first.seeded).toBe(true);
    expect(first.spus).toBeGreaterThanOrEqual(300);
    expect(first.skus).toBeGreaterThanOrEqual(1_000);
    console.log(`seeded in ${Math.round(first.tookMs)} ms`);
    const second = await seedDemo(shop);
    expect(second).toMatchObject({ seeded: false, spus: 0, skus: 0, pictures: 0 });
    const count = async (
      table:
        | 'catalog.spu'
        | 'catalog.sku'
        | 'inventory.stockLevel'
        | 'stores.shop'
        | 'stores.physicalStore'
        | 'media.asset',
    ) =>
      (
        await database.db
          .selectFrom(table as 'catalog.spu')
          .select((eb) => eb.fn.countAll<number>().as('n'))
          .executeTakeFirstOrThrow()
      ).n;
    expect(await count('catalog.spu')).toBe(first.spus);
    expect(await count('catalog.sku')).toBe(first.skus);
    expect(await count('inventory.stockLevel')).toBe(first.skus);
    expect(await count('stores.shop')).toBe(3);
    expect(await count('stores.physicalStore')).toBe(3);
    expect(await count('media.asset')).toBe(first.pictures);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.every(({ shopId }) => shopId !== '')).toBe(true);
  });

  it('leave no event to relay', async () => {
    const open = await database.db
      .selectFrom('platform.outbox')
      .select('name')
      .where('deliveredAt', 'is', null)
      .execute();
    expect(open).toEqual([]);
  });

  it('C06-REC-05 show a home that sells: banners, ten categories, no repeats, nothing sold out, pictures that render', async () => {
    const home = JSON.parse(await shop.catalog.home()) as Home;
    expect(home.banners).toHaveLength(5);
    expect(home.categories).toHaveLength(10);
    expect(home.hotWords.length).toBeGreaterThan(5);
    expect([home.hot.length, home.newest.length, home.feed.items.length]).toEqual([8, 8, 20]);
    const cards = [...home.hot, ...home.newest, ...home.feed.items];
    expect(new Set(cards.map(({ spuId }) => spuId)).size).toBe(cards.length);
    expect(cards.every(({ inStock }) => inStock)).toBe(true);
    const hash = home.banners[0]?.picture.url.split('/')[2] ?? '';
    const bytes = await shop.media.variant(hash, '320.webp');
    expect(Buffer.from(bytes.subarray(8, 12)).toString()).toBe('WEBP');
  });

  it('find goods by their names', async () => {
    const page: ProductPage = await shop.catalog.findPage({ q: '羊毛被', limit: 5 });
    expect(page.items).toHaveLength(5);
    expect(page.items.slice(0, 2).map(({ title }) => title.includes('羊毛被'))).toEqual([true, true]);
  });
});
