import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table coupons.template drop constraint template_channel_check`.execute(db);
  await sql`
    alter table coupons.template add constraint template_channel_check
      check (channel in ('public', 'code', 'grant', 'share', 'recall'))`.execute(db);
  // Who is in one of these layers gets this much off instead of the usual.
  await sql`alter table coupons.template add column layer_offs jsonb not null default '[]'`.execute(db);
  await sql`create index template_channel on coupons.template (shop_id, channel, template_id desc)`.execute(db);
  await sql`alter table coupons.coupon drop constraint coupon_source_check`.execute(db);
  await sql`
    alter table coupons.coupon add constraint coupon_source_check
      check (source in ('claim', 'code', 'grant', 'share', 'recall'))`.execute(db);
  // The packet, or the message, that brought it: each brings a buyer one coupon at most.
  await sql`alter table coupons.coupon add column source_ref uuid`.execute(db);
  await sql`
    create unique index coupon_source on coupons.coupon (buyer_id, source_ref) where source_ref is not null`.execute(
    db,
  );
  await sql`
    create table coupons.packet (
      packet_id uuid primary key,
      sharer_id uuid not null,
      order_no text not null unique,
      shop_id uuid not null,
      template_id uuid not null,
      places integer not null check (places > 0),
      claimed integer not null default 0 check (claimed between 0 and places),
      is_over boolean not null default false,
      expires_at timestamptz not null,
      created_at timestamptz not null
    )`.execute(db);
  await sql`
    create table coupons.packet_claim (
      packet_id uuid not null,
      buyer_id uuid not null,
      coupon_id uuid not null,
      claimed_at timestamptz not null,
      primary key (packet_id, buyer_id)
    )`.execute(db);
}
