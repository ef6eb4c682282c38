import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema member_day`.execute(db);
  await sql`
    create table member_day.rule (
      day_id uuid primary key,
      shop_id uuid not null,
      name text not null,
      pay_rate integer not null check (pay_rate between 1 and 9999),
      tiers text[] not null default '{}',
      spu_ids uuid[] not null default '{}',
      month_days integer[] not null default '{}',
      weekdays integer[] not null default '{}',
      starts_at timestamptz not null,
      ends_at timestamptz not null check (ends_at > starts_at),
      paused boolean not null default false,
      updated_by text not null,
      updated_at timestamptz not null
    )`.execute(db);
  await sql`create index rule_shop on member_day.rule (shop_id, ends_at desc)`.execute(db);
}
