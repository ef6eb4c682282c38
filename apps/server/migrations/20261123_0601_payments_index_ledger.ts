import { type Kysely, sql } from 'kysely';

/** The ledger is read a day at a time, by keyset: reconciliation must not scan the history. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create index payment_paid_at on payments.payment (paid_at, paid_out_trade_no)
    where paid_out_trade_no is not null`.execute(db);
  await sql`
    create index refund_requested_at on payments.refund (requested_at, out_refund_no)
    where wechat_refund_id is not null`.execute(db);
  await sql`
    create index refund_settled_at on payments.refund (settled_at, out_refund_no)
    where status = 'succeeded' and wechat_refund_id is not null`.execute(db);
}
