/** Pure rules of transfers: which status may follow which, when WeChat is asked again, what fits into its fields. */
import type { PayoutStatus } from '@xiaopu/contracts';
import type { PayoutScene } from '@xiaopu/contracts/console';

export const payoutTransitions: Record<PayoutStatus, readonly PayoutStatus[]> = {
  requested: [
    'processing',
    'awaiting_confirmation',
    'transferring',
    'cancelling',
    'blocked',
    'held_for_review',
    'succeeded',
    'failed',
  ],
  processing: ['awaiting_confirmation', 'transferring', 'cancelling', 'held_for_review', 'succeeded', 'failed'],
  awaiting_confirmation: ['transferring', 'cancelling', 'held_for_review', 'succeeded', 'failed'],
  transferring: ['held_for_review', 'succeeded', 'failed'],
  // The payee may have confirmed first: then it is paid.
  cancelling: ['held_for_review', 'succeeded', 'failed'],
  // WeChat would not take it: people repair the cause and send it again, or take it back.
  blocked: ['requested', 'cancelling', 'held_for_review', 'succeeded'],
  held_for_review: [],
  succeeded: [],
  failed: [],
};
export const payoutSources = (target: PayoutStatus): PayoutStatus[] =>
  (Object.keys(payoutTransitions) as PayoutStatus[]).filter((source) => payoutTransitions[source].includes(target));
export const isSettled = (status: PayoutStatus): boolean => payoutTransitions[status].length === 0;

export const statusTexts: Record<PayoutStatus, string> = {
  requested: '处理中',
  processing: '等待商户资金',
  awaiting_confirmation: '待确认收款',
  transferring: '到账中',
  cancelling: '撤销中',
  blocked: '付款受阻',
  held_for_review: '人工核对中',
  succeeded: '已到账',
  failed: '未付款',
};

export type TransferState =
  | 'ACCEPTED'
  | 'PROCESSING'
  | 'WAIT_USER_CONFIRM'
  | 'TRANSFERING'
  | 'SUCCESS'
  | 'FAIL'
  | 'CANCELING'
  | 'CANCELLED';
export const statusOfState: Record<TransferState, PayoutStatus> = {
  ACCEPTED: 'processing',
  PROCESSING: 'processing',
  WAIT_USER_CONFIRM: 'awaiting_confirmation',
  TRANSFERING: 'transferring',
  SUCCESS: 'succeeded',
  FAIL: 'failed',
  CANCELING: 'cancelling',
  CANCELLED: 'failed',
};

const failTexts: Record<string, string> = {
  ACCOUNT_FROZEN: '收款账户已冻结',
  ACCOUNT_NOT_EXIST: '收款账户不存在',
  NAME_NOT_CORRECT: '收款人姓名与微信实名不一致',
  REAL_NAME_CHECK_FAIL: '收款账户未实名，请先在微信完成实名认证',
  OPENID_INVALID: '收款账号已失效',
  TRANSFER_QUOTA_EXCEED: '超出收款限额',
  DAY_RECEIVED_COUNT_EXCEED: '超出当日收款次数',
  DAY_RECEIVED_QUOTA_EXCEED: '超出当日收款额度',
  OVERDUE_CLOSE: '超过 24 小时未确认，已自动关闭',
  MCH_CANCEL: '商家已撤销',
  TRANSFER_RISK: '微信风控拦截',
  PAYEE_ACCOUNT_ABNORMAL: '收款账户异常',
  NEVER_SENT: '商家已撤销',
};
export const failText = (reason: string): string => failTexts[reason] ?? '微信未能完成付款';

const soonMs = [2_000, 5_000, 15_000, 30_000, 60_000, 180_000, 600_000];
const hourlyMs = 3_600_000;
/** Soon after something happened, then rarer; a payee takes minutes or a day to confirm, and the notice usually comes first. */
export const nextLookMs = (attempts: number): number => soonMs[attempts] ?? hourlyMs;

/** A request still on its way may arrive after WeChat said it knows none; so long nobody concludes that it never will. */
export const absenceProvenMs = 60_000;

const cut = (text: string, characters: number): string => [...text].slice(0, characters).join('');

export const remarkOf = (reason: string): string => cut(reason, 32);
/** What each scene must report to WeChat; exactly these entries. */
export const reportsOf = (scene: PayoutScene, reason: string): { info_type: string; info_content: string }[] =>
  scene === 'commission'
    ? [
        { info_type: '岗位类型', info_content: '推广员' },
        { info_type: '报酬说明', info_content: cut(reason, 32) },
      ]
    : [
        { info_type: '活动名称', info_content: '会员活动' },
        { info_type: '奖励说明', info_content: cut(reason, 32) },
      ];
export const perceptionOf: Record<PayoutScene, string> = { commission: '劳务报酬', reward: '活动奖励' };
