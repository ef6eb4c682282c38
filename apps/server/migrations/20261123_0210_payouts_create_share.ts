import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table payouts.receiver (
      shop_id uuid not null,
      receiver_id uuid not null,
      account text not null,
      name text not null,
      status text not null check (status in ('adding', 'active', 'refused', 'removing', 'removed')),
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      last_error text,
      created_at timestamptz not null,
      primary key (shop_id, receiver_id),
      unique (shop_id, account)
    )`.execute(db);
  await sql`
    create index receiver_due on payouts.receiver (next_attempt_at) where next_attempt_at is not null`.execute(db);
  // The one row to lock: what partners hold and what went back to the buyer never exceed what was paid.
  await sql`
    create table payouts.shared_trade (
      buyer_id uuid not null,
      transaction_id text not null,
      shop_id uuid not null,
      paid bigint not null check (paid > 0),
      shared bigint not null default 0 check (shared >= 0),
      refunded bigint not null default 0 check (refunded >= 0),
      primary key (buyer_id, transaction_id),
      check (shared + refunded <= paid)
    )`.execute(db);
  await sql`
    create table payouts.share (
      buyer_id uuid not null,
      share_id uuid not null,
      shop_id uuid not null,
      transaction_id text not null,
      out_order_no text not null,
      amount bigint not null check (amount > 0),
      unfreezes boolean not null,
      status text not null check (status in ('requested', 'processing', 'finished', 'refused')),
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      last_error text,
      requested_at timestamptz not null,
      finished_at timestamptz,
      primary key (buyer_id, share_id)
    )`.execute(db);
  await sql`create index share_due on payouts.share (next_attempt_at) where next_attempt_at is not null`.execute(db);
  await sql`create index share_trade on payouts.share (buyer_id, transaction_id)`.execute(db);
  await sql`create index share_shop on payouts.share (shop_id, requested_at desc, share_id)`.execute(db);
  await sql`
    create table payouts.share_part (
      buyer_id uuid not null,
      share_id uuid not null,
      receiver_id uuid not null,
      account text not null,
      amount bigint not null check (amount > 0),
      description text not null,
      result text not null check (result in ('pending', 'succeeded', 'closed')),
      returned bigint not null default 0,
      fail_reason text,
      primary key (buyer_id, share_id, receiver_id),
      check (returned between 0 and amount)
    )`.execute(db);
  await sql`
    create table payouts.share_refund (
      buyer_id uuid not null,
      refund_no text not null,
      transaction_id text not null,
      amount bigint not null check (amount > 0),
      is_clear boolean not null default false,
      asked_at timestamptz not null,
      primary key (buyer_id, refund_no)
    )`.execute(db);
  await sql`
    create table payouts.share_return (
      buyer_id uuid not null,
      return_id uuid not null,
      share_id uuid not null,
      receiver_id uuid not null,
      account text not null,
      out_order_no text not null,
      out_return_no text not null,
      refund_no text not null,
      amount bigint not null check (amount > 0),
      status text not null check (status in ('requested', 'processing', 'succeeded', 'failed')),
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      last_error text,
      requested_at timestamptz not null,
      primary key (buyer_id, return_id)
    )`.execute(db);
  await sql`
    create index share_return_due on payouts.share_return (next_attempt_at) where next_attempt_at is not null`.execute(
    db,
  );
  await sql`create index share_return_refund on payouts.share_return (buyer_id, refund_no)`.execute(db);
}
