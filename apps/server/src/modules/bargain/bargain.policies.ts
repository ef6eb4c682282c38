import { definePolicy } from '#platform/policy.ts';

export const helpsADay = definePolicy({
  key: 'bargain.helps_a_day',
  scope: 'install',
  title: '每人每天最多帮砍',
  unit: '次',
  defaultValue: 10,
  minimum: 1,
  maximum: 100,
});
