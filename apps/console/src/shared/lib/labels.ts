/** Words and tones of states, so that one state looks the same everywhere. */
import type { Tone } from '../ui/StatusTag.vue';

interface Label {
  text: string;
  tone: Tone;
}

export const orderStates = {
  pending_payment: { text: '待付款', tone: 'warning' },
  waiting_group: { text: '待成团', tone: 'warning' },
  deposit_paid: { text: '待付尾款', tone: 'warning' },
  paid: { text: '待发货', tone: 'info' },
  ready_for_pickup: { text: '待取货', tone: 'info' },
  to_use: { text: '待使用', tone: 'info' },
  shipped: { text: '已发货', tone: 'neutral' },
  completed: { text: '已完成', tone: 'success' },
  cancelled: { text: '已取消', tone: 'neutral' },
  refunding: { text: '退款中', tone: 'warning' },
  refunded: { text: '已退款', tone: 'neutral' },
} satisfies Record<string, Label>;

export const refundStates = {
  requested: { text: '待处理', tone: 'warning' },
  processing: { text: '退款中', tone: 'info' },
  succeeded: { text: '已退回', tone: 'success' },
  failed: { text: '退款异常', tone: 'danger' },
  rejected: { text: '已拒绝', tone: 'neutral' },
} satisfies Record<string, Label>;

export const paymentStates = {
  created: { text: '未发起支付', tone: 'neutral' },
  prepaid: { text: '等待支付', tone: 'warning' },
  succeeded: { text: '支付成功', tone: 'success' },
  closed: { text: '已关闭', tone: 'neutral' },
  held_for_review: { text: '金额异常，待人工核对', tone: 'danger' },
} satisfies Record<string, Label>;

export const uploadStates = {
  pending: { text: '待上传', tone: 'warning' },
  uploaded: { text: '已上传微信', tone: 'success' },
  failed: { text: '上传失败', tone: 'danger' },
  not_required: { text: '无需上传', tone: 'neutral' },
} satisfies Record<string, Label>;

export const productStates = {
  draft: { text: '草稿', tone: 'neutral' },
  on_sale: { text: '销售中', tone: 'success' },
  off_sale: { text: '已下架', tone: 'warning' },
} satisfies Record<string, Label>;

export const stockStates = {
  ok: { text: '充足', tone: 'success' },
  low: { text: '紧张', tone: 'warning' },
  out: { text: '售罄', tone: 'danger' },
} satisfies Record<string, Label>;

export const reviewStates = {
  held: { text: '待审核', tone: 'warning' },
  shown: { text: '已展示', tone: 'success' },
  rejected: { text: '未通过', tone: 'neutral' },
} satisfies Record<string, Label>;

/** A state this build does not know still shows, in the server's own word. */
export const labelOf = (labels: Record<string, Label>, state: string): Label =>
  labels[state] ?? { text: state, tone: 'neutral' };
