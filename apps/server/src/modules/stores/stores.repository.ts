import type { Insertable, Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { PhysicalStoreTable, ShopTable } from './stores.tables.ts';

export type ShopRow = Selectable<ShopTable>;
export type StoreRow = Insertable<PhysicalStoreTable>;
const columns = ['shopId', 'storeId', 'name', 'address', 'phone', 'hours', 'lat', 'lng'] as const;

export const listShops = (db: Executor, shopIds?: readonly string[]): Promise<ShopRow[]> => {
  const query = db.selectFrom('stores.shop').selectAll().orderBy('createdAt').orderBy('shopId');
  return (shopIds === undefined ? query : query.where(sql<boolean>`shop_id = any(${shopIds}::uuid[])`)).execute();
};

export const listStores = (db: Executor, shopId: string): Promise<StoreRow[]> =>
  db.selectFrom('stores.physicalStore').select(columns).where('shopId', '=', shopId).orderBy('storeId').execute();

export const listStoresOf = (db: Executor, shopIds: readonly string[]): Promise<StoreRow[]> =>
  db
    .selectFrom('stores.physicalStore')
    .select(columns)
    .where('shopId', '=', sql<string>`any(${[...shopIds]}::uuid[])`)
    .orderBy('storeId')
    .execute();

const located = (db: Executor) =>
  db
    .selectFrom('stores.physicalStore as store')
    .innerJoin('stores.shop as shop', 'shop.shopId', 'store.shopId')
    .select(columns.map((column) => `store.${column}` as const))
    .select('shop.name as shopName');

/** In the box around a position; corners and all, the caller measures. */
export const storesInBox = (
  db: Executor,
  { lat, lng }: { lat: readonly [number, number]; lng: readonly [number, number] },
  limit: number,
) =>
  located(db)
    .where('store.lat', '>=', lat[0])
    .where('store.lat', '<=', lat[1])
    .where('store.lng', '>=', lng[0])
    .where('store.lng', '<=', lng[1])
    .limit(limit)
    .execute();

export const storesOfCity = (db: Executor, city: string, limit: number) =>
  located(db).where('store.city', '=', city).orderBy('store.name').orderBy('store.storeId').limit(limit).execute();

/** Most stores first. */
export const cities = (db: Executor, limit: number): Promise<{ city: string; stores: number }[]> =>
  db
    .selectFrom('stores.physicalStore')
    .where('city', '<>', '')
    .groupBy('city')
    .select(({ fn }) => ['city', fn.countAll<number>().as('stores')])
    .orderBy('stores', 'desc')
    .orderBy('city')
    .limit(limit)
    .execute();

export const storesNamed = (db: Executor, storeIds: readonly string[]) =>
  db
    .selectFrom('stores.physicalStore')
    .select(['storeId', 'name', 'lat', 'lng'])
    .where('storeId', '=', sql<string>`any(${[...storeIds]}::uuid[])`)
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
