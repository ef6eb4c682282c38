/** Moves that several use cases share. Callers hold the order's row lock. */

import { formatYuan } from '@xiaopu/money';
import type { Tx } from '#platform/database/database.ts';
import { AppError } from '#platform/errors.ts';
import { newTradeNo } from '#platform/ids.ts';
import { paidOf, refundParts } from './orders.domain.ts';
import type { OrdersDeps } from './orders.ports.ts';
import type { RefundRow } from './orders.refund.repository.ts';
import * as refundRepository from './orders.refund.repository.ts';
import type { Order } from './orders.repository.ts';
import * as repository from './orders.repository.ts';

export type Moves = ReturnType<typeof createMoves>;

export function createMoves({ clock, outbox, inventory, payments, pickups }: OrdersDeps) {
  const stockLines = async (tx: Tx, { buyerId, orderNo, poolId, storeId }: Order) =>
    (await repository.linesOf(tx, buyerId, [orderNo])).map(({ skuId, quantity }) => ({
      skuId,
      quantity,
      pool: poolId === null ? undefined : { poolId },
      storeId: storeId ?? undefined,
    }));

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

  /** A cancelled order's place in its window, for money that has arrived; true for orders that need none. */
  async function keepPlace(tx: Tx, { buyerId, orderNo, shopId, status, pickup }: Order): Promise<boolean> {
    return status !== 'cancelled' || pickup === null || pickups.retake(tx, { buyerId, orderNo, shopId, terms: pickup });
  }

  /** Sends what was paid and is still here back; one refund an order, a presale's in two parts. */
  async function refund(
    tx: Tx,
    order: Order,
    { reason, requestedBy, paidAt }: { reason: string; requestedBy: string; paidAt?: Date },
  ): Promise<void> {
    const { buyerId, orderNo, shopId, deposit } = order;
    const now = clock.now();
    const isDepositLate = deposit > 0 && order.depositPaidAt === null;
    const paid = {
      ...order,
      ...(paidAt && !isDepositLate && { paidAt }),
      ...(paidAt && isDepositLate && { depositPaidAt: paidAt }),
    };
    // Parts may have been refunded before: what is left goes back now.
    const amount = paidOf(paid) - order.refundedAmount;
    const refundNo = newTradeNo(buyerId, now);
    const isUnfinished = deposit > 0 && paid.paidAt === null;
    await repository.moveOrder(tx, order, 'refunding', {
      heldUntil: null,
      refundedAmount: order.refundedAmount + amount,
      paidAt: paid.paidAt,
      ...(deposit > 0 && { depositPaidAt: paid.depositPaidAt }),
    });
    await refundRepository.refundAllLines(tx, order, isUnfinished ? deposit : undefined);
    await repository.addEvent(tx, order, {
      text: `申请退款 ¥${formatYuan(amount)}：${reason}`,
      actor: requestedBy,
      at: now,
    });
    await outbox.publish(tx, 'orders.refund_requested', { buyerId, orderNo, shopId, refundNo, amount });
    await sendBack(tx, paid, { refundNo, amount, reason, requestedBy });
    if (isUnfinished) await endBalance(tx, order);
  }

  /** A balance that is not paid will not be: its payment closes, and what was locked for it is free again. */
  async function endBalance(tx: Tx, { buyerId, orderNo, shopId, paymentId, depositPaymentId }: Order): Promise<void> {
    if (depositPaymentId === null) return;
    await payments.requestClose(tx, { buyerId, paymentId });
    await outbox.publish(tx, 'orders.balance_dropped', { buyerId, orderNo, shopId });
  }

  /** One refund row a payment it draws on; the first carries the number, what it is for, and waits for the other. */
  async function sendBack(
    tx: Tx,
    order: Order,
    refund: Pick<RefundRow, 'refundNo' | 'amount' | 'reason' | 'requestedBy'> &
      Partial<Pick<RefundRow, 'lines' | 'freight'>>,
  ): Promise<void> {
    const { buyerId, orderNo, shopId } = order;
    const { refundNo, reason, requestedBy, lines, freight } = refund;
    const now = clock.now();
    const [first = { paymentId: order.paymentId, amount: refund.amount }, second] = refundParts(order, refund.amount);
    const row = { buyerId, orderNo, shopId, reason, requestedBy, requestedAt: now };
    await refundRepository.insertRefund(tx, {
      ...{ ...row, ...first, refundNo },
      ...(lines && { lines }),
      ...(freight !== undefined && { freight }),
    });
    await payments.requestRefund(tx, { buyerId, orderNo, refundNo, reason, ...first });
    if (!second) return;
    const part = newTradeNo(buyerId, now);
    await refundRepository.insertRefund(tx, { ...row, ...second, refundNo: part, partOf: refundNo });
    await payments.requestRefund(tx, { buyerId, orderNo, refundNo: part, reason, ...second });
  }

  /** The balance was not paid in its window: the deposit is lost where the buyer had agreed to that, else it goes back. */
  async function missBalance(tx: Tx, order: Order): Promise<void> {
    const { buyerId, orderNo, shopId, forfeits, reservationId } = order;
    if (!forfeits) return refund(tx, order, { reason: '尾款超时未付，定金退回', requestedBy: '系统' });
    const now = clock.now();
    const reason = '尾款超时未付，定金按约定不退';
    await repository.moveOrder(tx, order, 'cancelled', {
      heldUntil: null,
      cancelledBy: 'timer',
      cancelReason: reason,
      cancelledAt: now,
      closeRequestedAt: order.closeRequestedAt ?? now,
    });
    await inventory.restock(tx, reservationId, reason);
    await repository.addEvent(tx, order, { text: `订单关闭：${reason}`, actor: '系统', at: now });
    await outbox.publish(tx, 'orders.order_cancelled', { buyerId, orderNo, shopId, reason });
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
    // With the order, not by its event: money that comes late must find it given back, or still taken. Before stock, as placing does.
    if (order.storeId !== null) await pickups.release(tx, buyerId, orderNo);
    await inventory.release(tx, reservationId, reason);
    await repository.addEvent(tx, order, {
      text: `订单关闭：${reason}`,
      actor: by === 'buyer' ? '买家' : '系统',
      at: now,
    });
    await outbox.publish(tx, 'orders.order_cancelled', { buyerId, orderNo, shopId, reason });
  }

  return { hold, keepForPaid, keepPlace, refund, sendBack, missBalance, cancel };
}
