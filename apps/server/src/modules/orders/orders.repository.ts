/** Writes and locks of orders. Buyers' calls lead with the buyer, the shop's with the shop: no id alone opens a row. */
import type { OrderStatus } from '@xiaopu/contracts';
import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { sendLater } from '#platform/database/dialect.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import { newId } from '#platform/ids.ts';
import { canMove } from './orders.domain.ts';
import { stateConflict } from './orders.errors.ts';
import type { Intake, Refusal } from './orders.tables.ts';

export type Order = Selectable<Tables['orders.order']>;
export type OrderLineRow = Selectable<Tables['orders.orderLine']>;

const insertPlacementKey = fixedQuery<
  { bodyHash: string },
  [buyerId: string, idempotencyKey: string, bodyHash: string, at: Date]
>(
  `insert into orders.placement (buyer_id, idempotency_key, body_hash, created_at) values ($1, $2, $3, $4)
   on conflict do nothing returning body_hash`,
);

/** Claims an idempotency key. @returns undefined when it is ours now, else what the first caller left */
export async function claimKey(
  tx: Tx,
  buyerId: string,
  idempotencyKey: string,
  bodyHash: string,
  at: Date,
): Promise<KnownPlacement | undefined> {
  // A second caller waits here until the first has committed, and then finds its reply.
  const [claimed] = await insertPlacementKey(tx, buyerId, idempotencyKey, bodyHash, at);
  if (claimed) return undefined;
  const known = await lockPlacement(tx, buyerId, idempotencyKey);
  if (!known) throw new Error('a placement key is gone');
  return known;
}

export type KnownPlacement = Pick<
  Selectable<Tables['orders.placement']>,
  'bodyHash' | 'reply' | 'intake' | 'refusal' | 'createdAt'
>;
const placementColumns = ['bodyHash', 'reply', 'intake', 'refusal', 'createdAt'] as const;

/** A second caller waits here for the one who is placing it. */
export const lockPlacement = (tx: Tx, buyerId: string, idempotencyKey: string): Promise<KnownPlacement | undefined> =>
  tx
    .selectFrom('orders.placement')
    .select(placementColumns)
    .where('buyerId', '=', buyerId)
    .where('idempotencyKey', '=', idempotencyKey)
    .forUpdate()
    .executeTakeFirst();

export const findPlacement = (
  db: Executor,
  buyerId: string,
  idempotencyKey: string,
): Promise<KnownPlacement | undefined> =>
  db
    .selectFrom('orders.placement')
    .select(placementColumns)
    .where('buyerId', '=', buyerId)
    .where('idempotencyKey', '=', idempotencyKey)
    .executeTakeFirst();

export const keepIntake = async (tx: Tx, buyerId: string, idempotencyKey: string, intake: Intake): Promise<void> => {
  await tx
    .updateTable('orders.placement')
    .set({ intake: JSON.stringify(intake) })
    .where('buyerId', '=', buyerId)
    .where('idempotencyKey', '=', idempotencyKey)
    .execute();
};

export const keepRefusal = async (tx: Tx, buyerId: string, idempotencyKey: string, refusal: Refusal): Promise<void> => {
  await tx
    .updateTable('orders.placement')
    .set({ intake: null, refusal: JSON.stringify(refusal) })
    .where('buyerId', '=', buyerId)
    .where('idempotencyKey', '=', idempotencyKey)
    .execute();
};

/** How many wait that came before; counting ends where nobody would believe the number anyway. */
export async function countAhead(db: Executor, acceptedAt: Date, most: number): Promise<number> {
  const { rows } = await sql<{ ahead: number }>`
    select count(*) as ahead from (
      select 1 from orders.placement where intake is not null and created_at < ${acceptedAt} limit ${most}
    ) as waiting`.execute(db);
  return rows[0]?.ahead ?? 0;
}

/** In order-number order, so that two callers wait for each other instead of deadlocking. */
export const lockOrdersOfPayment = fixedQuery<Order, [buyerId: string, paymentId: string]>(
  'select * from orders.order where buyer_id = $1 and payment_id = $2 order by order_no for update',
);

export const findOrder = (db: Executor, buyerId: string, orderNo: string): Promise<Order | undefined> =>
  db
    .selectFrom('orders.order')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .executeTakeFirst();

export const lockOrder = (tx: Tx, buyerId: string, orderNo: string): Promise<Order | undefined> =>
  tx
    .selectFrom('orders.order')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .forUpdate()
    .executeTakeFirst();

export const lockShopOrder = (tx: Tx, shopId: string, orderNo: string): Promise<Order | undefined> =>
  tx
    .selectFrom('orders.order')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('orderNo', '=', orderNo)
    .forUpdate()
    .executeTakeFirst();

