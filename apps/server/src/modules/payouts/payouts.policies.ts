import { definePolicy } from '#platform/policy.ts';

const install = 'install' as const;

/** WeChat opens transfers merchant by merchant; off until then. The sandbox has them open. */
export const transfersOn = definePolicy({
  key: 'payouts.transfers',
  title: '商家转账已开通（1 是，0 否）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
  scope: install,
});
export const commissionScene = definePolicy({
  key: 'payouts.scene_commission',
  title: '佣金付款的微信转账场景',
  unit: '场景号',
  defaultValue: 1005,
  minimum: 1000,
  maximum: 9999,
  scope: install,
});
export const rewardScene = definePolicy({
  key: 'payouts.scene_reward',
  title: '奖励付款的微信转账场景',
  unit: '场景号',
  defaultValue: 1000,
  minimum: 1000,
  maximum: 9999,
  scope: install,
});
export const minimumPayout = definePolicy({
  key: 'payouts.minimum',
  title: '单笔付款最低',
  unit: '分',
  defaultValue: 30,
  minimum: 1,
  maximum: 1_000_000,
  scope: install,
});
export const maximumPayout = definePolicy({
  key: 'payouts.maximum',
  title: '单笔付款最高',
  unit: '分',
  defaultValue: 500_000,
  minimum: 1,
  maximum: 20_000_000,
  scope: install,
});
/** WeChat demands the real name from here on. */
export const nameNeededFrom = definePolicy({
  key: 'payouts.name_needed_from',
  title: '单笔达到此数需收款人实名',
  unit: '分',
  defaultValue: 200_000,
  minimum: 30,
  maximum: 200_000,
  scope: install,
});
export const confirmHours = definePolicy({
  key: 'payouts.confirm_hours',
  title: '收款人确认期限',
  unit: '小时',
  defaultValue: 24,
  minimum: 1,
  maximum: 72,
  scope: install,
});
export const sharePercent = definePolicy({
  key: 'payouts.share_percent',
  title: '单笔订单分账上限',
  unit: '%',
  defaultValue: 30,
  minimum: 1,
  maximum: 100,
});
/** WeChat opens profit sharing merchant by merchant; the money of a shop that shares stays frozen until it is shared. */
export const sharingOn = definePolicy({
  key: 'payouts.sharing',
  title: '订单分账（1 开，0 关）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
});
/** WeChat sets what is frozen free by itself after thirty days. */
export const shareDays = definePolicy({
  key: 'payouts.share_days',
  title: '订单完成后多久分账',
  unit: '天',
  defaultValue: 7,
  minimum: 0,
  maximum: 14,
});
export const returnPatienceHours = definePolicy({
  key: 'payouts.return_patience_hours',
  title: '合作方未退回分账时，最多让退款等待',
  unit: '小时',
  defaultValue: 24,
  minimum: 1,
  maximum: 168,
  scope: install,
});
