/** Giving up an order: unpaid by its buyer, paid and unshipped by its buyer or the shop. */
import type { Tx } from '#platform/database/database.ts';
import { canGiveBack, canRefund, canShopRefund, isCarried, momentFace } from './orders.domain.ts';
import {
  bookingStarts,
  cannotCancel,
  cannotRefund,
  orderUnknown,
  refundNotFailed,
  refundUnknown,
} from './orders.errors.ts';
import type { Moves } from './orders.moves.ts';
import type { OrdersDeps } from './orders.ports.ts';
import * as refundRepository from './orders.refund.repository.ts';
import * as repository from './orders.repository.ts';

export function createCancelling({ clock, payments }: OrdersDeps, moves: Moves) {
  return {
    /**
     * Orders placed together share one payment, so they close together. Money that was already on its way comes back by
     * itself (paymentSucceeded).
     */
    async cancel(tx: Tx, buyerId: string, orderNo: string, reason: string): Promise<void> {
      const paymentId = await repository.paymentOf(tx, buyerId, orderNo);
      if (!paymentId) throw orderUnknown();
      const orders = await repository.lockOrdersOfPayment(tx, buyerId, paymentId);
      const settled = orders.find(
        ({ status, closeRequestedAt }) => status !== 'pending_payment' || closeRequestedAt !== null,
      );
      if (settled) throw cannotCancel({ status: settled.status });
      for (const order of orders) await moves.cancel(tx, order, { reason, by: 'buyer' });
      await payments.requestClose(tx, { buyerId, paymentId });
    },

    /** Before anything was shipped: the whole amount of this order, not of its companions under the payment. */
    async refundByBuyer(tx: Tx, buyerId: string, orderNo: string, reason: string): Promise<void> {
      const order = await repository.lockOrder(tx, buyerId, orderNo);
      if (!order) throw orderUnknown();
      if (order.status === 'to_use' && order.booking) {
        const { refundUntil } = order.booking;
        if (!canGiveBack(order, clock.now()))
          throw bookingStarts({ refundUntil, text: momentFace(new Date(refundUntil)) });
        return moves.refund(tx, order, { reason, requestedBy: '买家' });
      }
      // The goods are in the buyer's hands: the store takes them back before the money goes.
      if (!canRefund(order) || isCarried(order)) throw cannotRefund({ status: order.status });
      await moves.refund(tx, order, { reason, requestedBy: '买家' });
    },

    async refundByShop(
      tx: Tx,
      shopId: string,
      orderNo: string,
      { reason, staffName }: { reason: string; staffName: string },
    ): Promise<void> {
      const order = await repository.lockShopOrder(tx, shopId, orderNo);
      if (!order) throw orderUnknown();
      if (!canShopRefund(order)) throw cannotRefund({ status: order.status });
      await moves.refund(tx, order, { reason, requestedBy: staffName });
    },

    async retryRefund(tx: Tx, shopId: string, refundNo: string): Promise<{ orderNo: string }> {
      const refund = await refundRepository.lockShopRefund(tx, shopId, refundNo);
      if (!refund) throw refundUnknown();
      const { buyerId, orderNo, status } = refund;
      if (status !== 'failed') throw refundNotFailed({ status });
      await refundRepository.changeRefund(tx, refund, { status: 'requested', note: '' });
      await payments.retryRefund(tx, { buyerId, refundNo });
      return { orderNo };
    },
  };
}
