import { type Kysely, sql } from 'kysely';

/** An order may be picked up in a store of its shop: which one, in which window, until when it waits there. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    alter table orders.order
      add column store_id uuid,
      add column pickup jsonb,
      add column ready_at timestamptz,
      add column pickup_expires_at timestamptz,
      drop constraint order_status_check,
      add constraint order_status_check check (status in ('pending_payment', 'deposit_paid', 'paid', 'ready_for_pickup', 'shipped',
        'completed', 'cancelled', 'refunding', 'refunded')),
      add constraint order_pickup check ((store_id is null) = (pickup is null)
        and (store_id is null) = (pickup_expires_at is null)),
      add constraint order_ready_in_store check (status <> 'ready_for_pickup' or store_id is not null)`.execute(db);
  await sql`
    create index order_pickup_due on orders.order (pickup_expires_at)
    where store_id is not null and status in ('paid', 'ready_for_pickup')`.execute(db);
  await sql`
    create index order_store on orders.order (shop_id, store_id, status, created_at desc, order_no desc)
    where store_id is not null`.execute(db);
}
