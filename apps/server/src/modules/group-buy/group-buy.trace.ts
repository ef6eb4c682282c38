/** By what ids orders name these group purchases, and how many people took a place in them. One statement. */
import { sql } from 'kysely';
import type { Executor } from '#platform/database/database.ts';

export async function traceOfGroupBuys(
  db: Executor,
  activityIds: readonly string[],
): Promise<{ sourceIds: string[]; entered: number }> {
  const { rows } = await sql<{ groupIds: string[]; entered: number }>`
    select array(select group_id from group_buy.group where activity_id = any(${activityIds}::uuid[])) as group_ids,
      (select count(distinct buyer_id) from group_buy.place where activity_id = any(${activityIds}::uuid[]))::int as entered`.execute(
    db,
  );
  const [row] = rows;
  // Who opens a group orders by the activity, who joins by the group.
  return { sourceIds: [...activityIds, ...(row?.groupIds ?? [])], entered: row?.entered ?? 0 };
}
