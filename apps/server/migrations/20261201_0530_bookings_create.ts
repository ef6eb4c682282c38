import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema bookings`.execute(db);
  // Places of a service's window; a row appears with its first booking.
  await sql`
    create table bookings.slot (
      spu_id uuid not null,
      place text not null,
      starts_at timestamptz not null,
      shop_id uuid not null,
      booked integer not null check (booked >= 0),
      primary key (spu_id, place, starts_at)
    )`.execute(db);
  await sql`
    create table bookings.booking (
      buyer_id uuid not null,
      order_no text not null,
      shop_id uuid not null,
      spu_id uuid not null,
      place text not null,
      starts_at timestamptz not null,
      ends_at timestamptz not null,
      quantity integer not null check (quantity > 0),
      capacity integer not null,
      state text not null check (state in ('booked', 'released', 'redeemed')),
      code text not null,
      code_index text not null,
      redeemed_at timestamptz,
      redeemed_by text,
      primary key (buyer_id, order_no),
      check ((state = 'redeemed') = (redeemed_at is not null))
    )`.execute(db);
  await sql`create index booking_code on bookings.booking (shop_id, code_index)`.execute(db);
  await sql`create index booking_day on bookings.booking (shop_id, starts_at)`.execute(db);
  await sql`create index booking_order on bookings.booking (shop_id, order_no)`.execute(db);
}
