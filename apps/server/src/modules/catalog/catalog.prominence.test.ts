import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { type CatalogFixture, createCatalogFixture } from '../../../test/catalog-fixture.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import type { ListOrder } from './catalog.domain.ts';
import { listProducts } from './catalog.list.repository.ts';
import { popularTier, rankProducts, tierFor } from './catalog.prominence.ts';

const products = 8_200;

describe('prominence', () => {
  let database: TestDatabase;
  let fixture: CatalogFixture;
  beforeAll(async () => {
    database = await createTestDatabase(4);
    fixture = await createCatalogFixture(database);
    const [spu] = await fixture.givenProducts({ title: '纯棉衬衫' });
    // A shop too large for making its products one by one: copies of one, each sold a little more than the one before.
    const columns = sql.raw(
      `shop_id, category_id, root_category_id, status, title, brief, keywords, gallery, spec_names, attributes, services, detail,
       ships_from, returnable, version, sku_count, sale_price_max, list_price, in_stock, search_vector, published_at, created_at, updated_at`,
    );
    await sql`
      insert into catalog.spu (spu_id, spu_code, sold_count, score, sale_price, ${columns})
      select gen_random_uuid(), 'C' || n, n, n, 1 + n % 5000, ${columns}
      from catalog.spu, generate_series(1, ${products - 1}::int) n where spu_id = ${spu?.spuId}`.execute(database.db);
    await sql`analyze catalog.spu`.execute(database.db);
    await fixture.search.refresh();
  }, 60_000);
  afterAll(() => database.close());

  const tiers = async () => {
    const { rows } = await sql<{ tier: number; count: number; least: number }>`
      select prominence as tier, count(*)::int as count, min(score)::int as least from catalog.spu group by 1 order by 1`.execute(
      database.db,
    );
    return rows;
  };

  it('C04-TECH-11 a quarter, a sixteenth and a sixty-fourth of the goods stand out, the best sellers', async () => {
    expect(await rankProducts(database)).toBeGreaterThan(2_000);
    const [rest, first, second, third] = await tiers();
    expect([first?.tier, second?.tier, third?.tier]).toEqual([1, 2, 3]);
    expect(third?.count).toBe(Math.floor(products / 64) + 1);
    expect((second?.count ?? 0) + (third?.count ?? 0)).toBe(Math.floor(products / 16) + 1);
    expect(rest?.count).toBe(products - Math.floor(products / 4) - 1);
    expect(third?.least).toBeGreaterThan(second?.least ?? 0);
    // Nothing to do when nothing changed.
    expect(await rankProducts(database)).toBe(0);
  });

  it('what sells out or leaves the shop stands out no longer', async () => {
    await rankProducts(database);
    const best = await database.db
      .selectFrom('catalog.spu')
      .select('spuId')
      .orderBy('score', 'desc')
      .limit(2)
      .execute();
    const [soldOut, gone] = best.map(({ spuId }) => spuId) as [string, string];
    await database.db.updateTable('catalog.spu').set({ inStock: false }).where('spuId', '=', soldOut).execute();
    await database.db.updateTable('catalog.spu').set({ status: 'off_sale' }).where('spuId', '=', gone).execute();
    await rankProducts(database);
    const left = await database.db
      .selectFrom('catalog.spu')
      .select('prominence')
      .where('spuId', 'in', [soldOut, gone])
      .execute();
    expect(left.map(({ prominence }) => prominence)).toEqual([0, 0]);
  });

  it('C04-TECH-11 a word that all goods share brings the best sellers, and a filter still finds what does not stand out', async () => {
    await rankProducts(database);
    const statements = await database.statementsOf(async () => {
      const { items } = await fixture.catalog.findPage({ q: '衬衫', limit: 20 });
      expect(items).toHaveLength(20);
      expect(Math.min(...items.map(({ soldCount }) => soldCount))).toBeGreaterThan(products - 200);
    });
    expect(statements).toHaveLength(1);
    expect(statements[0]).toContain('prominence >= 2');
    // These sold least: none of them is among the prominent.
    const { items } = await fixture.catalog.findPage({
      q: '衬衫',
      priceMin: 2,
      priceMax: 40,
      limit: 20,
      sort: 'sales',
    });
    expect(items).toHaveLength(20);
    expect(items.every(({ salePrice }) => salePrice <= 40)).toBe(true);
  });

  it('suggestions come from what stands out', async () => {
    await rankProducts(database);
    const { suggestions } = JSON.parse(await fixture.search.suggestionsReply('纯棉')) as { suggestions: string[] };
    expect(suggestions).toContain('纯棉衬衫');
  });

  it('tiers are as deep as there are enough matches', () => {
    expect([300, 1_599, 1_600, 6_400, 25_600, 10_000_000].map((matches) => tierFor(matches, 400))).toEqual([
      0, 0, 1, 2, 3, 3,
    ]);
    expect([0, 8_000, 8_001, 33_000, 450_000].map(popularTier)).toEqual([0, 0, 1, 2, 3]);
  });
});

describe('a filter on a whole shelf of a large shop', () => {
  let database: TestDatabase;
  let fixture: CatalogFixture;
  let shelf: string;
  beforeAll(async () => {
    database = await createTestDatabase(4);
    fixture = await createCatalogFixture(database);
    const [spu] = await fixture.givenProducts({ title: '纯棉衬衫' });
    // 3,000 goods: every fifth is cotton, five in all are silk and sold least.
    const columns = sql.raw(
      `shop_id, category_id, root_category_id, status, title, brief, keywords, gallery, spec_names, services, detail, ships_from,
       returnable, version, sku_count, sale_price_max, list_price, in_stock, search_vector, published_at, created_at, updated_at`,
    );
    await sql`
      insert into catalog.spu (spu_id, spu_code, sold_count, score, sale_price, attributes, ${columns})
      select gen_random_uuid(), 'W' || n, n, n, 1 + n % 997,
        jsonb_build_object('material', case when n <= 5 then '真丝' when n % 5 = 0 then '棉' else '麻' end), ${columns}
      from catalog.spu, generate_series(1, 3000) n where spu_id = ${spu?.spuId}`.execute(database.db);
    const row = await database.db.selectFrom('catalog.spu').select('rootCategoryId').limit(1).executeTakeFirstOrThrow();
    shelf = row.rootCategoryId;
  }, 60_000);
  afterAll(() => database.close());

  const find = (order: ListOrder, attr: string[], more: object = {}, products = 30_000) =>
    listProducts(database.db, { order, rootCategoryId: shelf, attr, limit: 21, products, ...more });
  const every = ['default', 'sales', 'newest', 'price_asc', 'price_desc'] as const;

  it('C04-TECH-11 gives the same goods in the same order as in a small shop, page after page', async () => {
    const ids = (rows: { spuId: string }[]) => rows.map(({ spuId }) => spuId);
    for (const order of every)
      for (const attr of [['material:棉'], ['material:真丝'], ['material:棉', 'material:真丝'], []]) {
        const more = { priceMin: 100, priceMax: 800, after: order === 'sales' ? [2_000, newId()] : undefined };
        const small = await find(order, attr, more, 0);
        expect(ids(await find(order, attr, more))).toEqual(ids(small));
      }
  });

  it('C04-TECH-11 asks once when many match, and once more when hardly any do', async () => {
    const common = await database.statementsOf(
      async () => void expect(await find('sales', ['material:棉'])).toHaveLength(21),
    );
    expect(common).toHaveLength(1);
    const rare = await database.statementsOf(
      async () => void expect(await find('sales', ['material:真丝'])).toHaveLength(5),
    );
    expect(rare).toHaveLength(2);
  });
});
