import { type Kysely, sql } from 'kysely';

/** A paid order may have to wait before it is shipped: a group purchase until enough people have joined. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`set local lock_timeout = '5s'`.execute(db);
  await sql`alter table orders.order add column shipping_hold text check (shipping_hold in ('group'))`.execute(db);
}
