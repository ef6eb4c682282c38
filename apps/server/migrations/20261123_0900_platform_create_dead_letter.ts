import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table platform.dead_letter (
      event_id uuid primary key,
      name text not null,
      payload jsonb not null,
      shop_id text,
      published_at timestamptz not null,
      error text not null,
      attempts integer not null,
      died_at timestamptz not null,
      state text not null check (state in ('waiting', 'replayed', 'discarded')),
      settled_at timestamptz,
      settled_by text
    )`.execute(db);
  await sql`create index dead_letter_newest on platform.dead_letter (died_at desc, event_id desc)`.execute(db);
  // What died before this table was there waits too.
  await sql`
    insert into platform.dead_letter
      (event_id, name, payload, shop_id, published_at, error, attempts, died_at, state)
    select event_id, name, payload, payload ->> 'shopId', created_at, coalesce(last_error, ''), attempts, dead_at, 'waiting'
    from platform.outbox
    where dead_at is not null`.execute(db);
}
