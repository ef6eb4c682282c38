/** Coupons follow the order they were used on; every handler is harmless when repeated, late or out of order. */
import { hourMs, minuteMs } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Coupons } from './coupons.service.ts';

export function couponsSubscribers(subscribers: Subscribers, coupons: Coupons): void {
  subscribers.onBatch('orders.order_paid', 'coupons.use', async (tx, events) => {
    for (const { payload } of events) {
      const { buyerId, orderNo, facts } = payload;
      if (!facts || facts.hasCoupons) await coupons.orderPaid(tx, buyerId, orderNo);
    }
  });
  subscribers.onBatch('orders.order_paid', 'coupons.packet', (tx, events) =>
    coupons.packetsFor(
      tx,
      events.map(({ payload }) => payload),
    ),
  );
  subscribers.on('orders.order_cancelled', 'coupons.unlock', (tx, { payload: { buyerId, orderNo } }) =>
    coupons.orderCancelled(tx, buyerId, orderNo),
  );
  subscribers.on('orders.balance_dropped', 'coupons.unlock', (tx, { payload: { buyerId, orderNo } }) =>
    coupons.orderCancelled(tx, buyerId, orderNo),
  );
  subscribers.on(
    'orders.order_refunded',
    'coupons.return',
    async (tx, { payload: { buyerId, orderNo, lines, isLast } }) => {
      // A part that came back leaves the coupon used; it goes back with the order's last piece.
      if (lines && !isLast) return;
      await coupons.orderRefunded(tx, buyerId, orderNo);
      await coupons.orderGone(tx, orderNo);
    },
  );
  subscribers.onAny('coupons.templates_changed', () => coupons.forget());
  subscribers.onGap(() => coupons.forget());
}

export const couponsSweeps = (database: Database, coupons: Coupons): Sweep[] => [
  { name: 'coupons.expire', everyMs: minuteMs, run: () => database.inTransaction((tx) => coupons.expireDue(tx)) },
  { name: 'coupons.forget_asks', everyMs: hourMs, run: () => database.inTransaction((tx) => coupons.forgetAsks(tx)) },
  { name: 'coupons.remind', everyMs: hourMs / 4, run: () => database.inTransaction((tx) => coupons.remindDue(tx)) },
];
