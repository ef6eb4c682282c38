import type { DeadLetterState } from '@xiaopu/contracts/console';
import type { Tone } from '../../shared/ui/StatusTag.vue';

export const letterStates: Record<DeadLetterState, { text: string; tone: Tone }> = {
  waiting: { text: '待处理', tone: 'danger' },
  replayed: { text: '已重发', tone: 'success' },
  discarded: { text: '已丢弃', tone: 'neutral' },
};

const titles: Record<string, string> = {
  'catalog.product_changed': '商品变更',
  'catalog.product_published': '商品上架',
  'catalog.product_unpublished': '商品下架',
  'inventory.stock_changed': '库存变动',
  'inventory.stock_low': '库存不足提醒',
  'identity.guest_merged': '访客合并',
  'orders.order_accepted': '排队下单',
  'orders.order_placed': '订单提交',
  'orders.order_paid': '订单支付',
  'orders.order_cancelled': '订单取消',
  'orders.order_shipped': '订单发货',
  'orders.order_completed': '订单完成',
  'orders.refund_requested': '退款申请',
  'orders.order_refunded': '订单退款',
  'orders.review_submitted': '评价提交',
  'reviews.review_shown': '评价展示',
  'payments.payment_succeeded': '支付成功',
  'payments.payment_closed': '支付关闭',
  'payments.refund_settled': '退款到账结果',
  'payments.anomaly_found': '收款异常',
};

/** A name staff know; events added later show as they are called. */
export const messageTitle = (name: string): string => titles[name] ?? name;
export const knownMessages = Object.entries(titles).map(([value, title]) => ({ value, title }));

/** `consumer: reason` as the server wrote it, apart. */
export function readError(error: string): { consumer: string; reason: string } {
  const cut = error.indexOf(': ');
  return cut === -1 ? { consumer: '', reason: error } : { consumer: error.slice(0, cut), reason: error.slice(cut + 2) };
}

/** Order number or what else people can look for. */
export function subjectOf(payload: unknown): { text: string; orderNo: string | null } {
  const fields = (payload ?? {}) as Partial<Record<'orderNo' | 'refundNo' | 'paymentId' | 'spuId' | 'buyerId', string>>;
  const orderNo = fields.orderNo ?? null;
  return { orderNo, text: orderNo ?? fields.refundNo ?? fields.paymentId ?? fields.spuId ?? fields.buyerId ?? '—' };
}
