/** Orders, logins and payouts that concern distribution; every handler is harmless when repeated, late or out of order. */

import { minuteMs } from '#platform/clock.ts';
import type { InTransaction } from '#platform/database/database.ts';
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Distribution } from './distribution.service.ts';

export function distributionSubscribers(
  subscribers: Subscribers,
  { commissions, bindings, withdrawals }: Distribution,
) {
  subscribers.on('identity.guest_merged', 'distribution.bind', (tx, { payload: { guestId, buyerId } }) =>
    bindings.guestMerged(tx, guestId, buyerId),
  );
  for (const name of ['orders.order_placed', 'orders.order_paid'] as const)
    subscribers.onBatch(name, 'distribution', async (tx, events) => {
      const orders = events.map(({ payload }) => payload);
      // Most orders are nobody's customer's: one question for all of them.
      for (const { buyerId, orderNo } of await commissions.concerned(tx, orders))
        await commissions.heard(tx, buyerId, orderNo, name === 'orders.order_placed' ? 'placed' : 'paid');
    });
  for (const name of [
    'orders.order_completed',
    'orders.order_cancelled',
    'orders.refund_requested',
    'orders.order_refunded',
  ] as const)
    subscribers.on(name, 'distribution', (tx, { payload: { buyerId, orderNo } }) =>
      commissions.heard(tx, buyerId, orderNo, 'changed'),
    );
  subscribers.on('payouts.payout_settled', 'distribution', (tx, { payload: { buyerId, payoutId } }) =>
    withdrawals.payoutEnded(tx, buyerId, payoutId, { isPaid: true }),
  );
  subscribers.on('payouts.payout_failed', 'distribution', (tx, { payload: { buyerId, payoutId, reason } }) =>
    withdrawals.payoutEnded(tx, buyerId, payoutId, { isPaid: false, reason }),
  );
}

export const distributionSweeps = ({ commissions }: Distribution, inTransaction: InTransaction): Sweep[] => [
  {
    name: 'distribution.settle',
    everyMs: minuteMs,
    // One order a transaction: it locks the accounts of two distributors.
    run: async () => ((await inTransaction((tx) => commissions.settleNext(tx))) ? 1 : 0),
  },
];
