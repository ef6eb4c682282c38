import { defineError } from '#platform/errors.ts';

export const scoreNotFound = defineError('pay_score.not_found', 'not_found', '没有这笔先享后付订单');
export const scoreOff = defineError('pay_score.off', 'conflict', '先享后付尚未开通');
export const scoreNumberTaken = defineError('pay_score.number_taken', 'conflict', '同一先享后付单号的内容不一致');
export const scoreNotAgreed = defineError('pay_score.not_agreed', 'conflict', '买家尚未确认或订单已结束');
export const scoreOverLimit = defineError<{ limit: number; total: number }>(
  'pay_score.over_limit',
  'conflict',
  '收款金额超过了买家确认的上限',
);
export const scoreNotCancellable = defineError('pay_score.not_cancellable', 'conflict', '已完结的订单不能取消');
