import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema presale`.execute(db);
  await sql`
    create table presale.activity (
      activity_id uuid primary key,
      shop_id uuid not null,
      spu_id uuid not null,
      sku_id uuid not null,
      name text not null,
      price integer not null check (price > 0),
      deposit integer not null check (deposit > 0),
      deposit_worth integer not null check (deposit_worth >= deposit and deposit_worth <= price),
      quota integer not null check (quota > 0),
      buyer_limit integer not null check (buyer_limit > 0),
      starts_at timestamptz not null,
      ends_at timestamptz not null check (ends_at > starts_at),
      balance_opens_at timestamptz not null check (balance_opens_at >= ends_at),
      balance_closes_at timestamptz not null check (balance_closes_at > balance_opens_at),
      ships_by timestamptz not null check (ships_by >= balance_closes_at),
      forfeits boolean not null,
      status text not null check (status in ('live', 'ended', 'cancelled')),
      override_reason text,
      created_by text not null,
      created_at timestamptz not null
    )`.execute(db);
  await sql`create index activity_shop on presale.activity (shop_id, starts_at desc)`.execute(db);
  await sql`create index activity_live on presale.activity (ends_at) where status = 'live'`.execute(db);
  await sql`
    create table presale.booking (
      buyer_id uuid not null,
      order_no text not null,
      activity_id uuid not null,
      shop_id uuid not null,
      sku_id uuid not null,
      quantity integer not null check (quantity > 0),
      price integer not null,
      deposit integer not null,
      deposit_worth integer not null,
      balance_opens_at timestamptz not null,
      balance_closes_at timestamptz not null,
      terms text not null,
      consented_at timestamptz,
      status text not null check (status in ('placed', 'kept', 'bought', 'lost', 'returned', 'released')),
      told_opened_at timestamptz,
      told_ending_at timestamptz,
      ending_at timestamptz not null,
      created_at timestamptz not null,
      primary key (buyer_id, order_no)
    )`.execute(db);
  // One order a buyer and presale at a time; giving it up or getting it back frees the place.
  await sql`
    create unique index booking_once on presale.booking (buyer_id, activity_id)
    where status in ('placed', 'kept', 'bought')`.execute(db);
  await sql`create index booking_activity on presale.booking (activity_id, status)`.execute(db);
  await sql`
    create index booking_opens on presale.booking (balance_opens_at)
    where status = 'kept' and told_opened_at is null`.execute(db);
  await sql`
    create index booking_ends on presale.booking (ending_at)
    where status = 'kept' and told_ending_at is null`.execute(db);
}
