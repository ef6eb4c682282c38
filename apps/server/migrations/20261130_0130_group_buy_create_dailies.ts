import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    create table group_buy.daily (
      daily_id uuid primary key,
      shop_id uuid not null,
      starts_minute integer not null check (starts_minute between 0 and 1439),
      runs_hours integer not null check (runs_hours between 1 and 24),
      terms jsonb not null,
      paused boolean not null default false,
      may_override boolean not null,
      created_by text not null,
      created_at timestamptz not null
    )`.execute(db);
  await sql`create index daily_shop on group_buy.daily (shop_id, created_at desc)`.execute(db);
  // One row for each and its day: whoever writes it makes that day's activity, and nobody else does.
  await sql`
    create table group_buy.daily_run (
      daily_id uuid not null,
      day date not null,
      activity_id uuid,
      problem text,
      at timestamptz not null,
      primary key (daily_id, day)
    )`.execute(db);
}
