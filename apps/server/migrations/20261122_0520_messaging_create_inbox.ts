import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema messaging`.execute(db);
  await sql`
    create table messaging.message (
      buyer_id uuid not null,
      message_id uuid not null,
      source_key text not null,
      kind text not null check (kind in ('order_paid', 'order_shipped', 'order_refunded')),
      title text not null,
      body text not null,
      order_no text,
      created_at timestamptz not null,
      read_at timestamptz,
      primary key (buyer_id, message_id),
      unique (buyer_id, source_key)
    )`.execute(db);
  await sql`create index message_unread on messaging.message (buyer_id) where read_at is null`.execute(db);
  await sql`
    create table messaging.wallet (
      buyer_id uuid not null,
      template_id text not null,
      remaining integer not null check (remaining >= 0),
      primary key (buyer_id, template_id)
    )`.execute(db);
  await sql`
    create table messaging.ask (
      buyer_id uuid not null,
      ask_id uuid not null,
      asked_at timestamptz not null,
      primary key (buyer_id, ask_id)
    )`.execute(db);
  await sql`
    create table messaging.delivery (
      buyer_id uuid not null,
      delivery_id uuid not null,
      source_key text not null,
      kind text not null check (kind in ('order_paid', 'order_shipped', 'order_refunded')),
      template_id text not null,
      facts jsonb not null,
      state text not null check (state in ('queued', 'sending', 'sent', 'unsure', 'refused')),
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      last_error text,
      created_at timestamptz not null,
      sent_at timestamptz,
      primary key (buyer_id, delivery_id),
      unique (buyer_id, source_key)
    )`.execute(db);
  await sql`
    create index delivery_due on messaging.delivery (next_attempt_at) where state in ('queued', 'sending')`.execute(db);
}
