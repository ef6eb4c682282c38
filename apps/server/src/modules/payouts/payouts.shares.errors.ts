import { defineError } from '#platform/errors.ts';

export const receiverNotFound = defineError('payouts.receiver_not_found', 'not_found', '没有这个分账接收方');
export const receiverTaken = defineError('payouts.receiver_taken', 'conflict', '这个商户号已经是分账接收方');
export const receiverNotActive = defineError('payouts.receiver_not_active', 'conflict', '分账接收方尚未生效');
export const shareNumberTaken = defineError('payouts.share_number_taken', 'conflict', '同一分账单号的内容不一致');
export const shareOverCap = defineError<{ cap: number; shared: number; requested: number }>(
  'payouts.share_over_cap',
  'conflict',
  '分账总额超过了本单的分账上限',
);
export const shareOverPaid = defineError<{ left: number; requested: number }>(
  'payouts.share_over_paid',
  'conflict',
  '分账总额超过了实付扣除退款后的金额',
);
export const shareRateOverCap = defineError<{ cap: number; sum: number }>(
  'payouts.share_rate_over_cap',
  'conflict',
  ({ cap }) => `各合作方比例合计不能超过分账上限 ${cap / 100}%`,
);
