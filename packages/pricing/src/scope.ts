import type { PriceLine, Scope } from './input.types.ts';

const meets = (wanted: readonly string[], has: readonly string[]) => wanted.some((id) => has.includes(id));

/** Whether a rule with this scope reaches the line. An empty list of ids reaches nothing. */
export function inScope(line: PriceLine, scope: Scope = {}): boolean {
  if (scope.shopId !== undefined && scope.shopId !== line.shopId) return false;
  if (scope.storeIds && !scope.storeIds.includes(line.storeId ?? '')) return false;
  if (scope.categoryIds && !meets(scope.categoryIds, line.categoryIds)) return false;
  if (scope.spuIds && !scope.spuIds.includes(line.spuId)) return false;
  if (scope.skuIds && !scope.skuIds.includes(line.skuId)) return false;
  if (scope.excludeCategoryIds && meets(scope.excludeCategoryIds, line.categoryIds)) return false;
  return !scope.excludeSpuIds?.includes(line.spuId);
}

/** A rule without audiences is for everybody. */
export function isForBuyer(audiences: readonly string[] | undefined, buyer: readonly string[] = []): boolean {
  return !audiences || meets(audiences, buyer);
}
