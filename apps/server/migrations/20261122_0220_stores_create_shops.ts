import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema stores`.execute(db);
  await sql`
    create table stores.shop (
      shop_id uuid primary key,
      name text not null,
      slogan text not null default '',
      brand_color text not null check (brand_color ~ '^#[0-9a-fA-F]{6}$'),
      logo jsonb,
      service_phone text not null default '',
      ships_from text not null default '',
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`.execute(db);
  await sql`
    create table stores.physical_store (
      shop_id uuid not null references stores.shop,
      store_id uuid not null,
      name text not null,
      address text not null,
      phone text not null,
      hours text not null,
      lat double precision not null check (lat between -90 and 90),
      lng double precision not null check (lng between -180 and 180),
      primary key (shop_id, store_id)
    )`.execute(db);
}
