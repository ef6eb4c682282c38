import { defineError } from '#platform/errors.ts';

export const dayUnknown = defineError('member_day.not_found', 'not_found', '没有找到这个会员日');
export const badWindow = defineError('member_day.bad_window', 'unprocessable', '结束时间要晚于开始时间，且不能是过去');
