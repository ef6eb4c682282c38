import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema promotions`.execute(db);
  await sql`
    create table promotions.rule (
      rule_id uuid primary key,
      shop_id uuid not null,
      name text not null,
      body jsonb not null,
      scope jsonb not null,
      starts_at timestamptz not null,
      ends_at timestamptz not null,
      priority integer not null default 100,
      stacks boolean not null default false,
      audiences text[] not null default '{}',
      paused boolean not null default false,
      updated_by text not null,
      updated_at timestamptz not null,
      check (ends_at > starts_at)
    )`.execute(db);
  await sql`create index rule_shop on promotions.rule (shop_id, ends_at desc, rule_id desc)`.execute(db);
  await sql`create index rule_live on promotions.rule (ends_at) where not paused`.execute(db);
  await sql`
    create table promotions.margin_override (
      override_id uuid primary key,
      shop_id uuid not null,
      spu_ids uuid[],
      by text not null check (by <> ''),
      reason text not null check (reason <> ''),
      until timestamptz not null,
      created_at timestamptz not null
    )`.execute(db);
  await sql`create index margin_override_shop on promotions.margin_override (shop_id, until desc)`.execute(db);
  // Every order that went below the floor: who let it, and by how much.
  await sql`
    create table promotions.margin_use (
      buyer_id uuid not null,
      payment_id uuid not null,
      shop_id uuid not null,
      by text not null,
      reason text not null,
      shortfall integer not null,
      at timestamptz not null,
      primary key (buyer_id, payment_id, shop_id)
    )`.execute(db);
  await sql`create index margin_use_shop on promotions.margin_use (shop_id, at desc)`.execute(db);
}
