import { definePolicy } from '#platform/policy.ts';

/** Pay Score and contracts are separate products with admission: off until WeChat grants them. */
export const payScoreOn = definePolicy({
  key: 'pay_score.enabled',
  title: '支付分（先享后付）已开通（1 是，0 否）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
  scope: 'install',
});
