import { definePolicy } from '#platform/policy.ts';

export const remindHours = definePolicy({
  key: 'coupons.remind_hours',
  scope: 'install',
  title: '优惠券到期前提醒',
  unit: '小时',
  defaultValue: 24,
  minimum: 1,
  maximum: 168,
});
