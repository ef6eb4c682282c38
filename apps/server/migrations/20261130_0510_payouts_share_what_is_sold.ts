import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  // In ten-thousandths of what the order brought in.
  await sql`alter table payouts.receiver add column rate integer not null default 0 check (rate between 0 and 10000)`.execute(
    db,
  );
  // A share without parts only sets the frozen rest free.
  await sql`alter table payouts.share drop constraint share_amount_check, add check (amount >= 0)`.execute(db);
  // What a partner owed back and never gave: the shop bears it, and it no longer stands in a refund's way.
  await sql`alter table payouts.shared_trade add column forgone bigint not null default 0 check (forgone >= 0)`.execute(
    db,
  );
  await sql`
    create table payouts.order_share (
      buyer_id uuid not null,
      order_no text not null,
      shop_id uuid not null,
      payment_id uuid not null,
      share_id uuid not null,
      due_at timestamptz,
      outcome text not null default 'waiting' check (outcome in ('waiting', 'asked', 'set_free')),
      primary key (buyer_id, order_no)
    )`.execute(db);
  await sql`create index share_due_at on payouts.order_share (due_at) where due_at is not null`.execute(db);
}
