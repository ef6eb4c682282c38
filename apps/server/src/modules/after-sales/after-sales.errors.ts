import { defineError } from '#platform/errors.ts';

export const caseUnknown = defineError('after_sales.not_found', 'not_found', '没有找到这笔售后');
export const orderUnknown = defineError('after_sales.order_not_found', 'not_found', '没有找到这笔订单');
export const lineUnknown = defineError('after_sales.line_unknown', 'not_found', '订单里没有这件商品');
export const notPossible = defineError<{ reason: string }>(
  'after_sales.not_possible',
  'conflict',
  ({ reason }) => reason,
);
export const alreadyOpen = defineError<{ caseNo: string }>(
  'after_sales.already_open',
  'conflict',
  '这件商品已有进行中的售后',
);
export const tooMany = defineError<{ lineId: string; most: number }>('after_sales.too_many', 'conflict', ({ most }) =>
  most > 0 ? `最多可申请 ${most} 件` : '这件商品当前不能申请这种售后',
);
export const reasonNotFitting = defineError('after_sales.reason_not_fitting', 'unprocessable', '请重新选择售后原因');
export const noReasonOver = defineError<{ days: number }>(
  'after_sales.no_reason_over',
  'conflict',
  ({ days }) => `已超过 ${days} 天无理由退货期，或该商品不支持无理由退货`,
);
export const pictureUnknown = defineError(
  'after_sales.picture_unknown',
  'unprocessable',
  '有图片未上传成功，请重新上传',
);
export const stateConflict = defineError<{ status: string }>(
  'after_sales.state_conflict',
  'conflict',
  '售后状态已变化，请刷新后再试',
);
export const escalationEarly = defineError<{ asks: number }>(
  'after_sales.escalation_early',
  'conflict',
  ({ asks }) => `协商 ${asks} 次仍未解决，才能申请平台介入`,
);
export const offerTooHigh = defineError<{ most: number }>(
  'after_sales.offer_too_high',
  'unprocessable',
  '退款金额不能超过买家实付金额',
);
export const exchangeOutOfStock = defineError(
  'after_sales.exchange_out_of_stock',
  'conflict',
  '换货商品库存不足，可拒绝并建议买家改为退货退款',
);
export const carrierUnknown = defineError('after_sales.carrier_unknown', 'unprocessable', '不支持这家快递公司');
export const waybillMismatch = defineError<{ carrierName: string }>(
  'after_sales.waybill_mismatch',
  'unprocessable',
  ({ carrierName }) => `这不像是${carrierName}的运单号，请核对快递公司和单号`,
);
