import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema inventory`.execute(db);
  await sql`
    create table inventory.stock_level (
      sku_id uuid primary key,
      spu_id uuid not null,
      shop_id uuid not null,
      on_hand integer not null check (on_hand >= 0),
      reserved integer not null,
      safety_stock integer not null default 0 check (safety_stock >= 0),
      sequence integer not null,
      is_low boolean not null default false,
      updated_at timestamptz not null,
      constraint stock_level_never_oversold check (reserved between 0 and on_hand)
    )`.execute(db);
  await sql`create index stock_level_shop on inventory.stock_level (shop_id, updated_at desc, sku_id)`.execute(db);
  await sql`
    create table inventory.ledger_entry (
      sku_id uuid not null,
      sequence integer not null,
      entry_id uuid not null,
      kind text not null check (kind in ('opening', 'reserve', 'release', 'ship', 'adjust', 'return')),
      on_hand_delta integer not null,
      reserved_delta integer not null,
      on_hand_after integer not null,
      reserved_after integer not null,
      reference text not null,
      actor text not null,
      note text not null default '',
      request_id uuid,
      at timestamptz not null,
      primary key (sku_id, sequence)
    )`.execute(db);
  await sql`
    create unique index ledger_entry_request on inventory.ledger_entry (sku_id, request_id)
    where request_id is not null`.execute(db);
  await sql`
    create table inventory.reservation_line (
      sku_id uuid not null,
      reservation_id uuid not null,
      buyer_id uuid not null,
      quantity integer not null check (quantity > 0),
      shipped_quantity integer not null default 0,
      status text not null check (status in ('held', 'confirmed', 'released')),
      held_until timestamptz not null,
      primary key (sku_id, reservation_id),
      check (shipped_quantity between 0 and quantity)
    )`.execute(db);
  await sql`create index reservation_line_reservation on inventory.reservation_line (reservation_id)`.execute(db);
}
