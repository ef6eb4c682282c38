import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CatalogFixture, createCatalogFixture } from '../../../test/catalog-fixture.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createApp } from '../../platform/http/app.ts';
import { newId } from '../../platform/ids.ts';
import { catalogRoutes } from '../catalog/index.ts';
import { createNoteSearch, searchRoutes } from './index.ts';

const [alice, guest] = [newId(), newId()];

describe('search and catalogue routes', () => {
  let database: TestDatabase;
  let fixture: CatalogFixture;
  let app: Awaited<ReturnType<typeof createApp>>;
  beforeAll(async () => {
    database = await createTestDatabase();
    fixture = await createCatalogFixture(database);
    const authenticators = {
      buyer: async ({ headers }: { headers: { authorization?: string } }) => {
        const buyerId = headers.authorization?.slice('Bearer '.length);
        return buyerId === alice || buyerId === guest ? { buyerId, isGuest: buyerId === guest } : undefined;
      },
      staff: async () => undefined,
    };
    app = await createApp({ log: fixture.log, authenticators, version: 'test', rateLimitPerMinute: 0 });
    catalogRoutes(app, {
      catalog: fixture.catalog,
      noteSearch: createNoteSearch({ search: fixture.search, authenticators }),
    });
    searchRoutes(app, { search: fixture.search, db: database.db, inTransaction: database.inTransaction });
    await app.ready();
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });
  beforeEach(async () => {
    await fixture.search.flushNotes();
    await fixture.clear();
  });

  const get = (url: string, buyer?: string) =>
    app.inject({ url, headers: buyer ? { authorization: `Bearer ${buyer}` } : {} });

  it('200 for home, feed, categories, products, facets, a product, suggestions and hot words, as JSON, without a session', async () => {
    const [spu] = await fixture.givenProducts({ title: '羊毛被' }, {}, {});
    await fixture.search.refresh();
    const urls = [
      '/api/home',
      '/api/home/feed?limit=2',
      '/api/categories',
      '/api/products?limit=2',
      `/api/products?q=${encodeURIComponent('羊毛')}`,
      '/api/products/facets',
      `/api/products/${spu?.spuId}`,
      `/api/search/suggestions?q=${encodeURIComponent('羊')}`,
      '/api/search/hot-words',
    ];
    const replies = await Promise.all(urls.map((url) => get(url)));
    expect(replies.map(({ statusCode, headers }) => [statusCode, headers['content-type']])).toEqual(
      urls.map(() => [200, 'application/json; charset=utf-8']),
    );
    expect(replies[4]?.json().items).toMatchObject([{ title: '羊毛被' }]);
    expect(replies[2]?.json().categories).toMatchObject([
      { name: '数码', children: [{ name: '手机' }, { name: '耳机' }] },
    ]);
  });

  it.each([
    ['/api/products?limit=0', 400, 'request.invalid'],
    ['/api/products?limit=51', 400, 'request.invalid'],
    ['/api/products?sort=random', 400, 'request.invalid'],
    ['/api/products?cursor=abc', 400, 'catalog.cursor_invalid'],
    ['/api/home/feed?cursor=abc', 400, 'catalog.cursor_invalid'],
    ['/api/products?priceMin=-1', 400, 'request.invalid'],
    [`/api/products?categoryId=${newId()}`, 404, 'catalog.category_not_found'],
    [`/api/products/facets?categoryId=${newId()}`, 404, 'catalog.category_not_found'],
    ['/api/products/facets?q=', 400, 'request.invalid'],
    [`/api/products/${newId()}`, 404, 'catalog.product_not_found'],
    ['/api/products/not-an-id', 400, 'request.invalid'],
    ['/api/search/suggestions', 400, 'request.invalid'],
    ['/api/search/history', 401, 'identity.session_required'],
  ])('%s answers %i %s', async (url, status, code) => {
    const reply = await get(url);
    expect([reply.statusCode, reply.json().error.code]).toEqual([status, code]);
  });

  it('remembers a search for whoever asked, guests too, once a query and not for further pages', async () => {
    await fixture.givenProducts({ title: '羊毛被' }, { title: '羊毛袜' });
    await fixture.search.refresh();
    const words = encodeURIComponent('羊毛');
    const first = await get(`/api/products?q=${words}&limit=1`, alice);
    await get(`/api/products?q=${words}&limit=1&cursor=${first.json().nextCursor}`, alice);
    await get(`/api/products?q=${encodeURIComponent('四件套')}`, guest);
    await get(`/api/products?q=${encodeURIComponent('无主')}`);
    await get(`/api/products?q=${encodeURIComponent('假的')}`, newId());
    await new Promise((done) => setTimeout(done, 10));
    expect((await get('/api/search/history', alice)).json()).toEqual({ words: ['羊毛'] });
    expect((await get('/api/search/history', guest)).json()).toEqual({ words: ['四件套'] });
    expect(await fixture.search.flushNotes()).toBe(4);
    const rows = await database.db.selectFrom('search.history').select('buyerId').execute();
    expect(rows.map(({ buyerId }) => buyerId).sort()).toEqual([alice, guest].sort());
  });

  it('forgets only the caller’s searches', async () => {
    for (const buyerId of [alice, guest]) fixture.search.note({ buyerId, words: '羊毛', found: true });
    await fixture.search.flushNotes();
    const remove = (buyer?: string) =>
      app.inject({
        method: 'DELETE',
        url: '/api/search/history',
        headers: buyer ? { authorization: `Bearer ${buyer}` } : {},
      });
    expect((await remove()).statusCode).toBe(401);
    const reply = await remove(alice);
    expect([reply.statusCode, reply.json()]).toEqual([200, null]);
    expect((await get('/api/search/history', alice)).json()).toEqual({ words: [] });
    expect((await get('/api/search/history', guest)).json()).toEqual({ words: ['羊毛'] });
  });
});
