/** Words and small conversions of the marketing pages. */
import type { CouponTemplate, PromotionPhase } from '@xiaopu/contracts/console';
import { money } from '../../shared/lib/format.ts';

export const phases: Record<PromotionPhase, { text: string; tone: 'success' | 'info' | 'neutral' | 'warning' }> = {
  upcoming: { text: '未开始', tone: 'info' },
  running: { text: '进行中', tone: 'success' },
  paused: { text: '已暂停', tone: 'warning' },
  over: { text: '已结束', tone: 'neutral' },
};
export const channels: Record<CouponTemplate['channel'], string> = {
  public: '领券中心',
  code: '口令',
  grant: '人工发放',
  share: '购后分享',
  recall: '随唤回消息',
  nearby: '门店附近领取',
};
export const kinds: Record<CouponTemplate['kind'], string> = {
  amount: '满减券',
  percent: '折扣券',
  exchange: '兑换券',
  freight: '运费券',
};

/** 满 ¥100 减 ¥20 */
export function faceText({ kind, threshold, off, payRate, cap, quantity }: CouponTemplate['face']): string {
  const from = threshold > 0 ? `满 ${money(threshold)}` : '无门槛';
  if (kind === 'amount') return `${from}减 ${money(off ?? 0)}`;
  if (kind === 'percent') return `${from} ${(payRate ?? 0) / 1000} 折${cap === null ? '' : `，最多减 ${money(cap)}`}`;
  if (kind === 'exchange') return `${from}兑换 ${quantity ?? 1} 件`;
  return off === null ? `${from}免运费` : `${from}抵运费 ${money(off)}`;
}

export const inDays = (days: number, now = Date.now()): Date => new Date(now + days * 86_400_000);
