/** The coupons of a template, and how many people claimed one. One that came back no longer knows its order, the order still knows it. One statement. */
import { sql } from 'kysely';
import type { Executor } from '#platform/database/database.ts';

export async function traceOfCoupons(
  db: Executor,
  templateIds: readonly string[],
): Promise<{ sourceIds: string[]; entered: number }> {
  const { rows } = await sql<{ couponIds: string[]; entered: number }>`
    select coalesce(array_agg(coupon_id), '{}') as coupon_ids,
      count(distinct buyer_id)::int as entered
    from coupons.coupon where template_id = any(${templateIds}::uuid[])`.execute(db);
  return { sourceIds: rows[0]?.couponIds ?? [], entered: rows[0]?.entered ?? 0 };
}
