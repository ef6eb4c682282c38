import { definePolicy } from '#platform/policy.ts';

export const addressLimit = definePolicy({
  key: 'members.address_limit',
  scope: 'install',
  title: '每位顾客最多保存的地址',
  unit: '个',
  defaultValue: 30,
  minimum: 1,
  maximum: 200,
});
export const footprintLimit = definePolicy({
  key: 'members.footprint_limit',
  scope: 'install',
  title: '每位顾客最多保留的足迹',
  unit: '条',
  defaultValue: 200,
  minimum: 10,
  maximum: 2000,
});
