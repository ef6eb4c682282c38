/** Every number of after-sale is a setting: how long each side may be silent, and which rules of money hold. */
import type { AfterSaleStatus } from '@xiaopu/contracts';
import { dayMs, hourMs } from '#platform/clock.ts';
import { definePolicy, type Policies } from '#platform/policy.ts';

export const instantUnshipped = definePolicy({
  key: 'after_sales.instant_refund_unshipped',
  title: '未发货仅退款立即同意（1 是，0 否）',
  unit: '',
  defaultValue: 1,
  minimum: 0,
  maximum: 1,
});
export const unshippedHours = definePolicy({
  key: 'after_sales.unshipped_silence_hours',
  title: '未发货仅退款，商家未处理自动同意',
  unit: '小时',
  defaultValue: 48,
  minimum: 1,
  maximum: 168,
});
export const refundHours = definePolicy({
  key: 'after_sales.refund_silence_hours',
  title: '已发货仅退款，商家未处理自动同意',
  unit: '小时',
  defaultValue: 120,
  minimum: 24,
  maximum: 240,
});
export const returnHours = definePolicy({
  key: 'after_sales.return_silence_hours',
  title: '退货或换货申请，商家未处理自动同意',
  unit: '小时',
  defaultValue: 120,
  minimum: 24,
  maximum: 240,
});
export const shipBackDays = definePolicy({
  key: 'after_sales.ship_back_days',
  title: '同意退货后，买家寄回期限',
  unit: '天',
  defaultValue: 7,
  minimum: 3,
  maximum: 30,
});
export const receiveDays = definePolicy({
  key: 'after_sales.receive_days',
  title: '买家寄回后，商家未处理自动收货',
  unit: '天',
  defaultValue: 10,
  minimum: 3,
  maximum: 30,
});
export const sendDays = definePolicy({
  key: 'after_sales.exchange_send_days',
  title: '收到换货商品后，商家未寄出自动退款',
  unit: '天',
  defaultValue: 5,
  minimum: 1,
  maximum: 15,
});
export const exchangeReceiveDays = definePolicy({
  key: 'after_sales.exchange_receive_days',
  title: '换货寄出后自动确认收货',
  unit: '天',
  defaultValue: 10,
  minimum: 3,
  maximum: 30,
});
export const buyerSilenceDays = definePolicy({
  key: 'after_sales.buyer_silence_days',
  title: '商家拒绝或协商后，买家未回应自动关闭',
  unit: '天',
  defaultValue: 7,
  minimum: 1,
  maximum: 30,
});
export const windowDays = definePolicy({
  key: 'after_sales.window_days',
  title: '确认收货后可申请售后',
  unit: '天',
  defaultValue: 15,
  minimum: 7,
  maximum: 90,
});
export const noReasonDays = definePolicy({
  key: 'after_sales.no_reason_days',
  title: '签收后可无理由退货',
  unit: '天',
  defaultValue: 7,
  minimum: 7,
  maximum: 30,
});
export const escalateAfter = definePolicy({
  key: 'after_sales.escalate_after',
  title: '同一商品申请未解决，超过次数由平台介入',
  unit: '次',
  defaultValue: 3,
  minimum: 1,
  maximum: 10,
});
export const freightRule = definePolicy({
  key: 'after_sales.freight_rule',
  title: '整单退完时退运费（0 不退，1 未发货或商家责任，2 总是）',
  unit: '',
  defaultValue: 1,
  minimum: 0,
  maximum: 2,
});

/** When the step a case enters ends by itself; null: it waits as long as it takes. */
export function deadlineOf(
  policies: Policies,
  { shopId, kind, wasShipped }: { shopId: string; kind: string; wasShipped: boolean },
  status: AfterSaleStatus,
  now: Date,
): Date | null {
  const hours = (policy: typeof windowDays) => policies.get(policy, shopId) * hourMs;
  const days = (policy: typeof windowDays) => policies.get(policy, shopId) * dayMs;
  const silence = kind === 'refund' ? (wasShipped ? refundHours : unshippedHours) : returnHours;
  const lasts: Partial<Record<AfterSaleStatus, number>> = {
    applied: hours(silence),
    refused: days(buyerSilenceDays),
    offered: days(buyerSilenceDays),
    returning: days(shipBackDays),
    returned: days(receiveDays),
    exchanging: days(sendDays),
    sent: days(exchangeReceiveDays),
  };
  const ms = lasts[status];
  return ms === undefined ? null : new Date(now.getTime() + ms);
}
