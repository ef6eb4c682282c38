import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema agents`.execute(db);
  await sql`
    create table agents.desk (
      shop_id uuid primary key,
      corp_id text not null default '',
      chat_url text not null default '',
      hours text not null default ''
    )`.execute(db);
  await sql`
    create table agents.agent (
      shop_id uuid not null,
      staff_id uuid not null,
      name text not null,
      chat_url text not null,
      capacity integer not null check (capacity > 0),
      is_away boolean not null default false,
      since timestamptz not null,
      primary key (shop_id, staff_id)
    )`.execute(db);
  await sql`
    create table agents.assignment (
      buyer_id uuid not null,
      shop_id uuid not null,
      staff_id uuid not null,
      given_by text not null,
      since timestamptz not null,
      checked_at timestamptz not null,
      primary key (buyer_id, shop_id)
    )`.execute(db);
  await sql`create index assignment_agent on agents.assignment (shop_id, staff_id, since desc)`.execute(db);
  await sql`create index assignment_check on agents.assignment (checked_at)`.execute(db);
  // A name without a person behind it: who looks after a member is a row of agents.assignment now.
  await sql`alter table membership.standing drop column agent_name`.execute(db);
}
