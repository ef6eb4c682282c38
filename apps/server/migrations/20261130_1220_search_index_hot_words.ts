import { type Kysely, sql } from 'kysely';

/** The most searched words of a day, first: hot words are found among these, not by summing every word of a week. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create index word_count_most on search.word_count (day, count desc, word)`.execute(db);
}
