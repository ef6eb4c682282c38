import type { ConsentAsked } from '@xiaopu/contracts';
import { defineError } from '#platform/errors.ts';

export const orderUnknown = defineError('orders.not_found', 'not_found', '没有找到这笔订单');
export const orderEmpty = defineError('orders.empty', 'unprocessable', '还没有选择要购买的商品');
export const addressMissing = defineError('orders.address_missing', 'unprocessable', '请先选择收货地址');
export const idempotencyConflict = defineError(
  'orders.idempotency_conflict',
  'conflict',
  '订单内容有变化，请返回确认后重新提交',
);
export const queuedOrderUnknown = defineError('orders.queued_not_found', 'not_found', '没有找到这次下单');
export const queueExpired = defineError('orders.queue_expired', 'conflict', '排队时间太久，没有下单，请重新提交');
export const priceChanged = defineError<{ payable: number; expectedPayable: number }>(
  'orders.price_changed',
  'conflict',
  '商品价格有变化，请确认后重新提交',
);
export const couponUnusable = defineError<{ coupons: { couponId: string; text: string }[] }>(
  'orders.coupon_unusable',
  'conflict',
  '所选优惠券已不能使用，请重新选择',
);
export const priceBelowFloor = defineError(
  'orders.price_below_floor',
  'conflict',
  '当前优惠暂时不能使用，请调整后再提交',
);
export const lineUnavailable = defineError<{ lines: { skuId: string; problem: string }[] }>(
  'orders.line_unavailable',
  'conflict',
  '有商品已下架，请移除后再提交',
);
export const stateConflict = defineError<{ status: string }>(
  'orders.state_conflict',
  'conflict',
  '订单状态已变化，请刷新后再试',
);
export const notPayable = defineError<{ status: string }>('orders.not_payable', 'conflict', ({ status }) =>
  status === 'cancelled' ? '订单已关闭，请重新下单' : '这笔订单不需要再付款',
);
export const paymentWindowOver = defineError('orders.payment_window_over', 'conflict', '已超过付款时间，请重新下单');
export const stagesAlone = defineError('orders.stages_alone', 'unprocessable', '预售商品需要单独下单');
export const balanceEarly = defineError<{ opensAt: string }>('orders.balance_early', 'conflict', '还没到付尾款的时间');
export const balanceOver = defineError('orders.balance_over', 'conflict', '付尾款的时间已过');
export const balanceNotDue = defineError<{ status: string }>(
  'orders.balance_not_due',
  'conflict',
  '这笔订单不需要付尾款',
);
export const balanceBelowDeposit = defineError<{ payable: number; deposit: number }>(
  'orders.balance_below_deposit',
  'conflict',
  '优惠超过了尾款，请少用一些',
);
export const cannotCancel = defineError<{ status: string }>(
  'orders.cannot_cancel',
  'conflict',
  '订单已付款或已关闭，不能取消',
);
export const cannotRefund = defineError<{ status: string }>(
  'orders.cannot_refund',
  'conflict',
  '只有未发货的已付款订单可以直接退款',
);
export const cannotShip = defineError<{ status: string }>('orders.cannot_ship', 'conflict', '这笔订单当前不能发货');
export const waitingForGroup = defineError(
  'orders.waiting_for_group',
  'conflict',
  '这笔订单还在等待成团，成团后才能发货',
);
export const isPickup = defineError('orders.is_pickup', 'conflict', '这是到店自提的订单，请在「门店自提」里备货和核销');
export const notReadyable = defineError<{ status: string }>(
  'orders.not_readyable',
  'conflict',
  '这笔订单当前不需要备货，请刷新后再看',
);
export const cannotPickUp = defineError<{ status: string }>('orders.cannot_pick_up', 'conflict', ({ status }) =>
  status === 'refunding' || status === 'refunded' ? '这笔订单已退款，不能取货' : '这笔订单当前不能取货',
);
export const pickupNotForActivity = defineError<{ skuIds: string[] }>(
  'orders.pickup_not_for_activity',
  'conflict',
  '活动专用库存的商品不支持到店自提，请选择快递配送',
);
export const goodsNotForActivity = defineError(
  'orders.goods_not_for_activity',
  'conflict',
  '虚拟商品和预约服务不参加这个活动',
);
export const consentMissing = defineError<{ consents: readonly ConsentAsked[] }>(
  'orders.consent_missing',
  'unprocessable',
  ({ consents }) => `请先确认：${consents.map(({ text }) => text).join('；')}`,
);
export const virtualNotOnIos = defineError(
  'orders.virtual_not_on_ios',
  'unprocessable',
  '由于相关规范，iOS 端暂不支持购买虚拟商品',
);
export const isNotSent = defineError('orders.is_not_sent', 'conflict', '虚拟商品和预约服务不需要发货');
export const bookingStarts = defineError<{ refundUntil: string; text: string }>(
  'orders.booking_refund_over',
  'conflict',
  ({ text }) => `${text} 起不能自行退款，如有需要请联系商家`,
);
export const cannotRedeem = defineError<{ status: string }>('orders.cannot_redeem', 'conflict', ({ status }) =>
  status === 'refunding' || status === 'refunded' ? '这笔预约已退款，不能核销' : '这笔预约当前不能核销',
);
export const contactMissing = defineError('orders.contact_missing', 'unprocessable', '请填写取货人和手机号');
export const shipTooMany = defineError<{ lineId: string; remaining: number }>(
  'orders.ship_too_many',
  'conflict',
  ({ remaining }) => (remaining > 0 ? `发货数量超过待发数量，最多还能发 ${remaining} 件` : '这件商品已全部发出'),
);
export const orderLineUnknown = defineError('orders.line_unknown', 'not_found', '订单里没有这件商品');
export const cannotReceive = defineError<{ status: string }>(
  'orders.cannot_receive',
  'conflict',
  '订单还没有全部发货，不能确认收货',
);
export const cannotReview = defineError<{ status: string }>('orders.cannot_review', 'conflict', '确认收货后才能评价');
export const alreadyReviewed = defineError('orders.already_reviewed', 'conflict', '这件商品已经评价过了');
export const refundUnknown = defineError('orders.refund_not_found', 'not_found', '没有找到这笔退款');
export const refundNotFailed = defineError<{ status: string }>(
  'orders.refund_not_failed',
  'conflict',
  '只有失败的退款可以重试',
);
