import { defineError } from '#platform/errors.ts';

export const installOnly = defineError(
  'finance.install_only',
  'forbidden',
  '对账属于整个商户号，需要在每家店铺都有收款权限',
);
export const dayNotFound = defineError('finance.day_not_found', 'not_found', '没有这一天的对账');
export const dayNotOver = defineError(
  'finance.day_not_over',
  'unprocessable',
  '账单次日才会生成，请选择昨天或更早的日期',
);
export const dayTooOld = defineError('finance.day_too_old', 'unprocessable', '微信支付只保留三个月内的账单');
export const dayRunning = defineError('finance.day_running', 'conflict', '这一天正在对账，请稍候');
export const differenceNotFound = defineError('finance.difference_not_found', 'not_found', '没有这笔差异');
export const differenceSettled = defineError('finance.difference_settled', 'conflict', '这笔差异已处理');
