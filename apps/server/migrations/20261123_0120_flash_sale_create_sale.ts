import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema flash_sale`.execute(db);
  await sql`
    create table flash_sale.sale (
      sale_id uuid primary key,
      shop_id uuid not null,
      spu_id uuid not null,
      sku_id uuid not null,
      pool_id uuid not null,
      name text not null,
      flash_price integer not null check (flash_price > 0),
      pool_size integer not null check (pool_size > 0),
      buyer_limit integer not null check (buyer_limit >= 0),
      hold_ms integer not null check (hold_ms > 0),
      starts_at timestamptz not null,
      ends_at timestamptz not null check (ends_at > starts_at),
      status text not null check (status in ('live', 'ended')),
      created_by text not null,
      created_at timestamptz not null,
      ended_at timestamptz
    )`.execute(db);
  await sql`create index sale_shop on flash_sale.sale (shop_id, starts_at desc)`.execute(db);
  await sql`create index sale_live on flash_sale.sale (ends_at) where status = 'live'`.execute(db);
}
