import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema orders`.execute(db);
  await sql`
    create table orders.order (
      buyer_id uuid not null,
      order_no text not null check (order_no ~ '^[0-9]{20}$'),
      shop_id uuid not null,
      shop_name text not null,
      payment_id uuid not null,
      reservation_id uuid not null,
      status text not null check (status in
        ('pending_payment', 'paid', 'shipped', 'completed', 'cancelled', 'refunding', 'refunded')),
      list_total integer not null check (list_total >= 0),
      goods_total integer not null check (goods_total >= 0),
      freight integer not null check (freight >= 0),
      discount integer not null check (discount >= 0),
      payable integer not null check (payable >= 0),
      unit_count integer not null check (unit_count > 0),
      remark text not null default '',
      shop_remark text not null default '',
      recipient text not null,
      recipient_label text not null,
      phone_tail_index text not null,
      held_until timestamptz,
      closes_at timestamptz not null,
      close_requested_at timestamptz,
      cancelled_by text check (cancelled_by in ('buyer', 'timer')),
      cancel_reason text,
      unreviewed_lines integer not null default 0 check (unreviewed_lines >= 0),
      parcel_count integer not null default 0,
      created_at timestamptz not null,
      paid_at timestamptz,
      shipped_at timestamptz,
      completed_at timestamptz,
      auto_receive_at timestamptz,
      cancelled_at timestamptz,
      refunded_at timestamptz,
      primary key (buyer_id, order_no),
      check (payable = goods_total + freight - discount)
    )`.execute(db);
  await sql`create index order_buyer_newest on orders.order (buyer_id, created_at desc, order_no desc)`.execute(db);
  await sql`create index order_payment on orders.order (buyer_id, payment_id)`.execute(db);
  await sql`create index order_shop_newest on orders.order (shop_id, created_at desc, order_no desc)`.execute(db);
  await sql`create index order_shop_status on orders.order (shop_id, status, created_at desc, order_no desc)`.execute(
    db,
  );
  await sql`create index order_shop_paid on orders.order (shop_id, paid_at) where paid_at is not null`.execute(db);
  await sql`create index order_shop_number on orders.order (shop_id, order_no)`.execute(db);
  await sql`create index order_shop_phone on orders.order (shop_id, phone_tail_index)`.execute(db);
  await sql`
    create index order_hold_due on orders.order (held_until)
    where status = 'pending_payment' and held_until is not null`.execute(db);
  await sql`
    create index order_close_due on orders.order (closes_at)
    where status = 'pending_payment' and close_requested_at is null`.execute(db);
  await sql`create index order_receive_due on orders.order (auto_receive_at) where status = 'shipped'`.execute(db);

  await sql`
    create table orders.order_line (
      buyer_id uuid not null,
      order_no text not null,
      line_id uuid not null,
      shop_id uuid not null,
      spu_id uuid not null,
      sku_id uuid not null,
      sku_code text not null,
      title text not null,
      spec_text text not null,
      picture jsonb not null,
      quantity integer not null check (quantity > 0),
      shipped_quantity integer not null default 0,
      list_price integer not null,
      sale_price integer not null,
      cost integer not null,
      payable integer not null check (payable >= 0),
      returnable boolean not null,
      reviewed_at timestamptz,
      primary key (buyer_id, order_no, line_id),
      unique (buyer_id, order_no, sku_id),
      check (shipped_quantity between 0 and quantity)
    )`.execute(db);

  await sql`
    create table orders.order_event (
      buyer_id uuid not null,
      order_no text not null,
      event_id uuid not null,
      text text not null,
      actor text not null,
      at timestamptz not null,
      primary key (buyer_id, order_no, event_id)
    )`.execute(db);

  await sql`
    create table orders.refund (
      buyer_id uuid not null,
      refund_no text not null,
      order_no text not null,
      shop_id uuid not null,
      payment_id uuid not null,
      amount integer not null check (amount > 0),
      reason text not null,
      requested_by text not null,
      status text not null check (status in ('requested', 'processing', 'succeeded', 'failed', 'rejected')),
      note text not null default '',
      requested_at timestamptz not null,
      settled_at timestamptz,
      primary key (buyer_id, refund_no)
    )`.execute(db);
  // Before shipping an order is refunded in full, so one refund an order: a second request finds the first.
  await sql`create unique index refund_order on orders.refund (buyer_id, order_no)`.execute(db);
  await sql`create index refund_shop_newest on orders.refund (shop_id, requested_at desc, refund_no desc)`.execute(db);
  await sql`create index refund_shop_settled on orders.refund (shop_id, settled_at) where status = 'succeeded'`.execute(
    db,
  );

  await sql`
    create table orders.placement (
      buyer_id uuid not null,
      idempotency_key text not null,
      body_hash text not null,
      reply json,
      created_at timestamptz not null,
      primary key (buyer_id, idempotency_key)
    )`.execute(db);
}
