/** Whose a trade of WeChat is. */
import { sql } from 'kysely';
import type { Executor } from '#platform/database/database.ts';
import type { SubTrade } from './payments.tables.ts';

/**
 * The order with the most money in a trade, by the number WeChat knows: of a whole payment, or of one part of a combined one.
 * @returns undefined for a number of no attempt
 */
export async function shareOfTrade(
  db: Executor,
  outTradeNo: string,
): Promise<{ shopId: string; orderNo: string } | undefined> {
  const whole = outTradeNo.replace(/-\d+$/, '');
  const found = await db
    .selectFrom('payments.attempt as a')
    .innerJoin('payments.payment as p', (join) =>
      join.onRef('p.buyerId', '=', 'a.buyerId').onRef('p.paymentId', '=', 'a.paymentId'),
    )
    .select(['a.parts as subs', 'p.parts', 'p.orderNos', 'p.shopIds', 'a.outTradeNo'])
    .where('a.outTradeNo', '=', sql<string>`any(${[outTradeNo, whole]}::text[])`)
    .executeTakeFirst();
  if (!found) return undefined;
  const sub = (found.subs as SubTrade[] | null)?.find((part) => part.outTradeNo === outTradeNo);
  if (sub) return { shopId: sub.shopId, orderNo: sub.orderNo };
  if (found.outTradeNo !== outTradeNo) return undefined;
  const [first] = found.parts?.toSorted((one, other) => other.amount - one.amount) ?? [];
  if (first) return { shopId: first.shopId, orderNo: first.orderNo };
  const [orderNo, shopId] = [found.orderNos[0], found.shopIds[0]];
  return orderNo && shopId ? { shopId, orderNo } : undefined;
}
