import { definePolicy } from '#platform/policy.ts';

const define = (key: string, title: string, unit: string, defaultValue: number, [minimum, maximum]: [number, number]) =>
  definePolicy({ key: `subscriptions.${key}`, scope: 'install', title, unit, defaultValue, minimum, maximum });

export const trialDays = define('trial_days', '付费会员免费试用', '天', 3, [0, 30]);
export const remindDays = define('remind_days', '付费会员到期前提醒', '天', 5, [1, 30]);
export const refundDays = define('refund_days', '付费会员可退款期限', '天', 7, [0, 60]);
export const renewalNoticeDays = define('renewal_notice_days', '自动续费提前几天预告', '天', 3, [2, 7]);
export const payMinutes = define('pay_minutes', '付费会员支付时限', '分钟', 15, [5, 120]);
