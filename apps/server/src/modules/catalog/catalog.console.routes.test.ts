import type { Permission } from '@xiaopu/contracts';
import type { ConsoleProduct, ProductInput } from '@xiaopu/contracts/console';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CatalogFixture, createCatalogFixture, shopA, shopB, toPicture } from '../../../test/catalog-fixture.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createApp } from '../../platform/http/app.ts';
import { newId } from '../../platform/ids.ts';
import { columns } from './catalog.sheet.ts';
import { readWorkbook, writeWorkbook } from './catalog.xlsx.ts';
import { catalogConsoleRoutes, catalogImportRoutes, createCatalogConsole, createCatalogImport } from './index.ts';

const headers = { 'x-requested-with': 'xiaopu-console' };
const staffId = newId();
const all: Permission[] = ['catalog.read', 'catalog.write', 'catalog.publish'];

describe('console product routes', () => {
  let database: TestDatabase;
  let fixture: CatalogFixture;
  let app: Awaited<ReturnType<typeof createApp>>;
  let staff: { shopId: string; permissions: Permission[] } | undefined;
  const audited: { action: string; target: string; shopId: string; staffId: string }[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    fixture = await createCatalogFixture(database);
    const { clock, policies, stock, log } = fixture;
    const { categories } = fixture.catalog;
    const products = createCatalogConsole({
      clock,
      outbox: fixture.messaging.outbox,
      policies,
      toPicture,
      stock,
      pictures: fixture.refsForShop,
      text: fixture.search,
      categories,
    });
    const imports = createCatalogImport({
      database,
      clock,
      policies,
      categories,
      products,
      stock,
      pictures: fixture.refsForShop,
    });
    app = await createApp({
      log,
      version: 'test',
      rateLimitPerMinute: 0,
      authenticators: {
        buyer: async () => undefined,
        staff: async () =>
          staff && { staffId, name: '店员', shopId: staff.shopId, permissions: new Set(staff.permissions) },
      },
    });
    const audit = async (_tx: unknown, entry: (typeof audited)[number]) => void audited.push(entry);
    catalogConsoleRoutes(app, { products, database, audit });
    await catalogImportRoutes(app, { imports, database, clock, audit });
    await app.ready();
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });
  beforeEach(async () => {
    await fixture.clear();
    await database.db.deleteFrom('catalog.importJob').execute();
    staff = { shopId: shopA, permissions: all };
    audited.length = 0;
  });

  const anInput = (change: Partial<ProductInput> = {}): ProductInput => ({
    title: '星光手机',
    brief: '轻',
    categoryId: fixture.categories.leaf,
    galleryMediaIds: [fixture.givenPicture(shopA).mediaId],
    video: null,
    specNames: [],
    skus: [
      {
        skuCode: 'X-1',
        specs: [],
        salePrice: 100_000,
        listPrice: 120_000,
        cost: 50_000,
        weightGrams: 180,
        initialStock: 8,
      },
    ],
    attributes: { memory: '8GB' },
    services: [],
    detail: [],
    shipsFrom: '杭州',
    ...change,
  });
  const send = (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) =>
    app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  const create = async (): Promise<ConsoleProduct> => (await send('POST', '/api/console/products', anInput())).json();
  const rows = async () => await database.db.selectFrom('catalog.spu').select(['spuId', 'version', 'status']).execute();
  const answer = (reply: Awaited<ReturnType<typeof send>>) => [reply.statusCode, reply.json().error?.code];

  it('201, 200: makes, reads, lists, changes, publishes and unpublishes, each audited', async () => {
    const made = await send('POST', '/api/console/products', anInput());
    expect(made.statusCode).toBe(201);
    const { spuId } = made.json();
    expect((await send('GET', `/api/console/products/${spuId}`)).json()).toEqual(made.json());
    expect((await send('GET', '/api/console/products?page=1&pageSize=5&status=draft')).json()).toMatchObject({
      total: 1,
      items: [{ spuId, categoryName: '手机', available: 8 }],
    });
    const changed = await send('PUT', `/api/console/products/${spuId}`, anInput({ title: '改名手机', version: 1 }));
    expect([changed.statusCode, changed.json().title, changed.json().version]).toEqual([200, '改名手机', 2]);
    expect((await send('POST', '/api/console/products/publish', { spuIds: [spuId] })).json()).toEqual({
      done: [spuId],
      failed: [],
    });
    expect((await send('POST', '/api/console/products/unpublish', { spuIds: [spuId] })).json()).toEqual({
      done: [spuId],
      failed: [],
    });
    expect(
      (await send('GET', '/api/console/categories')).json().categories.map(({ name }: { name: string }) => name),
    ).toEqual(['数码', '手机', '耳机']);
    expect(audited.map(({ action, target, shopId }) => [action, target, shopId])).toEqual(
      ['catalog.create', 'catalog.update', 'catalog.publish', 'catalog.unpublish'].map((action) => [
        action,
        spuId,
        shopA,
      ]),
    );
  });

  it('400 for what cannot be understood', async () => {
    const replies = [
      await send('POST', '/api/console/products', { ...anInput(), skus: [] }),
      await send('POST', '/api/console/products', { ...anInput(), title: 1 }),
      await send('GET', '/api/console/products?page=0'),
      await send('GET', '/api/console/products/not-an-id'),
      await send('POST', '/api/console/products/publish', { spuIds: [] }),
      await send('PUT', `/api/console/products/${newId()}`, {}),
    ];
    expect(replies.map(answer)).toEqual(replies.map(() => [400, 'request.invalid']));
    expect(await rows()).toEqual([]);
  });

  it('404, 409 and 422 write and audit nothing', async () => {
    const { spuId } = await create();
    audited.length = 0;
    const before = await rows();
    expect(answer(await send('GET', `/api/console/products/${newId()}`))).toEqual([404, 'catalog.product_not_found']);
    expect(answer(await send('PUT', `/api/console/products/${newId()}`, anInput()))).toEqual([
      404,
      'catalog.product_not_found',
    ]);
    expect(answer(await send('PUT', `/api/console/products/${spuId}`, anInput({ version: 7 })))).toEqual([
      409,
      'catalog.edit_conflict',
    ]);
    expect(answer(await send('POST', '/api/console/products', anInput()))).toEqual([422, 'catalog.sku_code_taken']);
    expect(await rows()).toEqual(before);
    expect(audited).toEqual([]);
  });

  it('C03-GOAL-08 another shop finds nothing and changes nothing', async () => {
    const { spuId } = await create();
    const before = await rows();
    staff = { shopId: shopB, permissions: all };
    expect(answer(await send('GET', `/api/console/products/${spuId}`))).toEqual([404, 'catalog.product_not_found']);
    expect(answer(await send('PUT', `/api/console/products/${spuId}`, anInput({ galleryMediaIds: [] })))).toEqual([
      404,
      'catalog.product_not_found',
    ]);
    for (const action of ['publish', 'unpublish'])
      expect((await send('POST', `/api/console/products/${action}`, { spuIds: [spuId] })).json().done).toEqual([]);
    expect(await rows()).toEqual(before);
  });

  it('401 without a login, 403 without the right, for every route', async () => {
    const { spuId } = await create();
    const before = await rows();
    const id = newId();
    const routes: ['GET' | 'POST' | 'PUT', string, Permission][] = [
      ['GET', '/api/console/products', 'catalog.read'],
      ['GET', `/api/console/products/${spuId}`, 'catalog.read'],
      ['POST', '/api/console/products', 'catalog.write'],
      ['PUT', `/api/console/products/${spuId}`, 'catalog.write'],
      ['POST', '/api/console/products/publish', 'catalog.publish'],
      ['POST', '/api/console/products/unpublish', 'catalog.publish'],
      ['GET', '/api/console/categories', 'catalog.read'],
      ['GET', '/api/console/products/export', 'catalog.read'],
      ['GET', '/api/console/product-imports/template', 'catalog.read'],
      ['GET', '/api/console/product-imports', 'catalog.read'],
      ['GET', `/api/console/product-imports/${id}`, 'catalog.read'],
      ['POST', `/api/console/product-imports/${id}/commit`, 'catalog.write'],
      ['POST', '/api/console/product-imports', 'catalog.write'],
    ];
    for (const [method, url, permission] of routes) {
      staff = undefined;
      expect(answer(await send(method, url)), url).toEqual([401, 'identity.staff_login_required']);
      staff = { shopId: shopA, permissions: all.filter((held) => held !== permission) };
      expect(answer(await send(method, url)), url).toEqual([403, 'identity.permission_missing']);
    }
    expect(await rows()).toEqual(before);
    expect(await database.db.selectFrom('catalog.importJob').selectAll().execute()).toEqual([]);
  });

  const uploadOf = (bytes: Uint8Array, name = '商品.xlsx') => {
    const edge = '----edge';
    return app.inject({
      method: 'POST',
      url: '/api/console/product-imports',
      headers: { ...headers, 'content-type': `multipart/form-data; boundary=${edge}` },
      payload: Buffer.concat([
        Buffer.from(
          `--${edge}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
        ),
        bytes,
        Buffer.from(`\r\n--${edge}--\r\n`),
      ]),
    });
  };
  const sheet = async () => {
    const header = columns.map(({ title }) => title);
    const cells = columns.map(
      ({ key }) =>
        ({ spuCode: 'I-1', title: '导入的耳机', category: '耳机', skuCode: 'I-1-1', salePrice: 99 })[key as string] ??
        null,
    );
    return Buffer.concat(
      await writeWorkbook([{ name: '商品', widths: header.map(() => 9), header, rows: [cells] }]).toArray(),
    );
  };

  it('takes a workbook, shows its dry run, imports it on commit, and gives it back as an export', async () => {
    const taken = await uploadOf(await sheet());
    expect(taken.statusCode).toBe(201);
    const { jobId } = taken.json();
    expect(taken.json()).toMatchObject({ state: 'checked', rows: 1, validRows: 1, fileName: '商品.xlsx' });
    const committed = await send('POST', `/api/console/product-imports/${jobId}/commit`);
    expect([committed.statusCode, committed.json().state]).toEqual([200, 'importing']);
    expect(answer(await send('POST', `/api/console/product-imports/${jobId}/commit`))).toEqual([
      409,
      'catalog.import_not_ready',
    ]);
    expect((await send('GET', '/api/console/product-imports')).json().jobs).toMatchObject([{ jobId }]);
    expect((await send('GET', `/api/console/product-imports/${jobId}`)).json()).toMatchObject({
      jobId,
      state: 'importing',
    });
    expect(audited.map(({ action }) => action)).toEqual(['catalog.import_check', 'catalog.import']);
    await fixture.givenProducts({ title: '导出的手机' });
    const exported = await app.inject('/api/console/products/export');
    expect([exported.statusCode, exported.headers['content-type'], exported.headers['content-disposition']]).toEqual([
      200,
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      `attachment; filename*=UTF-8''${encodeURIComponent('商品-2026-11-22.xlsx')}`,
    ]);
    expect((await readWorkbook(exported.rawPayload))[1]?.[1]).toBe('导出的手机');
    expect((await app.inject('/api/console/product-imports/template')).statusCode).toBe(200);
  });

  it('refuses other files with 400, 413 and 422, and another shop’s job with 404', async () => {
    expect(answer(await send('POST', '/api/console/product-imports', {}))).toEqual([
      400,
      'catalog.import_file_missing',
    ]);
    expect(answer(await uploadOf(Buffer.alloc(0)))).toEqual([400, 'catalog.import_file_missing']);
    expect(answer(await uploadOf(Buffer.from('a,b,c'), 'a.csv'))).toEqual([422, 'catalog.import_file_refused']);
    expect(answer(await uploadOf(Buffer.from('PK\u0003\u0004 broken')))).toEqual([422, 'catalog.import_file_refused']);
    expect((await uploadOf(Buffer.alloc(6 * 1024 * 1024, 1))).statusCode).toBe(413);
    expect(await database.db.selectFrom('catalog.importJob').selectAll().execute()).toEqual([]);
    const { jobId } = (await uploadOf(await sheet())).json();
    staff = { shopId: shopB, permissions: all };
    expect(answer(await send('GET', `/api/console/product-imports/${jobId}`))).toEqual([
      404,
      'catalog.import_not_found',
    ]);
    expect(answer(await send('POST', `/api/console/product-imports/${jobId}/commit`))).toEqual([
      404,
      'catalog.import_not_found',
    ]);
    expect((await database.db.selectFrom('catalog.importJob').select('state').executeTakeFirstOrThrow()).state).toBe(
      'checked',
    );
  });
});
