import { definePolicy } from '#platform/policy.ts';

export const maxDepositPercent = definePolicy({
  key: 'presale.max_deposit_percent',
  title: '定金最多占预售价（民法典第 586 条）',
  unit: '%',
  defaultValue: 20,
  minimum: 1,
  maximum: 20,
});

export const remindHours = definePolicy({
  key: 'presale.remind_hours',
  title: '尾款截止前提醒',
  unit: '小时',
  defaultValue: 12,
  minimum: 1,
  maximum: 72,
});
