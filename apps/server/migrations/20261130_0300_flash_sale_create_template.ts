import { type Kysely, sql } from 'kysely';

/** Sales that repeat by rule, sales for some tiers only, and who brought a shopper to a sale. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    alter table flash_sale.sale
      add column tiers text[] not null default '{}',
      add column template_id uuid`.execute(db);
  await sql`
    create table flash_sale.template (
      template_id uuid primary key,
      shop_id uuid not null,
      sku_id uuid not null,
      name text not null,
      flash_price integer not null check (flash_price > 0),
      pool_size integer not null check (pool_size > 0),
      buyer_limit integer not null check (buyer_limit >= 0),
      hold_seconds integer not null check (hold_seconds > 0),
      tiers text[] not null default '{}',
      month_days integer[] not null default '{}',
      weekdays integer[] not null default '{}',
      start_minute integer not null check (start_minute between 0 and 1439),
      minutes integer not null check (minutes between 1 and 1440),
      starts_at timestamptz not null,
      ends_at timestamptz not null check (ends_at > starts_at),
      paused boolean not null default false,
      problem text,
      updated_by text not null,
      created_at timestamptz not null
    )`.execute(db);
  await sql`create index template_shop on flash_sale.template (shop_id, created_at desc)`.execute(db);
  await sql`
    create table flash_sale.arrival (
      buyer_id uuid not null,
      sale_id uuid not null,
      from_buyer_id uuid not null,
      at timestamptz not null,
      primary key (buyer_id, sale_id)
    )`.execute(db);
  await sql`create index arrival_sale on flash_sale.arrival (sale_id)`.execute(db);
}
