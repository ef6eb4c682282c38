import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  // Sums, explanations and coupons of the price an order was placed at: what its refunds are worked out from.
  await sql`
    alter table orders.order
      add column totals jsonb not null default '{}',
      add column notes jsonb not null default '[]',
      add column coupons jsonb not null default '[]'`.execute(db);
  await sql`
    alter table orders.order_line
      add column discounts jsonb not null default '[]',
      add column points_used integer not null default 0 check (points_used >= 0),
      add column activity jsonb`.execute(db);
  // An order that coupons pay in full is refunded too: with nothing in money.
  await sql`alter table orders.refund drop constraint refund_amount_check, add constraint refund_amount_check check (amount >= 0)`.execute(
    db,
  );
}
