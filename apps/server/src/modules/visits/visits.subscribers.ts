import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Visits } from './visits.service.ts';

export function visitsSubscribers(subscribers: Subscribers, { visits }: { visits: Visits }): void {
  subscribers.on('identity.guest_merged', 'visits', (tx, { payload: { guestId, buyerId }, at }) =>
    visits.merged(tx, guestId, buyerId, new Date(at)),
  );
  subscribers.onBatch('orders.order_placed', 'visits', (tx, events) =>
    visits.ordersPlaced(
      tx,
      events.map(({ payload, at }) => ({ ...payload, at })),
    ),
  );
  subscribers.onBatch('orders.order_paid', 'visits', (tx, events) =>
    visits.ordersPaid(
      tx,
      events.map(({ payload: { buyerId, orderNo, payable }, at }) => ({ buyerId, orderNo, amount: payable, at })),
    ),
  );
  subscribers.on('orders.order_refunded', 'visits', async (tx, { payload: { buyerId, orderNo, amount } }) => {
    await visits.orderRefunded(tx, buyerId, orderNo, amount);
  });
}
