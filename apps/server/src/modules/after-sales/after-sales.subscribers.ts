/** Cases follow the money; each handler also tolerates being called twice or out of order. */
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { AfterSales } from './after-sales.service.ts';

export function afterSalesSubscribers(subscribers: Subscribers, { afterSales }: { afterSales: AfterSales }): void {
  subscribers.on('orders.order_refunded', 'after_sales.finish', (tx, { payload }) => afterSales.refunded(tx, payload));
  subscribers.on('payments.refund_settled', 'after_sales.note_failure', (tx, { payload }) =>
    afterSales.refundFailed(tx, payload),
  );
  subscribers.on('orders.refund_requested', 'after_sales.close_covered', (tx, { payload }) =>
    afterSales.orderRefundRequested(tx, payload),
  );
}
