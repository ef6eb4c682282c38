/** How many people booked in these presales. One statement. */
import { sql } from 'kysely';
import type { Executor } from '#platform/database/database.ts';

export async function traceOfPresales(
  db: Executor,
  activityIds: readonly string[],
): Promise<{ sourceIds: string[]; entered: number }> {
  const { rows } = await sql<{ entered: number }>`
    select count(distinct buyer_id)::int as entered from presale.booking where activity_id = any(${activityIds}::uuid[])`.execute(
    db,
  );
  return { sourceIds: [...activityIds], entered: rows[0]?.entered ?? 0 };
}
