/** Which goods an offer is for, as the form asks it. */
import type { OfferScope } from '@xiaopu/contracts/console';

export type ScopeMode = 'all' | 'goods' | 'categories';

export const modeOf = (scope: OfferScope): ScopeMode =>
  scope.spuIds || scope.skuIds ? 'goods' : scope.categoryIds ? 'categories' : 'all';

/** The same offer for other goods: what the form does not show stays as it is, lists of another mode go. */
export function withMode({ excludeCategoryIds, excludeSpuIds, ...scope }: OfferScope, mode: ScopeMode): OfferScope {
  const excluded = {
    ...(excludeCategoryIds && { excludeCategoryIds }),
    ...(mode !== 'goods' && excludeSpuIds?.length && { excludeSpuIds }),
  };
  if (mode === 'goods') return { ...excluded, spuIds: scope.spuIds ?? [] };
  return mode === 'categories' ? { ...excluded, categoryIds: scope.categoryIds ?? [] } : excluded;
}

/** What is missing, in words; an empty list would reach nothing. */
export function scopeProblem(scope: OfferScope): string {
  if (scope.spuIds?.length === 0) return '请选择商品';
  return scope.categoryIds?.length === 0 ? '请选择分类' : '';
}
