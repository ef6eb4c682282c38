import { minuteMs } from '#platform/clock.ts';
import type { InTransaction } from '#platform/database/database.ts';
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Subscriptions } from './subscriptions.service.ts';

export function subscriptionSubscribers(
  subscribers: Subscribers,
  { subscriptions }: { subscriptions: Subscriptions },
): void {
  subscribers.onBatch('payments.payment_succeeded', 'subscriptions', async (tx, events) => {
    // Nearly every payment is an order's.
    const holders = await subscriptions.holdersAmong(
      tx,
      events.map(({ payload }) => payload.buyerId),
    );
    for (const { payload } of events)
      if (holders.has(payload.buyerId)) await subscriptions.paymentSucceeded(tx, payload);
  });
  subscribers.on('payments.payment_closed', 'subscriptions', (tx, { payload }) =>
    subscriptions.paymentClosed(tx, payload),
  );
  subscribers.on('payments.refund_settled', 'subscriptions', (tx, { payload }) =>
    subscriptions.refundSettled(tx, payload),
  );
}

export const subscriptionSweeps = (subscriptions: Subscriptions, inTransaction: InTransaction): Sweep[] => [
  { name: 'subscriptions.close_unpaid', everyMs: minuteMs, run: () => inTransaction(subscriptions.closeUnpaid) },
  { name: 'subscriptions.remind', everyMs: 10 * minuteMs, run: () => inTransaction(subscriptions.remind) },
  { name: 'subscriptions.end', everyMs: minuteMs, run: () => inTransaction(subscriptions.endDue) },
];
