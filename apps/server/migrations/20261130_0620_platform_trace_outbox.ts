import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table platform.outbox add column trace_parent text`.execute(db);
}
