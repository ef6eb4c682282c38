import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema tags`.execute(db);
  await sql`
    create table tags.tag (
      shop_id uuid not null,
      tag_id uuid not null,
      name text not null,
      group_key text not null,
      rule jsonb,
      lift_category_id uuid,
      lift_price text check (lift_price in ('low', 'high')),
      is_on boolean not null,
      is_preset boolean not null,
      sort integer not null,
      updated_at timestamptz not null,
      primary key (shop_id, tag_id)
    )`.execute(db);
  // What a buyer did in a shop on a day, by category of the first level; orders as a whole under the zero id.
  await sql`
    create table tags.day (
      buyer_id uuid not null,
      shop_id uuid not null,
      day date not null,
      root_category_id uuid not null,
      views integer not null default 0,
      looked_ms bigint not null default 0,
      carts integer not null default 0,
      favourites integer not null default 0,
      units integer not null default 0,
      orders integer not null default 0,
      coupon_orders integer not null default 0,
      spent bigint not null default 0,
      primary key (buyer_id, shop_id, day, root_category_id)
    )`.execute(db);
  await sql`
    create table tags.person (
      buyer_id uuid not null,
      shop_id uuid not null,
      due_at timestamptz,
      seen_at timestamptz not null,
      primary key (buyer_id, shop_id)
    )`.execute(db);
  await sql`create index person_due on tags.person (due_at) where due_at is not null`.execute(db);
  await sql`create index person_shop on tags.person (shop_id, seen_at desc)`.execute(db);
  await sql`
    create table tags.holding (
      buyer_id uuid not null,
      shop_id uuid not null,
      tag_id uuid not null,
      source text not null check (source in ('rule', 'staff')),
      reason text not null,
      since timestamptz not null,
      until timestamptz,
      primary key (buyer_id, shop_id, tag_id)
    )`.execute(db);
  await sql`create index holding_tag on tags.holding (shop_id, tag_id, since desc)`.execute(db);
}
