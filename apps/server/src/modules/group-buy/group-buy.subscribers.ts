/** A place follows the order it belongs to, and orders follow what their group came to. */
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { GroupDirectory } from './group-buy.directory.ts';
import type { GroupBuys } from './group-buy.service.ts';

export function groupBuySubscribers(
  subscribers: Subscribers,
  { groups, directory }: { groups: GroupBuys; directory: GroupDirectory },
): void {
  subscribers.onBatch('orders.order_paid', 'group_buy.paid', async (tx, events) => {
    for (const { payload } of events) {
      const { buyerId, orderNo, shippingHold } = payload;
      if (shippingHold === 'group') await groups.orderPaid(tx, buyerId, orderNo);
    }
  });
  subscribers.on('orders.order_cancelled', 'group_buy.cancelled', (tx, { payload: { buyerId, orderNo } }) =>
    groups.orderCancelled(tx, buyerId, orderNo),
  );
  subscribers.on('orders.refund_requested', 'group_buy.left', (tx, { payload: { buyerId, orderNo } }) =>
    groups.refundRequested(tx, buyerId, orderNo),
  );
  subscribers.on(
    'orders.order_refunded',
    'group_buy.returned',
    async (tx, { payload: { buyerId, orderNo, lines, isLast } }) => {
      if (!lines || isLast) await groups.orderReturned(tx, buyerId, orderNo);
    },
  );
  subscribers.on('group_buy.place_decided', 'group_buy.carry_out', (tx, { payload }) => groups.carryOut(tx, payload));
  subscribers.onAny('group_buy.activity_changed', () => directory.forget());
  subscribers.onGap(() => directory.forget());
}
