/** Who looked at which activity: a person counts once, however often the page is opened. */
import { sql } from 'kysely';
import type { Executor, Tx } from '#platform/database/database.ts';
import type {} from './analytics.tables.ts';

export const noteSighting = async (tx: Tx, buyerId: string, activityId: string, at: Date): Promise<void> => {
  await tx
    .insertInto('analytics.sighting')
    .values({ buyerId, activityId, at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
};

export async function countSightings(db: Executor, activityIds: readonly string[]): Promise<number> {
  const { rows } = await sql<{ seen: number }>`
    select count(distinct buyer_id)::int as seen from analytics.sighting where activity_id = any(${activityIds}::uuid[])`.execute(
    db,
  );
  return rows[0]?.seen ?? 0;
}
