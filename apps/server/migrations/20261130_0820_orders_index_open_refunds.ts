import { type Kysely, sql } from 'kysely';

/** Refunds that wait and orders held from shipping, for a merchant's counters: few, whatever the history. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    create index refund_shop_open on orders.refund (shop_id, requested_at desc, refund_no desc)
    where status in ('requested', 'processing', 'failed')`.execute(db);
  await sql`
    create index order_shop_held on orders.order (shop_id, shipping_hold)
    where status = 'paid' and shipping_hold is not null`.execute(db);
}
