/** The merchant's list of products and the console's text search: what they cost does not grow with the shop. */
import type { ConsoleProductQuery } from '@xiaopu/contracts/console';
import { type Expression, type RawBuilder, type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import { type Executor, plannedForItsValues, type Tables } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import { type beginningWith, codePrefixOf } from './catalog.domain.ts';

/** Exact totals stop here: nobody pages further. What words find is counted less far, for each match must be fetched. */
const countLimit = { all: 10_000, found: 1_000 };
/** A beginning that more codes have than this is not a code yet. */
const codeLimit = 500;

/** What was typed into a search box: `tsquery` is what holds all its words, undefined when it has none. */
export interface ProductText {
  typed: string;
  tsquery: string | undefined;
}

type SpuQuery = SelectQueryBuilder<Tables & { spu: Tables['catalog.spu'] }, 'spu', object>;

type Prefix = ReturnType<typeof beginningWith>;

/** As a range, not by LIKE: what LIKE would look for in the index is unknown to a statement that is planned once for all values. */
const begins = (column: 'spu_code' | 'sku_code', { from, below }: Prefix): RawBuilder<SqlBool> =>
  sql<boolean>`(lower(${sql.ref(column)}) ~>=~ ${from} and lower(${sql.ref(column)}) ~<~ ${below})`;

/** Products whose own code or one of whose SKU codes begins like this, by index. */
const spuIdsByCode = (shopId: string, prefix: Prefix): RawBuilder<string[]> => sql`array(
  (select spu_id from catalog.spu where shop_id = ${shopId} and ${begins('spu_code', prefix)} limit ${codeLimit})
  union
  (select spu_id from catalog.sku where shop_id = ${shopId} and ${begins('sku_code', prefix)} limit ${codeLimit}))`;

const isNamed = (tsquery: string): RawBuilder<SqlBool> =>
  sql<boolean>`spu.search_vector @@ ${tsquery}::tsquery ${sql.raw(plannedForItsValues)}`;

function matching(shopId: string, { typed, tsquery }: ProductText): Expression<SqlBool> {
  const prefix = codePrefixOf(typed);
  const byCode = prefix === undefined ? undefined : sql<boolean>`spu.spu_id = any(${spuIdsByCode(shopId, prefix)})`;
  const byName = tsquery === undefined ? undefined : isNamed(tsquery);
  if (byCode && byName) return sql<boolean>`(${byName} or ${byCode})`;
  return byName ?? byCode ?? sql<boolean>`false`;
}

export interface ProductFilter extends Omit<ConsoleProductQuery, 'q'> {
  text?: ProductText | undefined;
}

function ofShop(db: Executor, shopId: string, { text, status, categoryId, stock }: ProductFilter): SpuQuery {
  let rows: SpuQuery = db.selectFrom('catalog.spu as spu').where('spu.shopId', '=', shopId);
  if (status) rows = rows.where('status', '=', status);
  if (categoryId)
    rows = rows.where((eb) =>
      eb.or([eb('spu.categoryId', '=', categoryId), eb('spu.rootCategoryId', '=', categoryId)]),
    );
  if (stock === 'low') rows = rows.where('scarce', '=', true);
  if (stock === 'out') rows = rows.where('inStock', '=', false);
  if (text) rows = rows.where(matching(shopId, text));
  return rows;
}

const columns = [
  'spu.spuId',
  'title',
  'spu.categoryId',
  'status',
  'salePrice',
  'salePriceMax',
  'skuCount',
  'available',
  'soldCount',
  'updatedAt',
  'inStock',
  'scarce',
] as const;

const byStock = sql`in_stock, scarce desc, available, spu_id desc`;
const orders = {
  updated: sql`updated_at desc, spu_id desc`,
  sales: sql`sold_count desc, spu_id desc`,
  price: sql`sale_price, spu_id desc`,
};

/** Sold out first, then what runs short, then the rest: literals, so that the planner sees that an index holds the first two. */
const shortness = {
  gone: sql<boolean>`(not spu.in_stock or spu.scarce) and not spu.in_stock`,
  scarce: sql<boolean>`(not spu.in_stock or spu.scarce) and spu.in_stock`,
  plenty: sql<boolean>`spu.in_stock and not spu.scarce`,
};
type Shortness = keyof typeof shortness;

/** One page and the count up to a limit: two statements; a third says where the page by stock begins. */
export async function pageOfShop(db: Executor, shopId: string, filter: ProductFilter) {
  const { page, pageSize, sort = 'updated', text } = filter;
  const rows = ofShop(db, shopId, filter);
  const offset = (page - 1) * pageSize;
  const selected =
    sort === 'stock'
      ? await pageByStock(db, rows, offset, pageSize)
      : rows
          .select([...columns, cover])
          .orderBy(orders[sort])
          .offset(offset)
          .limit(pageSize)
          .as('spu');
  // The names of a page's categories, not of all rows that are sorted.
  const reading = db
    .selectFrom(selected)
    .innerJoin('catalog.category as category', 'category.categoryId', 'spu.categoryId')
    .selectAll('spu')
    .select('category.name as categoryName')
    .orderBy(sort === 'stock' ? byStock : orders[sort])
    .execute();
  const counting = db
    .selectFrom(
      rows
        .select('spu.spuId')
        .limit(text ? countLimit.found : countLimit.all)
        .as('counted'),
    )
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const [items, { total }] = await Promise.all([reading, counting]);
  return { items: items.map(({ inStock: _, scarce: __, ...item }) => item), total };
}

const cover = sql<PictureRef | null>`gallery -> 0`.as('cover');

async function pageByStock(db: Executor, rows: SpuQuery, offset: number, limit: number) {
  const until = offset + limit;
  const upTo = (which: Shortness) =>
    db
      .selectFrom(rows.where(shortness[which]).select('spu.spuId').limit(until).as('counted'))
      .select((eb) => eb.fn.countAll<number>().as('count'));
  const { gone, scarce } = await db
    .selectNoFrom([upTo('gone').as('gone'), upTo('scarce').as('scarce')])
    .executeTakeFirstOrThrow();
  const before = { gone: 0, scarce: gone ?? 0, plenty: (gone ?? 0) + (scarce ?? 0) };
  const part = (which: Shortness) => {
    const from = Math.max(0, offset - before[which]);
    const some = rows
      .where(shortness[which])
      .select([...columns, cover])
      // What is sold out has nothing left to be sorted by.
      .orderBy(which === 'gone' ? sql`spu_id desc` : sql`available, spu_id desc`)
      .offset(from)
      .limit(Math.max(0, Math.min(limit, until - before[which])));
    return db.selectFrom(some.as(which)).selectAll();
  };
  return db
    .selectFrom(part('gone').unionAll(part('scarce')).unionAll(part('plenty')).as('parts'))
    .selectAll()
    .as('spu');
}

/** Exactly this barcode: what a scanner says. */
export async function listSkusOfBarcode(db: Executor, shopId: string, barcode: string): Promise<string[]> {
  const rows = await db
    .selectFrom('catalog.sku')
    .select('skuId')
    .where('shopId', '=', shopId)
    .where('barcode', '=', barcode)
    .where('barcode', '<>', '')
    .where('retiredAt', 'is', null)
    .limit(10)
    .execute();
  return rows.map(({ skuId }) => skuId);
}

/** SKUs of a shop by words of the product's name, the beginning of a code, or a barcode. */
export async function searchSkuIds(
  db: Executor,
  shopId: string,
  { typed, tsquery }: ProductText,
  limit: number,
): Promise<string[]> {
  const prefix = codePrefixOf(typed);
  const ways: RawBuilder<unknown>[] = [
    sql`(select sku_id from catalog.sku where shop_id = ${shopId} and retired_at is null and barcode <> '' and barcode = ${typed}
      limit ${limit})`,
  ];
  if (prefix !== undefined)
    ways.push(sql`(select sku_id from catalog.sku where shop_id = ${shopId} and retired_at is null and ${begins('sku_code', prefix)}
      limit ${limit})`);
  if (tsquery !== undefined)
    ways.push(sql`(select sku.sku_id from (
        select spu_id from catalog.spu where shop_id = ${shopId} and ${isNamed(tsquery)} order by updated_at desc, spu_id desc
        limit ${limit}) as named
      join catalog.sku on sku.spu_id = named.spu_id and sku.retired_at is null limit ${limit})`);
  const { rows } = await sql<{ skuId: string }>`
    select sku_id from (${sql.join(ways, sql` union `)}) as found limit ${limit}`.execute(db);
  return rows.map(({ skuId }) => skuId);
}
