import { minuteMs } from '#platform/clock.ts';
import type { InTransaction } from '#platform/database/database.ts';
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Membership } from './membership.service.ts';

export function membershipSubscribers(subscribers: Subscribers, { membership }: { membership: Membership }): void {
  subscribers.onBatch('orders.order_paid', 'membership', (tx, events) =>
    membership.ordersPaid(
      tx,
      events.map(({ payload }) => payload),
    ),
  );
  subscribers.on('orders.order_completed', 'membership', (tx, { payload }) => membership.orderCompleted(tx, payload));
  subscribers.on('orders.order_refunded', 'membership', (tx, { payload }) => membership.orderRefunded(tx, payload));
  subscribers.on('orders.review_submitted', 'membership', (tx, { payload }) =>
    membership.interaction(tx, payload.buyerId, `review:${payload.reviewId}`, '发表评价'),
  );
  subscribers.on('points.signed_in', 'membership', (tx, { payload }) =>
    membership.activeDay(tx, payload.buyerId, payload.day),
  );
}

export const membershipSweeps = (membership: Membership, inTransaction: InTransaction): Sweep[] => [
  {
    name: 'membership.birthday_packs',
    everyMs: 10 * minuteMs,
    run: () => inTransaction((tx) => membership.giveBirthdayPacks(tx)),
  },
  {
    name: 'membership.lapsed',
    everyMs: 10 * minuteMs,
    run: () => inTransaction((tx) => membership.tellLapsed(tx)),
  },
];
