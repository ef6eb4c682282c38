import type { ProductInput } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CatalogFixture, createCatalogFixture, shopA, shopB, toPicture } from '../../../test/catalog-fixture.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { newId } from '../../platform/ids.ts';
import { type CatalogConsole, createCatalogConsole } from './catalog.console.service.ts';

describe('products in the console', () => {
  let database: TestDatabase;
  let fixture: CatalogFixture;
  let products: CatalogConsole;
  beforeAll(async () => {
    database = await createTestDatabase();
    fixture = await createCatalogFixture(database);
    products = createCatalogConsole({
      clock: fixture.clock,
      outbox: fixture.messaging.outbox,
      policies: fixture.policies,
      toPicture,
      stock: fixture.stock,
      pictures: fixture.refsForShop,
      text: fixture.search,
      categories: fixture.catalog.categories,
    });
  });
  afterAll(() => database.close());
  beforeEach(() => fixture.clear());

  const anInput = (change: Partial<ProductInput> = {}): ProductInput => ({
    title: '星光手机',
    brief: '轻',
    categoryId: fixture.categories.leaf,
    galleryMediaIds: [fixture.givenPicture(shopA).mediaId],
    video: null,
    specNames: ['颜色'],
    skus: [
      {
        skuCode: 'X-1',
        specs: ['红'],
        salePrice: 100_000,
        listPrice: 120_000,
        cost: 50_000,
        weightGrams: 180,
        initialStock: 8,
      },
      {
        skuCode: 'X-2',
        specs: ['蓝'],
        salePrice: 90_000,
        listPrice: 110_000,
        cost: 50_000,
        weightGrams: 180,
        initialStock: 3,
      },
    ],
    attributes: { memory: '8GB' },
    services: ['全国联保'],
    detail: [{ kind: 'heading', text: '细节' }],
    shipsFrom: '杭州',
    ...change,
  });
  const create = (input: ProductInput, shop = shopA) =>
    database.inTransaction((tx) => products.create(tx, shop, input));
  const update = (spuId: string, input: ProductInput, shop = shopA) =>
    database.inTransaction((tx) => products.update(tx, shop, spuId, input));
  const publish = (ids: string[], shop = shopA) => database.inTransaction((tx) => products.publish(tx, shop, ids));
  const unpublish = (ids: string[], shop = shopA) => database.inTransaction((tx) => products.unpublish(tx, shop, ids));
  const events = async () =>
    (await database.db.selectFrom('platform.outbox').select('name').orderBy('eventId').execute()).map(
      ({ name }) => name,
    );
  const count = async () => (await database.db.selectFrom('catalog.spu').select('spuId').execute()).length;

  it('makes a draft with stock that shoppers do not see, and shows it once published', async () => {
    const spuId = await create(anInput());
    expect(await products.get(database.db, shopA, spuId)).toMatchObject({
      status: 'draft',
      version: 1,
      title: '星光手机',
      specNames: ['颜色'],
      soldCount: 0,
      skus: [
        {
          skuCode: 'X-1',
          specs: ['红'],
          salePrice: 100_000,
          onHand: 8,
          reserved: 0,
          available: 8,
          barcode: '',
          picture: null,
        },
        { skuCode: 'X-2', specs: ['蓝'], salePrice: 90_000, onHand: 3, available: 3 },
      ],
    });
    expect((await fixture.catalog.findPage({ limit: 10 })).items).toEqual([]);
    expect(await publish([spuId])).toEqual({ done: [spuId], failed: [] });
    expect((await fixture.catalog.findPage({ limit: 10 })).items).toMatchObject([
      { spuId, salePrice: 90_000, listPrice: 110_000, inStock: true, soleSkuId: null, tags: ['new'] },
    ]);
    expect((await fixture.catalog.findPage({ q: '星光', limit: 10 })).items).toHaveLength(1);
    expect(await events()).toEqual(['catalog.product_published']);
  });

  it('C04-TECH-14 refuses to publish a phone without its memory, and lets the others pass', async () => {
    const good = await create(anInput());
    const bad = await create(
      anInput({
        attributes: {},
        galleryMediaIds: [],
        skus: [{ skuCode: 'Y-1', specs: ['红'], salePrice: 1, listPrice: 1, cost: 0, weightGrams: 0 }],
      }),
    );
    const unknown = newId();
    expect(await publish([good, bad, unknown])).toEqual({
      done: [good],
      failed: [
        { id: bad, code: 'catalog.publish_refused', message: '至少上传一张主图；请填写内存' },
        { id: unknown, code: 'catalog.product_not_found', message: '商品不存在或已删除' },
      ],
    });
    expect((await products.get(database.db, shopA, bad)).status).toBe('draft');
    expect(await events()).toEqual(['catalog.product_published']);
  });

  it('keeps a product on sale fit to be sold: an edit that breaks the schema is refused and writes nothing', async () => {
    const spuId = await create(anInput());
    await publish([spuId]);
    await expect(update(spuId, anInput({ attributes: { memory: '1GB' } }))).rejects.toMatchObject({
      code: 'catalog.publish_refused',
      kind: 'unprocessable',
      details: { obstacles: [{ field: 'attributes.memory', message: '内存只能是8GB、16GB' }] },
    });
    expect(await products.get(database.db, shopA, spuId)).toMatchObject({ version: 2, attributes: { memory: '8GB' } });
  });

  it('lets one of two editors win and tells the other', async () => {
    const spuId = await create(anInput());
    const outcomes = await Promise.allSettled(
      [1, 2].map((number) => update(spuId, anInput({ title: `改名 ${number}`, skus: anInput().skus, version: 1 }))),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refusal = outcomes.find((outcome) => outcome.status === 'rejected')?.reason;
    expect(refusal).toMatchObject({ code: 'catalog.edit_conflict', kind: 'conflict', details: { currentVersion: 2 } });
    expect((await products.get(database.db, shopA, spuId)).version).toBe(2);
  });

  it('changes SKUs: keeps known ones with their stock, opens stock for new ones, retires the absent', async () => {
    const spuId = await create(anInput());
    const before = await products.get(database.db, shopA, spuId);
    const [red] = before.skus;
    // Codes may be swapped or reused within the product.
    await update(
      spuId,
      anInput({
        version: 1,
        skus: [
          {
            skuId: red?.skuId,
            skuCode: 'X-2',
            specs: ['红'],
            salePrice: 95_000,
            listPrice: 120_000,
            cost: 1,
            weightGrams: 180,
            initialStock: 999,
          },
          {
            skuCode: 'X-1',
            specs: ['绿'],
            salePrice: 99_000,
            listPrice: 120_000,
            cost: 1,
            weightGrams: 180,
            initialStock: 4,
          },
        ],
      }),
    );
    const after = await products.get(database.db, shopA, spuId);
    expect(after.skus.map(({ skuCode, specs, onHand }) => ({ skuCode, specs, onHand }))).toEqual([
      { skuCode: 'X-2', specs: ['红'], onHand: 8 },
      { skuCode: 'X-1', specs: ['绿'], onHand: 4 },
    ]);
    const gone = await fixture.catalog.sellableSkus(database.db, [before.skus[1]?.skuId ?? '']);
    expect([...gone.values()].map(({ onSale }) => onSale)).toEqual([false]);
    expect(await events()).toEqual(['catalog.product_changed']);
  });

  it.each<[string, (input: ProductInput) => ProductInput, string]>([
    [
      'a first-level category',
      (input) => ({ ...input, categoryId: fixture.categories.root }),
      'catalog.category_refused',
    ],
    ['an unknown category', (input) => ({ ...input, categoryId: newId() }), 'catalog.category_refused'],
    ['a spec too few', (input) => ({ ...input, specNames: ['颜色', '尺寸'] }), 'catalog.specs_mismatch'],
    [
      'two equal SKUs',
      (input) => ({ ...input, skus: input.skus.map((sku) => ({ ...sku, specs: ['红'] })) }),
      'catalog.specs_mismatch',
    ],
    [
      'one code twice',
      (input) => ({ ...input, skus: input.skus.map((sku) => ({ ...sku, skuCode: 'X' })) }),
      'catalog.sku_code_taken',
    ],
    [
      'a list price below the price',
      (input) => ({ ...input, skus: input.skus.map((sku) => ({ ...sku, listPrice: 1 })) }),
      'catalog.price_refused',
    ],
    [
      'a picture of another shop',
      (input) => ({ ...input, galleryMediaIds: [fixture.givenPicture(shopB).mediaId] }),
      'catalog.picture_unknown',
    ],
    [
      'a SKU of another product',
      (input) => ({ ...input, skus: input.skus.map((sku) => ({ ...sku, skuId: newId() })) }),
      'catalog.sku_unknown',
    ],
  ])('refuses %s, and writes nothing', async (_name, change, code) => {
    await expect(create(change(anInput()))).rejects.toMatchObject({ code, kind: 'unprocessable' });
    expect(await count()).toBe(0);
    expect(await events()).toEqual([]);
  });

  it('refuses a SKU code the shop uses already; another shop may use it', async () => {
    await create(anInput());
    await expect(create(anInput())).rejects.toMatchObject({
      code: 'catalog.sku_code_taken',
      details: { skuCodes: ['X-1', 'X-2'] },
    });
    await create(anInput({ galleryMediaIds: [] }), shopB);
    expect(await count()).toBe(2);
  });

  it('C03-GOAL-08 another shop can neither read, change, publish nor unpublish it', async () => {
    const spuId = await create(anInput());
    await publish([spuId]);
    const before = await products.get(database.db, shopA, spuId);
    await expect(products.get(database.db, shopB, spuId)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(update(spuId, anInput({ galleryMediaIds: [] }), shopB)).rejects.toMatchObject({ kind: 'not_found' });
    for (const act of [publish, unpublish])
      expect(await act([spuId], shopB)).toMatchObject({
        done: [],
        failed: [{ id: spuId, code: 'catalog.product_not_found' }],
      });
    expect((await products.page(database.db, shopB, { page: 1, pageSize: 20 })).total).toBe(0);
    expect(await products.get(database.db, shopA, spuId)).toEqual(before);
    expect(await events()).toEqual(['catalog.product_published']);
  });

  it('does not make a product new again by taking it off and on', async () => {
    const spuId = await create(anInput());
    await publish([spuId]);
    fixture.clock.advance(30 * 86_400_000);
    expect(await unpublish([spuId])).toEqual({ done: [spuId], failed: [] });
    expect((await fixture.catalog.findPage({ limit: 10 })).items).toEqual([]);
    await publish([spuId]);
    expect((await fixture.catalog.findPage({ limit: 10 })).items.map(({ tags }) => tags)).toEqual([[]]);
    expect(await publish([spuId])).toEqual({ done: [spuId], failed: [] });
    expect(await events()).toEqual([
      'catalog.product_published',
      'catalog.product_unpublished',
      'catalog.product_published',
    ]);
  });

  it('lists by words, code, state, category and stock, sorted and counted', async () => {
    const [a, b, c] = await fixture.givenProducts(
      { soldCount: 5, stocks: [0] },
      { soldCount: 9, stocks: [3] },
      { categoryId: fixture.categories.otherLeaf, price: 500, stocks: [70] },
    );
    const draft = await create(anInput());
    const find = async (query: object) => {
      const page = await products.page(database.db, shopA, { page: 1, pageSize: 20, ...query });
      return [page.items.map(({ spuId }) => spuId), page.total];
    };
    expect(await find({ status: 'draft' })).toEqual([[draft], 1]);
    expect(await find({ q: '星光' })).toEqual([[draft], 1]);
    expect(await find({ q: 'x-2' })).toEqual([[draft], 1]);
    expect(await find({ q: '%' })).toEqual([[], 0]);
    expect(await find({ categoryId: fixture.categories.otherLeaf })).toEqual([[c?.spuId], 1]);
    expect(await find({ stock: 'out' })).toEqual([[a?.spuId], 1]);
    expect(await find({ stock: 'low' })).toEqual([[b?.spuId], 1]);
    expect((await find({ sort: 'sales', status: 'on_sale' }))[0]).toEqual([b?.spuId, a?.spuId, c?.spuId]);
    expect(((await find({ sort: 'price', status: 'on_sale' }))[0] as string[])[0]).toBe(c?.spuId);
    expect(await find({ sort: 'sales', status: 'on_sale', page: 2, pageSize: 2 })).toEqual([[c?.spuId], 3]);
  });

  it('counts the shop’s products by category on both levels', async () => {
    await fixture.givenProducts({}, {}, { categoryId: fixture.categories.otherLeaf }, { shopId: shopB });
    const { categories } = await products.categories(database.db, shopA);
    expect(categories.map(({ name, productCount }) => [name, productCount])).toEqual([
      ['数码', 3],
      ['手机', 2],
      ['耳机', 1],
    ]);
    expect(Object.keys((categories[1]!.attributeSchema as { properties: object }).properties)).toEqual([
      'memory',
      'colour',
      'weight',
    ]);
  });
});
