/** Paid: delivered at once. Given back: access ends. */
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { VirtualGoods } from './virtual-goods.service.ts';

export function virtualGoodsSubscribers(
  subscribers: Subscribers,
  virtualGoods: Pick<VirtualGoods, 'deliver' | 'revoke'>,
): void {
  subscribers.on('orders.order_paid', 'virtual_goods.deliver', async (tx, { payload: { buyerId, orderNo, goods } }) => {
    if (goods === 'virtual') await virtualGoods.deliver(tx, buyerId, orderNo);
  });
  subscribers.on('orders.order_refunded', 'virtual_goods.revoke', (tx, { payload }) =>
    virtualGoods.revoke(
      tx,
      payload.buyerId,
      payload.orderNo,
      // Money without pieces is a compensation: what was given stays.
      payload.lines && !payload.isLast
        ? payload.lines.filter(({ quantity }) => quantity > 0).map(({ lineId }) => lineId)
        : null,
    ),
  );
}
