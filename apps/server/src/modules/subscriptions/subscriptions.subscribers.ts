import { minuteMs } from '#platform/clock.ts';
import type { InTransaction } from '#platform/database/database.ts';
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Renewals } from './subscriptions.renewals.ts';
import type { Subscriptions } from './subscriptions.service.ts';

export function subscriptionSubscribers(
  subscribers: Subscribers,
  { subscriptions, renewals }: { subscriptions: Subscriptions; renewals?: Renewals | undefined },
): void {
  subscribers.onBatch('payments.payment_succeeded', 'subscriptions', async (tx, events) => {
    // Nearly every payment is an order's.
    const holders = await subscriptions.holdersAmong(
      tx,
      events.map(({ payload }) => payload.buyerId),
    );
    for (const { payload } of events)
      if (holders.has(payload.buyerId)) {
        await subscriptions.paymentSucceeded(tx, payload);
        await renewals?.paymentSucceeded(tx, payload);
      }
  });
  subscribers.on('payments.payment_closed', 'subscriptions', async (tx, { payload }) => {
    await subscriptions.paymentClosed(tx, payload);
    await renewals?.paymentClosed(tx, payload);
  });
  subscribers.on('payments.refund_settled', 'subscriptions', (tx, { payload }) =>
    subscriptions.refundSettled(tx, payload),
  );
}

export const renewalSweeps = (renewals: Renewals, inTransaction: InTransaction): Sweep[] => [
  { name: 'subscriptions.plan_renewals', everyMs: 5 * minuteMs, run: () => inTransaction(renewals.planDue) },
  { name: 'subscriptions.renew', everyMs: minuteMs, run: renewals.follow },
];

export const subscriptionSweeps = (subscriptions: Subscriptions, inTransaction: InTransaction): Sweep[] => [
  { name: 'subscriptions.close_unpaid', everyMs: minuteMs, run: () => inTransaction(subscriptions.closeUnpaid) },
  { name: 'subscriptions.remind', everyMs: 10 * minuteMs, run: () => inTransaction(subscriptions.remind) },
  { name: 'subscriptions.end', everyMs: minuteMs, run: () => inTransaction(subscriptions.endDue) },
];
