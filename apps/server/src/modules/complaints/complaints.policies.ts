import { definePolicy } from '#platform/policy.ts';

export const answerHours = definePolicy({
  key: 'complaints.answer_hours',
  title: '支付投诉：用户发言后多久内必须回复',
  unit: '小时',
  defaultValue: 24,
  minimum: 1,
  maximum: 72,
});
export const closeHours = definePolicy({
  key: 'complaints.close_hours',
  title: '支付投诉：多久内应处理完成',
  unit: '小时',
  defaultValue: 72,
  minimum: 24,
  maximum: 720,
});
export const nearHours = definePolicy({
  key: 'complaints.near_hours',
  title: '支付投诉：期限前多久开始提醒',
  unit: '小时',
  defaultValue: 6,
  minimum: 1,
  maximum: 48,
});
