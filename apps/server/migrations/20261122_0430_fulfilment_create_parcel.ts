import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema fulfilment`.execute(db);
  await sql`
    create table fulfilment.parcel (
      buyer_id uuid not null,
      parcel_id uuid not null,
      order_no text not null,
      shop_id uuid not null,
      payment_id uuid not null,
      carrier_code text not null,
      carrier_name text not null,
      waybill_no text not null,
      phone_tail text not null,
      item_description text not null,
      lines jsonb not null,
      shipped_at timestamptz not null,
      shipped_by text not null,
      upload_state text not null default 'pending' check (upload_state in ('pending', 'uploaded', 'failed')),
      upload_attempts integer not null default 0,
      upload_error text,
      uploaded_at timestamptz,
      next_upload_at timestamptz not null,
      claimed_until timestamptz,
      primary key (buyer_id, parcel_id),
      unique (buyer_id, order_no, carrier_code, waybill_no)
    )`.execute(db);
  await sql`create index parcel_order on fulfilment.parcel (buyer_id, order_no)`.execute(db);
  await sql`create index parcel_shop_order on fulfilment.parcel (shop_id, order_no)`.execute(db);
  await sql`create index parcel_payment on fulfilment.parcel (buyer_id, payment_id)`.execute(db);
  await sql`create index parcel_upload_due on fulfilment.parcel (next_upload_at) where upload_state = 'pending'`.execute(
    db,
  );
  await sql`create index parcel_upload_failed on fulfilment.parcel (shop_id) where upload_state = 'failed'`.execute(db);
}
