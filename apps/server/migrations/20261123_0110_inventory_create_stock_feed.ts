import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create table inventory.feed_head (shop_id uuid primary key, sequence bigint not null)`.execute(db);
  await sql`
    create table inventory.feed_change (
      shop_id uuid not null,
      sequence bigint not null,
      change jsonb not null,
      at timestamptz not null,
      primary key (shop_id, sequence)
    )`.execute(db);
  await sql`create index feed_change_at on inventory.feed_change (at)`.execute(db);
  // Which ledger number of a SKU was published last: what a crash kept back is found by it.
  await sql`create table inventory.feed_position (sku_id uuid primary key, level_sequence integer not null)`.execute(
    db,
  );
  await sql`
    create table inventory.stock_webhook (
      shop_id uuid not null,
      endpoint_id uuid not null,
      name text not null,
      url text not null,
      secret text not null,
      is_active boolean not null default true,
      position bigint not null,
      attempts integer not null default 0,
      last_error text,
      delivered_at timestamptz,
      next_attempt_at timestamptz not null,
      claimed_until timestamptz,
      created_at timestamptz not null,
      primary key (shop_id, endpoint_id)
    )`.execute(db);
}
