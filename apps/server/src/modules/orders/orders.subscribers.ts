/** Orders react to money; each handler also tolerates being called twice or out of order. */
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Orders } from './orders.service.ts';

export function orderSubscribers(subscribers: Subscribers, { orders }: { orders: Orders }): void {
  // Alone: an order holds stock until its commit, and must not hold it for nine others.
  subscribers.on(
    'orders.order_accepted',
    'orders.place_accepted',
    (tx, { payload: { buyerId, idempotencyKey } }) => orders.queue.placeAccepted(tx, buyerId, idempotencyKey),
    { alone: true },
  );
  subscribers.onBatch('payments.payment_succeeded', 'orders.mark_paid', (tx, events) =>
    orders.paymentsSucceeded(
      tx,
      events.map(({ payload }) => payload),
    ),
  );
  subscribers.on('payments.payment_closed', 'orders.close', (tx, { payload }) => orders.paymentClosed(tx, payload));
  subscribers.on('payments.refund_settled', 'orders.settle_refund', (tx, { payload }) =>
    orders.refundSettled(tx, payload),
  );
  subscribers.onBatch('orders.order_paid', 'orders.count_sales', (tx, events) =>
    orders.countSales(
      tx,
      events.map(({ payload }) => payload),
    ),
  );
}
