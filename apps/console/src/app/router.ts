import type { Permission } from '@xiaopu/contracts/permissions';
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router';
import { loadSession, useSession } from '../shared/lib/session.ts';
import { landingPath, navGroups } from './nav.ts';

declare module 'vue-router' {
  interface RouteMeta {
    title: string;
    permission?: Permission;
    /** The page scrolls by itself (forms, details); lists fill the window instead. */
    scrolls?: boolean;
  }
}

const pages: RouteRecordRaw[] = [
  {
    path: 'dashboard',
    component: () => import('../features/dashboard/pages/DashboardPage.vue'),
    meta: { title: '经营概览', permission: 'dashboard.read', scrolls: true },
  },
  {
    path: 'funnel',
    component: () => import('../features/insight/pages/FunnelPage.vue'),
    meta: { title: '转化漏斗', permission: 'dashboard.read', scrolls: true },
  },
  {
    path: 'products',
    component: () => import('../features/products/pages/ProductListPage.vue'),
    meta: { title: '商品列表', permission: 'catalog.read' },
  },
  {
    path: 'products/new',
    component: () => import('../features/products/pages/ProductEditPage.vue'),
    meta: { title: '新建商品', permission: 'catalog.write', scrolls: true },
  },
  {
    path: 'products/:spuId',
    component: () => import('../features/products/pages/ProductEditPage.vue'),
    meta: { title: '商品详情', permission: 'catalog.read', scrolls: true },
  },
  {
    path: 'imports',
    component: () => import('../features/products/pages/ImportPage.vue'),
    meta: { title: '批量导入', permission: 'catalog.write', scrolls: true },
  },
  {
    path: 'imports/:jobId',
    component: () => import('../features/products/pages/ImportPage.vue'),
    meta: { title: '导入任务', permission: 'catalog.write', scrolls: true },
  },
  {
    path: 'categories',
    component: () => import('../features/products/pages/CategoryPage.vue'),
    meta: { title: '商品分类', permission: 'catalog.read', scrolls: true },
  },
  {
    path: 'decoration',
    component: () => import('../features/decoration/pages/DecorationPage.vue'),
    meta: { title: '首页装修', permission: 'storefront.read', scrolls: true },
  },
  {
    path: 'media',
    component: () => import('../features/media/pages/MediaPage.vue'),
    meta: { title: '素材库', permission: 'media.write', scrolls: true },
  },
  {
    path: 'stock',
    component: () => import('../features/stock/pages/StockPage.vue'),
    meta: { title: '库存管理', permission: 'inventory.read' },
  },
  {
    path: 'orders',
    component: () => import('../features/orders/pages/OrderListPage.vue'),
    meta: { title: '订单列表', permission: 'orders.read' },
  },
  {
    path: 'orders/:orderNo',
    component: () => import('../features/orders/pages/OrderDetailPage.vue'),
    meta: { title: '订单详情', permission: 'orders.read', scrolls: true },
  },
  {
    path: 'calendar',
    component: () => import('../features/calendar/pages/CalendarPage.vue'),
    meta: { title: '活动日历', permission: 'promotions.read', scrolls: true },
  },
  {
    path: 'promotions',
    component: () => import('../features/offers/pages/PromotionListPage.vue'),
    meta: { title: '满减促销', permission: 'promotions.read' },
  },
  {
    path: 'coupons',
    component: () => import('../features/offers/pages/CouponListPage.vue'),
    meta: { title: '优惠券', permission: 'promotions.read' },
  },
  {
    path: 'coupon-liability',
    component: () => import('../features/offers/pages/CouponLiabilityPage.vue'),
    meta: { title: '优惠券负债', permission: 'promotions.read', scrolls: true },
  },
  {
    path: 'flash-sales',
    component: () => import('../features/activities/pages/FlashSaleListPage.vue'),
    meta: { title: '限时秒杀', permission: 'promotions.read' },
  },
  {
    path: 'group-buys',
    component: () => import('../features/activities/pages/GroupBuyListPage.vue'),
    meta: { title: '拼团', permission: 'promotions.read' },
  },
  {
    path: 'presales',
    component: () => import('../features/activities/pages/PresaleListPage.vue'),
    meta: { title: '定金预售', permission: 'promotions.read' },
  },
  {
    path: 'campaign-links',
    component: () => import('../features/visits/pages/CampaignLinkPage.vue'),
    meta: { title: '推广链接', permission: 'promotions.read' },
  },
  {
    path: 'channels',
    component: () => import('../features/visits/pages/ChannelPage.vue'),
    meta: { title: '渠道对比', permission: 'promotions.read', scrolls: true },
  },
  {
    path: 'bargains',
    component: () => import('../features/activities/pages/BargainListPage.vue'),
    meta: { title: '好友砍价', permission: 'promotions.read' },
  },
  {
    path: 'member-days',
    component: () => import('../features/activities/pages/MemberDayPage.vue'),
    meta: { title: '会员日', permission: 'promotions.read', scrolls: true },
  },
  {
    path: 'distribution',
    component: () => import('../features/distribution/pages/ResultsPage.vue'),
    meta: { title: '分销效果', permission: 'distribution.read', scrolls: true },
  },
  {
    path: 'distribution/rules',
    component: () => import('../features/distribution/pages/ProgramPage.vue'),
    meta: { title: '分销规则', permission: 'distribution.read', scrolls: true },
  },
  {
    path: 'distributors',
    component: () => import('../features/distribution/pages/DistributorPage.vue'),
    meta: { title: '分销员', permission: 'distribution.read' },
  },
  {
    path: 'commissions',
    component: () => import('../features/distribution/pages/CommissionPage.vue'),
    meta: { title: '佣金明细', permission: 'distribution.read' },
  },
  {
    path: 'withdrawals',
    component: () => import('../features/distribution/pages/WithdrawalPage.vue'),
    meta: { title: '佣金提现', permission: 'distribution.read' },
  },
  {
    path: 'messages',
    component: () => import('../features/messages/pages/MessagesPage.vue'),
    meta: { title: '消息触达', permission: 'messages.read', scrolls: true },
  },
  {
    path: 'messages/log',
    component: () => import('../features/messages/pages/NoticeLogPage.vue'),
    meta: { title: '发送记录', permission: 'messages.read' },
  },
  {
    path: 'campaigns',
    component: () => import('../features/messages/pages/CampaignListPage.vue'),
    meta: { title: '活动消息', permission: 'messages.read' },
  },
  {
    path: 'agents',
    component: () => import('../features/agents/pages/AgentsPage.vue'),
    meta: { title: '专属客服', permission: 'members.read' },
  },
  {
    path: 'trials',
    component: () => import('../features/members/pages/TrialListPage.vue'),
    meta: { title: '新品试用', permission: 'members.read' },
  },
  {
    path: 'price-box',
    component: () => import('../features/offers/pages/PriceBoxPage.vue'),
    meta: { title: '价格试算', permission: 'promotions.read', scrolls: true },
  },
  {
    path: 'pickups',
    component: () => import('../features/pickups/pages/PickupDeskPage.vue'),
    meta: { title: '门店自提', permission: 'pickup.serve' },
  },
  {
    path: 'bookings',
    component: () => import('../features/bookings/pages/BookingPage.vue'),
    meta: { title: '预约核销', permission: 'bookings.serve', scrolls: true },
  },
  {
    path: 'store-stock',
    component: () => import('../features/pickups/pages/ShelfPage.vue'),
    meta: { title: '门店库存', permission: 'pickup.serve' },
  },
  {
    path: 'refunds',
    component: () => import('../features/refunds/pages/RefundListPage.vue'),
    meta: { title: '退款管理', permission: 'refunds.read' },
  },
  {
    path: 'after-sales',
    component: () => import('../features/after-sales/pages/CaseListPage.vue'),
    meta: { title: '售后管理', permission: 'after_sales.read' },
  },
  {
    path: 'after-sales/:caseNo',
    component: () => import('../features/after-sales/pages/CaseDetailPage.vue'),
    meta: { title: '售后详情', permission: 'after_sales.read', scrolls: true },
  },
  {
    path: 'complaints',
    component: () => import('../features/complaints/pages/ComplaintListPage.vue'),
    meta: { title: '支付投诉', permission: 'complaints.read' },
  },
  {
    path: 'complaints/:complaintId',
    component: () => import('../features/complaints/pages/ComplaintPage.vue'),
    meta: { title: '投诉详情', permission: 'complaints.read', scrolls: true },
  },
  {
    path: 'reviews',
    component: () => import('../features/reviews/pages/ReviewListPage.vue'),
    meta: { title: '评价管理', permission: 'reviews.read' },
  },
  {
    path: 'members',
    component: () => import('../features/members/pages/MemberListPage.vue'),
    meta: { title: '会员列表', permission: 'members.read' },
  },
  {
    path: 'tags',
    component: () => import('../features/tags/pages/TagListPage.vue'),
    meta: { title: '用户标签', permission: 'members.read' },
  },
  {
    path: 'member-tiers',
    component: () => import('../features/members/pages/TierRulesPage.vue'),
    meta: { title: '等级规则', permission: 'settings.read', scrolls: true },
  },
  {
    path: 'plans',
    component: () => import('../features/members/pages/PlansPage.vue'),
    meta: { title: '付费会员', permission: 'members.read', scrolls: true },
  },
  {
    path: 'points',
    component: () => import('../features/members/pages/PointsPage.vue'),
    meta: { title: '积分概况', permission: 'points.read', scrolls: true },
  },
  {
    path: 'points-mall',
    component: () => import('../features/members/pages/MallPage.vue'),
    meta: { title: '积分商城', permission: 'points.read', scrolls: true },
  },
  {
    path: 'lotteries',
    component: () => import('../features/members/pages/LotteryPage.vue'),
    meta: { title: '积分抽奖', permission: 'points.read', scrolls: true },
  },
  {
    path: 'logistics',
    component: () => import('../features/settings/pages/LogisticsPage.vue'),
    meta: { title: '运费与快递', permission: 'settings.read', scrolls: true },
  },
  {
    path: 'alerts',
    component: () => import('../features/health/pages/AlertPage.vue'),
    meta: { title: '系统告警', permission: 'operations.read', scrolls: true },
  },
  {
    path: 'slow-requests',
    component: () => import('../features/health/pages/SlowPage.vue'),
    meta: { title: '慢请求', permission: 'operations.read', scrolls: true },
  },
  {
    path: 'dead-letters',
    component: () => import('../features/dead-letters/pages/DeadLetterPage.vue'),
    meta: { title: '系统消息', permission: 'operations.read' },
  },
  {
    path: 'payments/anomalies',
    component: () => import('../features/payments/pages/AnomalyPage.vue'),
    meta: { title: '收款异常', permission: 'payments.read' },
  },
  {
    path: 'go-live',
    component: () => import('../features/payments/pages/GoLivePage.vue'),
    meta: { title: '上线清单', permission: 'payments.read' },
  },
  {
    path: 'sharing',
    component: () => import('../features/payouts/pages/SharingPage.vue'),
    meta: { title: '分账', permission: 'payouts.read' },
  },
  {
    path: 'payouts',
    component: () => import('../features/payouts/pages/PayoutPage.vue'),
    meta: { title: '付款记录', permission: 'payouts.read' },
  },
  {
    path: 'reconciliation',
    component: () => import('../features/reconciliation/pages/ReconciliationPage.vue'),
    meta: { title: '对账', permission: 'payments.read', scrolls: true },
  },
  {
    path: 'audit',
    component: () => import('../features/audit/pages/AuditPage.vue'),
    meta: { title: '操作日志', permission: 'audit.read' },
  },
  {
    path: 'settings/profile',
    component: () => import('../features/settings/pages/ProfilePage.vue'),
    meta: { title: '店铺信息', permission: 'settings.read', scrolls: true },
  },
  {
    path: 'settings/policies',
    component: () => import('../features/settings/pages/PoliciesPage.vue'),
    meta: { title: '交易规则', permission: 'settings.read', scrolls: true },
  },
  {
    path: 'settings/record-keeping',
    component: () => import('../features/settings/pages/RecordKeepingPage.vue'),
    meta: { title: '数据保存期', permission: 'settings.read', scrolls: true },
  },
  {
    path: 'settings/staff',
    component: () => import('../features/staff/pages/StaffPage.vue'),
    meta: { title: '员工管理', permission: 'staff.read' },
  },
  {
    path: 'settings/roles',
    component: () => import('../features/staff/pages/RolesPage.vue'),
    meta: { title: '角色权限', permission: 'staff.read', scrolls: true },
  },
  {
    path: 'account',
    component: () => import('../features/account/pages/AccountPage.vue'),
    meta: { title: '账号与安全', scrolls: true },
  },
  { path: 'forbidden', component: () => import('./pages/ForbiddenPage.vue'), meta: { title: '没有权限' } },
  { path: ':rest(.*)*', component: () => import('./pages/NotFoundPage.vue'), meta: { title: '页面不存在' } },
];

