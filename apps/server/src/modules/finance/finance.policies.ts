import { definePolicy } from '#platform/policy.ts';

export const lookBackDays = definePolicy({
  key: 'finance.look_back_days',
  title: '停机后补对最近几天的账',
  unit: '天',
  defaultValue: 7,
  minimum: 1,
  maximum: 89,
  scope: 'install',
});
export const billReadyMinutes = definePolicy({
  key: 'finance.bill_ready_minutes',
  title: '次日几点开始对账（零点后分钟数）',
  unit: '分钟',
  defaultValue: 605,
  minimum: 540,
  maximum: 1_380,
  scope: 'install',
});
