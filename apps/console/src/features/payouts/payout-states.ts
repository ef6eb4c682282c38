import type { PayoutStatus } from '@xiaopu/contracts';
import type { Tone } from '../../shared/ui/StatusTag.vue';

export const payoutStates = {
  requested: { text: '发送中', tone: 'info' },
  processing: { text: '等待资金', tone: 'warning' },
  awaiting_confirmation: { text: '待收款人确认', tone: 'warning' },
  transferring: { text: '到账中', tone: 'info' },
  cancelling: { text: '撤销中', tone: 'warning' },
  blocked: { text: '受阻', tone: 'danger' },
  held_for_review: { text: '待人工核对', tone: 'danger' },
  succeeded: { text: '已到账', tone: 'success' },
  failed: { text: '未付款', tone: 'neutral' },
} satisfies Record<PayoutStatus, { text: string; tone: Tone }>;

const cancellable: readonly PayoutStatus[] = ['requested', 'processing', 'awaiting_confirmation', 'blocked'];
export const mayCancel = (status: PayoutStatus): boolean => cancellable.includes(status);

const actors: Record<string, string> = {
  request: '系统',
  reply: '微信受理',
  query: '向微信查询',
  notice: '微信通知',
};
/** Whoever is not one of ours is a member of staff. */
export const actorText = (by: string): string => actors[by] ?? by;
