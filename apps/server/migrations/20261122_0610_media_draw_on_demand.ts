import { type Kysely, sql } from 'kysely';

/** Drawings are made again from their id when somebody looks, so nothing of them is kept but the row. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`drop table media.drawing`.execute(db);
  await sql`alter table media.asset drop constraint asset_bytes_check`.execute(db);
  await sql`alter table media.asset add check ((origin = 'drawing' and bytes >= 0) or bytes > 0)`.execute(db);
}
