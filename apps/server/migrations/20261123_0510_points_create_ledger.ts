import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema points`.execute(db);
  // The guarded sums of the ledger; a row here is locked by whoever moves a buyer's points.
  await sql`
    create table points.account (
      buyer_id uuid primary key,
      balance bigint not null default 0 check (balance >= 0),
      frozen bigint not null default 0 check (frozen >= 0),
      owed bigint not null default 0 check (owed >= 0),
      created_at timestamptz not null
    )`.execute(db);
  await sql`
    create table points.ledger (
      buyer_id uuid not null,
      entry_id uuid not null,
      source_key text not null,
      kind text not null,
      amount bigint not null,
      frozen bigint not null default 0,
      balance_after bigint not null check (balance_after >= 0),
      note text not null,
      at timestamptz not null,
      primary key (buyer_id, entry_id),
      unique (buyer_id, source_key)
    )`.execute(db);
  await sql`create index ledger_by_time on points.ledger (at)`.execute(db);
  await sql`
    create table points.lot (
      buyer_id uuid not null,
      lot_id uuid not null,
      amount bigint not null check (amount > 0),
      remaining bigint not null check (remaining between 0 and amount),
      expires_at timestamptz not null,
      created_at timestamptz not null,
      primary key (buyer_id, lot_id)
    )`.execute(db);
  await sql`create index lot_open on points.lot (buyer_id, expires_at, lot_id) where remaining > 0`.execute(db);
  await sql`create index lot_due on points.lot (expires_at) where remaining > 0`.execute(db);
  await sql`
    create table points.hold (
      buyer_id uuid not null,
      order_no text not null,
      points bigint not null check (points > 0),
      status text not null check (status in ('frozen', 'spent', 'returned')),
      returned bigint not null default 0 check (returned >= 0 and returned <= points),
      lots jsonb not null,
      created_at timestamptz not null,
      primary key (buyer_id, order_no)
    )`.execute(db);
  await sql`
    create table points.order_earning (
      buyer_id uuid not null,
      order_no text not null,
      paid bigint check (paid >= 0),
      is_completed boolean not null default false,
      refunds jsonb not null default '{}',
      multiplier integer not null default 1 check (multiplier >= 1),
      credited bigint not null default 0 check (credited >= 0),
      version integer not null default 0,
      primary key (buyer_id, order_no)
    )`.execute(db);
  await sql`
    create table points.sign_in (
      buyer_id uuid not null,
      day date not null,
      streak integer not null check (streak > 0),
      points integer not null,
      at timestamptz not null,
      primary key (buyer_id, day)
    )`.execute(db);
  await sql`
    create table points.referral (
      buyer_id uuid primary key,
      inviter_id uuid not null,
      bound_at timestamptz not null,
      acted_at timestamptz,
      order_no text
    )`.execute(db);
  await sql`create index referral_of_inviter on points.referral (inviter_id, bound_at desc)`.execute(db);
  await sql`
    create table points.mall_item (
      shop_id uuid not null,
      item_id uuid not null,
      name text not null,
      detail text not null,
      icon text not null,
      points integer not null check (points > 0),
      stock integer not null check (stock >= 0),
      redeemed integer not null default 0,
      per_buyer integer not null check (per_buyer > 0),
      market_price bigint not null check (market_price >= 0),
      is_on boolean not null,
      created_at timestamptz not null,
      primary key (shop_id, item_id)
    )`.execute(db);
  await sql`
    create table points.redemption (
      buyer_id uuid not null,
      redemption_id uuid not null,
      request_key text not null,
      shop_id uuid not null,
      item_id uuid not null,
      item_name text not null,
      quantity integer not null check (quantity > 0),
      points integer not null,
      recipient_sealed text not null,
      status text not null check (status in ('to_ship', 'shipped')),
      waybill text not null default '',
      created_at timestamptz not null,
      shipped_at timestamptz,
      primary key (buyer_id, redemption_id),
      unique (buyer_id, request_key)
    )`.execute(db);
  await sql`create index redemption_of_shop on points.redemption (shop_id, created_at desc)`.execute(db);
  await sql`
    create table points.lottery (
      shop_id uuid not null,
      lottery_id uuid not null,
      name text not null,
      cost integer not null check (cost >= 0),
      daily_limit integer not null check (daily_limit > 0),
      starts_at timestamptz not null,
      ends_at timestamptz not null check (ends_at > starts_at),
      is_on boolean not null,
      created_at timestamptz not null,
      primary key (shop_id, lottery_id)
    )`.execute(db);
  // A prize above 50,000 yuan is against the law on prize sales, so the table refuses it too.
  await sql`
    create table points.prize (
      shop_id uuid not null,
      lottery_id uuid not null,
      prize_id uuid not null,
      position integer not null,
      name text not null,
      kind text not null check (kind in ('none', 'points', 'goods')),
      points integer not null default 0 check (points >= 0),
      value bigint not null check (value between 0 and 5000000),
      odds integer not null check (odds between 0 and 1000000),
      stock integer not null check (stock >= 0),
      won integer not null default 0 check (won >= 0),
      primary key (shop_id, lottery_id, prize_id),
      check (kind = 'none' or won <= stock)
    )`.execute(db);
  await sql`
    create table points.draw (
      buyer_id uuid not null,
      draw_id uuid not null,
      request_key text not null,
      shop_id uuid not null,
      lottery_id uuid not null,
      day date not null,
      roll integer not null check (roll between 0 and 999999),
      hit_prize_id uuid not null,
      prize_id uuid not null,
      prize_name text not null,
      prize_kind text not null,
      points integer not null,
      cost integer not null,
      odds jsonb not null,
      at timestamptz not null,
      primary key (buyer_id, draw_id),
      unique (buyer_id, request_key)
    )`.execute(db);
  await sql`create index draw_of_shop on points.draw (shop_id, at desc)`.execute(db);
}
