import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema payouts`.execute(db);
  await sql`
    create table payouts.transfer (
      buyer_id uuid not null,
      payout_id uuid not null,
      shop_id uuid not null,
      out_bill_no text not null,
      scene text not null check (scene in ('commission', 'reward')),
      scene_id text not null,
      app_id text not null,
      openid text not null,
      payee_name text,
      amount bigint not null check (amount > 0),
      reason text not null,
      status text not null check (status in ('requested', 'processing', 'awaiting_confirmation', 'transferring',
        'cancelling', 'blocked', 'held_for_review', 'succeeded', 'failed')),
      transfer_bill_no text,
      package_info text,
      fail_reason text,
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      queried_at timestamptz,
      last_error text,
      requested_at timestamptz not null,
      sent_at timestamptz,
      accepted_at timestamptz,
      settled_at timestamptz,
      primary key (buyer_id, payout_id)
    )`.execute(db);
  await sql`
    create index transfer_due on payouts.transfer (next_attempt_at)
    where next_attempt_at is not null`.execute(db);
  // Notices quote only the bill number, whose digits 13–14 are the buyer's shard.
  await sql`create index transfer_out_bill_no on payouts.transfer (out_bill_no)`.execute(db);
  await sql`create index transfer_shop on payouts.transfer (shop_id, requested_at desc, payout_id)`.execute(db);
  await sql`
    create table payouts.transfer_step (
      buyer_id uuid not null,
      payout_id uuid not null,
      step_id uuid not null,
      from_status text,
      to_status text not null,
      by text not null,
      detail text not null,
      at timestamptz not null,
      primary key (buyer_id, payout_id, step_id)
    )`.execute(db);
  await sql`
    create table payouts.notice (
      notice_id text primary key,
      event_type text not null,
      bill_no text not null,
      outcome text not null,
      received_at timestamptz not null
    )`.execute(db);
}
