/** Where a coupon can be claimed, as the form holds it. */
import type { CouponFence } from '@xiaopu/contracts/console';

export interface FenceForm {
  storeIds: string[];
  km: number;
  hours: [string, string] | null;
  inStoreOnly: boolean;
}

export const fenceForm = (old: CouponFence | undefined): FenceForm => ({
  storeIds: old?.storeIds ?? [],
  km: (old?.metres ?? 1_000) / 1_000,
  hours: old?.from && old.until ? [old.from, old.until] : null,
  inStoreOnly: old?.inStoreOnly ?? true,
});

export const fenceOf = ({ storeIds, km, hours, inStoreOnly }: FenceForm): CouponFence => ({
  storeIds,
  metres: Math.round(km * 1_000),
  ...(hours && { from: hours[0], until: hours[1] }),
  inStoreOnly,
});

export function fenceProblem({ storeIds, from, until }: CouponFence): string {
  if (storeIds.length === 0) return '请选择在哪些门店附近可领';
  return from && until && until <= from ? '每天领取时段的结束要晚于开始' : '';
}
