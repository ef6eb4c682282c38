import { minuteMs } from '#platform/clock.ts';
import type { InTransaction } from '#platform/database/database.ts';
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Points } from './points.service.ts';

export function pointsSubscribers(subscribers: Subscribers, { points }: { points: Points }): void {
  const { orders } = points;
  subscribers.onBatch('orders.order_paid', 'points', (tx, events) =>
    orders.paid(
      tx,
      events.map(({ payload }) => payload),
    ),
  );
  subscribers.on('orders.order_completed', 'points', (tx, { payload }) => orders.completed(tx, payload));
  subscribers.on('orders.order_cancelled', 'points', (tx, { payload }) => orders.cancelled(tx, payload));
  subscribers.on('orders.balance_dropped', 'points', (tx, { payload }) => orders.cancelled(tx, payload));
  subscribers.on('orders.order_refunded', 'points', (tx, { payload }) => orders.refunded(tx, payload));
  subscribers.on('orders.review_submitted', 'points', (tx, { payload }) =>
    points.reviewed(tx, payload.buyerId, payload.reviewId),
  );
  subscribers.on('membership.birthday_given', 'points', (tx, { payload }) => points.birthday(tx, payload));
}

export const pointsSweeps = (points: Points, inTransaction: InTransaction): Sweep[] => [
  { name: 'points.expire', everyMs: minuteMs, run: () => inTransaction((tx) => points.expireDue(tx)) },
  {
    name: 'points.notice_expiring',
    everyMs: 10 * minuteMs,
    run: () => inTransaction((tx) => points.noticeExpiring(tx)),
  },
];
