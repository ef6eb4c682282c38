/** Words for what an order lets a shopper do, and the reasons a shopper can choose from. */
import type { OrderAction, OrderCard, OrderStatus, OrderTab, RefundView } from '@xiaopu/contracts';
import type { IconName } from '@/shared/icons/strokes';

export const actionTexts: Record<OrderAction, string> = {
  pay: '立即付款',
  pay_balance: '付尾款',
  cancel: '取消订单',
  refund: '申请退款',
  track: '查看物流',
  show_code: '出示码',
  show_delivery: '查看内容',
  confirm_receipt: '确认收货',
  review: '去评价',
  buy_again: '再次购买',
};

export const statusIcons: Record<OrderStatus, IconName> = {
  pending_payment: 'wallet',
  deposit_paid: 'wallet',
  paid: 'box',
  ready_for_pickup: 'shop',
  to_use: 'clock',
  shipped: 'truck',
  completed: 'check-circle',
  cancelled: 'close',
  refunding: 'refund',
  refunded: 'refund',
};

export const refundTexts: Record<RefundView['status'], string> = {
  requested: '退款申请已提交',
  processing: '退款处理中',
  succeeded: '退款成功',
  failed: '退款异常，店家正在处理',
  rejected: '退款未通过',
};

export const orderTabs: { key: OrderTab; text: string }[] = [
  { key: 'all', text: '全部' },
  { key: 'pending_payment', text: '待付款' },
  { key: 'paid', text: '待发货' },
  { key: 'shipped', text: '待收货' },
  { key: 'to_review', text: '待评价' },
  { key: 'refund', text: '退款' },
];

export const cancelReasons = [
  '不想要了',
  '规格或数量选错了',
  '收货信息填错了',
  '换个支付方式再买',
  '价格不合适',
  '其他原因',
];
export const refundReasons = ['不想要了', '规格或数量选错了', '收货信息填错了', '等待发货太久', '买贵了', '其他原因'];

/** The sum a card speaks of: what is due next while something is, else what was paid or would have been. */
export function dueOf({ status, payable, stages }: Pick<OrderCard, 'status' | 'payable' | 'stages'>): {
  label: string;
  fen: number;
} {
  if (stages !== null && status === 'pending_payment') return { label: '应付定金', fen: stages.deposit };
  if (stages !== null && status === 'deposit_paid') return { label: '待付尾款', fen: stages.balance };
  if (status === 'pending_payment') return { label: '应付', fen: payable };
  return { label: status === 'cancelled' ? '合计' : '实付', fen: payable };
}
