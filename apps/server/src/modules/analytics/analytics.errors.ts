import { defineError } from '#platform/errors.ts';

export const skuUnknown = defineError('activities.sku_not_found', 'not_found', '没有找到这个规格');
export const activityUnknown = defineError('activities.not_found', 'not_found', '没有找到这个活动');
export const badRange = defineError('activities.range_invalid', 'unprocessable', '日期范围最多 62 天');
