import { defineError } from '#platform/errors.ts';

export const payoutNotFound = defineError('payouts.not_found', 'not_found', '没有这笔付款');
export const payoutsOff = defineError('payouts.transfers_off', 'conflict', '商家转账尚未开通，暂时不能提现');
export const payoutNumberTaken = defineError('payouts.number_taken', 'conflict', '同一付款单号的收款人或金额不一致');
export const amountOutOfRange = defineError<{ minimum: number; maximum: number }>(
  'payouts.amount_out_of_range',
  'unprocessable',
  ({ minimum, maximum }) => `单笔金额应在 ${(minimum / 100).toFixed(2)} 到 ${(maximum / 100).toFixed(2)} 元之间`,
);
export const payeeNameNeeded = defineError<{ from: number }>(
  'payouts.payee_name_needed',
  'unprocessable',
  ({ from }) => `单笔达到 ${(from / 100).toFixed(2)} 元需填写收款人真实姓名`,
);
export const payoutNotRetryable = defineError('payouts.not_retryable', 'conflict', '只有受阻的付款可以重新发送');
export const payoutNotCancellable = defineError('payouts.not_cancellable', 'conflict', '这笔付款已不能撤销');
