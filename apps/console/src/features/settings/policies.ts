import { useQuery, useQueryClient } from '@tanstack/vue-query';
import type { PolicySettings } from '@xiaopu/contracts/console';
import { computed } from 'vue';
import { api } from '../../shared/lib/api.ts';
import { money } from '../../shared/lib/format.ts';
import { useSession } from '../../shared/lib/session.ts';

export type Policy = PolicySettings['settings'][number];

type Bounds = Pick<Policy, 'unit' | 'minimum' | 'maximum'>;

/** Amounts are kept in fen and shown in yuan. */
export const isMoney = (policy: Pick<Policy, 'unit'>): boolean => policy.unit === '分' || policy.unit === 'fen';

/** Shares are kept in ten-thousandths and shown as per cent. */
const isShare = (policy: Pick<Policy, 'unit'>): boolean => policy.unit === '‱';

/** A number without unit between 0 and 1 is a yes or no. */
export const isSwitch = ({ unit, minimum, maximum }: Bounds): boolean => unit === '' && minimum === 0 && maximum === 1;

/** The server spells out what 1 and 0 mean, or that it counts ten-thousandths; the page shows a switch or per cent, which need no such note. */
export const titleOf = (policy: Policy): string =>
  isSwitch(policy) || isShare(policy) ? policy.title.replace(/（[^（）]*）$/, '') : policy.title;

export function shown(policy: Bounds, value: number): string {
  if (isSwitch(policy)) return value === 1 ? '开启' : '关闭';
  if (isShare(policy)) return `${(value / 100).toLocaleString('zh-CN')}%`;
  return isMoney(policy) ? money(value) : `${value.toLocaleString('zh-CN')} ${policy.unit}`.trim();
}

/** Freight has its own page, everything else is a trading rule. */
export const isLogistics = (policy: Pick<Policy, 'key'>): boolean =>
  /freight|carrier|logistics|delivery/.test(policy.key);

const groupTitles: Record<string, string> = {
  orders: '下单与收货',
  checkout: '下单与收货',
  payments: '收款与退款',
  finance: '对账',
  health: '系统健康',
  inventory: '库存',
  reviews: '评价',
  catalog: '商品展示与导入',
  search: '搜索',
  cart: '购物车',
  media: '图片',
  membership: '会员等级',
  points: '积分',
  messaging: '消息触达',
  wecom: '消息触达',
  coupons: '优惠券',
  wechat_coupons: '优惠券',
  subscriptions: '付费会员',
  identity: '登录与安全',
  retention: '数据保存期',
};

/** Trading rules by the module that owns them, the ones merchants change most first; unknown modules go last, together. */
export function groupPolicies(policies: readonly Policy[]): { title: string; policies: Policy[] }[] {
  const order = [...new Set(Object.values(groupTitles)), '其他'];
  const groups = new Map<string, Policy[]>(order.map((title) => [title, []]));
  for (const policy of policies.filter((each) => !isLogistics(each))) {
    groups.get(groupTitles[policy.key.split('.')[0] ?? ''] ?? '其他')?.push(policy);
  }
  return [...groups].map(([title, each]) => ({ title, policies: each })).filter((group) => group.policies.length > 0);
}

/** What is typed for a kept value, and back: a share is typed in per cent with two decimals. */
export const toTyped = (policy: Pick<Policy, 'unit'>, value: number): number => (isShare(policy) ? value / 100 : value);
export const fromTyped = (policy: Pick<Policy, 'unit'>, typed: number): number =>
  isShare(policy) ? Math.round(typed * 100) : typed;
export const typedUnit = (policy: Pick<Policy, 'unit'>): string => (isShare(policy) ? '%' : policy.unit);

/** What cannot be taken, before the server says so; empty when fine. */
export function policyProblem(policy: Policy, value: number | null): string {
  if (value === null) return '请填写';
  if (value < policy.minimum || value > policy.maximum)
    return `可填 ${shown(policy, policy.minimum)} – ${shown(policy, policy.maximum)}`;
  return '';
}

export function usePolicies() {
  const { shopId } = useSession();
  const queryClient = useQueryClient();
  const key = computed(() => ['policies', shopId.value]);
  const query = useQuery({ queryKey: key, queryFn: () => api.settings.policies(), refetchOnWindowFocus: false });
  const set = async (policy: Policy, value: number) =>
    queryClient.setQueryData(key.value, await api.settings.setPolicy(policy.key, { value }));
  return { ...query, set };
}
