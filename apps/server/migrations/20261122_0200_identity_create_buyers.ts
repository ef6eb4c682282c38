import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema identity`.execute(db);
  await sql`
    create table identity.buyer (
      buyer_id uuid primary key,
      is_guest boolean not null,
      nickname text not null default '',
      avatar jsonb,
      phone_sealed text,
      phone_index text,
      merged_into uuid,
      merged_at timestamptz,
      created_at timestamptz not null,
      check ((phone_sealed is null) = (phone_index is null)),
      check ((merged_into is null) = (merged_at is null)),
      check (merged_into is null or is_guest)
    )`.execute(db);
  await sql`create index buyer_phone on identity.buyer (phone_index) where phone_index is not null`.execute(db);
  // Found by token, before anyone knows the buyer: spread by the token itself.
  await sql`
    create table identity.buyer_session (
      token_hash text primary key,
      buyer_id uuid not null,
      is_guest boolean not null,
      created_at timestamptz not null,
      expires_at timestamptz not null
    )`.execute(db);
  await sql`create index buyer_session_buyer on identity.buyer_session (buyer_id)`.execute(db);
  await sql`create index buyer_session_expiry on identity.buyer_session (expires_at)`.execute(db);
  await sql`
    create table identity.wechat_account (
      app text not null check (app in ('mini', 'oa')),
      openid text not null,
      buyer_id uuid not null,
      unionid text,
      created_at timestamptz not null,
      primary key (app, openid)
    )`.execute(db);
  await sql`create index wechat_account_buyer on identity.wechat_account (buyer_id, app)`.execute(db);
  await sql`
    create table identity.wechat_union (
      unionid text primary key,
      buyer_id uuid not null,
      created_at timestamptz not null
    )`.execute(db);
  // What was joined to whom and when, so that a wrong join can be undone by people (C03-DIF-04).
  await sql`
    create table identity.wechat_link (
      link_id uuid primary key,
      buyer_id uuid not null,
      app text not null check (app in ('mini', 'oa')),
      openid text not null,
      unionid text,
      kind text not null check (kind in ('created', 'joined', 'conflict')),
      other_buyer_id uuid,
      linked_at timestamptz not null
    )`.execute(db);
  await sql`
    create table identity.oauth_state (
      state_hash text primary key,
      session_hash text not null,
      return_to text not null,
      expires_at timestamptz not null
    )`.execute(db);
}
