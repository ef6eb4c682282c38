import { minuteMs } from '#platform/clock.ts';
import { definePolicy, type Policies } from '#platform/policy.ts';

export const holdMinutes = definePolicy({
  key: 'orders.hold_minutes',
  // One payment may cover several shops, so the times belong to none of them.
  scope: 'install',
  title: '下单后库存保留时间',
  unit: '分钟',
  defaultValue: 15,
  minimum: 1,
  maximum: 30,
});
export const closeMinutes = definePolicy({
  key: 'orders.close_minutes',
  scope: 'install',
  title: '未支付订单自动关闭时间',
  unit: '分钟',
  defaultValue: 30,
  minimum: 1,
  maximum: 120,
});
export const autoReceiveDays = definePolicy({
  key: 'orders.auto_receive_days',
  title: '发货后自动确认收货',
  unit: '天',
  defaultValue: 10,
  minimum: 3,
  maximum: 30,
});

export const queueFrom = definePolicy({
  key: 'orders.queue_from',
  // What a process can bear belongs to no shop.
  scope: 'install',
  title: '同时下单数达到该值时转为排队（每个进程）',
  unit: '笔',
  defaultValue: 60,
  minimum: 0,
  maximum: 10_000,
});
export const queuePatienceMinutes = definePolicy({
  key: 'orders.queue_patience_minutes',
  scope: 'install',
  title: '排队下单最长等待时间',
  unit: '分钟',
  defaultValue: 10,
  minimum: 1,
  maximum: 60,
});

/** When a placement made now closes, and until when it holds stock: never past closing. */
export function paymentWindow(policies: Policies, now: Date): { closesAt: Date; heldUntil: Date } {
  const closesAt = new Date(now.getTime() + policies.get(closeMinutes) * minuteMs);
  return { closesAt, heldUntil: holdUntil(policies, now, closesAt) };
}

export const holdUntil = (policies: Policies, now: Date, closesAt: Date): Date =>
  new Date(Math.min(now.getTime() + policies.get(holdMinutes) * minuteMs, closesAt.getTime()));
