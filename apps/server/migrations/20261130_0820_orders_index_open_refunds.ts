import { type Kysely, sql } from 'kysely';

/** Refunds that wait, for the counters of the merchant's first page: few, whatever the history. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    create index refund_shop_open on orders.refund (shop_id, requested_at desc, refund_no desc)
    where status in ('requested', 'processing', 'failed')`.execute(db);
}
