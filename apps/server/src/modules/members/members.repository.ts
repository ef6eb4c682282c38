import { type Selectable, sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery, fixedWrite } from '#platform/database/hot-query.ts';
import { sharedRead } from '#platform/database/shared-reads.ts';
import type { ListPosition } from './members.domain.ts';
import type { AddressTable } from './members.tables.ts';

export type AddressRow = Selectable<AddressTable>;
export interface Visit {
  spuId: string;
  at: Date;
}

/** Nobody waits for it: it only orders the list next time. */
export const touchAddresses = fixedWrite<
  [buyerIds: readonly string[], addressIds: readonly string[], lastUsedAt: Date]
>(
  `update members.address a set last_used_at = $3::timestamptz
   from unnest($1::uuid[], $2::uuid[]) as used (buyer_id, address_id)
   where a.buyer_id = used.buyer_id and a.address_id = used.address_id`,
);

/** Writers of one buyer's addresses queue here until they commit. */
export async function lockAddressBook(tx: Tx, buyerId: string, now: Date): Promise<void> {
  await tx
    .insertInto('members.addressBook')
    .values({ buyerId, changedAt: now })
    .onConflict((conflict) => conflict.column('buyerId').doUpdateSet({ changedAt: now }))
    .execute();
}

const readBooks = fixedQuery<AddressRow, [buyerIds: readonly string[]]>(
  'select * from members.address where buyer_id = any($1::uuid[])',
);
export const listAddresses = sharedRead(async (db, buyerIds: readonly string[]) => {
  const books = Map.groupBy(await readBooks(db, buyerIds), ({ buyerId }) => buyerId);
  return buyerIds.map((buyerId) => books.get(buyerId) ?? []);
});

const readAddresses = fixedQuery<AddressRow, [buyerIds: readonly string[], addressIds: readonly string[]]>(
  `select address.* from unnest($1::uuid[], $2::uuid[]) as asked (buyer_id, address_id)
   join members.address using (buyer_id, address_id)`,
);
interface AskedAddress {
  buyerId: string;
  addressId: string;
}
const keyOf = ({ buyerId, addressId }: AskedAddress): string => `${buyerId} ${addressId}`;
/** Each is found by its buyer and its id together: another buyer's address is nobody's, in whatever company it is asked for. */
const findTogether = sharedRead(async (db, asked: readonly AskedAddress[]) => {
  const rows = await readAddresses(
    db,
    asked.map(({ buyerId }) => buyerId),
    asked.map(({ addressId }) => addressId),
  );
  const found = new Map(rows.map((row) => [keyOf(row), row]));
  return asked.map((one) => found.get(keyOf(one)));
});
export const findAddress = (db: Executor, buyerId: string, addressId: string): Promise<AddressRow | undefined> =>
  findTogether(db, { buyerId, addressId });

const readPreferred = fixedQuery<AddressRow, [buyerIds: readonly string[]]>(
  `select distinct on (buyer_id) * from members.address where buyer_id = any($1::uuid[])
   order by buyer_id, is_default desc, last_used_at desc nulls last, created_at desc`,
);
export const findPreferredAddress = sharedRead(async (db, buyerIds: readonly string[]) => {
  const found = new Map((await readPreferred(db, buyerIds)).map((row) => [row.buyerId, row]));
  return buyerIds.map((buyerId) => found.get(buyerId));
});

export async function insertAddress(tx: Tx, row: AddressRow): Promise<void> {
  await tx.insertInto('members.address').values(row).execute();
}

