import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema pickup`.execute(db);
  // Places of a store's window; a row appears with its first booking.
  await sql`
    create table pickup.slot (
      store_id uuid not null,
      starts_at timestamptz not null,
      shop_id uuid not null,
      booked integer not null check (booked >= 0),
      primary key (store_id, starts_at)
    )`.execute(db);
  await sql`
    create table pickup.booking (
      buyer_id uuid not null,
      order_no text not null,
      shop_id uuid not null,
      store_id uuid not null,
      starts_at timestamptz not null,
      state text not null check (state in ('booked', 'released', 'picked_up')),
      code text not null,
      code_index text not null,
      picked_up_at timestamptz,
      picked_up_by text,
      primary key (buyer_id, order_no),
      check ((state = 'picked_up') = (picked_up_at is not null))
    )`.execute(db);
  await sql`create index booking_code on pickup.booking (shop_id, code_index)`.execute(db);
  await sql`create index booking_order on pickup.booking (shop_id, order_no)`.execute(db);
  await sql`
    create table stores.store_clerk (
      shop_id uuid not null,
      store_id uuid not null,
      staff_id uuid not null,
      primary key (shop_id, store_id, staff_id)
    )`.execute(db);
  await sql`
    alter table identity.role drop constraint role_built_in_check,
      add constraint role_built_in_check
      check (built_in in ('owner', 'operator', 'service', 'warehouse', 'clerk', 'finance'))`.execute(db);
  await sql`create index store_clerk_staff on stores.store_clerk (shop_id, staff_id)`.execute(db);
}
