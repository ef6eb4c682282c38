import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema visits`.execute(db);
  await sql`
    create table visits.presence (
      buyer_id uuid primary key,
      first_seen_at timestamptz not null,
      last_seen_at timestamptz not null,
      told_for timestamptz
    )`.execute(db);
  await sql`create index presence_last_seen on visits.presence (last_seen_at)`.execute(db);
  await sql`
    create table visits.active_month (
      buyer_id uuid not null,
      month date not null,
      primary key (buyer_id, month)
    )`.execute(db);
  await sql`create index active_month_month on visits.active_month (month, buyer_id)`.execute(db);
  await sql`
    create table visits.link (
      code text primary key,
      shop_id uuid not null,
      channel text not null,
      name text not null,
      page text not null,
      cost bigint not null check (cost >= 0),
      is_open boolean not null default true,
      created_by text not null,
      created_at timestamptz not null
    )`.execute(db);
  await sql`create index link_shop on visits.link (shop_id, created_at desc)`.execute(db);
  await sql`
    create table visits.arrival (
      buyer_id uuid not null,
      source text not null,
      channel text not null,
      code text,
      shop_id uuid,
      first_at timestamptz not null,
      last_at timestamptz not null,
      visits integer not null check (visits > 0),
      is_new boolean not null,
      joined_at timestamptz,
      primary key (buyer_id, source)
    )`.execute(db);
  await sql`create index arrival_code on visits.arrival (code) where code is not null`.execute(db);
  await sql`
    create table visits.order_source (
      buyer_id uuid not null,
      order_no text not null,
      shop_id uuid not null,
      first_source text not null,
      first_channel text not null,
      last_source text not null,
      last_channel text not null,
      placed_at timestamptz not null,
      paid_at timestamptz,
      amount bigint not null default 0 check (amount >= 0),
      returned bigint not null default 0 check (returned >= 0),
      primary key (buyer_id, order_no)
    )`.execute(db);
  // Members of a shop that ran before are no newcomers: their sessions say when they were here.
  await sql`
    insert into visits.presence (buyer_id, first_seen_at, last_seen_at)
    select buyer_id, min(created_at), max(created_at) from identity.buyer_session where not is_guest group by buyer_id`.execute(
    db,
  );
  await sql`
    insert into visits.active_month (buyer_id, month)
    select distinct buyer_id, date_trunc('month', created_at at time zone 'Asia/Shanghai')::date
    from identity.buyer_session where not is_guest`.execute(db);
  await sql`create index order_source_shop on visits.order_source (shop_id, placed_at)`.execute(db);
}
