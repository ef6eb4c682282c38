import { type Kysely, sql } from 'kysely';

/** Everything the shop wants to tell goes past one decision: what waits, what went out and what was held back, with why. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table messaging.notice (
      buyer_id uuid not null,
      notice_id uuid not null,
      source_key text not null,
      kind text not null,
      shop_id uuid,
      title text not null,
      body text not null,
      facts jsonb not null,
      page text not null,
      hour_from integer,
      hour_until integer,
      campaign_id uuid,
      state text not null check (state in ('waiting', 'sent', 'suppressed', 'failed')),
      reason text,
      channel text check (channel in ('wechat', 'wecom', 'sms', 'inbox')),
      due_at timestamptz not null,
      valid_until timestamptz not null,
      created_at timestamptz not null,
      decided_at timestamptz,
      opened_at timestamptz,
      primary key (buyer_id, notice_id),
      unique (buyer_id, source_key),
      check ((state = 'waiting') = (decided_at is null)),
      check (state <> 'sent' or channel is not null)
    )`.execute(db);
  await sql`create index notice_due on messaging.notice (due_at) where state = 'waiting'`.execute(db);
  await sql`create index notice_told on messaging.notice (buyer_id, decided_at) where state = 'sent'`.execute(db);
  await sql`create index notice_log on messaging.notice (shop_id, notice_id desc)`.execute(db);
  await sql`create index notice_campaign on messaging.notice (campaign_id) where campaign_id is not null`.execute(db);
  // One row a shopper: whoever decides for them holds it, so that two deciders cannot both find room below a cap.
  await sql`create table messaging.pace (buyer_id uuid primary key)`.execute(db);
  await sql`
    create table messaging.preference (
      buyer_id uuid not null,
      what text not null,
      is_on boolean not null,
      changed_at timestamptz not null,
      primary key (buyer_id, what)
    )`.execute(db);
  await sql`
    create table messaging.campaign (
      campaign_id uuid primary key,
      shop_id uuid not null,
      name text not null,
      body text not null,
      page text not null,
      tiers text[] not null,
      starts_at timestamptz not null,
      ends_at timestamptz not null,
      hour_from integer not null check (hour_from between 0 and 23),
      hour_until integer not null check (hour_until between 1 and 24),
      state text not null check (state in ('planned', 'running', 'done', 'stopped')),
      reached_buyer uuid,
      proposed integer not null default 0,
      created_by text not null,
      created_at timestamptz not null,
      check (ends_at > starts_at)
    )`.execute(db);
  await sql`create index campaign_due on messaging.campaign (starts_at) where state in ('planned', 'running')`.execute(
    db,
  );
  await sql`create index campaign_shop on messaging.campaign (shop_id, campaign_id desc)`.execute(db);
  // What leaves by WeCom or SMS; WeChat's own have messaging.delivery.
  await sql`
    create table messaging.outreach (
      buyer_id uuid not null,
      outreach_id uuid not null,
      source_key text not null,
      channel text not null check (channel in ('wecom', 'sms')),
      text text not null,
      page text not null,
      state text not null check (state in ('queued', 'sending', 'sent', 'arrived', 'unsure', 'refused')),
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      provider_ref text,
      last_error text,
      created_at timestamptz not null,
      sent_at timestamptz,
      arrived_at timestamptz,
      primary key (buyer_id, outreach_id),
      unique (buyer_id, source_key)
    )`.execute(db);
  await sql`
    create index outreach_due on messaging.outreach (next_attempt_at) where state in ('queued', 'sending')`.execute(db);
  await sql`
    create index outreach_receipt on messaging.outreach (next_attempt_at) where state = 'sent' and next_attempt_at is not null`.execute(
    db,
  );
  await sql`alter table messaging.message add column page text`.execute(db);
  // The kinds are the contract's; a list here would have to change with each new one.
  await sql`alter table messaging.message drop constraint message_kind_check`.execute(db);
  await sql`alter table messaging.delivery drop constraint delivery_kind_check`.execute(db);
}
