import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema wecom`.execute(db);
  await sql`
    create table wecom.member (
      buyer_id uuid primary key,
      state text not null check (state in ('waiting', 'invited', 'tagged')),
      external_user_id text,
      config_id text,
      qr_code text,
      attempts integer not null default 0,
      next_attempt_at timestamptz,
      claimed_until timestamptz,
      last_error text,
      created_at timestamptz not null,
      invited_at timestamptz,
      tagged_at timestamptz,
      check (state <> 'invited' or qr_code is not null),
      check (state <> 'tagged' or external_user_id is not null)
    )`.execute(db);
  await sql`create index member_due on wecom.member (next_attempt_at) where next_attempt_at is not null`.execute(db);
}