export const linesOf = (db: Executor, buyerId: string, orderNos: readonly string[]): Promise<OrderLineRow[]> =>
  db
    .selectFrom('orders.orderLine')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', sql<string>`any(${[...orderNos]}::text[])`)
    .orderBy('lineId')
    .execute();

type OrderChange = Partial<
  Pick<
    Order,
    | 'heldUntil'
    | 'closeRequestedAt'
    | 'cancelledBy'
    | 'cancelReason'
    | 'paidAt'
    | 'shippedAt'
    | 'completedAt'
    | 'autoReceiveAt'
    | 'cancelledAt'
    | 'refundedAt'
    | 'unreviewedLines'
    | 'parcelCount'
    | 'refundedAmount'
    | 'shopRemark'
    | 'shippingHold'
    | 'depositPaidAt'
    | 'readyAt'
    | 'pickupExpiresAt'
  >
>;

export const changeOrder = async (
  tx: Tx,
  { buyerId, orderNo }: Pick<Order, 'buyerId' | 'orderNo'>,
  change: OrderChange,
): Promise<void> => {
  await tx
    .updateTable('orders.order')
    .set(change)
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .execute();
};

/** The only way a status changes: a legal move, from the status that was read, or `orders.state_conflict`. */
export async function moveOrder(
  tx: Tx,
  { buyerId, orderNo, status, goods }: Pick<Order, 'buyerId' | 'orderNo' | 'status' | 'goods'>,
  to: OrderStatus,
  change: OrderChange,
): Promise<void> {
  if (!canMove(status, to, goods)) throw stateConflict({ status });
  const { numUpdatedRows } = await tx
    .updateTable('orders.order')
    .set({ ...change, status: to })
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .where('status', '=', status)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw stateConflict({ status });
}

export const addEvent = async (
  tx: Tx,
  { buyerId, orderNo }: Pick<Order, 'buyerId' | 'orderNo'>,
  { text, actor, at }: { text: string; actor: string; at: Date },
): Promise<void> => {
  await sendLater(
    tx,
    tx.insertInto('orders.orderEvent').values({ buyerId, orderNo, eventId: newId(), text, actor, at }),
  );
};

/** The balance has its sum and its payment: the order and its one line as they are priced now. */
export async function placeBalance(
  tx: Tx,
  { buyerId, orderNo, paymentId: depositPaymentId }: Pick<Order, 'buyerId' | 'orderNo' | 'paymentId'>,
  to: Pick<
    Order,
    'paymentId' | 'goodsTotal' | 'freight' | 'discount' | 'payable' | 'heldUntil' | 'recipient' | 'recipientLabel'
  > &
    Pick<Order, 'phoneTailIndex' | 'totals' | 'notes' | 'coupons'> & {
      line: Pick<OrderLineRow, 'lineId' | 'payable' | 'discounts' | 'pointsUsed' | 'activity'>;
    },
): Promise<void> {
  const { line, totals, notes, coupons, ...change } = to;
  await tx
    .updateTable('orders.order')
    .set({
      ...change,
      depositPaymentId,
      totals: JSON.stringify(totals),
      notes: JSON.stringify(notes),
      coupons: JSON.stringify(coupons),
    })
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .execute();
  await tx
    .updateTable('orders.orderLine')
    .set({
      payable: line.payable,
      discounts: JSON.stringify(line.discounts),
      pointsUsed: line.pointsUsed,
      activity: JSON.stringify(line.activity),
    })
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .where('lineId', '=', line.lineId)
    .execute();
}

/** @returns false when a line would ship more than was ordered */
export async function addShipped(
  tx: Tx,
  buyerId: string,
  orderNo: string,
  lines: readonly { lineId: string; quantity: number }[],
): Promise<boolean> {
  const { rows } = await sql<{ lineId: string }>`
    update orders.order_line l set shipped_quantity = l.shipped_quantity + i.quantity
    from unnest(${lines.map(({ lineId }) => lineId)}::uuid[], ${lines.map(({ quantity }) => quantity)}::int[]) as i (line_id, quantity)
    where l.buyer_id = ${buyerId} and l.order_no = ${orderNo} and l.line_id = i.line_id and l.shipped_quantity + i.quantity <= l.quantity
    returning l.line_id`.execute(tx);
  return rows.length === lines.length;
}

/** @returns false when it was reviewed before */
export async function markReviewed(
  tx: Tx,
  buyerId: string,
  orderNo: string,
  lineId: string,
  at: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('orders.orderLine')
    .set({ reviewedAt: at })
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .where('lineId', '=', lineId)
    .where('reviewedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function paymentOf(db: Executor, buyerId: string, orderNo: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('orders.order')
    .select('paymentId')
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .executeTakeFirst();
  return row?.paymentId;
}
