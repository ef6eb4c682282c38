import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema wechat_coupons`.execute(db);
  await sql`
    create table wechat_coupons.stock (
      template_id uuid primary key,
      stock_id text,
      created_at timestamptz not null
    )`.execute(db);
  await sql`
    create table wechat_coupons.mirror (
      buyer_id uuid not null,
      coupon_id uuid not null,
      template_id uuid not null,
      coupon_code text not null,
      wanted text not null check (wanted in ('sent', 'used')),
      done text not null default 'none' check (done in ('none', 'sent', 'used', 'given_up')),
      turn integer not null default 0,
      is_confirmed boolean not null default false,
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      last_error text,
      created_at timestamptz not null,
      primary key (buyer_id, coupon_id)
    )`.execute(db);
  await sql`create index mirror_due on wechat_coupons.mirror (next_attempt_at) where next_attempt_at is not null`.execute(
    db,
  );
  await sql`create index mirror_code on wechat_coupons.mirror (coupon_code)`.execute(db);
}
