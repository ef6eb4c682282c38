import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema virtual_goods`.execute(db);
  // Card codes of a SKU; each is sold once, and one that was given back is never sold again: somebody has read it.
  await sql`
    create table virtual_goods.code (
      sku_id uuid not null,
      code_id uuid not null,
      shop_id uuid not null,
      code text not null,
      code_index text not null,
      state text not null default 'free' check (state in ('free', 'sold', 'void')),
      buyer_id uuid,
      order_no text,
      added_at timestamptz not null,
      added_by text not null,
      sold_at timestamptz,
      primary key (sku_id, code_id),
      unique (sku_id, code_index),
      check ((state = 'sold') <= (order_no is not null and sold_at is not null)),
      check ((state = 'free') <= (order_no is null))
    )`.execute(db);
  await sql`create index code_free on virtual_goods.code (sku_id, code_id) where state = 'free'`.execute(db);
  await sql`create index code_shop on virtual_goods.code (shop_id, sku_id, state)`.execute(db);
  await sql`
    create table virtual_goods.delivery (
      buyer_id uuid not null,
      order_no text not null,
      line_id uuid not null,
      shop_id uuid not null,
      sku_id uuid not null,
      title text not null,
      spec_text text not null,
      given text not null,
      delivered_at timestamptz not null,
      expires_at timestamptz,
      revoked_at timestamptz,
      seen_at timestamptz,
      primary key (buyer_id, order_no, line_id)
    )`.execute(db);
}
