import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Tags } from './tags.service.ts';

export function tagsSubscribers(subscribers: Subscribers, { tags }: { tags: Tags }): void {
  subscribers.on('identity.guest_merged', 'tags', (tx, { payload: { guestId, buyerId } }) =>
    tags.merged(tx, guestId, buyerId),
  );
  subscribers.onBatch('orders.order_paid', 'tags', (tx, events) =>
    tags.ordersPaid(
      tx,
      events.map(({ payload: { buyerId, shopId, payable, facts }, at }) => ({
        ...{ buyerId, shopId, payable, at: new Date(at) },
        ...{ hasCoupons: facts?.hasCoupons ?? false, lines: facts?.lines ?? [] },
      })),
    ),
  );
  subscribers.on('orders.order_refunded', 'tags', (tx, { payload: { buyerId, shopId, amount }, at }) =>
    tags.refunded(tx, { buyerId, shopId, amount, at: new Date(at) }),
  );
}
