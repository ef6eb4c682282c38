import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CatalogFixture, createCatalogFixture, shopA, shopB } from '../../../test/catalog-fixture.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { pageOfShop, searchSkuIds } from './catalog.console-list.repository.ts';
import type { LoadSpu } from './catalog.loader.ts';

const titles = ['胡桃木托盘', '白瓷茶杯', '加厚羊毛被 双人', 'Aero 保温杯 500ml', '茶杯架'];

describe('the list of a merchant’s products', () => {
  let database: TestDatabase;
  let fixture: CatalogFixture;
  let spus: LoadSpu[];
  beforeAll(async () => {
    database = await createTestDatabase(4);
    fixture = await createCatalogFixture(database);
    const stocks = [[0], [50], [3], [0, 0], [2, 4], [9, 3], [70], [1]];
    spus = await fixture.givenProducts(
      ...Array.from({ length: 40 }, (_, index) => ({
        title: titles[index % titles.length] as string,
        stocks: stocks[index % stocks.length] as number[],
        price: 1_000 + ((index * 7) % 5) * 100,
        soldCount: (index * 13) % 7,
      })),
    );
    await fixture.givenProducts({ shopId: shopB, title: '白瓷茶杯' });
  });
  afterAll(() => database.close());

  const textOf = (typed: string) => ({ typed, tsquery: fixture.search.allOf(typed) });
  const named = async (typed: string) =>
    (await pageOfShop(database.db, shopA, { text: textOf(typed), page: 1, pageSize: 100 })).items
      .map(({ spuId }) => spuId)
      .sort();
  const idsWhere = (holds: (spu: LoadSpu) => boolean) =>
    spus
      .filter(holds)
      .map(({ spuId }) => spuId)
      .sort();

  it('C04-TECH-11 pages of any size put together are the whole shop in the order asked for', async () => {
    const shortness = ({ stock }: LoadSpu) => (stock.inStock ? (stock.scarce ? 1 : 2) : 0);
    const before = (a: string, b: string) => (a > b ? -1 : 1);
    const expected = {
      sales: spus.toSorted((a, b) => b.soldCount - a.soldCount || before(a.spuId, b.spuId)),
      price: spus.toSorted(
        (a, b) => (a.skus[0]?.salePrice ?? 0) - (b.skus[0]?.salePrice ?? 0) || before(a.spuId, b.spuId),
      ),
      stock: spus.toSorted(
        (a, b) => shortness(a) - shortness(b) || a.stock.available - b.stock.available || before(a.spuId, b.spuId),
      ),
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('sales' as const, 'price' as const, 'stock' as const),
        fc.integer({ min: 1, max: 45 }),
        async (sort, pageSize) => {
          const seen: string[] = [];
          for (let page = 1; page <= Math.ceil(40 / pageSize) + 1; page += 1) {
            const { items, total } = await pageOfShop(database.db, shopA, { page, pageSize, sort });
            expect(total).toBe(40);
            seen.push(...items.map(({ spuId }) => spuId));
          }
          expect(seen).toEqual(expected[sort].map(({ spuId }) => spuId));
        },
      ),
      { numRuns: 25, seed: 7 },
    );
  });

  it('any part of a Chinese name finds it, and nothing that lacks it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .constantFrom('胡桃木托盘', '白瓷茶杯', '加厚羊毛被', '保温杯', '茶杯架')
          .chain((name) =>
            fc
              .tuple(fc.nat([...name].length - 1), fc.integer({ min: 1, max: 5 }))
              .map(([from, length]) => [...name].slice(from, from + length).join('')),
          ),
        async (part) => {
          expect(await named(part)).toEqual(idsWhere(({ title }) => title.includes(part)));
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });

  it('finds letters and digits by their beginning, all words of several, and codes of product or SKU', async () => {
    expect(await named('aer')).toEqual(idsWhere(({ title }) => title.includes('Aero')));
    expect(await named('双人 羊毛')).toEqual(idsWhere(({ title }) => title.includes('羊毛被')));
    expect(await named('羊毛 茶杯')).toEqual([]);
    const [spu] = spus as [LoadSpu];
    const code = spu.skus[0]?.skuCode as string;
    expect(await named(spu.spuCode.toLowerCase())).toContain(spu.spuId);
    expect(await named(code.toLowerCase())).toEqual([spu.spuId]);
    expect(await searchSkuIds(database.db, shopA, textOf(code), 500)).toEqual([spu.skus[0]?.skuId]);
    expect((await searchSkuIds(database.db, shopA, textOf('茶杯架'), 500)).length).toBe(
      spus.filter(({ title }) => title === '茶杯架').flatMap(({ skus }) => skus).length,
    );
    expect(await searchSkuIds(database.db, shopB, textOf(code), 500)).toEqual([]);
    for (const typed of ['%', '_', '…', '100%']) expect(await named(typed)).toEqual([]);
  });
});
