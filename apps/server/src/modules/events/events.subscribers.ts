import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Events } from './events.service.ts';

export function eventsSubscribers(subscribers: Subscribers, { events }: { events: Events }): void {
  subscribers.on('identity.guest_merged', 'events', (tx, { payload: { guestId, buyerId } }) =>
    events.merged(tx, guestId, buyerId),
  );
  subscribers.onBatch('orders.order_paid', 'events', (tx, paid) =>
    events.ordersPaid(
      tx,
      paid.map(({ payload: { buyerId, orderNo, shopId, payable }, at }) => ({ buyerId, orderNo, shopId, payable, at })),
    ),
  );
}
