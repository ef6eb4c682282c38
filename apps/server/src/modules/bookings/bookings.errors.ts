import { defineError } from '#platform/errors.ts';

export const choiceMissing = defineError('bookings.choice_missing', 'unprocessable', '请选择预约地点和时间');
export const placeUnknown = defineError('bookings.place_not_found', 'conflict', '这个预约地点已停用，请换一个');
export const windowGone = defineError('bookings.window_gone', 'conflict', '这个时段已不可约，请重新选择时间');
export const windowFull = defineError('bookings.window_full', 'conflict', '这个时段名额不够了，请换个时间');
export const serviceUnknown = defineError('bookings.service_not_found', 'not_found', '没有找到这项服务');
export const codeUnknown = defineError('bookings.code_not_found', 'not_found', '没有找到这个核销码，请核对后重试');
export const alreadyRedeemed = defineError<{ at: string; by: string; text: string }>(
  'bookings.already_redeemed',
  'conflict',
  ({ text }) => `这个核销码已使用：${text}`,
);
