import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema operations`.execute(db);
  // What each process last measured; the alert is about all of them together.
  await sql`
    create table operations.health_sample (
      line_key text not null,
      source text not null,
      value double precision not null,
      at timestamptz not null,
      primary key (line_key, source)
    )`.execute(db);
  await sql`
    create table operations.alert (
      alert_id uuid primary key,
      line_key text not null,
      level text not null check (level in ('yellow', 'red')),
      peak_level text not null check (peak_level in ('yellow', 'red')),
      value double precision not null,
      peak double precision not null,
      line double precision not null,
      source text not null,
      opened_at timestamptz not null,
      changed_at timestamptz not null,
      calm_since timestamptz,
      recovered_at timestamptz
    )`.execute(db);
  await sql`create unique index alert_open on operations.alert (line_key) where recovered_at is null`.execute(db);
  await sql`create index alert_newest on operations.alert (opened_at desc, alert_id desc)`.execute(db);
  await sql`
    create table operations.silence (
      line_key text primary key,
      until timestamptz not null,
      reason text not null,
      silenced_by text not null
    )`.execute(db);
  await sql`
    create table operations.slow_request (
      request_id text not null,
      origin text not null check (origin in ('server', 'client')),
      endpoint text not null,
      trace_id text,
      took_ms integer not null check (took_ms >= 0),
      network text,
      status integer,
      at timestamptz not null,
      primary key (request_id, origin)
    )`.execute(db);
  await sql`create index slow_request_newest on operations.slow_request (at desc, request_id desc)`.execute(db);
}
