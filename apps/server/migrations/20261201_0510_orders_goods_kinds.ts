import { type Kysely, sql } from 'kysely';

/** An order holds goods of one kind; what its buyer agreed to is kept with it. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    alter table orders.order
      add column goods text not null default 'physical' check (goods in ('physical', 'virtual', 'service')),
      add column booking jsonb,
      add column consents jsonb not null default '[]',
      drop constraint order_status_check,
      add constraint order_status_check check (status in ('pending_payment', 'deposit_paid', 'paid', 'ready_for_pickup', 'to_use',
        'shipped', 'completed', 'cancelled', 'refunding', 'refunded')),
      add constraint order_booking check ((goods = 'service') = (booking is not null)),
      add constraint order_to_use check (status <> 'to_use' or goods = 'service'),
      add constraint order_never_sent check (goods = 'physical' or (store_id is null and status <> 'shipped'))`.execute(
    db,
  );
  await sql`
    create index order_undelivered on orders.order (paid_at) where goods <> 'physical' and status = 'paid'`.execute(db);
  await sql`
    create index order_consents on orders.order (shop_id, created_at) where consents <> '[]'`.execute(db);
}
