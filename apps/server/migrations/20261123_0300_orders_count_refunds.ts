import { type Kysely, sql } from 'kysely';

/** An order may now be refunded in parts: lines count what went back, and a refund says which pieces it was for. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table orders.order_line
      add column refunded_quantity integer not null default 0,
      add column refunded_amount integer not null default 0,
      add column withdrawn_quantity integer not null default 0,
      add constraint order_line_refunded check (refunded_quantity between 0 and quantity and refunded_amount between 0 and payable),
      add constraint order_line_withdrawn check (withdrawn_quantity >= 0 and shipped_quantity + withdrawn_quantity <= quantity)`.execute(
    db,
  );
  await sql`
    alter table orders.order
      add column refunded_amount integer not null default 0,
      add constraint order_refunded check (refunded_amount between 0 and payable)`.execute(db);
  await sql`
    alter table orders.refund
      add column lines jsonb,
      add column freight integer not null default 0 check (freight >= 0),
      drop constraint refund_amount_check,
      add constraint refund_amount_check check (amount >= 0)`.execute(db);
  // Orders refunded in full before this: their lines say so too.
  await sql`
    update orders.order o set refunded_amount = o.payable
    where exists (select 1 from orders.refund r where r.buyer_id = o.buyer_id and r.order_no = o.order_no)`.execute(db);
  await sql`
    update orders.order_line l set refunded_quantity = l.quantity, refunded_amount = l.payable, withdrawn_quantity = l.quantity - l.shipped_quantity
    where exists (select 1 from orders.refund r where r.buyer_id = l.buyer_id and r.order_no = l.order_no)`.execute(db);
  await sql`drop index orders.refund_order`.execute(db);
  await sql`create index refund_order on orders.refund (buyer_id, order_no)`.execute(db);
}
