import { type Kysely, sql } from 'kysely';

/** Sums of the hours that are over, for shops with much trade. Nothing here that the orders do not say: it may be emptied at any time. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema analytics`.execute(db);
  await sql`
    create table analytics.shop_hour (
      shop_id uuid not null,
      hour timestamptz not null,
      gmv bigint not null,
      orders integer not null,
      new_payers integer not null,
      refunds bigint not null,
      plays jsonb not null,
      primary key (shop_id, hour)
    )`.execute(db);
  await sql`
    create table analytics.shop_seller (
      shop_id uuid not null,
      spu_id uuid not null,
      title text not null,
      picture jsonb not null,
      units integer not null,
      sales bigint not null,
      primary key (shop_id, spu_id)
    )`.execute(db);
  await sql`create index shop_seller_most on analytics.shop_seller (shop_id, units desc, sales desc, spu_id)`.execute(
    db,
  );
  await sql`
    create table analytics.rolled (
      shop_id uuid primary key,
      -- Hours from hours_from and sellers from sellers_from, both up to here.
      until timestamptz not null,
      hours_from timestamptz not null,
      sellers_from timestamptz not null,
      -- When all hours were summed anew, and when anything was.
      recounted_at timestamptz not null,
      rolled_at timestamptz not null
    )`.execute(db);
}
