/** Words and tones of reconciliation; the server's own words come with the rows. */
import type { BillKind, DifferenceState, ReconciliationState } from '@xiaopu/contracts/console';
import type { Tone } from '../../shared/ui/StatusTag.vue';

export const dayTones: Record<ReconciliationState, Tone> = {
  waiting: 'neutral',
  running: 'info',
  balanced: 'success',
  differs: 'danger',
  failed: 'warning',
};
export const billNames: Record<BillKind, string> = {
  trade: '交易账单',
  fund_flow: '资金账单',
  alipay: '支付宝账单',
  paypal: 'PayPal 报表',
};
/** Whose bill a row stands in, as a column heading says it. */
export const billOwners: Record<BillKind, string> = {
  trade: '微信账单',
  fund_flow: '微信账单',
  alipay: '支付宝账单',
  paypal: 'PayPal 报表',
};
export const sideNames = { payment: '支付', refund: '退款' } as const;
export const differenceStates: Record<DifferenceState, { text: string; tone: Tone }> = {
  open: { text: '待处理', tone: 'danger' },
  resolved: { text: '已处理', tone: 'success' },
  cleared: { text: '自动消除', tone: 'neutral' },
};
export const kinds = [
  { value: 'missing_here', text: '本地缺单' },
  { value: 'missing_there', text: '对方缺单' },
  { value: 'amount_differs', text: '金额不符' },
  { value: 'state_differs', text: '状态不符' },
  { value: 'refund_differs', text: '退款不符' },
] as const;

const stateWords: Record<string, string> = {
  SUCCESS: '成功',
  REVOKED: '已撤销',
  PROCESSING: '退款中',
  FAIL: '退款失败',
  CHANGE: '转入代发',
  paid: '已支付',
  held: '待人工核对',
  unpaid: '未支付',
  succeeded: '已退回',
  processing: '退款中',
  failed: '未退成',
};
/** What a side says; an absent side says nothing. */
export const stateWord = (state: string | null): string => (state === null ? '没有这笔' : (stateWords[state] ?? state));

/** What one usually finds behind each kind: a hint, and words to resolve it with. */
export const advice: Record<(typeof kinds)[number]['value'], { hint: string; notes: string[] }> = {
  missing_here: {
    hint: '对方收到了钱，我们没有这笔单：多半来自收款码或别的系统，也可能是支付通知全部丢失。',
    notes: ['线下收款码收款，已单独入账', '其他系统的订单，已转交', '已在商户平台原路退回'],
  },
  missing_there: {
    hint: '我们记了收退款，对方当天账单里没有：先看次日账单，仍没有就要向支付机构核实。',
    notes: ['次日账单已出现', '已向支付机构核实，更正我方记录'],
  },
  amount_differs: {
    hint: '同一笔单两边金额不同。核对商户平台的订单详情，多收的退回，少收的与买家确认。',
    notes: ['差额已退回买家', '差额已与买家确认并入账'],
  },
  state_differs: {
    hint: '同一笔单两边状态不同，例如对方已收款而我方仍待核对。请到「收款异常」处理该笔支付。',
    notes: ['已在收款异常中处理', '微信侧撤销，已联系买家'],
  },
  refund_differs: {
    hint: '退款的金额或状态不一致。退款中的会在次日更新；转入代发需要联系买家改收款账户。',
    notes: ['退款已到账，账单为当时状态', '已联系买家更换收款账户'],
  },
};
