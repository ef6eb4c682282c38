import { definePolicy } from '#platform/policy.ts';

export const prepareMinutes = definePolicy({
  key: 'pickup.prepare_minutes',
  title: '到店自提：下单到最早取货的备货时间',
  unit: '分钟',
  defaultValue: 60,
  minimum: 0,
  maximum: 2_880,
});
export const windowMinutes = definePolicy({
  key: 'pickup.window_minutes',
  title: '到店自提：每个取货时段的长度',
  unit: '分钟',
  defaultValue: 60,
  minimum: 15,
  maximum: 720,
});
export const windowCapacity = definePolicy({
  key: 'pickup.window_capacity',
  title: '到店自提：每家门店每个时段最多接单',
  unit: '单',
  defaultValue: 20,
  minimum: 1,
  maximum: 1_000,
});
export const daysAhead = definePolicy({
  key: 'pickup.days_ahead',
  title: '到店自提：最远可约几天后',
  unit: '天',
  defaultValue: 3,
  minimum: 0,
  maximum: 14,
});
export const carriedHours = definePolicy({
  key: 'pickup.carried_hours',
  title: '扫码购：付款后多久没有核验出门就自动完成',
  unit: '小时',
  defaultValue: 24,
  minimum: 1,
  maximum: 168,
});
export const keepDays = definePolicy({
  key: 'pickup.keep_days',
  title: '到店自提：备好后（或约定时段后）保留天数，超时自动退款',
  unit: '天',
  defaultValue: 3,
  minimum: 1,
  maximum: 30,
});

export const exitCodeSeconds = definePolicy({
  key: 'pickup.exit_code_seconds',
  scope: 'install',
  title: '出门凭证多久换一次',
  unit: '秒',
  defaultValue: 60,
  minimum: 15,
  maximum: 600,
});
