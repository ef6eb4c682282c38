import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema membership`.execute(db);
  // One row a buyer carries all that pricing asks: tier, paid plan, birthday. Writers wait for one another here.
  await sql`
    create table membership.standing (
      buyer_id uuid primary key,
      growth bigint not null default 0 check (growth >= 0),
      spent bigint not null default 0 check (spent >= 0),
      active_days integer not null default 0 check (active_days >= 0),
      interactions integer not null default 0 check (interactions >= 0),
      tier text not null default 'bronze' check (tier in ('bronze', 'silver', 'gold', 'diamond')),
      tier_since timestamptz not null,
      agent_name text not null default '',
      plan_id text,
      plan_name text,
      plan_pay_rate integer check (plan_pay_rate between 1 and 10000),
      plan_until timestamptz,
      birthday text check (birthday ~ '^[0-1][0-9]-[0-3][0-9]$'),
      birthday_changed_year integer,
      card_step bigint not null default 0,
      created_at timestamptz not null,
      check ((plan_id is null) = (plan_until is null))
    )`.execute(db);
  await sql`create index standing_birthday on membership.standing (birthday) where birthday is not null`.execute(db);
  await sql`
    create table membership.growth_entry (
      buyer_id uuid not null,
      source_key text not null,
      kind text not null check (kind in ('spend', 'active', 'interaction')),
      amount bigint not null,
      day date not null,
      note text not null,
      at timestamptz not null,
      primary key (buyer_id, source_key)
    )`.execute(db);
  await sql`create index growth_newest on membership.growth_entry (buyer_id, at desc, source_key desc)`.execute(db);
  await sql`
    create table membership.tier_change (
      buyer_id uuid not null,
      change_id uuid not null,
      from_tier text not null,
      to_tier text not null,
      growth bigint not null,
      at timestamptz not null,
      primary key (buyer_id, change_id)
    )`.execute(db);
  // What an order told so far. Growth is computed from this row, so order and repetition of events do not matter.
  await sql`
    create table membership.order_spend (
      buyer_id uuid not null,
      order_no text not null,
      shop_id uuid not null,
      paid bigint check (paid >= 0),
      is_completed boolean not null default false,
      refunds jsonb not null default '{}',
      counted_spent bigint not null default 0,
      counted_growth bigint not null default 0,
      version integer not null default 0,
      primary key (buyer_id, order_no)
    )`.execute(db);
  await sql`
    create table membership.patron (
      buyer_id uuid not null,
      shop_id uuid not null,
      orders integer not null default 0,
      spent bigint not null default 0,
      first_at timestamptz not null,
      last_at timestamptz not null,
      primary key (buyer_id, shop_id)
    )`.execute(db);
  await sql`create index patron_of_shop on membership.patron (shop_id, last_at desc)`.execute(db);
  await sql`
    create table membership.birthday_pack (
      buyer_id uuid not null,
      year integer not null,
      tier text not null,
      points integer not null,
      given_at timestamptz not null,
      primary key (buyer_id, year)
    )`.execute(db);
}
