import { type Kysely, sql } from 'kysely';

/** Suggestions read titles and keywords of the prominent: out of the index, not from as many pages as there are products. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`
    create index spu_prominent_titles on catalog.spu (prominence, score) include (status, title, keywords, sold_count)
    where prominence > 0`.execute(db);
  await sql`drop index catalog.spu_prominent`.execute(db);
}
