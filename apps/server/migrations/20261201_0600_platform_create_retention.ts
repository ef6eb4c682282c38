import { type Kysely, sql } from 'kysely';

/** What a purge looks for, and what it did. An order on hold for a dispute keeps everything however old it is. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    create table platform.retention_state (
      rule text primary key,
      looked_at timestamptz not null,
      purged bigint not null,
      error text
    )`.execute(db);
  await sql`
    create table platform.retention_day (
      rule text not null,
      day date not null,
      purged bigint not null check (purged > 0),
      older_than timestamptz not null,
      last_at timestamptz not null,
      primary key (rule, day)
    )`.execute(db);
  await sql`
    create table orders.legal_hold (
      buyer_id uuid not null,
      order_no text not null,
      shop_id uuid not null,
      reason text not null,
      held_by text not null,
      held_at timestamptz not null,
      primary key (buyer_id, order_no)
    )`.execute(db);
  await sql`create index legal_hold_shop on orders.legal_hold (shop_id, held_at desc)`.execute(db);
  await sql`alter table orders."order" add column stripped_at timestamptz`.execute(db);
  // Only what is over, until it is stripped: placing an order writes nothing here.
  await sql`
    create index order_over on orders."order" ((greatest(completed_at, cancelled_at, refunded_at)))
    where stripped_at is null and greatest(completed_at, cancelled_at, refunded_at) is not null`.execute(db);
  // Rows come in the order of time and are seldom asked for by it: ranges of blocks are enough, and cost a write nothing.
  await sql`create index placement_age on orders.placement using brin (created_at)`.execute(db);
  await sql`create index notice_age on payments.notice using brin (received_at)`.execute(db);
  await sql`create index notice_age on payouts.notice using brin (received_at)`.execute(db);
  await sql`
    create index buyer_guest_age on identity.buyer (created_at) where is_guest and merged_into is null`.execute(db);
}
