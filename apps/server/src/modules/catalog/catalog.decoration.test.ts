import type { Permission } from '@xiaopu/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CatalogFixture, createCatalogFixture, shopA, shopB, toPicture } from '../../../test/catalog-fixture.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createApp } from '../../platform/http/app.ts';
import { newId } from '../../platform/ids.ts';
import { createCatalogConsole, createDecoration, decorationRoutes } from './index.ts';

const headers = { 'x-requested-with': 'xiaopu-console' };
const staffId = newId();

describe('decoration of the home page', () => {
  let database: TestDatabase;
  let fixture: CatalogFixture;
  let app: Awaited<ReturnType<typeof createApp>>;
  let permissions: Permission[] | undefined;
  let mayDecorate = true;
  const audited: string[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    fixture = await createCatalogFixture(database);
    const { clock, policies, stock, log, catalog, search, messaging } = fixture;
    const products = createCatalogConsole({
      clock,
      outbox: messaging.outbox,
      policies,
      toPicture,
      stock,
      pictures: fixture.refsForShop,
      text: search,
      categories: catalog.categories,
    });
    const decoration = createDecoration({
      outbox: messaging.outbox,
      toPicture,
      pictures: fixture.refsForShop,
      shopNames: async (_db, shopIds) => new Map(shopIds.includes(shopA) ? [[shopA, '一舍']] : []),
      mayDecorate: async () => mayDecorate,
      hotWords: { own: search.declaredHotWords, shown: search.hotWords, save: search.declareHotWords },
    });
    app = await createApp({
      log,
      version: 'test',
      rateLimitPerMinute: 0,
      authenticators: {
        buyer: async () => undefined,
        staff: async () => permissions && { staffId, name: '店员', shopId: shopA, permissions: new Set(permissions) },
      },
    });
    decorationRoutes(app, {
      decoration,
      products,
      forgetCategories: catalog.forgetCategories,
      database,
      audit: async (_tx, { action }) => void audited.push(action),
    });
    await app.ready();
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });
  beforeEach(async () => {
    await fixture.clear();
    await database.db.deleteFrom('catalog.banner').execute();
    await database.db.deleteFrom('search.hotWord').execute();
    permissions = ['storefront.read', 'storefront.write'];
    mayDecorate = true;
    audited.length = 0;
  });

  const send = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) =>
    app.inject({ method, url: `/api/console/${url}`, headers, ...(payload ? { payload } : {}) });
  const answer = (reply: Awaited<ReturnType<typeof send>>) => [reply.statusCode, reply.json().error?.code];
  const aBanner = (change: object = {}) => ({
    title: '秋日上新',
    subtitle: '',
    mediaId: fixture.givenPicture(shopA).mediaId,
    link: { kind: 'category', categoryId: fixture.categories.leaf },
    ...change,
  });
  const home = async () => JSON.parse(String(await fixture.catalog.encoded.home()));

  it('shows new banners on the home page at once, in the given order, and says it in the audit trail', async () => {
    const banners = [aBanner({ title: '乙' }), aBanner({ title: '甲', link: { kind: 'shop', shopId: shopA } })];
    const saved = await send('PUT', 'decoration/banners', { banners });
    expect(saved.statusCode).toBe(200);
    expect(saved.json().banners.map((one: { title: string; target: string }) => [one.title, one.target])).toEqual([
      ['乙', '手机'],
      ['甲', '一舍'],
    ]);
    expect((await home()).banners.map((one: { title: string }) => one.title)).toEqual(['乙', '甲']);
    expect(audited).toEqual(['decoration.banners']);
  });

  it('keeps a picture another shop gave, but takes no new one from it', async () => {
    const foreign = fixture.givenPicture(shopB).mediaId;
    expect(answer(await send('PUT', 'decoration/banners', { banners: [aBanner({ mediaId: foreign })] }))).toEqual([
      422,
      'catalog.picture_unknown',
    ]);
    const first = (await send('PUT', 'decoration/banners', { banners: [aBanner()] })).json().banners[0];
    await database.db
      .updateTable('catalog.banner')
      .set({ picture: JSON.stringify({ ...first.picture, mediaId: foreign, hash: 'x' }) })
      .execute();
    const kept = await send('PUT', 'decoration/banners', {
      banners: [aBanner({ bannerId: first.bannerId, mediaId: foreign, title: '新题' })],
    });
    expect(kept.json().banners).toMatchObject([{ bannerId: first.bannerId, title: '新题', picture: { alt: '新题' } }]);
  });

  it('refuses a banner that leads nowhere and leaves the old ones', async () => {
    await send('PUT', 'decoration/banners', { banners: [aBanner()] });
    const lost = aBanner({ link: { kind: 'product', spuId: newId() } });
    expect(answer(await send('PUT', 'decoration/banners', { banners: [lost] }))).toEqual([
      422,
      'catalog.banner_target_gone',
    ]);
    expect((await send('GET', 'decoration')).json().banners).toHaveLength(1);
  });

  it('puts the own hot words first, each once', async () => {
    const saved = await send('PUT', 'decoration/hot-words', { words: ['茶具', ' 耳机', '茶具'] });
    expect(saved.json()).toMatchObject({ hotWords: ['茶具', '耳机'], shownHotWords: ['茶具', '耳机'] });
    expect((await home()).hotWords).toEqual(['茶具', '耳机']);
  });

  it('renames a category, and makes one with the parameters of another', async () => {
    const { leaf, root } = fixture.categories;
    const input = { name: '智能手机', sort: 3, pictureMediaId: fixture.givenPicture(shopA).mediaId };
    const renamed = (await send('PUT', `categories/${leaf}`, input)).json().categories;
    const row = renamed.find((one: { categoryId: string }) => one.categoryId === leaf);
    expect(row).toMatchObject({ name: '智能手机', sort: 3, picture: { mediaId: input.pictureMediaId } });

    const made = await send('POST', 'categories', {
      name: '平板',
      sort: 9,
      pictureMediaId: null,
      parentId: root,
      likeCategoryId: leaf,
    });
    const tablet = made.json().categories.find((one: { name: string }) => one.name === '平板');
    expect(tablet).toMatchObject({ parentId: root, attributeSchema: row.attributeSchema, productCount: 0 });
    await database.db.deleteFrom('catalog.category').where('categoryId', '=', tablet.categoryId).execute();
    await send('PUT', `categories/${leaf}`, { name: '手机', sort: 1, pictureMediaId: null });
  });

  it('404, 422: an unknown category, and a third level', async () => {
    const input = { name: '甲', sort: 1, pictureMediaId: null };
    const { leaf } = fixture.categories;
    expect(answer(await send('PUT', `categories/${newId()}`, input))).toEqual([404, 'catalog.category_not_found']);
    expect(answer(await send('POST', 'categories', { ...input, parentId: leaf, likeCategoryId: leaf }))).toEqual([
      422,
      'catalog.category_refused',
    ]);
  });

  it('400, 401, 403: bad input, nobody, no permission, and somebody who may decorate in one shop only', async () => {
    const words = { words: ['茶'] };
    expect(answer(await send('PUT', 'decoration/hot-words', { words: [''] }))[0]).toBe(400);
    mayDecorate = false;
    expect(answer(await send('PUT', 'decoration/hot-words', words))).toEqual([403, 'catalog.decoration_forbidden']);
    permissions = ['storefront.read'];
    expect(answer(await send('PUT', 'decoration/hot-words', words))[0]).toBe(403);
    permissions = undefined;
    expect(answer(await send('GET', 'decoration'))[0]).toBe(401);
    expect(await fixture.search.declaredHotWords(database.db)).toEqual([]);
  });
});