export const router = createRouter({
  history: createWebHistory('/console/'),
  routes: [
    { path: '/login', component: () => import('../features/account/pages/LoginPage.vue'), meta: { title: '登录' } },
    { path: '/', component: () => import('./layout/AppLayout.vue'), children: pages, meta: { title: '小铺' } },
  ],
});

const { session, permissions } = useSession();

router.beforeEach(async (to) => {
  if (to.path === '/login') return true;
  if (!session.value && !(await loadSession()))
    return { path: '/login', query: to.path === '/' ? {} : { next: to.fullPath } };
  if (to.path === '/') return landingPath(navGroups, permissions.value) ?? '/forbidden';
  const needed = to.meta.permission;
  if (needed && !permissions.value.includes(needed)) return { path: '/forbidden', query: { from: to.fullPath } };
  return true;
});

router.afterEach((to) => {
  document.title = `${to.meta.title} · 小铺商家后台`;
});

/**
 * After a release the pages of the old build are gone. A page that cannot be loaded is asked for again as a whole, which
 * brings the new build; twice within ten seconds means something else is wrong, and then the error stands.
 */
router.onError((error, to) => {
  if (!/dynamically imported module|preload CSS|module script failed/i.test(String(error))) return;
  const key = 'xiaopu.console.reloaded';
  const last = Number(sessionStorage.getItem(key) ?? 0);
  if (Date.now() - last < 10_000) return;
  sessionStorage.setItem(key, String(Date.now()));
  window.location.assign(router.resolve(to.fullPath).href);
});
