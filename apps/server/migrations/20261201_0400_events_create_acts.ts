import { type Kysely, sql } from 'kysely';

/**
 * What shoppers do on the pages, a partition a week: a week past keeping goes in one stroke. Weeks are made by the module as
 * acts come, for the demo and offline phones tell of the past.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create schema events`.execute(db);
  await sql`
    create table events.act (
      buyer_id uuid not null,
      at timestamptz not null,
      event_id uuid not null,
      kind text not null,
      spu_id uuid,
      shop_id uuid,
      origin text,
      -- ms of a look, pieces put in the cart, fen paid
      amount bigint,
      received_at timestamptz not null,
      primary key (buyer_id, at, event_id)
    ) partition by range (at)`.execute(db);
  await sql`create index act_kind on events.act (kind, at)`.execute(db);
}
