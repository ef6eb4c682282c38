import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`create schema trials`.execute(db);
  await sql`
    create table trials.trial (
      trial_id uuid primary key,
      shop_id uuid not null,
      spu_id uuid not null,
      text text not null,
      places integer not null check (places > 0),
      taken integer not null default 0 check (taken between 0 and places),
      tiers text[] not null,
      opens_at timestamptz not null,
      closes_at timestamptz not null,
      created_by text not null,
      created_at timestamptz not null,
      check (closes_at > opens_at)
    )`.execute(db);
  await sql`create index trial_shop on trials.trial (shop_id, opens_at desc)`.execute(db);
  await sql`create index trial_open on trials.trial (closes_at)`.execute(db);
  await sql`
    create table trials.application (
      buyer_id uuid not null,
      trial_id uuid not null,
      shop_id uuid not null,
      recipient text not null,
      waybill text not null default '',
      applied_at timestamptz not null,
      sent_at timestamptz,
      primary key (buyer_id, trial_id)
    )`.execute(db);
  await sql`create index application_trial on trials.application (trial_id, applied_at)`.execute(db);
}
