import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema payments`.execute(db);
  await sql`
    create table payments.payment (
      buyer_id uuid not null,
      payment_id uuid not null,
      amount bigint not null check (amount >= 0),
      description text not null,
      order_nos text[] not null,
      shop_ids uuid[] not null,
      status text not null check (status in ('created', 'prepaid', 'succeeded', 'closed', 'held_for_review')),
      prepay_until timestamptz not null,
      refund_reserved bigint not null default 0,
      paid_out_trade_no text,
      transaction_id text,
      paid_at timestamptz,
      prepaid_at timestamptz,
      closed_at timestamptz,
      close_requested_at timestamptz,
      queried_at timestamptz,
      next_check_at timestamptz,
      checks integer not null default 0,
      claimed_until timestamptz,
      created_at timestamptz not null,
      primary key (buyer_id, payment_id),
      check (refund_reserved between 0 and amount),
      check (status <> 'succeeded' or paid_at is not null)
    )`.execute(db);
  await sql`
    create index payment_check_due on payments.payment (next_check_at)
    where status in ('created', 'prepaid') and next_check_at is not null`.execute(db);
  await sql`
    create table payments.attempt (
      buyer_id uuid not null,
      out_trade_no text not null,
      payment_id uuid not null,
      client text not null check (client in ('mp-weixin', 'h5')),
      app_id text not null,
      openid text not null,
      time_expire timestamptz not null,
      state text not null check (state in ('sending', 'prepaid', 'closed', 'paid')),
      prepay_id text,
      prepaid_at timestamptz,
      created_at timestamptz not null,
      primary key (buyer_id, out_trade_no)
    )`.execute(db);
  await sql`create index attempt_payment on payments.attempt (buyer_id, payment_id)`.execute(db);
  // Notices quote only the trade number, whose digits 13–14 are the buyer's shard.
  await sql`create index attempt_out_trade_no on payments.attempt (out_trade_no)`.execute(db);
  await sql`
    create table payments.refund (
      buyer_id uuid not null,
      refund_no text not null,
      payment_id uuid not null,
      order_no text not null,
      amount bigint not null check (amount >= 0),
      reason text not null,
      status text not null check (status in ('requested', 'processing', 'succeeded', 'failed')),
      out_refund_no text not null,
      wechat_refund_id text,
      is_reserved boolean not null default true,
      rounds integer not null default 1,
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      last_error text,
      requested_at timestamptz not null,
      settled_at timestamptz,
      primary key (buyer_id, refund_no)
    )`.execute(db);
  await sql`create index refund_payment on payments.refund (buyer_id, payment_id)`.execute(db);
  await sql`create index refund_out_refund_no on payments.refund (out_refund_no)`.execute(db);
  await sql`
    create index refund_due on payments.refund (next_attempt_at)
    where status in ('requested', 'processing')`.execute(db);
  await sql`
    create table payments.notice (
      notice_id text primary key,
      event_type text not null,
      trade_no text not null,
      outcome text not null,
      received_at timestamptz not null
    )`.execute(db);
  await sql`
    create table payments.anomaly (
      buyer_id uuid not null,
      anomaly_id uuid not null,
      payment_id uuid not null,
      shop_ids uuid[] not null,
      kind text not null,
      expected bigint not null,
      actual bigint not null,
      detail text not null,
      found_at timestamptz not null,
      resolved_at timestamptz,
      resolved_by text,
      note text,
      primary key (buyer_id, anomaly_id)
    )`.execute(db);
  await sql`create index anomaly_shops on payments.anomaly using gin (shop_ids)`.execute(db);
  await sql`create index anomaly_payment on payments.anomaly (buyer_id, payment_id, kind)`.execute(db);
}
