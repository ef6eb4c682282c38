/** A booking follows its order; every handler is harmless when repeated, late or out of order. */
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { PresaleDirectory } from './presale.directory.ts';
import type { Presales } from './presale.service.ts';

export function presaleSubscribers(
  subscribers: Subscribers,
  { presales, directory }: { presales: Presales; directory: PresaleDirectory },
): void {
  subscribers.on('orders.deposit_paid', 'presale.kept', async (tx, { payload: { buyerId, orderNo } }) => {
    await presales.depositPaid(tx, buyerId, orderNo);
  });
  subscribers.onBatch('orders.order_paid', 'presale.bought', async (tx, events) => {
    for (const { payload } of events) {
      const { buyerId, orderNo, facts } = payload;
      if (!facts || facts.activities.includes('presale')) await presales.orderPaid(tx, buyerId, orderNo);
    }
  });
  subscribers.on('orders.order_cancelled', 'presale.over', (tx, { payload: { buyerId, orderNo } }) =>
    presales.orderCancelled(tx, buyerId, orderNo, true),
  );
  subscribers.on('orders.order_refunded', 'presale.return', async (tx, { payload }) => {
    const { buyerId, orderNo, lines, isLast } = payload;
    if (!lines || isLast) await presales.orderRefunded(tx, buyerId, orderNo);
  });
  subscribers.onAny('presale.activity_changed', () => directory.forget());
  subscribers.onGap(() => directory.forget());
}
