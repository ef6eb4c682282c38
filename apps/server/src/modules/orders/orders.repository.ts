/** Writes and locks of orders. Buyers' calls lead with the buyer, the shop's with the shop: no id alone opens a row. */
import type { OrderStatus, PlacedOrder } from '@xiaopu/contracts';
import { type Selectable, sql } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { sendLater } from '#platform/database/dialect.ts';
import { fixedQuery, fixedWrite } from '#platform/database/hot-query.ts';
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

export type NewOrder = Pick<
  Order,
  | 'orderNo'
  | 'shopId'
  | 'shopName'
  | 'reservationId'
  | 'listTotal'
  | 'goodsTotal'
  | 'freight'
  | 'discount'
  | 'payable'
  | 'unitCount'
  | 'remark'
  | 'totals'
  | 'notes'
  | 'coupons'
  | 'shippingHold'
  | 'deposit'
  | 'balanceOpensAt'
  | 'balanceClosesAt'
  | 'shipsBy'
  | 'forfeits'
  | 'poolId'
  | 'recipient'
  | 'recipientLabel'
  | 'phoneTailIndex'
  | 'storeId'
  | 'pickup'
  | 'pickupExpiresAt'
  | 'goods'
  | 'booking'
  | 'consents'
>;
export type NewOrderLine = Omit<
  OrderLineRow,
  'buyerId' | 'shippedQuantity' | 'reviewedAt' | 'refundedQuantity' | 'refundedAmount' | 'withdrawnQuantity'
>;

export interface Placement {
  buyerId: string;
  idempotencyKey: string;
  reply: PlacedOrder;
  paymentId: string;
  heldUntil: Date;
  closesAt: Date;
  createdAt: Date;
  orders: readonly NewOrder[];
  lines: readonly NewOrderLine[];
}

/** Orders, their lines and the reply kept for repeated posts, in one statement. */
export async function insertPlacement(tx: Tx, placement: Placement): Promise<void> {
  const { buyerId, idempotencyKey, reply, paymentId, heldUntil, closesAt, createdAt } = placement;
  await writePlacement(
    tx,
    buyerId,
    idempotencyKey,
    JSON.stringify(reply),
    paymentId,
    heldUntil,
    closesAt,
    createdAt,
    JSON.stringify(placement.orders),
    JSON.stringify(placement.lines),
  );
}

const writePlacement = fixedWrite<
  [
    buyerId: string,
    idempotencyKey: string,
    reply: string,
    paymentId: string,
    heldUntil: Date,
    closesAt: Date,
    createdAt: Date,
    orders: string,
    lines: string,
  ]
>(`
  with placed as (
    insert into orders.order (
      buyer_id, order_no, shop_id, shop_name, payment_id, reservation_id, status, list_total, goods_total, freight, discount, payable,
      unit_count, remark, totals, notes, coupons, shipping_hold, deposit, balance_opens_at, balance_closes_at, ships_by, forfeits, pool_id,
      recipient, recipient_label, phone_tail_index, store_id, pickup, pickup_expires_at, goods, booking, consents, held_until, closes_at, created_at
    )
    select $1::uuid, o."orderNo", o."shopId", o."shopName", $4::uuid, o."reservationId", 'pending_payment', o."listTotal",
      o."goodsTotal", o.freight, o.discount, o.payable, o."unitCount", o.remark, o.totals, o.notes, o.coupons, o."shippingHold",
      o.deposit, o."balanceOpensAt", o."balanceClosesAt", o."shipsBy", o.forfeits, o."poolId", o.recipient,
      o."recipientLabel", o."phoneTailIndex", o."storeId", nullif(o.pickup, 'null'), o."pickupExpiresAt", o.goods, nullif(o.booking, 'null'), o.consents,
      $5::timestamptz, $6::timestamptz, $7::timestamptz
    from jsonb_to_recordset($8::jsonb) as o (
      "orderNo" text, "shopId" uuid, "shopName" text, "reservationId" uuid, "listTotal" int, "goodsTotal" int, freight int, discount int,
      payable int, "unitCount" int, remark text, totals jsonb, notes jsonb, coupons jsonb, "shippingHold" text,
      deposit int, "balanceOpensAt" timestamptz, "balanceClosesAt" timestamptz, "shipsBy" timestamptz, forfeits bool, "poolId" uuid,
      recipient text, "recipientLabel" text, "phoneTailIndex" text, "storeId" uuid, pickup jsonb, "pickupExpiresAt" timestamptz,
      goods text, booking jsonb, consents jsonb
    )
  ), lines as (
    insert into orders.order_line (
      buyer_id, order_no, line_id, shop_id, spu_id, sku_id, sku_code, title, spec_text, picture, quantity, list_price, sale_price, cost,
      payable, discounts, points_used, activity, returnable
    )
    select $1::uuid, l."orderNo", l."lineId", l."shopId", l."spuId", l."skuId", l."skuCode", l.title, l."specText", l.picture,
      l.quantity, l."listPrice", l."salePrice", l.cost, l.payable, l.discounts, l."pointsUsed", l.activity, l.returnable
    from jsonb_to_recordset($9::jsonb) as l (
      "orderNo" text, "lineId" uuid, "shopId" uuid, "spuId" uuid, "skuId" uuid, "skuCode" text, title text, "specText" text,
      picture jsonb, quantity int, "listPrice" int, "salePrice" int, cost int, payable int, discounts jsonb, "pointsUsed" int, activity jsonb, returnable bool
    )
  )
  update orders.placement set reply = $3::json, intake = null where buyer_id = $1::uuid and idempotency_key = $2`);

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
