import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    create table inventory.pool (
      sku_id uuid not null,
      pool_id uuid not null,
      spu_id uuid not null,
      shop_id uuid not null,
      name text not null,
      status text not null check (status in ('open', 'draining', 'closed')),
      size integer not null,
      taken integer not null default 0,
      buyer_limit integer not null check (buyer_limit >= 0),
      hold_ms integer not null check (hold_ms > 0),
      epoch integer not null default 0,
      owner uuid,
      owner_until timestamptz,
      opened_at timestamptz not null,
      closed_at timestamptz,
      primary key (sku_id, pool_id),
      constraint pool_never_oversold check (taken between 0 and size)
    )`.execute(db);
  await sql`create index pool_id on inventory.pool (pool_id)`.execute(db);
  await sql`create index pool_live on inventory.pool (status) where status <> 'closed'`.execute(db);
  // Step 0 takes (or voids) a request, step 1 ends its hold (release or bind), step 2 brings a bound unit back: each once.
  await sql`
    create table inventory.pool_entry (
      sku_id uuid not null,
      request_id uuid not null,
      step smallint not null check (step between 0 and 2),
      pool_id uuid not null,
      kind text not null check (kind in ('take', 'void', 'release', 'bind', 'return')),
      buyer_id uuid not null,
      quantity integer not null,
      at timestamptz not null,
      primary key (sku_id, request_id, step)
    )`.execute(db);
  await sql`alter table inventory.ledger_entry drop constraint ledger_entry_kind_check`.execute(db);
  await sql`
    alter table inventory.ledger_entry add constraint ledger_entry_kind_check
    check (kind in ('opening', 'reserve', 'release', 'ship', 'adjust', 'return', 'pool_in', 'pool_out'))`.execute(db);
  await sql`alter table inventory.reservation_line add column pool_id uuid, add column pool_request_id uuid`.execute(
    db,
  );
}
