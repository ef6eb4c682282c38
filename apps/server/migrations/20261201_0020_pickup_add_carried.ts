import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  // 扫码购: its code is the proof at the exit, and changes by itself. Those of before keep the code they have.
  await sql`alter table pickup.booking add column carried boolean not null default false`.execute(db);
}
