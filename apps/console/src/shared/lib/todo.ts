import { useQuery } from '@tanstack/vue-query';
import type { Dashboard } from '@xiaopu/contracts/console';
import { computed } from 'vue';
import { api } from './api.ts';
import { useSession } from './session.ts';

/** The dashboard is also what the navigation badges and the message bell count; one query serves all three. */
export function useDashboardQuery() {
  const { can, shopId } = useSession();
  return useQuery({
    queryKey: computed(() => ['dashboard', shopId.value]),
    queryFn: () => api.dashboard.get(),
    enabled: computed(() => can('dashboard.read')),
    refetchInterval: 60_000,
  });
}

export interface TodoItem {
  key: keyof Dashboard['todo'];
  title: string;
  path: string;
  query: Record<string, string>;
  urgent?: boolean;
}

/** Where each counter leads: the list that shows exactly what was counted. */
export const todoItems: TodoItem[] = [
  { key: 'toShip', title: '待发货订单', path: '/orders', query: { status: 'paid' } },
  { key: 'afterSales', title: '待处理售后', path: '/after-sales', query: { status: 'waiting' } },
  { key: 'refunds', title: '退款处理中', path: '/refunds', query: { status: 'open' } },
  { key: 'reviewsHeld', title: '待审核评价', path: '/reviews', query: { status: 'held' } },
  { key: 'lowStock', title: '库存紧张', path: '/stock', query: { state: 'low' } },
  { key: 'outOfStock', title: '已售罄', path: '/stock', query: { state: 'out' }, urgent: true },
  { key: 'uploadsFailed', title: '发货上传失败', path: '/orders', query: { upload: 'failed' }, urgent: true },
  { key: 'paymentAnomalies', title: '收款异常', path: '/payments/anomalies', query: { state: 'open' }, urgent: true },
  { key: 'alerts', title: '系统告警', path: '/alerts', query: { state: 'open' }, urgent: true },
  { key: 'deadLetters', title: '失败消息', path: '/dead-letters', query: { state: 'waiting' }, urgent: true },
];

export function useTodo() {
  const { data } = useDashboardQuery();
  return { todo: computed(() => data.value?.todo ?? null) };
}
