import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { PhysicalStoreTable, ShopTable } from './stores.tables.ts';

export type ShopRow = Selectable<ShopTable>;
export type StoreRow = Selectable<PhysicalStoreTable>;

export const listShops = (db: Executor, shopIds?: readonly string[]): Promise<ShopRow[]> => {
  const query = db.selectFrom('stores.shop').selectAll().orderBy('createdAt').orderBy('shopId');
  return (shopIds === undefined ? query : query.where(sql<boolean>`shop_id = any(${shopIds}::uuid[])`)).execute();
};

export const listStores = (db: Executor, shopId: string): Promise<StoreRow[]> =>
  db.selectFrom('stores.physicalStore').selectAll().where('shopId', '=', shopId).orderBy('storeId').execute();

export const listStoresOf = (db: Executor, shopIds: readonly string[]): Promise<StoreRow[]> =>
  db
    .selectFrom('stores.physicalStore')
    .selectAll()
    .where('shopId', '=', sql<string>`any(${[...shopIds]}::uuid[])`)
    .orderBy('storeId')
    .execute();

/** Makes or overwrites: seeds may run again. */
export async function saveShop(tx: Tx, shop: Omit<ShopRow, 'createdAt' | 'updatedAt'>, now: Date): Promise<void> {
  const values = { ...shop, logo: shop.logo === null ? null : JSON.stringify(shop.logo), updatedAt: now };
  await tx
    .insertInto('stores.shop')
    .values({ ...values, createdAt: now })
    .onConflict((conflict) => conflict.column('shopId').doUpdateSet(values))
    .execute();
}

export async function saveStore(tx: Tx, store: StoreRow): Promise<void> {
  await tx
    .insertInto('stores.physicalStore')
    .values(store)
    .onConflict((conflict) => conflict.columns(['shopId', 'storeId']).doUpdateSet(store))
    .execute();
}

export async function updateProfile(
  tx: Tx,
  shopId: string,
  profile: Pick<ShopRow, 'name' | 'slogan' | 'brandColor' | 'servicePhone' | 'shipsFrom'> & { logo?: ShopRow['logo'] },
  now: Date,
): Promise<boolean> {
  const { logo, ...rest } = profile;
  const { numUpdatedRows } = await tx
    .updateTable('stores.shop')
    .set({
      ...rest,
      ...(logo === undefined ? {} : { logo: logo === null ? null : JSON.stringify(logo) }),
      updatedAt: now,
    })
    .where('shopId', '=', shopId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
