import type { Permission } from '@xiaopu/contracts/permissions';
import type { IconName } from '../shared/ui/XpIcon.vue';

export interface NavPage {
  title: string;
  path: string;
  permission: Permission;
  /** Key of a to-do counter shown beside the entry. */
  badge?:
    | 'toShip'
    | 'refunds'
    | 'reviewsHeld'
    | 'outOfStock'
    | 'paymentAnomalies'
    | 'afterSales'
    | 'complaints'
    | 'alerts';
}
export interface NavGroup {
  title: string;
  icon: IconName;
  pages: NavPage[];
}

/** The order of the whole console. Groups appear once they have a page the person may open (营销 会员 数据 come with theirs). */
export const navGroups: NavGroup[] = [
  { title: '概览', icon: 'overview', pages: [{ title: '经营概览', path: '/dashboard', permission: 'dashboard.read' }] },
  {
    title: '商品',
    icon: 'goods',
    pages: [
      { title: '商品列表', path: '/products', permission: 'catalog.read' },
      { title: '批量导入', path: '/imports', permission: 'catalog.write' },
      { title: '商品分类', path: '/categories', permission: 'catalog.read' },
      { title: '首页装修', path: '/decoration', permission: 'storefront.read' },
      { title: '库存管理', path: '/stock', permission: 'inventory.read', badge: 'outOfStock' },
      { title: '素材库', path: '/media', permission: 'media.write' },
    ],
  },
  {
    title: '订单',
    icon: 'orders',
    pages: [
      { title: '订单列表', path: '/orders', permission: 'orders.read', badge: 'toShip' },
      { title: '门店自提', path: '/pickups', permission: 'pickup.serve' },
      { title: '预约核销', path: '/bookings', permission: 'bookings.serve' },
      { title: '门店库存', path: '/store-stock', permission: 'pickup.serve' },
      { title: '售后管理', path: '/after-sales', permission: 'after_sales.read', badge: 'afterSales' },
      { title: '支付投诉', path: '/complaints', permission: 'complaints.read', badge: 'complaints' },
      { title: '退款管理', path: '/refunds', permission: 'refunds.read', badge: 'refunds' },
      { title: '评价管理', path: '/reviews', permission: 'reviews.read', badge: 'reviewsHeld' },
    ],
  },
  {
    title: '营销',
    icon: 'marketing',
    pages: [
      { title: '活动日历', path: '/calendar', permission: 'promotions.read' },
      { title: '满减促销', path: '/promotions', permission: 'promotions.read' },
      { title: '优惠券', path: '/coupons', permission: 'promotions.read' },
      { title: '优惠券负债', path: '/coupon-liability', permission: 'promotions.read' },
      { title: '限时秒杀', path: '/flash-sales', permission: 'promotions.read' },
      { title: '拼团', path: '/group-buys', permission: 'promotions.read' },
      { title: '定金预售', path: '/presales', permission: 'promotions.read' },
      { title: '好友砍价', path: '/bargains', permission: 'promotions.read' },
      { title: '会员日', path: '/member-days', permission: 'promotions.read' },
      { title: '推广链接', path: '/campaign-links', permission: 'promotions.read' },
      { title: '渠道对比', path: '/channels', permission: 'promotions.read' },
      { title: '消息触达', path: '/messages', permission: 'messages.read' },
      { title: '活动消息', path: '/campaigns', permission: 'messages.read' },
      { title: '价格试算', path: '/price-box', permission: 'promotions.read' },
    ],
  },
  {
    title: '分销',
    icon: 'distribution',
    pages: [
      { title: '分销效果', path: '/distribution', permission: 'distribution.read' },
      { title: '分销员', path: '/distributors', permission: 'distribution.read' },
      { title: '佣金明细', path: '/commissions', permission: 'distribution.read' },
      { title: '佣金提现', path: '/withdrawals', permission: 'distribution.read' },
      { title: '分销规则', path: '/distribution/rules', permission: 'distribution.read' },
    ],
  },
  {
    title: '会员',
    icon: 'members',
    pages: [
      { title: '会员列表', path: '/members', permission: 'members.read' },
      { title: '专属客服', path: '/agents', permission: 'members.read' },
      { title: '用户标签', path: '/tags', permission: 'members.read' },
      { title: '等级规则', path: '/member-tiers', permission: 'settings.read' },
      { title: '付费会员', path: '/plans', permission: 'members.read' },
      { title: '新品试用', path: '/trials', permission: 'members.read' },
      { title: '积分概况', path: '/points', permission: 'points.read' },
      { title: '积分商城', path: '/points-mall', permission: 'points.read' },
      { title: '积分抽奖', path: '/lotteries', permission: 'points.read' },
    ],
  },
  { title: '数据', icon: 'data', pages: [{ title: '转化漏斗', path: '/funnel', permission: 'dashboard.read' }] },
  {
    title: '物流',
    icon: 'logistics',
    pages: [{ title: '运费与快递', path: '/logistics', permission: 'settings.read' }],
  },
  {
    title: '财务',
    icon: 'finance',
    pages: [
      { title: '收款异常', path: '/payments/anomalies', permission: 'payments.read', badge: 'paymentAnomalies' },
      { title: '对账', path: '/reconciliation', permission: 'payments.read' },
      { title: '付款记录', path: '/payouts', permission: 'payouts.read' },
      { title: '分账', path: '/sharing', permission: 'payouts.read' },
      { title: '上线清单', path: '/go-live', permission: 'payments.read' },
    ],
  },
  {
    title: '合规',
    icon: 'compliance',
    pages: [
      { title: '操作日志', path: '/audit', permission: 'audit.read' },
      { title: '数据保存期', path: '/settings/record-keeping', permission: 'settings.read' },
    ],
  },
  {
    title: '设置',
    icon: 'settings',
    pages: [
      { title: '店铺信息', path: '/settings/profile', permission: 'settings.read' },
      { title: '交易规则', path: '/settings/policies', permission: 'settings.read' },
      { title: '员工管理', path: '/settings/staff', permission: 'staff.read' },
      { title: '角色权限', path: '/settings/roles', permission: 'staff.read' },
      { title: '系统告警', path: '/alerts', permission: 'operations.read', badge: 'alerts' },
      { title: '慢请求', path: '/slow-requests', permission: 'operations.read' },
      { title: '系统消息', path: '/dead-letters', permission: 'operations.read' },
    ],
  },
];

export function visibleGroups(groups: NavGroup[], permissions: readonly string[]): NavGroup[] {
  return groups
    .map((group) => ({ ...group, pages: group.pages.filter((page) => permissions.includes(page.permission)) }))
    .filter((group) => group.pages.length > 0);
}

/** Where a person lands: the first page they may open; null when there is none. */
export function landingPath(groups: NavGroup[], permissions: readonly string[]): string | null {
  return visibleGroups(groups, permissions)[0]?.pages[0]?.path ?? null;
}

/** The entry a path belongs to: the longest entry that is the path or a parent of it. */
export function entryOf(groups: NavGroup[], path: string): { group: NavGroup; page: NavPage } | null {
  let best: { group: NavGroup; page: NavPage } | null = null;
  for (const group of groups) {
    for (const page of group.pages) {
      const inside = path === page.path || path.startsWith(`${page.path}/`);
      if (inside && page.path.length > (best?.page.path.length ?? 0)) best = { group, page };
    }
  }
  return best;
}
