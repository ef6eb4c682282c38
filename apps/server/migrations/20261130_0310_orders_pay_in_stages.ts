import { type Kysely, sql } from 'kysely';

/** An order may be paid in two stages, a deposit now and the balance later, each a payment of its own. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    alter table orders.order
      add column deposit integer not null default 0,
      add column deposit_payment_id uuid,
      add column deposit_paid_at timestamptz,
      add column balance_opens_at timestamptz,
      add column balance_closes_at timestamptz,
      add column ships_by timestamptz,
      add column forfeits boolean not null default false,
      add column pool_id uuid,
      drop constraint order_status_check,
      add constraint order_status_check check (status in ('pending_payment', 'deposit_paid', 'paid', 'shipped', 'completed',
        'cancelled', 'refunding', 'refunded')),
      add constraint order_deposit check (deposit between 0 and payable),
      add constraint order_stages check ((deposit > 0) = (balance_opens_at is not null)
        and (balance_opens_at is null) = (balance_closes_at is null))`.execute(db);
  await sql`
    create index order_balance_due on orders.order (balance_closes_at)
    where status = 'deposit_paid' and close_requested_at is null`.execute(db);
  // The deposit's part of a refund that both payments share: it settles with the refund it belongs to.
  await sql`alter table orders.refund add column part_of text`.execute(db);
}
