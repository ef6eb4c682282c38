/** All SQL on the pickup schema. */
import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { sendLater } from '#platform/database/dialect.ts';
import type {} from './pickup.tables.ts';

export type Booking = Selectable<Tables['pickup.booking']>;

/** @returns false when the window is full */
export async function takePlace(
  tx: Tx,
  { storeId, startsAt, shopId }: { storeId: string; startsAt: Date; shopId: string },
  capacity: number,
): Promise<boolean> {
  const { rows } = await sql`
    insert into pickup.slot as s (store_id, starts_at, shop_id, booked)
    values (${storeId}, ${startsAt}, ${shopId}, 1)
    on conflict (store_id, starts_at) do update set booked = s.booked + 1 where s.booked < ${capacity}
    returning 1`.execute(tx);
  return rows.length > 0;
}

export const insertBooking = (tx: Tx, booking: Omit<Booking, 'state' | 'pickedUpAt' | 'pickedUpBy'>): Promise<void> =>
  sendLater(
    tx,
    tx.insertInto('pickup.booking').values({ ...booking, state: 'booked', pickedUpAt: null, pickedUpBy: null }),
  );

/** Gives the place back, once. */
export async function release(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
  await sql`
    with freed as (
      update pickup.booking set state = 'released'
      where buyer_id = ${buyerId} and order_no = ${orderNo} and state = 'booked'
      returning store_id, starts_at
    )
    update pickup.slot s set booked = s.booked - 1 from freed
    where s.store_id = freed.store_id and s.starts_at = freed.starts_at and s.booked > 0`.execute(tx);
}

/** Once its place is taken again. */
export const rebook = async (tx: Tx, buyerId: string, orderNo: string): Promise<void> => {
  await tx
    .updateTable('pickup.booking')
    .set({ state: 'booked' })
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .where('state', '=', 'released')
    .execute();
};

export const markPickedUp = async (tx: Tx, buyerId: string, orderNo: string, at: Date, by: string): Promise<void> => {
  await tx
    .updateTable('pickup.booking')
    .set({ state: 'picked_up', pickedUpAt: at, pickedUpBy: by })
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .execute();
};

export const findBooking = (db: Executor, buyerId: string, orderNo: string): Promise<Booking | undefined> =>
  db
    .selectFrom('pickup.booking')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .executeTakeFirst();

/** Newest last of those that share a code: hardly ever more than one. */
export const bookingsByCode = (
  db: Executor,
  shopId: string,
  storeIds: readonly string[],
  codeIndexes: readonly string[],
): Promise<Booking[]> =>
  db
    .selectFrom('pickup.booking')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('codeIndex', '=', sql<string>`any(${[...codeIndexes]}::text[])`)
    .where('storeId', '=', sql<string>`any(${[...storeIds]}::uuid[])`)
    .orderBy('orderNo')
    .execute();

export const bookingsOfOrders = (db: Executor, shopId: string, orderNos: readonly string[]): Promise<Booking[]> =>
  db
    .selectFrom('pickup.booking')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('orderNo', '=', sql<string>`any(${[...orderNos]}::text[])`)
    .execute();

/** How many are booked, by store and window. */
export async function placesTaken(
  db: Executor,
  storeIds: readonly string[],
  from: Date,
): Promise<Map<string, Map<number, number>>> {
  const rows = await db
    .selectFrom('pickup.slot')
    .selectAll()
    .where('storeId', '=', sql<string>`any(${[...storeIds]}::uuid[])`)
    .where('startsAt', '>=', from)
    .execute();
  const found = new Map<string, Map<number, number>>(storeIds.map((storeId) => [storeId, new Map()]));
  for (const { storeId, startsAt, booked } of rows) found.get(storeId)?.set(startsAt.getTime(), booked);
  return found;
}

/** Windows that are long over: nobody can book them any more. */
export async function pruneSlots(tx: Tx, before: Date): Promise<number> {
  const { numDeletedRows } = await tx.deleteFrom('pickup.slot').where('startsAt', '<', before).executeTakeFirst();
  return Number(numDeletedRows);
}
