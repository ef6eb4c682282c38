/** Values to filter by, with their counts. Pure. */
import type { Facets } from '@xiaopu/contracts';
import { type FacetRow, facetLimit } from './catalog.list.repository.ts';

/** @param rows what matches but for the attribute filters; @param chosen those, by key */
export function countFacets(
  rows: readonly FacetRow[],
  chosen: ReadonlyMap<string, readonly string[]>,
  filterable: readonly { key: string; title: string }[],
): Facets {
  const matching = rows.filter((row) => matches(row, chosen));
  const prices = matching.map(({ salePrice }) => salePrice);
  const facets = filterable.map(({ key, title }) => {
    // A facet counts without its own choice: its other values are alternatives, not dead ends.
    const others = new Map([...chosen].filter(([name]) => name !== key));
    const counts = new Map<string, number>();
    for (const row of rows) {
      const value = row.attributes[key];
      if (value === undefined || !matches(row, others)) continue;
      counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
    }
    const values = [...counts].map(([value, count]) => ({ value, count }));
    return { key, title, values: values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)) };
  });
  return {
    facets: facets.filter(({ values, key }) => values.length > 1 || chosen.has(key)),
    priceMin: prices.length > 0 ? Math.min(...prices) : 0,
    priceMax: prices.length > 0 ? Math.max(...prices) : 0,
    total: Math.min(matching.length, facetLimit),
  };
}

const matches = ({ attributes }: FacetRow, chosen: ReadonlyMap<string, readonly string[]>): boolean =>
  [...chosen].every(([key, values]) => values.includes(String(attributes[key])));
