import { defineError } from '#platform/errors.ts';

export const paymentNotFound = defineError('payments.not_found', 'not_found', '没有这笔支付');
export const paymentClosed = defineError('payments.closed', 'conflict', '这笔支付已关闭，请重新下单');
export const paymentClosing = defineError('payments.closing', 'conflict', '这笔支付正在关闭，不能再付款');
export const paymentUnderReview = defineError(
  'payments.under_review',
  'conflict',
  '这笔支付的金额有出入，正在人工核对，请勿重复付款',
);
export const paymentTooLate = defineError(
  'payments.too_late',
  'conflict',
  '库存保留时间不足一分钟，请稍后重新发起支付',
);
export const payerUnknown = defineError('payments.payer_unknown', 'conflict', '请先用微信登录再付款');
export const channelNotOffered = defineError<{ offered: string[] }>(
  'payments.channel_not_offered',
  'conflict',
  '当前打开方式不支持这种支付，请换一种',
);
export const wechatUnavailable = defineError(
  'payments.wechat_unavailable',
  'unavailable',
  '微信支付暂时没有响应，请稍后再试',
);
export const wechatRefused = defineError<{ code: string }>(
  'payments.wechat_refused',
  'unavailable',
  '微信支付没有接受这笔付款，请稍后再试或联系客服',
);
export const refundExceedsPaid = defineError<{ paid: number; reserved: number; requested: number }>(
  'payments.refund_exceeds_paid',
  'conflict',
  '退款总额超过了实付金额',
);
export const refundBeforePayment = defineError(
  'payments.refund_before_payment',
  'conflict',
  '这笔支付尚未成功，不能退款',
);
export const refundNumberTaken = defineError(
  'payments.refund_number_taken',
  'conflict',
  '同一退款单号的金额或订单不一致',
);
export const refundNotFound = defineError('payments.refund_not_found', 'not_found', '没有这笔退款');
export const refundNotRetryable = defineError(
  'payments.refund_not_retryable',
  'conflict',
  '只有失败的退款可以重新发起',
);
export const anomalyNotFound = defineError('payments.anomaly_not_found', 'not_found', '没有这条收款异常');
export const anomalyResolved = defineError('payments.anomaly_resolved', 'conflict', '这条异常已经处理过了');
export const decisionNotPossible = defineError('payments.decision_not_possible', 'conflict', '这条异常不能这样处理');
export const notLive = defineError('payments.not_live', 'conflict', '店铺还没有开通线上收款，请稍后再来');
export const goLiveUnfinished = defineError<{ missing: { step: string; title: string }[] }>(
  'payments.go_live_unfinished',
  'conflict',
  ({ missing }) => `还有 ${missing.length} 项没有完成：${missing.map(({ title }) => title).join('、')}`,
);
export const stepSeenByServer = defineError(
  'payments.step_seen_by_server',
  'conflict',
  '这一项由系统自动检查，不能手动勾选',
);
export const goLiveForbidden = defineError(
  'payments.go_live_forbidden',
  'forbidden',
  '上线是整个安装的事，需要在每家店都有修改设置的权限',
);
