import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Recommendation } from './recommendation.service.ts';

export function recommendationSubscribers(
  subscribers: Subscribers,
  { recommendation }: { recommendation: Recommendation },
): void {
  subscribers.on('identity.guest_merged', 'recommendation', (tx, { payload: { guestId, buyerId } }) =>
    recommendation.merged(tx, guestId, buyerId),
  );
  subscribers.onBatch('orders.order_paid', 'recommendation', (tx, events) =>
    recommendation.ordersPaid(
      tx,
      events.map(({ payload: { buyerId, facts }, at }) => ({
        buyerId,
        spuIds: facts?.lines.map(({ spuId }) => spuId) ?? [],
        at: new Date(at),
      })),
    ),
  );
}
