import { type Kysely, sql } from 'kysely';

/** For pruning: finds old delivered events and inbox rows without reading the rest. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`create index outbox_delivered on platform.outbox (delivered_at) where delivered_at is not null`.execute(db);
  await sql`create index inbox_handled on platform.inbox (handled_at)`.execute(db);
}
