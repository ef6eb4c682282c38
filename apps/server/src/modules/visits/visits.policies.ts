import { definePolicy } from '#platform/policy.ts';

export const dormantDays = definePolicy({
  key: 'visits.dormant_days',
  scope: 'install',
  title: '多少天没来算久未访问',
  unit: '天',
  defaultValue: 7,
  minimum: 1,
  maximum: 90,
});

export const attributionDays = definePolicy({
  key: 'visits.attribution_days',
  scope: 'install',
  title: '从渠道进来后多少天内的订单算它的',
  unit: '天',
  defaultValue: 7,
  minimum: 1,
  maximum: 90,
});
