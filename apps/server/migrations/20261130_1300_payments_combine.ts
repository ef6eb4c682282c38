import { type Kysely, sql } from 'kysely';

/** One payment sheet for orders of several shops, each with a merchant number of its own (合单支付). */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table payments.payment
      add column parts jsonb,
      add column is_combined boolean not null default false`.execute(db);
  await sql`comment on column payments.payment.parts is 'what each order owes of it: orderNo, shopId, amount'`.execute(
    db,
  );
  await sql`alter table payments.attempt add column parts jsonb`.execute(db);
  await sql`comment on column payments.attempt.parts is
    'set: a combined trade; its parts with their own numbers, merchants and, once paid, transactions'`.execute(db);
  await sql`
    alter table payments.refund
      add column part_trade_no text,
      add column part_total bigint check (part_total > 0),
      add column sub_mch_id text`.execute(db);
  await sql`
    create table payments.shop_merchant (
      shop_id uuid primary key,
      sub_mch_id text not null check (sub_mch_id ~ '^[0-9]{8,32}$'),
      set_by text not null,
      set_at timestamptz not null
    )`.execute(db);
  await sql`
    create index payment_combined on payments.payment (paid_at) where is_combined`.execute(db);
}
