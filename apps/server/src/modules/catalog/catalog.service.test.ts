import type { Facets, Home, ProductDetail, ProductPage, ProductSort } from '@xiaopu/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CatalogFixture, createCatalogFixture, shopA, shopB } from '../../../test/catalog-fixture.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { newId } from '../../platform/ids.ts';

describe('catalogue for shoppers', () => {
  let database: TestDatabase;
  let fixture: CatalogFixture;
  beforeAll(async () => {
    database = await createTestDatabase();
    fixture = await createCatalogFixture(database);
  });
  afterAll(() => database.close());
  beforeEach(() => fixture.clear());

  async function walk(query: { sort?: ProductSort; q?: string; limit: number }): Promise<string[][]> {
    const pages: string[][] = [];
    for (let cursor: string | undefined; ; ) {
      const page: ProductPage = await fixture.catalog.findPage({ ...query, cursor });
      pages.push(page.items.map(({ spuId }) => spuId));
      if (page.nextCursor === null) return pages;
      cursor = page.nextCursor;
    }
  }

  it.each(['default', 'sales', 'newest', 'price_asc', 'price_desc'] as const)(
    'pages by %s without a gap or a repeat, ties included',
    async (sort) => {
      const at = new Date('2026-11-01T00:00:00Z');
      const made = await fixture.givenProducts(
        ...Array.from({ length: 11 }, (_, index) => ({
          soldCount: index % 3,
          price: 1_000 + (index % 4) * 100,
          publishedAt: at,
          stocks: [index === 5 ? 0 : 9],
        })),
      );
      const pages = await walk({ sort, limit: 4 });
      expect(pages.map(({ length }) => length)).toEqual([4, 4, 3]);
      expect(new Set(pages.flat())).toEqual(new Set(made.map(({ spuId }) => spuId)));
      const { items } = await fixture.catalog.findPage({ sort, limit: 50 });
      expect(items.map(({ spuId }) => spuId)).toEqual(pages.flat());
      const keys = items.map(
        ({ soldCount, salePrice, inStock }) =>
          ({ sales: -soldCount, price_asc: salePrice, price_desc: -salePrice, newest: 0, default: inStock ? 0 : 1 })[
            sort
          ],
      );
      expect(keys).toEqual([...keys].sort((a, b) => a - b));
    },
  );

  it('refuses a cursor of another order', async () => {
    await fixture.givenProducts({}, {}, {});
    const { nextCursor } = await fixture.catalog.findPage({ sort: 'sales', limit: 1 });
    await expect(
      fixture.catalog.findPage({ sort: 'newest', limit: 1, cursor: nextCursor ?? '' }),
    ).rejects.toMatchObject({ code: 'catalog.cursor_invalid' });
  });

  it('C04-TECH-14 filters by attribute: values of one key are alternatives, keys combine', async () => {
    const { otherLeaf } = fixture.categories;
    const [a, b, c, d] = await fixture.givenProducts(
      { attributes: { memory: '8GB', colour: '红', weight: 180 } },
      { attributes: { memory: '16GB', colour: '红' } },
      { attributes: { memory: '16GB', colour: '蓝' } },
      { categoryId: otherLeaf, attributes: { wireless: true } },
    );
    const find = async (attr: string[]) =>
      (await fixture.catalog.findPage({ attr, limit: 50 })).items.map(({ spuId }) => spuId).sort();
    const ids = (...spus: ({ spuId: string } | undefined)[]) => spus.map((spu) => spu?.spuId).sort();
    expect(await find(['memory:16GB'])).toEqual(ids(b, c));
    expect(await find(['memory:16GB', 'memory:8GB'])).toEqual(ids(a, b, c));
    expect(await find(['memory:16GB', 'colour:红'])).toEqual(ids(b));
    expect(await find(['weight:180'])).toEqual(ids(a));
    expect(await find(['wireless:true'])).toEqual(ids(d));
    expect(await find(['memory:32GB'])).toEqual([]);
    expect(await find(["memory:'; drop table catalog.spu --"])).toEqual([]);
  });

  it('filters by category on both levels, by shop, price and stock; drafts and unpublished never show', async () => {
    const { root, leaf, otherLeaf } = fixture.categories;
    const [phone, earphones, dear, soldOut, hidden] = await fixture.givenProducts(
      {},
      { categoryId: otherLeaf, shopId: shopB },
      { price: 90_000 },
      { stocks: [0] },
      {},
    );
    await database.db
      .updateTable('catalog.spu')
      .set({ status: 'off_sale' })
      .where('spuId', '=', hidden?.spuId ?? '')
      .execute();
    const find = async (query: object) =>
      (await fixture.catalog.findPage({ ...query, limit: 50 })).items.map(({ spuId }) => spuId).sort();
    const ids = (...spus: ({ spuId: string } | undefined)[]) => spus.map((spu) => spu?.spuId).sort();
    expect(await find({ categoryId: root })).toEqual(ids(phone, earphones, dear, soldOut));
    expect(await find({ categoryId: leaf })).toEqual(ids(phone, dear, soldOut));
    expect(await find({ shopId: shopB })).toEqual(ids(earphones));
    expect(await find({ priceMin: 10_001, priceMax: 90_000 })).toEqual(ids(dear));
    expect(await find({ priceMax: 9_999 })).toEqual([]);
    expect(await find({ inStock: true, categoryId: leaf })).toEqual(ids(phone, dear));
    await expect(fixture.catalog.findPage({ categoryId: newId(), limit: 10 })).rejects.toMatchObject({
      code: 'catalog.category_not_found',
    });
  });

  it('counts facets as if each had no choice of its own', async () => {
    await fixture.givenProducts(
      { attributes: { memory: '8GB', colour: '红' }, price: 1_000 },
      { attributes: { memory: '16GB', colour: '红' }, price: 3_000 },
      { attributes: { memory: '16GB', colour: '蓝' }, price: 2_000 },
    );
    const { leaf } = fixture.categories;
    const all = JSON.parse(await fixture.catalog.facets('all', { categoryId: leaf })) as Facets;
    expect(all).toEqual({
      facets: [
        {
          key: 'memory',
          title: '内存',
          values: [
            { value: '16GB', count: 2 },
            { value: '8GB', count: 1 },
          ],
        },
        {
          key: 'colour',
          title: '颜色',
          values: [
            { value: '红', count: 2 },
            { value: '蓝', count: 1 },
          ],
        },
      ],
      priceMin: 1_000,
      priceMax: 3_000,
      total: 3,
    });
    const blue = JSON.parse(await fixture.catalog.facets('blue', { categoryId: leaf, attr: ['colour:蓝'] })) as Facets;
    expect(blue).toEqual({
      facets: [
        {
          key: 'colour',
          title: '颜色',
          values: [
            { value: '红', count: 2 },
            { value: '蓝', count: 1 },
          ],
        },
      ],
      priceMin: 2_000,
      priceMax: 2_000,
      total: 1,
    });
  });

  it('C06-REC-05 mixes best sellers and new goods on the home page by the set share, no repeats, nothing sold out', async () => {
    const day = 86_400_000;
    // The oldest sell best, so that the two lists are far apart; every seventh is sold out.
    await fixture.givenProducts(
      ...Array.from({ length: 80 }, (_, index) => ({
        title: `商品 ${index}`,
        soldCount: index * 10,
        publishedAt: new Date(fixture.clock.now().getTime() - index * day),
        stocks: [index % 7 === 0 ? 0 : 20],
      })),
    );
    const home = JSON.parse(await fixture.catalog.home()) as Home;
    expect(home.hot.map(({ title }) => title)).toEqual([79, 78, 76, 75, 74, 73, 72, 71].map((n) => `商品 ${n}`));
    expect(home.newest.map(({ title }) => title)).toEqual([1, 2, 3, 4, 5, 6, 8, 9].map((n) => `商品 ${n}`));
    const cards = [...home.hot, ...home.newest, ...home.feed.items];
    expect(cards).toHaveLength(36);
    expect(new Set(cards.map(({ spuId }) => spuId)).size).toBe(36);
    expect(cards.filter(({ inStock }) => !inStock)).toEqual([]);
    await database.inTransaction((tx) =>
      fixture.policies.set(tx, { key: 'catalog.home_hot_percent', value: 25, shopId: 'install', by: 'test' }),
    );
    fixture.cache.clear();
    const other = JSON.parse(await fixture.catalog.home()) as Home;
    expect([other.hot.length, other.newest.length]).toEqual([4, 12]);
    await database.inTransaction((tx) =>
      fixture.policies.set(tx, { key: 'catalog.home_hot_percent', value: 50, shopId: 'install', by: 'test' }),
    );
  });

  it('C05-PERF-04 changes the home version with its content only', async () => {
    await fixture.givenProducts({}, {});
    const read = async () => JSON.parse(await fixture.catalog.home()) as Home;
    const first = await read();
    fixture.cache.clear();
    fixture.clock.advance(1_000);
    const second = await read();
    expect(second.version).toBe(first.version);
    expect(second.generatedAt).not.toBe(first.generatedAt);
    await fixture.givenProducts({});
    fixture.cache.clear();
    expect((await read()).version).not.toBe(first.version);
  });

  it('the feed goes on where the home page ends, without what it showed', async () => {
    await fixture.givenProducts(...Array.from({ length: 45 }, (_, index) => ({ soldCount: index })));
    const home = JSON.parse(await fixture.catalog.home()) as Home;
    const more = JSON.parse(await fixture.catalog.feed('feed 2', 20, home.feed.nextCursor ?? '')) as ProductPage;
    const shown = [...home.hot, ...home.newest, ...home.feed.items, ...more.items].map(({ spuId }) => spuId);
    expect(shown).toHaveLength(45);
    expect(new Set(shown).size).toBe(45);
    expect(more.nextCursor).toBeNull();
  });

  it('shows a product with live stock: exact when scarce, capped when plenty', async () => {
    const [spu] = await fixture.givenProducts({
      stocks: [3, 1_000, 0],
      attributes: { memory: '8GB', weight: 180 },
      soldCount: 600,
    });
    const detail = JSON.parse(await fixture.catalog.detail(spu?.spuId ?? '')) as ProductDetail;
    expect(detail.skus.map(({ specs, available, scarce }) => ({ specs, available, scarce }))).toEqual([
      { specs: ['款1'], available: 3, scarce: true },
      { specs: ['款2'], available: 99, scarce: false },
      { specs: ['款3'], available: 0, scarce: false },
    ]);
    expect(detail).toMatchObject({
      title: spu?.title,
      salePrice: 10_000,
      salePriceMax: 10_200,
      listPrice: 15_000,
      onSale: true,
      tags: ['hot', 'new'],
      shipsFrom: '杭州',
      specs: [{ name: '款式', values: ['款1', '款2', '款3'] }],
      attributes: [
        { name: '内存', value: '8GB' },
        { name: '重量', value: '180g' },
      ],
      shop: { shopId: shopA, name: '一舍' },
      reviewSummary: { count: 0, average: 0, withPictures: 0 },
      reviews: [],
    });
  });

  it('an unpublished product stays readable as not on sale; a draft and an unknown one do not exist', async () => {
    const [spu] = await fixture.givenProducts({});
    const spuId = spu?.spuId ?? '';
    const setStatus = async (status: 'off_sale' | 'draft') => {
      await database.db.updateTable('catalog.spu').set({ status }).where('spuId', '=', spuId).execute();
      fixture.cache.clear();
    };
    await setStatus('off_sale');
    expect((JSON.parse(await fixture.catalog.detail(spuId)) as ProductDetail).onSale).toBe(false);
    await setStatus('draft');
    await expect(fixture.catalog.detail(spuId)).rejects.toMatchObject({
      code: 'catalog.product_not_found',
      kind: 'not_found',
    });
    await expect(fixture.catalog.detail(newId())).rejects.toMatchObject({ code: 'catalog.product_not_found' });
  });

  it('costs at most two statements for a cold list, search and detail, none for a warm one', async () => {
    const [spu] = await fixture.givenProducts({}, {}, {});
    const spuId = spu?.spuId ?? '';
    const { leaf } = fixture.categories;
    fixture.catalog.categories.forget();
    const list = () => fixture.catalog.list('list', { categoryId: leaf, attr: ['memory:8GB'], limit: 20 });
    const search = () => fixture.catalog.list('search', { q: '手机', limit: 20 });
    const detail = () => fixture.catalog.detail(spuId);
    const counts = [];
    for (const read of [list, search, detail, list, search, detail])
      counts.push((await database.statementsOf(read)).length);
    expect(counts).toEqual([2, 1, 2, 0, 0, 0]);
  });

  it('drops a stale reply when the stock moves, and lists only when it runs out or comes back', async () => {
    const [spu] = await fixture.givenProducts({ stocks: [10] });
    const { spuId = '', shopId = '', skus = [] } = spu ?? {};
    const skuId = skus[0]?.skuId ?? '';
    const read = async () => ({
      detail: (JSON.parse(await fixture.catalog.detail(spuId)) as ProductDetail).skus[0]?.available,
      list: (JSON.parse(await fixture.catalog.list('l', { limit: 5 })) as ProductPage).items.map(
        ({ inStock, tags }) => ({ inStock, tags }),
      )[0],
    });
    const setStock = async (available: number) => {
      fixture.levels.set(skuId, { onHand: available, reserved: 0, available, safetyStock: 5 });
      await database.inTransaction((tx) =>
        fixture.messaging.outbox.publish(tx, 'inventory.stock_changed', {
          skuId,
          spuId,
          shopId,
          available,
          sequence: 1,
        }),
      );
      await fixture.messaging.relay.drain();
    };
    expect(await read()).toEqual({ detail: 10, list: { inStock: true, tags: ['new'] } });
    await setStock(9);
    expect((await database.statementsOf(() => fixture.catalog.list('l', { limit: 5 }))).length).toBe(0);
    expect((await read()).detail).toBe(9);
    await setStock(2);
    expect(await read()).toEqual({ detail: 2, list: { inStock: true, tags: ['scarce', 'new'] } });
    await setStock(0);
    expect(await read()).toEqual({ detail: 0, list: { inStock: false, tags: ['new'] } });
    await setStock(50);
    expect(await read()).toEqual({ detail: 50, list: { inStock: true, tags: ['new'] } });
  });

  it('takes new reviews onto the product page when one is shown', async () => {
    const [spu] = await fixture.givenProducts({});
    const { spuId = '', shopId = '' } = spu ?? {};
    await fixture.catalog.detail(spuId);
    const review = {
      reviewId: newId(),
      nickname: '小**',
      avatarUrl: null,
      rating: 5,
      text: '好',
      specText: '默认',
      pictures: [],
      reply: null,
      createdAt: '2026-11-22T00:00:00.000Z',
    };
    fixture.setReviewHead({ summary: { count: 1, average: 5, withPictures: 0 }, reviews: [review] });
    await database.inTransaction((tx) =>
      fixture.messaging.outbox.publish(tx, 'reviews.review_shown', { reviewId: review.reviewId, spuId, shopId }),
    );
    await fixture.messaging.relay.drain();
    await fixture.messaging.relay.drain();
    expect(JSON.parse(await fixture.catalog.detail(spuId))).toMatchObject({
      reviewSummary: { count: 1, average: 5, withPictures: 0 },
      reviews: [review],
    });
  });

  it('counts sales of many orders at once exactly, and takes cancelled ones back', async () => {
    const made = await fixture.givenProducts({}, {});
    const [a = '', b = ''] = made.map(({ spuId }) => spuId);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        database.inTransaction((tx) =>
          fixture.catalog.recordSales(
            tx,
            index % 2
              ? [
                  { spuId: a, quantity: 2 },
                  { spuId: b, quantity: 1 },
                  { spuId: a, quantity: 1 },
                ]
              : [
                  { spuId: b, quantity: 1 },
                  { spuId: a, quantity: 3 },
                ],
          ),
        ),
      ),
    );
    await database.inTransaction((tx) => fixture.catalog.recordSales(tx, [{ spuId: b, quantity: -100 }]));
    const cards = await fixture.catalog.cards(database.db, [a, b]);
    expect([cards.get(a)?.soldCount, cards.get(b)?.soldCount]).toEqual([60, 0]);
  });

  it('gives carts what they need of a SKU in one statement, retired and unknown ones told apart', async () => {
    const [spu] = await fixture.givenProducts({
      stocks: [5, 5],
      categoryId: fixture.categories.otherLeaf,
      attributes: {},
      returnable: false,
    });
    const [first, second] = spu?.skus ?? [];
    await database.db
      .updateTable('catalog.sku')
      .set({ retiredAt: new Date() })
      .where('skuId', '=', second?.skuId ?? '')
      .execute();
    const ids = [first?.skuId ?? '', second?.skuId ?? '', newId()];
    await fixture.catalog.sellableSkus(database.db, ids);
    let found = new Map();
    const statements = await database.statementsOf(async () => {
      found = await fixture.catalog.sellableSkus(database.db, ids);
    });
    expect(statements).toHaveLength(1);
    expect(found.size).toBe(2);
    expect(found.get(first?.skuId)).toEqual({
      skuId: first?.skuId,
      spuId: spu?.spuId,
      shopId: shopA,
      shopName: '一舍',
      title: spu?.title,
      specText: '款式：款1',
      picture: spu?.gallery[0],
      salePrice: 10_000,
      listPrice: 15_000,
      cost: 1_000,
      weightGrams: 200,
      skuCode: first?.skuCode,
      categoryId: fixture.categories.otherLeaf,
      categoryIds: [fixture.categories.otherLeaf, fixture.categories.root],
      onSale: true,
      goods: null,
      returnable: false,
    });
    expect(found.get(second?.skuId).onSale).toBe(false);
  });
});
