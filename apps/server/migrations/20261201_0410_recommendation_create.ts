import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema recommendation`.execute(db);
  await sql`
    create table recommendation.person (
      buyer_id uuid primary key,
      is_off boolean not null default false,
      changed_at timestamptz,
      -- what their tags say: {"categories": {id: 0..1}, "price": "low" | "high"}
      boosts jsonb not null default '{}'
    )`.execute(db);
  await sql`
    create table recommendation.taste (
      buyer_id uuid not null,
      spu_id uuid not null,
      category_id uuid not null,
      root_category_id uuid not null,
      -- decays forward: see recommendation.domain.ts
      weight double precision not null,
      looked_ms bigint not null default 0,
      carts integer not null default 0,
      last_at timestamptz not null,
      bought_at timestamptz,
      primary key (buyer_id, spu_id)
    )`.execute(db);
  await sql`create index taste_last on recommendation.taste (last_at)`.execute(db);
  // What may be recommended, and what speaks for what: made anew from time to time, copied to every node.
  await sql`
    create table recommendation.item (
      spu_id uuid primary key,
      shop_id uuid not null,
      category_id uuid not null,
      root_category_id uuid not null,
      category_name text not null,
      sale_price integer not null,
      -- 0..1, the best seller 1
      hot double precision not null
    )`.execute(db);
  await sql`create index item_category on recommendation.item (category_id, hot desc)`.execute(db);
  await sql`create index item_root on recommendation.item (root_category_id, hot desc)`.execute(db);
  await sql`create index item_hot on recommendation.item (hot desc)`.execute(db);
  await sql`create index item_shop on recommendation.item (shop_id, hot desc)`.execute(db);
  await sql`
    create table recommendation.neighbour (
      spu_id uuid not null,
      other_id uuid not null,
      weight real not null,
      primary key (spu_id, other_id)
    )`.execute(db);
  await sql`
    create table recommendation.training (
      is_last boolean primary key default true check (is_last),
      trained_at timestamptz not null,
      people integer not null,
      goods integer not null,
      pairs integer not null,
      took_ms integer not null
    )`.execute(db);
}
