import type { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CatalogFixture, createCatalogFixture, shopA, shopB, toPicture } from '../../../test/catalog-fixture.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { newId } from '../../platform/ids.ts';
import { createCatalogConsole } from './catalog.console.service.ts';
import { type CatalogImport, createCatalogImport } from './catalog.import.service.ts';
import { columns } from './catalog.sheet.ts';
import { type Cell, readWorkbook, writeWorkbook } from './catalog.xlsx.ts';

const header = columns.map(({ title }) => title);
const keys = columns.map(({ key }) => key);

const bytesOf = async (stream: Readable): Promise<Buffer> => Buffer.concat(await stream.toArray());
const aSheet = (...rows: Partial<Record<(typeof keys)[number], Cell>>[]) =>
  bytesOf(
    writeWorkbook([
      {
        name: '商品',
        widths: header.map(() => 10),
        header,
        rows: rows.map((row) => keys.map((key) => row[key] ?? null)),
      },
    ]),
  );

describe('Excel', () => {
  let database: TestDatabase;
  let fixture: CatalogFixture;
  let imports: CatalogImport;
  let open: () => CatalogImport;
  beforeAll(async () => {
    database = await createTestDatabase();
    fixture = await createCatalogFixture(database);
    const { clock, policies } = fixture;
    const { categories } = fixture.catalog;
    const products = createCatalogConsole({
      clock,
      outbox: fixture.messaging.outbox,
      policies,
      toPicture,
      stock: fixture.stock,
      pictures: fixture.refsForShop,
      text: fixture.search,
      categories,
    });
    open = () =>
      createCatalogImport({
        database,
        clock,
        policies,
        categories,
        products,
        stock: fixture.stock,
        pictures: fixture.refsForShop,
      });
    imports = open();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await fixture.clear();
    await database.db.deleteFrom('catalog.importJob').execute();
  });

  const row = { spuCode: 'A1', title: '星河耳机', category: '数码/耳机', skuCode: 'A1-1', salePrice: 199.9, stock: 6 };
  const upload = async (bytes: Buffer, shop = shopA) => {
    const checked = await imports.read(shop, bytes);
    const jobId = await database.inTransaction((tx) => imports.keep(tx, shop, '商品.xlsx', checked));
    return imports.get(database.db, shop, jobId);
  };
  const commit = (jobId: string, shop = shopA) => database.inTransaction((tx) => imports.commit(tx, shop, jobId));
  const titles = async () =>
    (await database.db.selectFrom('catalog.spu').select('title').orderBy('title').execute()).map(({ title }) => title);

  it('writes what it reads: text, numbers, empty cells, and nothing becomes a formula', async () => {
    const rows: Cell[][] = [['=1+1', 12.5, null, '<b>&"', '第一行\n第二行', 0]];
    const bytes = await bytesOf(writeWorkbook([{ name: 'a', widths: [10], header: ['甲'], rows }]));
    expect(await readWorkbook(bytes)).toEqual([['甲', null, null, null, null, null], ...rows]);
    expect(bytes.includes('<f>')).toBe(false);
  });

  it('checks without changing anything and names every fault by row and column', async () => {
    await fixture.givenProducts({ spuCode: 'OLD' });
    const job = await upload(
      await aSheet(
        row,
        { ...row, spuCode: 'B', title: '', skuCode: 'B-1' },
        { ...row, spuCode: 'C', category: '水果', skuCode: 'C-1' },
        { ...row, spuCode: 'D', skuCode: 'D-1', salePrice: '9.999' },
        { ...row, spuCode: 'E', skuCode: 'A1-1' },
        { ...row, spuCode: 'F', skuCode: 'F-1', category: '手机', attributes: '内存=9GB' },
        { ...row, spuCode: 'G', skuCode: 'G-1', specNames: '颜色', specs: '红' },
        { spuCode: 'G', skuCode: 'G-2', specs: '红', salePrice: 1 },
        { ...row, spuCode: 'OLD', skuCode: 'O-1' },
        { ...row, spuCode: 'H', skuCode: 'H-1', listPrice: 1 },
        { ...row, spuCode: 'I', skuCode: 'I-1', pictures: fixture.givenPicture(shopB).mediaId },
      ),
    );
    expect(job).toMatchObject({
      state: 'checked',
      rows: 11,
      validRows: 1,
      processedRows: 0,
      products: 0,
      fileName: '商品.xlsx',
    });
    expect(job.errors.map(({ row: at, column, message }) => `${at} ${column} ${message}`)).toEqual([
      '3 商品标题* 不能为空',
      '4 分类* 没有二级分类「水果」',
      '5 售价(元)* 最多两位小数',
      '6 SKU编码* 与第 2 行重复',
      '7 属性 「内存」只能是8GB、16GB',
      '9 规格值 与同一商品的另一行规格相同',
      '10 商品编码* 这个商品编码已经存在',
      '11 划线价(元) 不能低于售价',
      '12 图片编号 有图片不在本店素材库中',
    ]);
    expect(await titles()).toHaveLength(1);
  });

  it('imports what was good in the background, as drafts with prices, specs, attributes and stock', async () => {
    const picture = fixture.givenPicture(shopA);
    const job = await upload(
      await aSheet(
        {
          spuCode: 'P1',
          title: '星光手机',
          brief: '轻',
          category: '手机',
          specNames: '颜色/内存',
          specs: '红/8GB',
          skuCode: 'P1-1',
          salePrice: 1999,
          listPrice: '2,199'.replace(',', ''),
          cost: 900.5,
          weightGrams: 180,
          barcode: '6900000000001',
          stock: 7,
          attributes: '内存=8GB；颜色=红',
          services: '包邮、七天无理由',
          shipsFrom: '杭州',
          pictures: picture.mediaId,
        },
        { spuCode: 'P1', specs: '蓝/8GB', skuCode: 'P1-2', salePrice: '¥2099.50' },
        row,
      ),
    );
    expect(await imports.run()).toBe(0);
    await commit(job.jobId);
    expect(await imports.run()).toBeGreaterThan(0);
    expect(await imports.get(database.db, shopA, job.jobId)).toMatchObject({
      state: 'done',
      rows: 3,
      validRows: 3,
      processedRows: 3,
      products: 2,
      errors: [],
      finishedAt: expect.any(String),
    });
    const phone = await database.db
      .selectFrom('catalog.spu')
      .selectAll()
      .where('spuCode', '=', 'P1')
      .executeTakeFirstOrThrow();
    expect(phone).toMatchObject({
      shopId: shopA,
      status: 'draft',
      title: '星光手机',
      attributes: { memory: '8GB', colour: '红' },
      services: ['包邮', '七天无理由'],
      salePrice: 199_900,
      salePriceMax: 209_950,
      available: 7,
      inStock: true,
    });
    expect(phone.gallery).toMatchObject([{ mediaId: picture.mediaId }]);
    const skus = await database.db
      .selectFrom('catalog.sku')
      .select(['skuCode', 'specs', 'salePrice', 'listPrice', 'cost'])
      .where('spuId', '=', phone.spuId)
      .orderBy('position')
      .execute();
    expect(skus).toEqual([
      { skuCode: 'P1-1', specs: ['红', '8GB'], salePrice: 199_900, listPrice: 219_900, cost: 90_050 },
      { skuCode: 'P1-2', specs: ['蓝', '8GB'], salePrice: 209_950, listPrice: 209_950, cost: 0 },
    ]);
  });

  it('goes on where it was after a crash, each product once, and two workers share without doubling', async () => {
    const rows = Array.from({ length: 12 }, (_, index) => ({
      ...row,
      spuCode: `C${index}`,
      title: `商品 ${String(index).padStart(2, '0')}`,
      skuCode: `C${index}-1`,
    }));
    const job = await upload(await aSheet(...rows));
    await commit(job.jobId);
    // A worker that died after five: its claim stands, its position is in the row.
    await database.db
      .updateTable('catalog.importJob')
      .set({
        nextProduct: 5,
        processedRows: 5,
        products: 5,
        claimedUntil: new Date(fixture.clock.now().getTime() + 60_000),
      })
      .execute();
    expect(await open().run()).toBe(0);
    fixture.clock.advance(61_000);
    const handled = await Promise.all([open().run(), open().run(), open().run()]);
    expect(handled.filter((count) => count > 0)).toHaveLength(1);
    expect(await titles()).toEqual(rows.slice(5).map(({ title }) => title));
    expect(await imports.get(database.db, shopA, job.jobId)).toMatchObject({
      state: 'done',
      processedRows: 12,
      products: 12,
    });
  });

  it('leaves out and names a product whose code was taken after the dry run', async () => {
    const first = await upload(await aSheet(row, { ...row, spuCode: 'Z', skuCode: 'Z-1', title: '另一件' }));
    const second = await upload(await aSheet(row));
    for (const { jobId } of [second, first]) {
      await commit(jobId);
      await imports.run();
    }
    expect(await titles()).toEqual(['另一件', '星河耳机']);
    expect(await imports.get(database.db, shopA, first.jobId)).toMatchObject({
      state: 'done',
      products: 1,
      processedRows: 2,
      errors: [{ row: 2 }],
    });
  });

  it('commits a job once; another shop finds nothing of it', async () => {
    const job = await upload(await aSheet(row));
    await expect(commit(job.jobId, shopB)).rejects.toMatchObject({ code: 'catalog.import_not_found' });
    await expect(imports.get(database.db, shopB, job.jobId)).rejects.toMatchObject({ kind: 'not_found' });
    expect(await imports.list(database.db, shopB)).toEqual([]);
    const outcomes = await Promise.allSettled([commit(job.jobId), commit(job.jobId)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(commit(job.jobId)).rejects.toMatchObject({ code: 'catalog.import_not_ready', kind: 'conflict' });
    await expect(commit(newId())).rejects.toMatchObject({ kind: 'not_found' });
    expect(await imports.list(database.db, shopA)).toHaveLength(1);
  });

  it.each([
    ['no workbook', Buffer.from('PK not a zip'), 'catalog.import_file_refused'],
    ['another workbook', undefined, undefined],
  ])('refuses %s', async (_name, bytes, code) => {
    if (bytes) return expect(imports.read(shopA, bytes)).rejects.toMatchObject({ code });
    const other = await bytesOf(writeWorkbook([{ name: 'x', widths: [1], header: ['姓名'], rows: [['张三']] }]));
    expect(await upload(other)).toMatchObject({
      state: 'failed',
      rows: 0,
      errors: expect.arrayContaining([{ row: 1, column: '商品编码*', message: '缺少这一列，请使用下载的模板' }]),
    });
  });

  it('refuses more rows than the policy allows', async () => {
    await database.inTransaction((tx) =>
      fixture.policies.set(tx, { key: 'catalog.import_max_rows', value: 10, shopId: shopA, by: 'test' }),
    );
    const rows = Array.from({ length: 11 }, (_, index) => ({ ...row, skuCode: `S${index}` }));
    await expect(imports.read(shopA, await aSheet(...rows))).rejects.toMatchObject({
      code: 'catalog.import_too_large',
      kind: 'too_large',
      details: { maxRows: 10 },
    });
    await database.inTransaction((tx) =>
      fixture.policies.set(tx, { key: 'catalog.import_max_rows', value: 2_000, shopId: shopA, by: 'test' }),
    );
  });

  it('exports the shop’s products only, in the columns it imports', async () => {
    await fixture.givenProducts(
      { title: '一号', stocks: [5, 6], attributes: { memory: '8GB' } },
      { title: '二号' },
      { title: '别家', shopId: shopB },
    );
    const [head, ...rows] = await readWorkbook(await bytesOf(imports.exportStream(shopA)));
    expect(head).toEqual(header);
    expect(rows.map((cells) => Object.fromEntries(cells.map((cell, index) => [keys[index], cell])))).toMatchObject([
      {
        title: '一号',
        category: '数码/手机',
        specNames: '款式',
        specs: '款1',
        salePrice: 100,
        listPrice: 150,
        stock: 5,
        attributes: '内存=8GB',
        services: '七天无理由',
      },
      { title: null, specs: '款2', salePrice: 101, stock: 6 },
      { title: '二号', specs: null, stock: 50 },
    ]);
    expect(rows).toHaveLength(3);
  });

  it('the template passes its own reader but for its example’s category', async () => {
    const cells = await readWorkbook(await bytesOf(await imports.templateStream()));
    expect(cells[0]).toEqual(header);
    expect(cells).toHaveLength(3);
  });
});
