/** A paid order that ends without being picked up frees its place of the window; one that is cancelled unpaid does so itself. */
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { PickupPoints } from './pickup.points.ts';

export function pickupSubscribers(subscribers: Subscribers, points: Pick<PickupPoints, 'release'>): void {
  subscribers.on('orders.order_refunded', 'pickup', async (tx, { payload }) => {
    // A part of it may have gone back while the rest still waits.
    if (payload.lines && !payload.isLast) return;
    await points.release(tx, payload.buyerId, payload.orderNo);
  });
}
