import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema coupons`.execute(db);
  await sql`
    create table coupons.template (
      template_id uuid primary key,
      shop_id uuid not null,
      name text not null,
      kind text not null check (kind in ('amount', 'percent', 'exchange', 'freight')),
      threshold integer not null check (threshold >= 0),
      off integer check (off > 0),
      pay_rate integer check (pay_rate between 0 and 9999),
      cap integer check (cap > 0),
      quantity integer check (quantity > 0),
      scope jsonb not null,
      valid_from timestamptz,
      valid_until timestamptz,
      rolling_days integer check (rolling_days > 0),
      claim_from timestamptz not null,
      claim_until timestamptz not null,
      channel text not null check (channel in ('public', 'code', 'grant', 'share')),
      code text,
      audiences text[] not null default '{}',
      total_limit integer check (total_limit > 0),
      per_user_limit integer not null check (per_user_limit > 0),
      claimed integer not null default 0 check (claimed >= 0),
      platform_share integer not null default 0 check (platform_share between 0 and 10000),
      exclusive boolean not null default false,
      platform boolean not null default false,
      returns_on_refund boolean not null default true,
      paused boolean not null default false,
      updated_by text not null,
      updated_at timestamptz not null,
      check (total_limit is null or claimed <= total_limit),
      check (claim_until > claim_from),
      check ((rolling_days is null) = (valid_until is not null)),
      check ((channel = 'code') = (code is not null))
    )`.execute(db);
  await sql`create index template_shop on coupons.template (shop_id, template_id desc)`.execute(db);
  await sql`create unique index template_code on coupons.template (upper(code)) where code is not null`.execute(db);
  await sql`create index template_open on coupons.template (claim_until) where channel = 'public' and not paused`.execute(
    db,
  );
  await sql`
    create table coupons.coupon (
      buyer_id uuid not null,
      coupon_id uuid not null,
      template_id uuid not null,
      shop_id uuid not null,
      serial integer not null check (serial > 0),
      status text not null check (status in ('held', 'locked', 'used', 'expired')),
      source text not null check (source in ('claim', 'code', 'grant', 'share')),
      terms jsonb not null,
      valid_from timestamptz not null,
      expires_at timestamptz not null,
      claimed_at timestamptz not null,
      payment_id uuid,
      order_nos text[] not null default '{}',
      returned_order_nos text[] not null default '{}',
      saving integer not null default 0,
      shop_cost integer not null default 0,
      order_amount integer not null default 0,
      locked_at timestamptz,
      used_at timestamptz,
      reminded_at timestamptz,
      primary key (buyer_id, coupon_id),
      unique (buyer_id, template_id, serial),
      check (status not in ('locked', 'used') or payment_id is not null)
    )`.execute(db);
  await sql`create index coupon_template on coupons.coupon (template_id, status)`.execute(db);
  await sql`create index coupon_expiry on coupons.coupon (expires_at) where status = 'held'`.execute(db);
  await sql`
    create index coupon_reminder on coupons.coupon (expires_at) where status = 'held' and reminded_at is null`.execute(
    db,
  );
}
