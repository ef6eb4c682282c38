import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema bargain`.execute(db);
  await sql`
    create table bargain.activity (
      activity_id uuid primary key,
      shop_id uuid not null,
      spu_id uuid not null,
      sku_id uuid not null,
      name text not null,
      floor_price integer not null check (floor_price >= 0),
      helps_needed integer not null check (helps_needed > 0),
      quota integer not null check (quota > 0),
      taken integer not null default 0,
      hours integer not null check (hours > 0),
      starts_at timestamptz not null,
      ends_at timestamptz not null check (ends_at > starts_at),
      status text not null check (status in ('live', 'ended')),
      override_reason text,
      created_by text not null,
      created_at timestamptz not null,
      check (taken between 0 and quota)
    )`.execute(db);
  await sql`create index activity_shop on bargain.activity (shop_id, starts_at desc)`.execute(db);
  await sql`create index activity_live on bargain.activity (ends_at) where status = 'live'`.execute(db);
  // Spread by its own id: the owner, the friends and the order all come with it.
  await sql`
    create table bargain.bargain (
      bargain_id uuid primary key,
      activity_id uuid not null,
      buyer_id uuid not null,
      sku_id uuid not null,
      start_price integer not null,
      floor_price integer not null,
      price integer not null,
      cuts integer[] not null,
      helped integer not null default 0,
      status text not null check (status in ('open', 'ordered', 'bought', 'returned')),
      order_no text,
      created_at timestamptz not null,
      expires_at timestamptz not null,
      check (price between floor_price and start_price),
      check (helped between 0 and cardinality(cuts))
    )`.execute(db);
  await sql`create index bargain_buyer on bargain.bargain (buyer_id, created_at desc)`.execute(db);
  await sql`create index bargain_activity on bargain.bargain (activity_id)`.execute(db);
  await sql`create index bargain_order on bargain.bargain (order_no) where order_no is not null`.execute(db);
  await sql`
    create table bargain.help (
      bargain_id uuid not null,
      helper_id uuid not null,
      seat integer not null,
      amount integer not null check (amount > 0),
      is_first boolean not null,
      at timestamptz not null,
      primary key (bargain_id, helper_id),
      unique (bargain_id, seat)
    )`.execute(db);
  // The day's count of one helper: one row that parallel helps queue on.
  await sql`
    create table bargain.help_day (
      buyer_id uuid not null,
      day date not null,
      helps integer not null,
      primary key (buyer_id, day)
    )`.execute(db);
}
