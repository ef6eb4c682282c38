import { type Kysely, sql } from 'kysely';

/** The inbox tells of more than orders; deliveries keep to the kinds that have a subscription template. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table messaging.message drop constraint message_kind_check`.execute(db);
  await sql`
    alter table messaging.message add constraint message_kind_check check (
      kind in ('order_paid', 'order_shipped', 'order_refunded', 'after_sale', 'coupon_expiring', 'membership', 'plan')
    )`.execute(db);
}
