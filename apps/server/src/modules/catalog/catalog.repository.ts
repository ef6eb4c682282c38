/** The doors other modules and the storefront read by. Lists are in catalog.list.repository.ts. */
import type { GoodsTerms } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { sendLater } from '#platform/database/dialect.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import type { PictureRef } from '#platform/picture.ts';
import { type CardRow, cardColumns, coverColumn } from './catalog.cards.ts';
import type { StockFlags } from './catalog.domain.ts';
import type { ReviewHead, SpuTable } from './catalog.tables.ts';

export interface SellableRow {
  skuId: string;
  spuId: string;
  shopId: string;
  title: string;
  specNames: string[];
  specs: string[];
  picture: PictureRef;
  salePrice: number;
  listPrice: number;
  cost: number;
  weightGrams: number;
  skuCode: string;
  categoryId: string;
  rootCategoryId: string;
  onSale: boolean;
  returnable: boolean;
  goods: GoodsTerms | null;
}

export const listSellable = fixedQuery<SellableRow, [skuIds: string[]]>(
  `select sku.sku_id, sku.spu_id, sku.shop_id, spu.title, spu.spec_names, sku.specs, sku.sale_price, sku.list_price, sku.cost,
     sku.weight_grams, sku.sku_code, spu.category_id, spu.root_category_id, spu.returnable, spu.goods,
     coalesce(sku.picture, spu.gallery -> 0) as picture, spu.status = 'on_sale' and sku.retired_at is null as on_sale
   from catalog.sku join catalog.spu using (spu_id) where sku.sku_id = any($1::uuid[])`,
);

export interface GoodsRow {
  skuId: string;
  spuId: string;
  shopId: string;
  title: string;
  salePrice: number;
  cost: number;
  categoryId: string;
  rootCategoryId: string;
}

/** What is on sale in a shop, or of one product. */
export const listGoods = (
  db: Executor,
  where: { shopId: string } | { spuId: string },
  limit: number,
): Promise<GoodsRow[]> => {
  const query = db
    .selectFrom('catalog.sku as sku')
    .innerJoin('catalog.spu as spu', 'spu.spuId', 'sku.spuId')
    .where('spu.status', '=', 'on_sale')
    .where('sku.retiredAt', 'is', null);
  return ('spuId' in where ? query.where('spu.spuId', '=', where.spuId) : query.where('spu.shopId', '=', where.shopId))
    .select([
      'sku.skuId',
      'sku.spuId',
      'sku.shopId',
      'spu.title',
      'sku.salePrice',
      'sku.cost',
      'spu.categoryId',
      'spu.rootCategoryId',
    ])
    .orderBy('sku.skuId')
    .limit(limit)
    .execute();
};

export async function skuIdsOf(db: Executor, shopId: string, spuId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('catalog.sku')
    .select('skuId')
    .where('shopId', '=', shopId)
    .where('spuId', '=', spuId)
    .where('retiredAt', 'is', null)
    .orderBy('position')
    .execute();
  return rows.map(({ skuId }) => skuId);
}

export const listCards = (db: Executor, spuIds: string[]): Promise<CardRow[]> =>
  db
    .selectFrom('catalog.spu')
    .select([...cardColumns, coverColumn])
    .where('spuId', 'in', spuIds)
    .where('status', '!=', 'draft')
    .where(sql<boolean>`jsonb_array_length(gallery) > 0`)
    .execute();

export interface DetailRow
  extends Pick<
    SpuTable,
    | 'spuId'
    | 'shopId'
    | 'categoryId'
    | 'title'
    | 'brief'
    | 'specNames'
    | 'services'
    | 'shipsFrom'
    | 'salePrice'
    | 'salePriceMax'
    | 'listPrice'
    | 'soldCount'
    | 'inStock'
    | 'scarce'
    | 'status'
    | 'publishedAt'
  > {
  goods: GoodsTerms | null;
  gallery: PictureRef[];
  video: { url: string; poster: PictureRef } | null;
  attributes: Record<string, string | number | boolean>;
  detail: import('./catalog.tables.ts').StoredDetailBlock[];
  reviewHead: ReviewHead | null;
  attributeSchema: import('./catalog.tables.ts').AttributeSchema;
  skus: { skuId: string; specs: string[]; salePrice: number; listPrice: number; picture: PictureRef | null }[];
}

