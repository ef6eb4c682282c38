/** By what ids orders name a bargain activity's purchases, and how many people began one. One statement. */
import { sql } from 'kysely';
import type { Executor } from '#platform/database/database.ts';

export async function traceOfBargains(
  db: Executor,
  activityIds: readonly string[],
): Promise<{ sourceIds: string[]; entered: number }> {
  const { rows } = await sql<{ bargainIds: string[]; entered: number }>`
    select coalesce(array_agg(bargain_id) filter (where order_no is not null), '{}') as bargain_ids,
      count(distinct buyer_id)::int as entered
    from bargain.bargain where activity_id = any(${activityIds}::uuid[])`.execute(db);
  return { sourceIds: rows[0]?.bargainIds ?? [], entered: rows[0]?.entered ?? 0 };
}
