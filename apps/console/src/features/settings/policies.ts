import type { PolicySettings } from '@xiaopu/contracts/console';
import { useQuery, useQueryClient } from '@tanstack/vue-query';
import { computed } from 'vue';
import { api } from '../../shared/lib/api.ts';
import { money } from '../../shared/lib/format.ts';
import { useSession } from '../../shared/lib/session.ts';

export type Policy = PolicySettings['settings'][number];

/** Amounts are kept in fen and shown in yuan. */
export const isMoney = (policy: Pick<Policy, 'unit'>): boolean => policy.unit === '分' || policy.unit === 'fen';

export const shown = (policy: Pick<Policy, 'unit'>, value: number): string => (isMoney(policy) ? money(value) : `${value} ${policy.unit}`.trim());

/** Freight has its own page, everything else is a trading rule. */
export const isLogistics = (policy: Pick<Policy, 'key'>): boolean => /freight|carrier|logistics|delivery/.test(policy.key);

/** What cannot be taken, before the server says so; empty when fine. */
export function policyProblem(policy: Policy, value: number | null): string {
  if (value === null) return '请填写';
  if (value < policy.minimum || value > policy.maximum) return `可填 ${shown(policy, policy.minimum)} – ${shown(policy, policy.maximum)}`;
  return '';
}

export function usePolicies() {
  const { shopId } = useSession();
  const queryClient = useQueryClient();
  const key = computed(() => ['policies', shopId.value]);
  const query = useQuery({ queryKey: key, queryFn: () => api.settings.policies(), refetchOnWindowFocus: false });
  const set = async (policy: Policy, value: number) => queryClient.setQueryData(key.value, await api.settings.setPolicy(policy.key, { value }));
  return { ...query, set };
}
