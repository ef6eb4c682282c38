import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema platform`.execute(db);
  await sql`
    create table platform.outbox (
      event_id uuid primary key,
      name text not null,
      payload jsonb not null,
      created_at timestamptz not null,
      delivered_at timestamptz,
      attempts integer not null default 0,
      next_attempt_at timestamptz not null,
      last_error text,
      dead_at timestamptz
    )`.execute(db);
  await sql`
    create index outbox_due on platform.outbox (next_attempt_at, event_id)
    where delivered_at is null and dead_at is null`.execute(db);
  await sql`
    create table platform.inbox (
      consumer text not null,
      event_id uuid not null,
      handled_at timestamptz not null,
      primary key (consumer, event_id)
    )`.execute(db);
  await sql`
    create table platform.policy_setting (
      scope text not null,
      key text not null,
      value double precision not null,
      primary key (scope, key)
    )`.execute(db);
  await sql`
    create table platform.policy_change (
      change_id uuid primary key,
      scope text not null,
      key text not null,
      value double precision not null,
      changed_by text not null,
      changed_at timestamptz not null
    )`.execute(db);
  await sql`create index policy_change_scope on platform.policy_change (scope, changed_at desc)`.execute(db);
}