export async function updateAddress(
  tx: Tx,
  buyerId: string,
  addressId: string,
  change: Partial<Omit<AddressRow, 'buyerId' | 'addressId'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('members.address')
    .set(change)
    .where('buyerId', '=', buyerId)
    .where('addressId', '=', addressId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function clearDefault(tx: Tx, buyerId: string): Promise<void> {
  await tx
    .updateTable('members.address')
    .set({ isDefault: false })
    .where('buyerId', '=', buyerId)
    .where('isDefault', '=', true)
    .execute();
}

export async function deleteAddress(tx: Tx, buyerId: string, addressId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('members.address')
    .where('buyerId', '=', buyerId)
    .where('addressId', '=', addressId)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** By copy, since a row cannot change the buyer it is distributed by; the caller deletes the guest's. */
export async function copyAddresses(
  tx: Tx,
  {
    from,
    to,
    addressIds,
    keepDefault,
  }: { from: string; to: string; addressIds: readonly string[]; keepDefault: boolean },
): Promise<void> {
  await sql`
    insert into members.address (buyer_id, address_id, name_sealed, phone_sealed, phone_index, province, city, district,
      detail_sealed, is_default, lat, lng, last_used_at, created_at)
    select ${to}, address_id, name_sealed, phone_sealed, phone_index, province, city, district,
      detail_sealed, is_default and ${keepDefault}, lat, lng, last_used_at, created_at
    from members.address where buyer_id = ${from} and address_id = any(${addressIds}::uuid[])
    on conflict (buyer_id, address_id) do nothing`.execute(tx);
}

export async function deleteAllOf(tx: Tx, buyerId: string): Promise<void> {
  for (const table of ['members.address', 'members.addressBook', 'members.favourite', 'members.footprint'] as const) {
    await tx.deleteFrom(table).where('buyerId', '=', buyerId).execute();
  }
}

export async function listFavourites(
  db: Executor,
  buyerId: string,
  { after, limit }: { after: ListPosition | undefined; limit: number },
): Promise<(Visit & { priceWhenAdded: number })[]> {
  let query = db
    .selectFrom('members.favourite')
    .select(['spuId', 'addedAt as at', 'priceWhenAdded'])
    .where('buyerId', '=', buyerId)
    .orderBy('addedAt', 'desc')
    .orderBy('spuId', 'desc')
    .limit(limit);
  if (after) query = query.where(sql<boolean>`(added_at, spu_id) < (${after.at}, ${after.spuId}::uuid)`);
  return query.execute();
}

export async function isFavourite(db: Executor, buyerId: string, spuId: string): Promise<boolean> {
  const row = await db
    .selectFrom('members.favourite')
    .select('spuId')
    .where('buyerId', '=', buyerId)
    .where('spuId', '=', spuId)
    .executeTakeFirst();
  return row !== undefined;
}

/** Adding again keeps the first day and price. */
export async function insertFavourite(
  tx: Tx,
  row: { buyerId: string; spuId: string; priceWhenAdded: number; addedAt: Date },
): Promise<void> {
  await tx
    .insertInto('members.favourite')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function deleteFavourite(tx: Tx, buyerId: string, spuId: string): Promise<void> {
  await tx.deleteFrom('members.favourite').where('buyerId', '=', buyerId).where('spuId', '=', spuId).execute();
}

export async function listFootprints(
  db: Executor,
  buyerId: string,
  { after, limit }: { after: ListPosition | undefined; limit: number },
): Promise<Visit[]> {
  let query = db
    .selectFrom('members.footprint')
    .select(['spuId', 'viewedAt as at'])
    .where('buyerId', '=', buyerId)
    .orderBy('viewedAt', 'desc')
    .orderBy('spuId', 'desc')
    .limit(limit);
  if (after) query = query.where(sql<boolean>`(viewed_at, spu_id) < (${after.at}, ${after.spuId}::uuid)`);
  return query.execute();
}

/** A later view moves the footprint up; views may arrive out of order. */
export async function saveFootprint(tx: Tx, row: { buyerId: string; spuId: string; viewedAt: Date }): Promise<void> {
  await tx
    .insertInto('members.footprint')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['buyerId', 'spuId'])
        .doUpdateSet({ viewedAt: sql`greatest(footprint.viewed_at, excluded.viewed_at)` }),
    )
    .execute();
}

export async function trimFootprints(tx: Tx, buyerId: string, keep: number): Promise<void> {
  await sql`
    delete from members.footprint where buyer_id = ${buyerId} and spu_id in (
      select spu_id from members.footprint where buyer_id = ${buyerId}
      order by viewed_at desc, spu_id desc offset ${keep})`.execute(tx);
}

export async function clearFootprints(tx: Tx, buyerId: string): Promise<void> {
  await tx.deleteFrom('members.footprint').where('buyerId', '=', buyerId).execute();
}

/** Copies what the buyer does not have yet; of both, the earlier favourite and the later view stay. */
export async function copyFavouritesAndFootprints(tx: Tx, from: string, to: string): Promise<void> {
  await sql`
    insert into members.favourite (buyer_id, spu_id, price_when_added, added_at)
    select ${to}, spu_id, price_when_added, added_at from members.favourite where buyer_id = ${from}
    on conflict (buyer_id, spu_id) do nothing`.execute(tx);
  await sql`
    insert into members.footprint (buyer_id, spu_id, viewed_at)
    select ${to}, spu_id, viewed_at from members.footprint where buyer_id = ${from}
    on conflict (buyer_id, spu_id) do update
    set viewed_at = greatest(members.footprint.viewed_at, excluded.viewed_at)`.execute(tx);
}
