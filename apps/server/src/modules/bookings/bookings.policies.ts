import { definePolicy } from '#platform/policy.ts';

export const noShowDays = definePolicy({
  key: 'bookings.no_show_days',
  title: '预约服务：约定时段过后多少天没有核销就自动完成订单',
  unit: '天',
  defaultValue: 3,
  minimum: 1,
  maximum: 90,
});
