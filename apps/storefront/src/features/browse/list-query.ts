/** What a list asks for: pure, so that the address and the request always agree. */
import type { FacetQuery, ProductQuery, ProductSort } from '@xiaopu/contracts';

export interface Filters {
  /** Chosen values by attribute key; values of one key are alternatives. */
  attributes: Record<string, string[]>;
  priceMin: number | undefined;
  priceMax: number | undefined;
  inStock: boolean;
}

export const noFilters = (): Filters => ({ attributes: {}, priceMin: undefined, priceMax: undefined, inStock: false });

export function toggleValue(filters: Filters, key: string, value: string): Filters {
  const chosen = filters.attributes[key] ?? [];
  const next = chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
  const attributes = { ...filters.attributes, [key]: next };
  if (next.length === 0) delete attributes[key];
  return { ...filters, attributes };
}

export const filterCount = (filters: Filters): number =>
  Object.values(filters.attributes).reduce((sum, values) => sum + values.length, 0) +
  (filters.priceMin === undefined && filters.priceMax === undefined ? 0 : 1) +
  (filters.inStock ? 1 : 0);

type Base = Pick<ProductQuery, 'q' | 'categoryId' | 'shopId'>;

export function facetQuery(base: Base, filters: Filters): FacetQuery {
  const attr = Object.entries(filters.attributes).flatMap(([key, values]) => values.map((value) => `${key}:${value}`));
  // A floor above the ceiling is a slip: the shopper meant the range between both.
  const prices = [filters.priceMin, filters.priceMax];
  const swapped = prices[0] !== undefined && prices[1] !== undefined && prices[0] > prices[1];
  const [priceMin, priceMax] = swapped ? [prices[1], prices[0]] : prices;
  return {
    ...base,
    ...(attr.length === 0 ? {} : { attr }),
    ...(priceMin === undefined ? {} : { priceMin }),
    ...(priceMax === undefined ? {} : { priceMax }),
    ...(filters.inStock ? { inStock: true } : {}),
  };
}

export function productQuery(
  base: Base,
  filters: Filters,
  sort: ProductSort,
  cursor: string | undefined,
  limit: number,
): ProductQuery {
  return {
    ...facetQuery(base, filters),
    ...(sort === 'default' ? {} : { sort }),
    ...(cursor === undefined ? {} : { cursor }),
    limit,
  };
}

/** Price first climbs, then falls, then climbs again; the others only choose themselves. */
export function nextSort(current: ProductSort, tapped: 'default' | 'sales' | 'newest' | 'price'): ProductSort {
  if (tapped !== 'price') return tapped;
  return current === 'price_asc' ? 'price_desc' : 'price_asc';
}
