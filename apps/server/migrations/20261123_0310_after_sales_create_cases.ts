import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema after_sales`.execute(db);
  await sql`
    create table after_sales.case (
      buyer_id uuid not null,
      case_no text not null check (case_no ~ '^[0-9]{20}$'),
      order_no text not null,
      shop_id uuid not null,
      shop_name text not null,
      payment_id uuid not null,
      kind text not null check (kind in ('refund', 'return', 'exchange')),
      status text not null check (status in ('applied', 'refused', 'offered', 'returning', 'returned', 'exchanging', 'sent',
        'refunding', 'refunded', 'completed', 'escalated', 'closed')),
      reason text not null,
      description text not null default '',
      evidence jsonb not null default '[]',
      was_shipped boolean not null,
      goods_amount integer not null check (goods_amount >= 0),
      freight integer not null check (freight >= 0),
      ask_count integer not null check (ask_count > 0),
      deadline timestamptz,
      refusal text,
      offer jsonb,
      return_address text,
      return_parcel jsonb,
      exchange_reservation_id uuid not null,
      exchange_parcel jsonb,
      exchange_phone_tail text,
      is_restocked boolean not null default false,
      refund_no text not null,
      refund_failed boolean not null default false,
      escalated_at timestamptz,
      created_at timestamptz not null,
      ended_at timestamptz,
      primary key (buyer_id, case_no)
    )`.execute(db);
  await sql`create index case_buyer_newest on after_sales.case (buyer_id, created_at desc, case_no desc)`.execute(db);
  await sql`create index case_order on after_sales.case (buyer_id, order_no)`.execute(db);
  await sql`create index case_refund on after_sales.case (buyer_id, refund_no)`.execute(db);
  await sql`create index case_shop_newest on after_sales.case (shop_id, created_at desc, case_no desc)`.execute(db);
  await sql`create index case_shop_status on after_sales.case (shop_id, status, created_at desc, case_no desc)`.execute(
    db,
  );
  await sql`create index case_deadline on after_sales.case (deadline) where deadline is not null`.execute(db);
  await sql`
    create table after_sales.case_line (
      buyer_id uuid not null,
      case_no text not null,
      line_id uuid not null,
      order_no text not null,
      shop_id uuid not null,
      spu_id uuid not null,
      sku_id uuid not null,
      title text not null,
      spec_text text not null,
      picture jsonb not null,
      quantity integer not null check (quantity > 0),
      amount integer not null check (amount >= 0),
      is_open boolean not null default true,
      primary key (buyer_id, case_no, line_id)
    )`.execute(db);
  // One open case an order line, whatever comes in at once.
  await sql`
    create unique index case_line_open on after_sales.case_line (buyer_id, order_no, line_id) where is_open`.execute(
    db,
  );
  // Each entry's hash covers the one before it, so that a change or a gap is found (C10-DSP-06).
  await sql`
    create table after_sales.case_event (
      buyer_id uuid not null,
      case_no text not null,
      sequence integer not null,
      text text not null,
      actor text not null,
      pictures jsonb not null default '[]',
      at timestamptz not null,
      hash text not null,
      primary key (buyer_id, case_no, sequence)
    )`.execute(db);
  await sql`
    create table after_sales.return_address (
      shop_id uuid primary key,
      sealed text not null,
      changed_at timestamptz not null
    )`.execute(db);
}
