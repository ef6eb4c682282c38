import { defineError } from '#platform/errors.ts';

export const ruleUnknown = defineError('promotions.not_found', 'not_found', '没有找到这个优惠');
export const ruleInvalid = defineError<{ reason: string }>(
  'promotions.invalid',
  'unprocessable',
  ({ reason }) => reason,
);
