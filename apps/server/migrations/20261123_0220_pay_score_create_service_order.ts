import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema pay_score`.execute(db);
  await sql`
    create table pay_score.service_order (
      buyer_id uuid not null,
      score_id uuid not null,
      shop_id uuid not null,
      out_order_no text not null,
      openid text not null,
      introduction text not null,
      ceiling bigint not null check (ceiling > 0),
      total bigint check (total between 0 and ceiling),
      status text not null check (status in ('requested', 'awaiting_confirmation', 'agreed', 'collecting', 'paid',
        'revoked', 'expired', 'refused', 'held_for_review')),
      wanted text check (wanted in ('complete', 'cancel')),
      reason text,
      package text,
      transaction_id text,
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      last_error text,
      requested_at timestamptz not null,
      paid_at timestamptz,
      primary key (buyer_id, score_id)
    )`.execute(db);
  await sql`
    create index service_order_due on pay_score.service_order (next_attempt_at)
    where next_attempt_at is not null`.execute(db);
  await sql`create index service_order_out_no on pay_score.service_order (out_order_no)`.execute(db);
  await sql`
    create table pay_score.notice (
      notice_id text primary key,
      event_type text not null,
      out_order_no text not null,
      received_at timestamptz not null
    )`.execute(db);
}
