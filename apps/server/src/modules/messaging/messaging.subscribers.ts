import { formatYuan } from '@xiaopu/money';
import type { Executor } from '#platform/database/database.ts';
import type { Subscribers } from '#platform/messaging/outbox.ts';
import type { Messages } from './messaging.service.ts';

/** What a message may say about an order beyond the event; asked in the handler's transaction. */
export interface OrderFacts {
  title: string;
  carrierName?: string;
  waybillNo?: string;
}

export interface SubscriberDeps {
  messages: Messages;
  orderFacts: (db: Executor, buyerId: string, orderNo: string) => Promise<OrderFacts | undefined>;
}

export function subscribeMessaging(subscribers: Subscribers, { messages, orderFacts }: SubscriberDeps): void {
  subscribers.on('orders.order_paid', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, orderNo, payable } = payload;
    const known = await orderFacts(tx, buyerId, orderNo);
    await messages.notify(tx, {
      buyerId,
      kind: 'order_paid',
      sourceKey: `order_paid/${orderNo}`,
      title: '支付成功',
      body: `已收到 ¥${formatYuan(payable)}，我们会尽快发货。`,
      facts: { orderNo, at, amount: payable, ...known },
    });
  });

  subscribers.on('orders.order_shipped', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, orderNo } = payload;
    const known = await orderFacts(tx, buyerId, orderNo);
    const by = known?.carrierName ? `，${known.carrierName} ${known.waybillNo ?? ''}`.trimEnd() : '';
    await messages.notify(tx, {
      buyerId,
      kind: 'order_shipped',
      sourceKey: `order_shipped/${orderNo}`,
      title: '订单已发货',
      body: `您的宝贝已经上路${by}。`,
      facts: { orderNo, at, ...known },
    });
  });

  subscribers.on('orders.order_refunded', 'messaging', async (tx, { payload, at }) => {
    const { buyerId, orderNo, refundNo, amount } = payload;
    const known = await orderFacts(tx, buyerId, orderNo);
    await messages.notify(tx, {
      buyerId,
      kind: 'order_refunded',
      sourceKey: `order_refunded/${refundNo}`,
      title: '退款成功',
      body: `¥${formatYuan(amount)} 已原路退回，到账时间以银行为准。`,
      facts: { orderNo, at, amount, reason: '订单退款', ...known },
    });
  });
}
