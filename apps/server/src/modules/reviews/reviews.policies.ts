import { definePolicy } from '#platform/policy.ts';

export const autoShow = definePolicy({
  key: 'reviews.auto_show',
  title: '文字检查通过且无图片的评价直接展示（1 开 0 关）',
  unit: '',
  defaultValue: 0,
  minimum: 0,
  maximum: 1,
});
