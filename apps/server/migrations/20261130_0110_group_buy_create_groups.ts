import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema group_buy`.execute(db);
  await sql`
    create table group_buy.activity (
      activity_id uuid primary key,
      shop_id uuid not null,
      spu_id uuid not null,
      sku_ids uuid[] not null check (cardinality(sku_ids) > 0),
      name text not null,
      steps jsonb not null,
      quota integer not null check (quota > 0),
      taken integer not null default 0,
      buyer_limit integer not null check (buyer_limit > 0),
      hours integer not null check (hours > 0),
      allows_solo boolean not null,
      starts_at timestamptz not null,
      ends_at timestamptz not null check (ends_at > starts_at),
      status text not null check (status in ('live', 'ended')),
      override_reason text,
      created_by text not null,
      created_at timestamptz not null,
      check (taken between 0 and quota)
    )`.execute(db);
  await sql`create index activity_shop on group_buy.activity (shop_id, starts_at desc)`.execute(db);
  await sql`create index activity_ends on group_buy.activity (ends_at)`.execute(db);
  // Spread by its own id: its members, whoever they are, come with it.
  await sql`
    create table group_buy.group (
      group_id uuid primary key,
      activity_id uuid not null,
      opener_id uuid not null,
      least_size integer not null check (least_size > 1),
      size integer not null check (size >= least_size),
      held integer not null,
      paid integer not null,
      status text not null check (status in ('opening', 'open', 'succeeded', 'failed', 'dropped')),
      reached_size integer,
      created_at timestamptz not null,
      opened_at timestamptz,
      deadline timestamptz,
      ended_at timestamptz,
      check (held >= 0 and paid >= 0 and held + paid <= size)
    )`.execute(db);
  await sql`create index group_activity on group_buy.group (activity_id, created_at desc)`.execute(db);
  await sql`create index group_due on group_buy.group (deadline) where status = 'open'`.execute(db);
  await sql`
    create table group_buy.place (
      group_id uuid not null,
      buyer_id uuid not null,
      activity_id uuid not null,
      order_no text not null,
      sku_id uuid not null,
      sale_price integer not null,
      cost integer not null,
      paid_price integer not null,
      final_price integer,
      status text not null check (status in ('held', 'paid', 'settled', 'refunded', 'left')),
      invite uuid not null,
      refund_no text,
      joined_at timestamptz not null,
      paid_at timestamptz,
      primary key (group_id, buyer_id)
    )`.execute(db);
  await sql`create index place_buyer on group_buy.place (buyer_id, joined_at desc)`.execute(db);
  await sql`create index place_order on group_buy.place (order_no)`.execute(db);
  await sql`create index place_activity on group_buy.place (activity_id)`.execute(db);
  // Places of one buyer in one activity: one row that parallel orders queue on.
  await sql`
    create table group_buy.buyer_count (
      buyer_id uuid not null,
      activity_id uuid not null,
      taken integer not null check (taken >= 0),
      primary key (buyer_id, activity_id)
    )`.execute(db);
  // Who looked at a group, and whose card led there: never a condition of anything, only told in the results.
  await sql`
    create table group_buy.visit (
      group_id uuid not null,
      visitor_id uuid not null,
      activity_id uuid not null,
      invited_by uuid,
      at timestamptz not null,
      primary key (group_id, visitor_id)
    )`.execute(db);
  await sql`create index visit_activity on group_buy.visit (activity_id)`.execute(db);
}
