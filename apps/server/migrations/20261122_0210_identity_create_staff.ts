import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    create table identity.staff (
      staff_id uuid primary key,
      account text not null unique check (account = lower(account)),
      name text not null,
      password_hash text not null,
      totp_secret text,
      totp_pending text,
      totp_last_step bigint,
      last_login_at timestamptz,
      created_at timestamptz not null
    )`.execute(db);
  await sql`
    create table identity.role (
      role_id uuid primary key,
      shop_id uuid not null,
      name text not null,
      built_in text check (built_in in ('owner', 'operator', 'service', 'warehouse', 'finance')),
      permissions text[] not null,
      created_at timestamptz not null,
      unique (shop_id, name)
    )`.execute(db);
  await sql`create unique index role_built_in on identity.role (shop_id, built_in) where built_in is not null`.execute(
    db,
  );
  await sql`
    create table identity.membership (
      staff_id uuid not null references identity.staff,
      shop_id uuid not null,
      role_id uuid not null references identity.role,
      is_active boolean not null default true,
      created_at timestamptz not null,
      primary key (staff_id, shop_id)
    )`.execute(db);
  await sql`create index membership_shop on identity.membership (shop_id, role_id)`.execute(db);
  await sql`
    create table identity.staff_session (
      token_hash text primary key,
      staff_id uuid not null references identity.staff,
      created_at timestamptz not null,
      last_seen_at timestamptz not null
    )`.execute(db);
  await sql`create index staff_session_staff on identity.staff_session (staff_id)`.execute(db);
  await sql`
    create table identity.login_attempt (
      attempt_id uuid primary key,
      account text not null,
      ip text not null,
      attempted_at timestamptz not null
    )`.execute(db);
  await sql`create index login_attempt_account on identity.login_attempt (account, attempted_at)`.execute(db);
  await sql`create index login_attempt_ip on identity.login_attempt (ip, attempted_at)`.execute(db);
  await sql`
    create table identity.audit_entry (
      audit_id uuid primary key,
      shop_id uuid not null,
      staff_id uuid not null,
      staff_name text not null,
      action text not null,
      target text not null,
      summary text not null,
      ip text not null,
      at timestamptz not null
    )`.execute(db);
  await sql`create index audit_entry_shop on identity.audit_entry (shop_id, audit_id desc)`.execute(db);
  // What was done stays on record: not even our own code may rewrite it.
  await sql`
    create function identity.refuse_rewrite() returns trigger language plpgsql as
    $$ begin raise exception 'identity.audit_entry is append-only'; end $$`.execute(db);
  await sql`
    create trigger audit_append_only before update or delete or truncate on identity.audit_entry
    for each statement execute function identity.refuse_rewrite()`.execute(db);
}
