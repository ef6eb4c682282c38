/** The kinds of activity: their words, their colours, where each is kept. One place for calendar, results and lists. */
import type { ActivityKind } from '@xiaopu/contracts/console';

export const activityKinds: Record<ActivityKind, { title: string; path: string; color: string }> = {
  flash: { title: '限时秒杀', path: '/flash-sales', color: 'var(--xp-chart-4)' },
  group: { title: '拼团', path: '/group-buys', color: 'var(--xp-chart-6)' },
  bargain: { title: '好友砍价', path: '/bargains', color: 'var(--xp-chart-2)' },
  presale: { title: '定金预售', path: '/presales', color: 'var(--xp-chart-5)' },
  memberDay: { title: '会员日', path: '/member-days', color: 'var(--xp-chart-7)' },
  reduction: { title: '满减促销', path: '/promotions', color: 'var(--xp-chart-1)' },
  coupon: { title: '优惠券', path: '/coupons', color: 'var(--xp-chart-3)' },
};
export const kindOrder = Object.keys(activityKinds) as ActivityKind[];

export const calendarStates = {
  upcoming: { text: '未开始', tone: 'info' },
  running: { text: '进行中', tone: 'success' },
  ended: { text: '已结束', tone: 'neutral' },
  stopped: { text: '已停用', tone: 'warning' },
} as const;
