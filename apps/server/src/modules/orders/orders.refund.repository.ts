/** Refunds of an order, and the counters of what went back. Buyers' calls lead with the buyer, the shop's with the shop. */
import { type Selectable, sql } from 'kysely';
import type { Tables, Tx } from '#platform/database/database.ts';
import type { Order } from './orders.repository.ts';

export type RefundRow = Selectable<Tables['orders.refund']>;

/** A refund and, of a presale, its part on the deposit's payment. */
export const refundGroup = (tx: Tx, buyerId: string, refundNo: string): Promise<RefundRow[]> =>
  tx
    .selectFrom('orders.refund')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where((eb) => eb.or([eb('refundNo', '=', refundNo), eb('partOf', '=', refundNo)]))
    .execute();

export const insertRefund = async (
  tx: Tx,
  {
    lines,
    ...refund
  }: Omit<RefundRow, 'note' | 'status' | 'settledAt' | 'lines' | 'freight' | 'partOf'> &
    Partial<Pick<RefundRow, 'lines' | 'freight' | 'partOf'>>,
): Promise<void> => {
  await tx
    .insertInto('orders.refund')
    .values({ ...refund, lines: lines ? JSON.stringify(lines) : null, status: 'requested', settledAt: null })
    .execute();
};

export const lockRefund = (tx: Tx, buyerId: string, refundNo: string): Promise<RefundRow | undefined> =>
  tx
    .selectFrom('orders.refund')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('refundNo', '=', refundNo)
    .forUpdate()
    .executeTakeFirst();

export const lockShopRefund = (tx: Tx, shopId: string, refundNo: string): Promise<RefundRow | undefined> =>
  tx
    .selectFrom('orders.refund')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('refundNo', '=', refundNo)
    .forUpdate()
    .executeTakeFirst();

export const changeRefund = async (
  tx: Tx,
  { buyerId, refundNo }: Pick<RefundRow, 'buyerId' | 'refundNo'>,
  change: Partial<Pick<RefundRow, 'status' | 'settledAt' | 'note'>>,
): Promise<void> => {
  await tx
    .updateTable('orders.refund')
    .set(change)
    .where('buyerId', '=', buyerId)
    .where('refundNo', '=', refundNo)
    .execute();
};

/** Counts what goes back; the table's checks refuse more than there is. */
export async function addRefunded(
  tx: Tx,
  { buyerId, orderNo }: Pick<Order, 'buyerId' | 'orderNo'>,
  lines: readonly { lineId: string; quantity: number; amount: number; withdrawn: number }[],
  amount: number,
): Promise<void> {
  await sql`
    with counted as (
      update orders.order_line l
      set refunded_quantity = l.refunded_quantity + i.quantity, refunded_amount = l.refunded_amount + i.amount,
          withdrawn_quantity = l.withdrawn_quantity + i.withdrawn
      from unnest(
        ${lines.map(({ lineId }) => lineId)}::uuid[], ${lines.map(({ quantity }) => quantity)}::int[],
        ${lines.map((line) => line.amount)}::int[], ${lines.map(({ withdrawn }) => withdrawn)}::int[]
      ) as i (line_id, quantity, amount, withdrawn)
      where l.buyer_id = ${buyerId} and l.order_no = ${orderNo} and l.line_id = i.line_id
    )
    update orders.order set refunded_amount = refunded_amount + ${amount}
    where buyer_id = ${buyerId} and order_no = ${orderNo}`.execute(tx);
}

export async function hasOpenRefund(tx: Tx, buyerId: string, orderNo: string): Promise<boolean> {
  const row = await tx
    .selectFrom('orders.refund')
    .select('refundNo')
    .where('buyerId', '=', buyerId)
    .where('orderNo', '=', orderNo)
    .where('status', 'in', ['requested', 'processing', 'failed'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The whole rest goes back: no piece of it will be shipped or refunded again. */
export const refundAllLines = async (
  tx: Tx,
  { buyerId, orderNo }: Pick<Order, 'buyerId' | 'orderNo'>,
  /** A presale has one line, and before its balance only the deposit was paid for it. */
  depositOnly?: number,
): Promise<void> => {
  await sql`
    update orders.order_line
    set refunded_quantity = quantity, refunded_amount = coalesce(${depositOnly ?? null}::int, payable), withdrawn_quantity = quantity - shipped_quantity
    where buyer_id = ${buyerId} and order_no = ${orderNo}`.execute(tx);
};