/** The whole page but the stock in one statement. */
export const findDetail = (db: Executor, spuId: string): Promise<DetailRow | undefined> =>
  db
    .selectFrom('catalog.spu as spu')
    .innerJoin('catalog.category as category', 'category.categoryId', 'spu.categoryId')
    .where('spu.spuId', '=', spuId)
    .where('spu.status', '!=', 'draft')
    .select([
      'spu.spuId',
      'spu.shopId',
      'spu.categoryId',
      'spu.title',
      'spu.brief',
      'spu.specNames',
      'spu.services',
      'spu.shipsFrom',
      'spu.salePrice',
      'spu.salePriceMax',
      'spu.listPrice',
      'spu.soldCount',
      'spu.inStock',
      'spu.scarce',
      'spu.status',
      'spu.publishedAt',
      'spu.goods',
      'spu.gallery',
      'spu.video',
      'spu.attributes',
      'spu.detail',
      'spu.reviewHead',
      'category.attributeSchema',
      sql<DetailRow['skus']>`(
        select coalesce(json_agg(json_build_object('skuId', sku_id, 'specs', specs, 'salePrice', sale_price,
          'listPrice', list_price, 'picture', picture) order by position), '[]'::json)
        from catalog.sku where sku.spu_id = spu.spu_id and retired_at is null)`.as('skus'),
    ])
    .executeTakeFirst();

export const listActiveSkus = fixedQuery<{ spuId: string; skuId: string }, [spuIds: readonly string[]]>(
  `select spu_id, sku_id from catalog.sku where spu_id = any($1::uuid[]) and retired_at is null`,
);

const updateStockFlags = fixedQuery<
  { spuId: string; shopId: string; turnedOver: boolean },
  [spuIds: readonly string[], available: readonly number[], inStock: readonly boolean[], scarce: readonly boolean[]]
>(
  `with said as (
     select * from unnest($1::uuid[], $2::int[], $3::bool[], $4::bool[]) as s (spu_id, available, in_stock, scarce)
   ), before as (
     select spu_id, in_stock, scarce, available from catalog.spu where spu_id = any($1::uuid[]) order by spu_id for update
   )
   update catalog.spu set available = said.available, in_stock = said.in_stock, scarce = said.scarce
   from before join said on said.spu_id = before.spu_id
   where spu.spu_id = before.spu_id
     and (before.available, before.in_stock, before.scarce) is distinct from (said.available, said.in_stock, said.scarce)
   returning spu.spu_id, spu.shop_id, before.in_stock <> said.in_stock or before.scarce <> said.scarce as turned_over`,
);

/** @returns the products of which a flag that lists show or filter by turned over */
export async function saveStockFlags(
  tx: Tx,
  flags: ReadonlyMap<string, StockFlags>,
): Promise<{ spuId: string; shopId: string }[]> {
  const rows = await updateStockFlags(
    tx,
    [...flags.keys()],
    [...flags.values()].map(({ available }) => available),
    [...flags.values()].map(({ inStock }) => inStock),
    [...flags.values()].map(({ scarce }) => scarce),
  );
  return rows.filter(({ turnedOver }) => turnedOver).map(({ spuId, shopId }) => ({ spuId, shopId }));
}

export async function saveReviewHead(tx: Tx, spuId: string, head: ReviewHead): Promise<string | undefined> {
  const row = await tx
    .updateTable('catalog.spu')
    .set({ reviewHead: JSON.stringify(head) })
    .where('spuId', '=', spuId)
    .returning('shopId')
    .executeTakeFirst();
  return row?.shopId;
}

/** Adds to the sold counts in spu order, so that two orders wait for each other instead of deadlocking. */
export async function addSales(tx: Tx, lines: { spuId: string; quantity: number }[]): Promise<void> {
  const bySpu = new Map<string, number>();
  for (const { spuId, quantity } of lines) bySpu.set(spuId, (bySpu.get(spuId) ?? 0) + quantity);
  const ids = [...bySpu.keys()].sort();
  if (ids.length === 0) return;
  await sendLater(
    tx,
    tx
      .selectFrom('catalog.spu')
      .select('spuId')
      .where('spuId', '=', sql<string>`any(${ids}::uuid[])`)
      .orderBy('spuId')
      .forUpdate(),
  );
  const update = sql`
    update catalog.spu set
      score = score - log((1 + sold_count)::numeric)::double precision
        + log((1 + greatest(0, sold_count + t.quantity))::numeric)::double precision,
      sold_count = greatest(0, sold_count + t.quantity)
    from unnest(${ids}::uuid[], ${ids.map((id) => bySpu.get(id))}::int[]) as t (spu_id, quantity)
    where spu.spu_id = t.spu_id`;
  await sendLater(tx, update.compile(tx));
}

export const listCategories = (db: Executor) =>
  db.selectFrom('catalog.category').selectAll().orderBy('sort').orderBy('categoryId').execute();

export const listBanners = (db: Executor) => db.selectFrom('catalog.banner').selectAll().orderBy('sort').execute();

export const countOnSaleByShop = async (db: Executor, shopIds: string[]): Promise<Map<string, number>> => {
  const rows = await db
    .selectFrom('catalog.spu')
    .select(['shopId', (eb) => eb.fn.countAll<number>().as('count')])
    .where('shopId', 'in', shopIds)
    .where('status', '=', 'on_sale')
    .groupBy('shopId')
    .execute();
  return new Map(rows.map(({ shopId, count }) => [shopId, count]));
};
