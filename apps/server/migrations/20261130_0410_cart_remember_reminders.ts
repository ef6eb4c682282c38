import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  // Which state of a cart was told of already: one reminder for one rest.
  await sql`
    create table cart.reminder (
      buyer_id uuid primary key,
      told_for timestamptz not null
    )`.execute(db);
  await sql`create index line_added on cart.line (added_at)`.execute(db);
}
