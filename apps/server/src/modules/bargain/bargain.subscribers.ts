/** A bargain follows the order it led to; every handler is harmless when repeated, late or out of order. */
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { BargainDirectory } from './bargain.directory.ts';
import type { Bargains } from './bargain.service.ts';

export function bargainSubscribers(
  subscribers: Subscribers,
  { bargains, directory }: { bargains: Bargains; directory: BargainDirectory },
): void {
  subscribers.onBatch('orders.order_paid', 'bargain.bought', async (tx, events) => {
    for (const { payload } of events) {
      const { buyerId, orderNo, facts } = payload;
      if (!facts || facts.activities.includes('bargain')) await bargains.orderPaid(tx, buyerId, orderNo);
    }
  });
  subscribers.on('orders.order_cancelled', 'bargain.reopen', (tx, { payload: { buyerId, orderNo } }) =>
    bargains.orderCancelled(tx, buyerId, orderNo),
  );
  subscribers.on('orders.order_refunded', 'bargain.return', (tx, { payload: { buyerId, orderNo, lines } }) =>
    bargains.orderRefunded(
      tx,
      buyerId,
      orderNo,
      lines?.reduce((sum, { amount }) => sum + amount, 0),
    ),
  );
  subscribers.onAny('bargain.activity_changed', () => directory.forget());
  subscribers.onGap(() => directory.forget());
}
