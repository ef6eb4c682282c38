/** Moves that several use cases share. Callers hold the order's row lock. */

import { formatYuan } from '@xiaopu/money';
import type { Tx } from '#platform/database/database.ts';
import { AppError } from '#platform/errors.ts';
import { newTradeNo } from '#platform/ids.ts';
import type { OrdersDeps } from './orders.ports.ts';
import type { Order } from './orders.repository.ts';
import * as repository from './orders.repository.ts';

export type Moves = ReturnType<typeof createMoves>;

export function createMoves({ clock, outbox, inventory, payments }: OrdersDeps) {
  const stockLines = async (tx: Tx, { buyerId, orderNo }: Order) =>
    (await repository.linesOf(tx, buyerId, [orderNo])).map(({ skuId, quantity }) => ({ skuId, quantity }));

  /** Wins a new hold for all of the orders or none; refuses with `inventory.out_of_stock`. */
  async function hold(tx: Tx, orders: readonly Order[], until: Date): Promise<void> {
    const [first] = orders;
    if (!first) return;
    const reservations = [];
    for (const order of orders)
      reservations.push({ reservationId: order.reservationId, lines: await stockLines(tx, order) });
    await inventory.reserveAll(tx, { buyerId: first.buyerId, until, reservations });
  }

  /** Keeps stock for money that has arrived; false when there is none left. */
  async function keepForPaid(tx: Tx, order: Order): Promise<boolean> {
    if (await inventory.confirm(tx, order.reservationId)) return true;
    try {
      await hold(tx, [order], clock.now());
    } catch (error) {
      // Thrown before anything was written, so the transaction goes on.
      if (error instanceof AppError && error.code === 'inventory.out_of_stock') return false;
      throw error;
    }
    return inventory.confirm(tx, order.reservationId);
  }

  /** Sends the whole order's money back; one refund an order. */
  async function refund(
    tx: Tx,
    order: Order,
    { reason, requestedBy, paidAt }: { reason: string; requestedBy: string; paidAt?: Date },
  ): Promise<void> {
    const { buyerId, orderNo, shopId, paymentId } = order;
    // Parts may have been refunded before: what is left goes back now.
    const amount = order.payable - order.refundedAmount;
    const now = clock.now();
    const refundNo = newTradeNo(buyerId, now);
    await repository.moveOrder(tx, order, 'refunding', {
      heldUntil: null,
      refundedAmount: order.payable,
      ...(paidAt && { paidAt }),
    });
    await repository.refundAllLines(tx, order);
    await repository.insertRefund(tx, {
      buyerId,
      refundNo,
      orderNo,
      shopId,
      paymentId,
      amount,
      reason,
      requestedBy,
      requestedAt: now,
    });
    await repository.addEvent(tx, order, {
      text: `申请退款 ¥${formatYuan(amount)}：${reason}`,
      actor: requestedBy,
      at: now,
    });
    await outbox.publish(tx, 'orders.refund_requested', { buyerId, orderNo, shopId, refundNo, amount });
    await payments.requestRefund(tx, { buyerId, paymentId, orderNo, refundNo, amount, reason });
  }

  /** Closes an unpaid order and gives its hold back, if it still had one. */
  async function cancel(
    tx: Tx,
    order: Order,
    { reason, by }: { reason: string; by: 'buyer' | 'timer' },
  ): Promise<void> {
    const { buyerId, orderNo, shopId, reservationId } = order;
    const now = clock.now();
    await repository.moveOrder(tx, order, 'cancelled', {
      heldUntil: null,
      cancelledBy: by,
      cancelReason: reason,
      cancelledAt: now,
      closeRequestedAt: order.closeRequestedAt ?? now,
    });
    await inventory.release(tx, reservationId, reason);
    await repository.addEvent(tx, order, {
      text: `订单关闭：${reason}`,
      actor: by === 'buyer' ? '买家' : '系统',
      at: now,
    });
    await outbox.publish(tx, 'orders.order_cancelled', { buyerId, orderNo, shopId, reason });
  }

  return { hold, keepForPaid, refund, cancel };
}
