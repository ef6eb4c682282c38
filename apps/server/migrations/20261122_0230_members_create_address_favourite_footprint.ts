import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema members`.execute(db);
  // One row a buyer: writers of the same address book wait for one another here.
  await sql`create table members.address_book (buyer_id uuid primary key, changed_at timestamptz not null)`.execute(db);
  await sql`
    create table members.address (
      buyer_id uuid not null,
      address_id uuid not null,
      name_sealed text not null,
      phone_sealed text not null,
      phone_index text not null,
      province text not null,
      city text not null,
      district text not null,
      detail_sealed text not null,
      is_default boolean not null,
      lat double precision check (lat between -90 and 90),
      lng double precision check (lng between -180 and 180),
      last_used_at timestamptz,
      created_at timestamptz not null,
      primary key (buyer_id, address_id),
      check ((lat is null) = (lng is null))
    )`.execute(db);
  await sql`create unique index address_default on members.address (buyer_id) where is_default`.execute(db);
  await sql`
    create table members.favourite (
      buyer_id uuid not null,
      spu_id uuid not null,
      price_when_added bigint not null check (price_when_added >= 0),
      added_at timestamptz not null,
      primary key (buyer_id, spu_id)
    )`.execute(db);
  await sql`create index favourite_newest on members.favourite (buyer_id, added_at desc, spu_id desc)`.execute(db);
  await sql`
    create table members.footprint (
      buyer_id uuid not null,
      spu_id uuid not null,
      viewed_at timestamptz not null,
      primary key (buyer_id, spu_id)
    )`.execute(db);
  await sql`create index footprint_newest on members.footprint (buyer_id, viewed_at desc, spu_id desc)`.execute(db);
}
