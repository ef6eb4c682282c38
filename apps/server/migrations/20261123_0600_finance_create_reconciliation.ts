import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema finance`.execute(db);
  await sql`
    create table finance.bill_day (
      bill_date date primary key,
      state text not null check (state in ('waiting', 'running', 'balanced', 'differs', 'failed')),
      trade_bill text not null default 'unknown' check (trade_bill in ('unknown', 'read', 'absent')),
      fund_flow_bill text not null default 'unknown' check (fund_flow_bill in ('unknown', 'read', 'absent')),
      our_count bigint not null default 0,
      our_paid bigint not null default 0,
      our_refunded bigint not null default 0,
      their_count bigint not null default 0,
      their_paid bigint not null default 0,
      their_refunded bigint not null default 0,
      flow_in bigint not null default 0,
      flow_out bigint not null default 0,
      fee bigint not null default 0,
      attempts integer not null default 0,
      runs integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      last_error text,
      finished_at timestamptz
    )`.execute(db);
  await sql`comment on column finance.bill_day.fee is 'in 1/1000 fen: WeChat states fees with 5 decimals of a yuan'`.execute(
    db,
  );
  await sql`create index bill_day_due on finance.bill_day (next_attempt_at) where next_attempt_at is not null`.execute(
    db,
  );
  // Copies of one run, dropped with it: not worth a write-ahead log. After a crash they are empty, and the run starts again.
  await sql`
    create unlogged table finance.bill_line (
      run_id uuid not null,
      bill text not null,
      line_no integer not null,
      side text not null,
      trade_key text not null,
      amount bigint not null,
      state text not null,
      wechat_no text not null,
      booked_at timestamptz not null,
      primary key (run_id, bill, line_no)
    )`.execute(db);
  await sql`
    create unlogged table finance.ledger_line (
      run_id uuid not null,
      bill text not null,
      side text not null,
      trade_key text not null,
      amount bigint not null,
      state text not null,
      buyer_id uuid not null,
      payment_id uuid not null,
      booked_at timestamptz not null,
      is_other_day boolean not null,
      primary key (run_id, bill, side, trade_key)
    )`.execute(db);
  await sql`
    create table finance.difference (
      bill_date date not null,
      bill text not null check (bill in ('trade', 'fund_flow')),
      side text not null check (side in ('payment', 'refund')),
      trade_key text not null,
      kind text not null check (kind in ('missing_here', 'missing_there', 'amount_differs', 'state_differs', 'refund_differs')),
      difference_id uuid not null unique,
      ours bigint,
      our_state text,
      theirs bigint,
      their_state text,
      wechat_no text,
      buyer_id uuid,
      payment_id uuid,
      booked_at timestamptz not null,
      state text not null check (state in ('open', 'resolved', 'cleared')),
      found_at timestamptz not null,
      settled_at timestamptz,
      settled_by text,
      note text,
      primary key (bill_date, bill, side, trade_key, kind)
    )`.execute(db);
  await sql`create index difference_state on finance.difference (state, bill_date desc, difference_id)`.execute(db);
  await sql`create index difference_key on finance.difference (trade_key)`.execute(db);
  await sql`
    create table finance.difference_event (
      difference_id uuid not null,
      sequence bigint generated always as identity,
      action text not null check (action in ('found', 'resolved', 'reopened', 'cleared')),
      by_name text not null,
      note text not null,
      at timestamptz not null,
      primary key (difference_id, sequence)
    )`.execute(db);
}
