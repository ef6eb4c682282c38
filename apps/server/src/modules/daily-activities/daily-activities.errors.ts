import { defineError } from '#platform/errors.ts';

export const templateUnknown = defineError('daily_activities.not_found', 'not_found', '没有找到这个每日活动');
export const templateRepeated = defineError('daily_activities.repeated', 'conflict', '这个每日活动已经建好了');
