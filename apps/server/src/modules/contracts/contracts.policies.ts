import { definePolicy } from '#platform/policy.ts';

/** A product of its own that WeChat admits merchants to one by one: off until then, and nothing is offered. */
export const contractsOn = definePolicy({
  key: 'contracts.on',
  title: '委托代扣（自动续费）已开通（1 是，0 否）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
  scope: 'install',
});
export const contractPlanId = definePolicy({
  key: 'contracts.plan_id',
  title: '委托代扣协议模板',
  unit: '模板号',
  defaultValue: 12_535,
  minimum: 1,
  maximum: 999_999_999,
  scope: 'install',
});
