/** All SQL on the bookings schema. */
import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import type {} from './bookings.tables.ts';

export type Booking = Selectable<Tables['bookings.booking']>;
export type NewBooking = Omit<Booking, 'state' | 'redeemedAt' | 'redeemedBy'>;

/**
 * Takes the places of all windows and keeps their bookings, in one statement; windows are locked in one order by everybody.
 * @returns false when a window has not places enough: then nothing of this transaction may be kept
 */
export async function book(tx: Tx, bookings: readonly NewBooking[]): Promise<boolean> {
  const { rows } = await sql<{ isWhole: boolean }>`
    with wanted as (
      select * from jsonb_to_recordset(${JSON.stringify(bookings)}::jsonb) as b (
        "buyerId" uuid, "orderNo" text, "shopId" uuid, "spuId" uuid, place text, "startsAt" timestamptz, "endsAt" timestamptz,
        quantity int, code text, "codeIndex" text, capacity int)
    ), windows as (
      select "spuId", place, "startsAt", min("shopId"::text)::uuid as shop_id, sum(quantity)::int as quantity, min(capacity) as capacity
      from wanted group by 1, 2, 3 having sum(quantity) <= min(capacity)
    ), taken as (
      insert into bookings.slot as s (spu_id, place, starts_at, shop_id, booked)
      select "spuId", place, "startsAt", shop_id, quantity from windows order by 1, 2, 3
      on conflict (spu_id, place, starts_at) do update set booked = s.booked + excluded.booked
      where s.booked + excluded.booked <= (select capacity from windows w
        where w."spuId" = s.spu_id and w.place = s.place and w."startsAt" = s.starts_at)
      returning 1
    ), kept as (
      insert into bookings.booking (buyer_id, order_no, shop_id, spu_id, place, starts_at, ends_at, quantity, capacity, state, code,
        code_index)
      select "buyerId", "orderNo", "shopId", "spuId", place, "startsAt", "endsAt", quantity, capacity, 'booked', code, "codeIndex" from wanted
    )
    select count(*) = (select count(distinct ("spuId", place, "startsAt")) from wanted) as is_whole from taken`.execute(
    tx,
  );
  return rows[0]?.isWhole === true;
}

/** Gives the places back, once. */
export async function release(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
  await sql`
    with freed as (
      update bookings.booking set state = 'released'
      where buyer_id = ${buyerId} and order_no = ${orderNo} and state = 'booked'
      returning spu_id, place, starts_at, quantity
    )
    update bookings.slot s set booked = s.booked - freed.quantity from freed
    where s.spu_id = freed.spu_id and s.place = freed.place and s.starts_at = freed.starts_at`.execute(tx);
}

/** Money came after the order had closed: its places are taken anew. @returns false when they are gone */
export async function retake(
  tx: Tx,
  { buyerId, orderNo, spuId, place, startsAt, quantity, capacity }: Booking,
): Promise<boolean> {
  const { rows } = await sql`
    update bookings.slot set booked = booked + ${quantity}
    where spu_id = ${spuId} and place = ${place} and starts_at = ${startsAt} and booked + ${quantity} <= ${capacity}
    returning 1`.execute(tx);
  if (rows.length === 0) return false;
  await tx
    .updateTable('bookings.booking')
    .set({ state: 'booked' })
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .execute();
  return true;
}

export const markRedeemed = async (tx: Tx, buyerId: string, orderNo: string, at: Date, by: string): Promise<void> => {
  await tx
    .updateTable('bookings.booking')
    .set({ state: 'redeemed', redeemedAt: at, redeemedBy: by })
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .execute();
};

export const findBooking = (db: Executor, buyerId: string, orderNo: string): Promise<Booking | undefined> =>
  db
    .selectFrom('bookings.booking')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .executeTakeFirst();

export const bookingsByCode = (db: Executor, shopId: string, codeIndex: string): Promise<Booking[]> =>
  db
    .selectFrom('bookings.booking')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('codeIndex', '=', codeIndex)
    .orderBy('orderNo')
    .execute();

export const bookingsBetween = (db: Executor, shopId: string, from: Date, until: Date): Promise<Booking[]> =>
  db
    .selectFrom('bookings.booking')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('startsAt', '>=', from)
    .where('startsAt', '<', until)
    .orderBy('startsAt')
    .orderBy('orderNo')
    .limit(500)
    .execute();

export const overdue = (db: Executor, before: Date, limit: number): Promise<Booking[]> =>
  db
    .selectFrom('bookings.booking')
    .selectAll()
    .where('state', '=', 'booked')
    .where('endsAt', '<', before)
    .orderBy('endsAt')
    .limit(limit)
    .execute();

/** Booked so far, by place and start. One statement. */
export async function placesTaken(db: Executor, spuIds: readonly string[], from: Date): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('bookings.slot')
    .selectAll()
    .where('spuId', '=', sql<string>`any(${[...spuIds]}::uuid[])`)
    .where('startsAt', '>=', from)
    .execute();
  return new Map(rows.map(({ spuId, place, startsAt, booked }) => [slotKey(spuId, place, startsAt), booked]));
}
export const slotKey = (spuId: string, place: string, startsAt: Date): string =>
  `${spuId}/${place}/${startsAt.getTime()}`;
