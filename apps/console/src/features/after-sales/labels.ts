/** Words and tones of cases; waiting for the shop is what stands out. */
import type { AfterSaleKind, AfterSaleStatus } from '@xiaopu/contracts';

export const caseStates = {
  applied: { text: '待处理', tone: 'warning' },
  returned: { text: '待收货', tone: 'warning' },
  exchanging: { text: '待换货', tone: 'warning' },
  refused: { text: '已拒绝', tone: 'neutral' },
  offered: { text: '待买家确认', tone: 'info' },
  returning: { text: '待买家寄回', tone: 'info' },
  sent: { text: '换货已寄出', tone: 'info' },
  refunding: { text: '退款中', tone: 'info' },
  escalated: { text: '平台介入中', tone: 'danger' },
  refunded: { text: '退款成功', tone: 'success' },
  completed: { text: '换货完成', tone: 'success' },
  closed: { text: '已关闭', tone: 'neutral' },
} as const satisfies Record<AfterSaleStatus, { text: string; tone: string }>;

export const kindTexts: Record<AfterSaleKind, string> = { refund: '仅退款', return: '退货退款', exchange: '换货' };

/** 「剩 2 天 3 小时」, 「已到期」. */
export function leftText(deadline: string, now: Date): string {
  const minutes = Math.floor((new Date(deadline).getTime() - now.getTime()) / 60_000);
  if (minutes <= 0) return '已到期';
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60)];
  if (days > 0) return `剩 ${days} 天 ${hours} 小时`;
  return hours > 0 ? `剩 ${hours} 小时 ${minutes % 60} 分` : `剩 ${minutes} 分钟`;
}
