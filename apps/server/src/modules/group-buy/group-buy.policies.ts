import { definePolicy } from '#platform/policy.ts';

export const placeMinutes = definePolicy({
  key: 'group_buy.place_minutes',
  scope: 'install',
  title: '拼团名额为未付款订单保留',
  unit: '分钟',
  defaultValue: 10,
  minimum: 2,
  maximum: 30,
});
/** What an order placed shortly before the deadline has to be paid in. */
export const graceMinutes = definePolicy({
  key: 'group_buy.grace_minutes',
  scope: 'install',
  title: '到期后等待付款中的团员',
  unit: '分钟',
  defaultValue: 2,
  minimum: 1,
  maximum: 10,
});
