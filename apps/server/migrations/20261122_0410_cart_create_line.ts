import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema cart`.execute(db);
  await sql`
    create table cart.line (
      buyer_id uuid not null,
      line_id uuid not null,
      spu_id uuid not null,
      sku_id uuid not null,
      quantity integer not null check (quantity between 1 and 999),
      selected boolean not null default true,
      price_when_added integer not null check (price_when_added >= 0),
      added_at timestamptz not null,
      primary key (buyer_id, line_id),
      unique (buyer_id, sku_id)
    )`.execute(db);
}
