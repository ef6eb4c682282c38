/** Products as the merchant sees them. Every statement is scoped by the shop; another shop's id finds nothing. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { PictureRef } from '#platform/picture.ts';
import type { SkuTable, SpuTable } from './catalog.tables.ts';

export type SpuRow = Selectable<SpuTable>;
export type SkuRow = Selectable<SkuTable>;

export const findSpu = (db: Executor, shopId: string, spuId: string): Promise<SpuRow | undefined> =>
  db.selectFrom('catalog.spu').selectAll().where('shopId', '=', shopId).where('spuId', '=', spuId).executeTakeFirst();

/** Holds the rows until the transaction ends, in id order. */
export const lockSpus = (tx: Tx, shopId: string, spuIds: string[]): Promise<SpuRow[]> =>
  tx
    .selectFrom('catalog.spu')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('spuId', 'in', spuIds)
    .orderBy('spuId')
    .forUpdate()
    .execute();

export const listSkus = (db: Executor, spuIds: string[]): Promise<SkuRow[]> =>
  db
    .selectFrom('catalog.sku')
    .selectAll()
    .where('spuId', 'in', spuIds)
    .where('retiredAt', 'is', null)
    .orderBy('spuId')
    .orderBy('position')
    .execute();

/** Codes of a shop that exist already, those of one product left out. */
export async function listTakenSkuCodes(
  db: Executor,
  shopId: string,
  skuCodes: string[],
  exceptSpuId?: string,
): Promise<string[]> {
  if (skuCodes.length === 0) return [];
  const rows = await db
    .selectFrom('catalog.sku')
    .select('skuCode')
    .where('shopId', '=', shopId)
    .where('skuCode', 'in', skuCodes)
    .$if(exceptSpuId !== undefined, (query) => query.where('spuId', '!=', exceptSpuId as string))
    .execute();
  return rows.map(({ skuCode }) => skuCode);
}

export async function listTakenSpuCodes(db: Executor, shopId: string, spuCodes: string[]): Promise<string[]> {
  if (spuCodes.length === 0) return [];
  const rows = await db
    .selectFrom('catalog.spu')
    .select('spuCode')
    .where('shopId', '=', shopId)
    .where('spuCode', 'in', spuCodes)
    .execute();
  return rows.map(({ spuCode }) => spuCode);
}

export const insertSpu = async (tx: Tx, row: Insertable<SpuTable>): Promise<void> => {
  await tx.insertInto('catalog.spu').values(row).execute();
};
export const updateSpu = async (tx: Tx, spuId: string, values: Updateable<SpuTable>): Promise<void> => {
  await tx.updateTable('catalog.spu').set(values).where('spuId', '=', spuId).execute();
};

/** Makes the SKUs of a product these and only these: new ones come, kept ones change, absent ones retire. */
export async function replaceSkus(tx: Tx, spuId: string, rows: Insertable<SkuTable>[], now: Date): Promise<void> {
  const kept = rows.map(({ skuId }) => skuId);
  // A code may wander from one SKU of the product to another: retired and changed rows step aside first.
  await tx
    .updateTable('catalog.sku')
    .set({ retiredAt: now })
    .where('spuId', '=', spuId)
    .where('retiredAt', 'is', null)
    .where('skuId', 'not in', kept)
    .execute();
  await sql`
    update catalog.sku set sku_code = 'retired-' || sku_id where spu_id = ${spuId} and (retired_at is not null or sku_id = any(${kept}::uuid[]))`.execute(
    tx,
  );
  await tx
    .insertInto('catalog.sku')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['spuId', 'skuId']).doUpdateSet((eb) => ({
        skuCode: eb.ref('excluded.skuCode'),
        position: eb.ref('excluded.position'),
        specs: eb.ref('excluded.specs'),
        salePrice: eb.ref('excluded.salePrice'),
        listPrice: eb.ref('excluded.listPrice'),
        cost: eb.ref('excluded.cost'),
        weightGrams: eb.ref('excluded.weightGrams'),
        barcode: eb.ref('excluded.barcode'),
        picture: eb.ref('excluded.picture'),
        retiredAt: null,
      })),
    )
    .execute();
}

export async function countByCategory(db: Executor, shopId: string): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('catalog.spu')
    .select(['categoryId', 'rootCategoryId', (eb) => eb.fn.countAll<number>().as('count')])
    .where('shopId', '=', shopId)
    .groupBy(['categoryId', 'rootCategoryId'])
    .execute();
  const counts = new Map<string, number>();
  for (const { categoryId, rootCategoryId, count } of rows) {
    for (const id of new Set([categoryId, rootCategoryId])) counts.set(id, (counts.get(id) ?? 0) + count);
  }
  return counts;
}

export interface SkuLabelRow {
  skuId: string;
  title: string;
  specNames: string[];
  specs: string[];
  skuCode: string;
  picture: PictureRef | null;
}
export const listSkuLabels = (db: Executor, skuIds: string[]): Promise<SkuLabelRow[]> =>
  db
    .selectFrom('catalog.sku as sku')
    .innerJoin('catalog.spu as spu', 'spu.spuId', 'sku.spuId')
    .where('sku.skuId', 'in', skuIds)
    .select([
      'sku.skuId',
      'spu.title',
      'spu.specNames',
      'sku.specs',
      'sku.skuCode',
      sql<PictureRef | null>`coalesce(sku.picture, spu.gallery -> 0)`.as('picture'),
    ])
    .execute();

export const listForExport = (
  db: Executor,
  shopId: string,
  after: string | undefined,
  limit: number,
): Promise<SpuRow[]> =>
  db
    .selectFrom('catalog.spu')
    .selectAll()
    .where('shopId', '=', shopId)
    .$if(after !== undefined, (query) => query.where('spuId', '>', after as string))
    .orderBy('spuId')
    .limit(limit)
    .execute();
