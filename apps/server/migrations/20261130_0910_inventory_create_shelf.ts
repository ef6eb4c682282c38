import { type Kysely, sql } from 'kysely';

/** What stands in each physical store: a level and a ledger of its own, beside the warehouse's. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    create table inventory.shelf (
      sku_id uuid not null,
      store_id uuid not null,
      spu_id uuid not null,
      shop_id uuid not null,
      on_hand integer not null check (on_hand >= 0),
      reserved integer not null default 0,
      sequence integer not null,
      updated_at timestamptz not null,
      primary key (sku_id, store_id),
      constraint shelf_never_oversold check (reserved between 0 and on_hand)
    )`.execute(db);
  await sql`create index shelf_store on inventory.shelf (shop_id, store_id, sku_id)`.execute(db);
  await sql`
    create table inventory.shelf_entry (
      sku_id uuid not null,
      store_id uuid not null,
      sequence integer not null,
      entry_id uuid not null,
      kind text not null check (kind in ('opening', 'reserve', 'release', 'ship', 'adjust')),
      on_hand_delta integer not null,
      reserved_delta integer not null,
      on_hand_after integer not null,
      reserved_after integer not null,
      reference text not null,
      actor text not null,
      note text not null default '',
      request_id uuid,
      at timestamptz not null,
      primary key (sku_id, store_id, sequence)
    )`.execute(db);
  await sql`
    create unique index shelf_entry_request on inventory.shelf_entry (sku_id, store_id, request_id)
    where request_id is not null`.execute(db);
  await sql`alter table inventory.reservation_line add column store_id uuid`.execute(db);
}
