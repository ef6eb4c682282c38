import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema complaints`.execute(db);
  // What payers complain about in WeChat, as WeChat said it last.
  await sql`
    create table complaints.complaint (
      shop_id uuid not null,
      complaint_id text not null,
      out_trade_no text not null,
      transaction_id text not null,
      amount integer not null,
      order_no text,
      state text not null check (state in ('PENDING', 'PROCESSING', 'PROCESSED')),
      problem_type text not null,
      detail text not null,
      refund_wanted integer not null default 0,
      is_refunded boolean not null,
      has_platform boolean not null,
      times integer not null,
      phone text not null,
      complained_at timestamptz not null,
      waits_since timestamptz,
      answered_at timestamptz,
      asked_at timestamptz not null,
      told text not null default 'calm' check (told in ('calm', 'near', 'late')),
      evidence jsonb not null,
      primary key (shop_id, complaint_id)
    )`.execute(db);
  await sql`create index complaint_id on complaints.complaint (complaint_id)`.execute(db);
  await sql`create index complaint_open on complaints.complaint (complained_at) where state <> 'PROCESSED'`.execute(db);
  await sql`create index complaint_newest on complaints.complaint (shop_id, complained_at desc)`.execute(db);
  // One thread: payer, WeChat, shop, and notes that never leave the shop. Rows are added, never changed.
  await sql`
    create table complaints.entry (
      shop_id uuid not null,
      complaint_id text not null,
      entry_id text not null,
      side text not null check (side in ('payer', 'shop', 'platform', 'note')),
      operator text not null,
      kind text not null,
      text text not null,
      images integer not null default 0,
      at timestamptz not null,
      primary key (shop_id, complaint_id, entry_id)
    )`.execute(db);
  await sql`
    create table complaints.answer (
      shop_id uuid not null,
      answer_id uuid not null,
      complaint_id text not null,
      kind text not null check (kind in ('response', 'complete')),
      text text not null,
      staff_name text not null,
      state text not null check (state in ('sending', 'sent', 'refused')),
      error text,
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      created_at timestamptz not null,
      primary key (shop_id, answer_id)
    )`.execute(db);
  await sql`create index answer_due on complaints.answer (next_attempt_at) where state = 'sending'`.execute(db);
  await sql`create index answer_complaint on complaints.answer (shop_id, complaint_id)`.execute(db);
  // Complaints to ask WeChat about: whoever hears of one, by notice or list, writes it here.
  await sql`
    create table complaints.look (
      complaint_id text primary key,
      wanted_at timestamptz not null,
      next_attempt_at timestamptz not null,
      attempts integer not null default 0
    )`.execute(db);
  await sql`create index look_due on complaints.look (next_attempt_at)`.execute(db);
}
