import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema subscriptions`.execute(db);
  await sql`
    create table subscriptions.plan (
      plan_id text primary key check (plan_id in ('basic', 'senior')),
      name text not null,
      price bigint not null check (price > 0),
      months integer not null check (months > 0),
      pay_rate integer not null check (pay_rate between 1 and 10000),
      benefits text[] not null,
      is_on boolean not null
    )`.execute(db);
  await sql`
    insert into subscriptions.plan values
      ('basic', '小铺会员月卡', 990, 1, 9500, array['全场商品 95 折', '到期提醒，不自动扣费'], true),
      ('senior', '小铺高级会员年卡', 19900, 12, 9000, array['全场商品 9 折', '专属客服一对一', '到期提醒，不自动扣费'], true)`.execute(
    db,
  );
  await sql`
    create table subscriptions.entitlement (
      buyer_id uuid primary key,
      plan_id text,
      is_trial boolean not null default false,
      anchor_day integer not null default 1 check (anchor_day between 1 and 31),
      started_at timestamptz not null,
      until timestamptz not null,
      wants_reminder boolean not null default true,
      reminded_until timestamptz,
      ended_at timestamptz
    )`.execute(db);
  await sql`create index entitlement_due on subscriptions.entitlement (until) where ended_at is null`.execute(db);
  // One trial a person: the buyer (one a unionid), and the phone's blind index where there is one.
  await sql`
    create table subscriptions.trial (
      person_key text primary key,
      taken_by uuid not null,
      taken_at timestamptz not null
    )`.execute(db);
  await sql`
    create table subscriptions.purchase (
      buyer_id uuid not null,
      purchase_no text not null,
      payment_id uuid not null,
      plan_id text not null,
      plan_name text not null,
      kind text not null check (kind in ('new', 'renewal', 'upgrade')),
      price bigint not null check (price >= 0),
      credit bigint not null default 0 check (credit >= 0),
      amount bigint not null check (amount >= 0),
      refunded bigint not null default 0 check (refunded >= 0 and refunded <= amount),
      status text not null check (status in ('pending', 'paid', 'closed', 'refunding', 'refunded')),
      starts_at timestamptz,
      ends_at timestamptz,
      pay_until timestamptz not null,
      refund_no text,
      created_at timestamptz not null,
      paid_at timestamptz,
      primary key (buyer_id, purchase_no),
      unique (buyer_id, payment_id)
    )`.execute(db);
  await sql`create unique index purchase_pending on subscriptions.purchase (buyer_id) where status = 'pending'`.execute(
    db,
  );
  await sql`create index purchase_due on subscriptions.purchase (pay_until) where status = 'pending'`.execute(db);
}
