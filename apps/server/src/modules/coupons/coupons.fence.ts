/** Pure rules of a coupon that is claimed near a store. */
import type { CouponFence } from '@xiaopu/contracts/console';

const timeFace = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Shanghai',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** From the first minute to before the last; both left out is all day. */
export function isFenceOpen({ from, until }: CouponFence, now: Date): boolean {
  const time = timeFace.format(now);
  return (from === undefined || time >= from) && (until === undefined || time < until);
}

export interface StoreNear {
  name: string;
  metres: number;
}

/** The nearest of its stores that is near enough. */
export function storeWithin(
  { storeIds, metres }: CouponFence,
  distances: ReadonlyMap<string, StoreNear>,
): StoreNear | undefined {
  const near = storeIds.flatMap((storeId) => distances.get(storeId) ?? []).filter((store) => store.metres <= metres);
  return near.toSorted((one, other) => one.metres - other.metres)[0];
}

export const untilTextOf = ({ until }: CouponFence): string => (until === undefined ? '' : `今天 ${until} 前可领`);

export function useTextOf({ inStoreOnly, storeIds }: CouponFence, storeName: string): string {
  if (!inStoreOnly) return '';
  return storeIds.length === 1 ? `限本店自提或扫码购使用` : `限在${storeName}等 ${storeIds.length} 家门店使用`;
}

export function fenceProblem({ from, until }: CouponFence): string | undefined {
  if ((from === undefined) !== (until === undefined)) return '每天的领取时段要填开始和结束';
  return from !== undefined && until !== undefined && until <= from ? '每天领取时段的结束要晚于开始' : undefined;
}
