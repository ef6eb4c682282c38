/** Orders being paid, many at once: locked, moved and told of in statements of one shape. */
import type { PaidOrderFacts } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { Tx } from '#platform/database/database.ts';
import { sendLater } from '#platform/database/dialect.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import { newId } from '#platform/ids.ts';
import { stateConflict } from './orders.errors.ts';
import type { Order } from './orders.repository.ts';

/** In the order of their keys, so that two callers wait for each other instead of deadlocking. */
export const lockOrdersOfPayments = (
  tx: Tx,
  payments: readonly { buyerId: string; paymentId: string }[],
): Promise<Order[]> =>
  tx
    .selectFrom('orders.order')
    .selectAll()
    .where(
      sql<boolean>`(buyer_id, payment_id) in (
        select * from unnest(${payments.map(({ buyerId }) => buyerId)}::uuid[], ${payments.map(({ paymentId }) => paymentId)}::uuid[]))`,
    )
    .orderBy('buyerId')
    .orderBy('orderNo')
    .forUpdate()
    .execute();

interface PaidLine {
  orderNo: string;
  spuId: string;
  title: string;
  quantity: number;
  pointsUsed: number;
  activity: string | null;
}

/** What those who hear of it want to know of the lines. */
export const factsOf = (lines: readonly PaidLine[]): Omit<PaidOrderFacts, 'hasCoupons'> => {
  const title = lines[0]?.title ?? '';
  return {
    title: lines.length > 1 ? `${title} 等 ${lines.length} 件商品` : title,
    lines: lines.map(({ spuId, quantity }) => ({ spuId, quantity })),
    pointsUsed: lines.reduce((sum, { pointsUsed }) => sum + pointsUsed, 0),
    activities: [...new Set(lines.flatMap(({ activity }) => activity ?? []))],
  };
};

const linesOfOrders = fixedQuery<PaidLine, [buyerIds: readonly string[], orderNos: readonly string[]]>(
  `select order_no, spu_id, title, quantity, points_used, activity ->> 'kind' as activity from orders.order_line
   where (buyer_id, order_no) in (select * from unnest($1::uuid[], $2::text[])) order by line_id`,
);

const moveToPaid = fixedQuery<
  { orderNo: string },
  [buyerIds: readonly string[], orderNos: readonly string[], from: readonly string[], paidAt: readonly Date[]]
>(
  `update orders.order o
   set status = 'paid', paid_at = i.paid_at, held_until = null, cancelled_at = null, cancelled_by = null, cancel_reason = null
   from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) as i (buyer_id, order_no, status, paid_at)
   where o.buyer_id = i.buyer_id and o.order_no = i.order_no and o.status = i.status
   returning o.order_no`,
);

/**
 * From the status that was read under the lock.
 * @returns their lines by order number
 * @throws orders.state_conflict when one was not in that status
 */
export async function markPaid(
  tx: Tx,
  orders: readonly (Pick<Order, 'buyerId' | 'orderNo' | 'status'> & { paidAt: Date; text: string })[],
  at: Date,
): Promise<Map<string, PaidLine[]>> {
  const buyerIds = orders.map(({ buyerId }) => buyerId);
  const orderNos = orders.map(({ orderNo }) => orderNo);
  const [moved, lines] = await Promise.all([
    moveToPaid(
      tx,
      buyerIds,
      orderNos,
      orders.map(({ status }) => status),
      orders.map(({ paidAt }) => paidAt),
    ),
    linesOfOrders(tx, buyerIds, orderNos),
    sendLater(
      tx,
      sql`
        insert into orders.order_event (buyer_id, order_no, event_id, text, actor, at)
        select *, '买家', ${at}::timestamptz from unnest(
          ${buyerIds}::uuid[], ${orderNos}::text[], ${orders.map(() => newId())}::uuid[], ${orders.map(({ text }) => text)}::text[]
        )`.compile(tx),
    ),
  ]);
  if (moved.length !== orders.length) throw stateConflict({ status: orders[0]?.status ?? 'pending_payment' });
  return Map.groupBy(lines, ({ orderNo }) => orderNo);
}
