import { definePolicy } from '#platform/policy.ts';

export const remindHours = definePolicy({
  key: 'coupons.remind_hours',
  scope: 'install',
  title: '优惠券到期前提醒',
  unit: '小时',
  defaultValue: 24,
  minimum: 1,
  maximum: 168,
});

export const positionAsks = definePolicy({
  key: 'coupons.position_asks_per_hour',
  scope: 'install',
  title: '每位顾客每小时按位置查券、领券',
  unit: '次',
  defaultValue: 30,
  minimum: 1,
  maximum: 1_000,
});

export const packetPlaces = definePolicy({
  key: 'coupons.packet_places',
  scope: 'install',
  title: '购后分享券每份张数',
  unit: '张',
  defaultValue: 5,
  minimum: 1,
  maximum: 100,
});
export const packetHours = definePolicy({
  key: 'coupons.packet_hours',
  scope: 'install',
  title: '购后分享券可领时间',
  unit: '小时',
  defaultValue: 72,
  minimum: 1,
  maximum: 720,
});
export const sharerReward = definePolicy({
  key: 'coupons.packet_sharer_reward',
  scope: 'install',
  title: '首位好友领取后，分享者也得一张（1 是，0 否）',
  unit: '',
  defaultValue: 1,
  minimum: 0,
  maximum: 1,
});
