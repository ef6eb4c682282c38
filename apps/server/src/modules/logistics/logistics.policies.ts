import { definePolicy } from '#platform/policy.ts';

const fen = { unit: '分', minimum: 0, maximum: 1_000_000 };
export const freeLinePolicy = definePolicy({
  key: 'logistics.free_line',
  title: '包邮门槛（0 为全场包邮）',
  defaultValue: 9_900,
  ...fen,
});
export const firstWeightGramsPolicy = definePolicy({
  key: 'logistics.first_weight_grams',
  title: '首重',
  unit: '克',
  defaultValue: 1_000,
  minimum: 1,
  maximum: 100_000,
});
export const firstWeightPricePolicy = definePolicy({
  key: 'logistics.first_weight_price',
  title: '首重运费',
  defaultValue: 1_000,
  ...fen,
});
export const continuedWeightGramsPolicy = definePolicy({
  key: 'logistics.continued_weight_grams',
  title: '续重单位',
  unit: '克',
  defaultValue: 1_000,
  minimum: 1,
  maximum: 100_000,
});
export const continuedWeightPricePolicy = definePolicy({
  key: 'logistics.continued_weight_price',
  title: '续重运费',
  defaultValue: 300,
  ...fen,
});
export const remoteSurchargePolicy = definePolicy({
  key: 'logistics.remote_surcharge',
  title: '偏远地区加收',
  defaultValue: 1_500,
  ...fen,
});
export const cutOffHourPolicy = definePolicy({
  key: 'logistics.cut_off_hour',
  title: '当日发货截单时间',
  unit: '点',
  defaultValue: 16,
  minimum: 0,
  maximum: 24,
});
export const extraDaysPolicy = definePolicy({
  key: 'logistics.extra_days',
  title: '送达时间顺延（大促时用）',
  unit: '天',
  defaultValue: 0,
  minimum: 0,
  maximum: 30,
});
export const trackCacheMinutesPolicy = definePolicy({
  key: 'logistics.track_cache_minutes',
  scope: 'install',
  title: '物流轨迹缓存时间',
  unit: '分钟',
  defaultValue: 30,
  minimum: 1,
  maximum: 1_440,
});
