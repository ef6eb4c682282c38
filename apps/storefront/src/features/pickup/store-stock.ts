/** Words for what stores have of a product. Pure. */
import type { StoreStock } from '@xiaopu/contracts';
import { distanceText } from './pickup-texts.ts';

export type StoreStockItem = StoreStock['items'][number];

/** Of one SKU when it is chosen, else of all. */
export const availableIn = ({ skus }: StoreStockItem, skuId: string): number =>
  skus.reduce((sum, sku) => (skuId === '' || sku.skuId === skuId ? sum + sku.available : sum), 0);

/** Stores that have it, the nearest first; those without it after them. */
export const byStock = (items: readonly StoreStockItem[], skuId: string): StoreStockItem[] => [
  ...items.filter((item) => availableIn(item, skuId) > 0),
  ...items.filter((item) => availableIn(item, skuId) === 0),
];

/** 文三路店有货，1.2 km · 文三路店等 3 家有货 · 门店暂时无货 */
export function stockLine(items: readonly StoreStockItem[], skuId: string): string {
  const having = byStock(items, skuId).filter((item) => availableIn(item, skuId) > 0);
  const [first] = having;
  if (first === undefined) return '门店暂时无货';
  const far = first.distance === null ? '' : `，${distanceText(first.distance)}`;
  return having.length === 1 ? `${first.store.name}有货${far}` : `${first.store.name}等 ${having.length} 家有货${far}`;
}

export const shelfText = (available: number): string =>
  available === 0 ? '暂时无货' : available <= 3 ? `仅剩 ${available} 件` : '有货';
