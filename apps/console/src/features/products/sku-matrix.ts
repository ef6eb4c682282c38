/** The SKU matrix: every combination of the spec values, keeping what was typed when specs change. Pure. */
import type { ConsoleProduct } from '@xiaopu/contracts/console';

export interface Spec {
  name: string;
  values: string[];
}
export interface SkuRow {
  /** Set for a SKU the server knows; such a row is never given a new identity. */
  skuId?: string;
  specs: string[];
  skuCode: string;
  salePrice: number | null;
  listPrice: number | null;
  cost: number | null;
  weightGrams: number;
  barcode: string;
  pictureMediaId: string | null;
  pictureUrl: string | null;
  initialStock: number;
  available: number | null;
}

export const MAX_SKUS = 200;
export const MAX_SPECS = 3;

const keyOf = (specs: readonly string[]) => specs.join('\u0000');

export function combinations(specs: readonly Spec[]): string[][] {
  return specs
    .filter((spec) => spec.values.length > 0)
    .reduce<string[][]>((rows, spec) => rows.flatMap((row) => spec.values.map((value) => [...row, value])), [[]]);
}

export const blankRow = (specs: string[], skuCode: string): SkuRow => ({
  specs,
  skuCode,
  salePrice: null,
  listPrice: null,
  cost: null,
  weightGrams: 0,
  barcode: '',
  pictureMediaId: null,
  pictureUrl: null,
  initialStock: 0,
  available: null,
});

/**
 * Rows for these specs. A combination that exists is kept as it is; a new one copies prices from the row that shares
 * most of its values, so that adding a colour does not mean typing every price again.
 */
export function matrix(specs: readonly Spec[], rows: readonly SkuRow[], codePrefix: string): SkuRow[] {
  const known = new Map(rows.map((row) => [keyOf(row.specs), row]));
  const combinationsNow = combinations(specs);
  const staying = new Set(combinationsNow.map(keyOf));
  // a code stays taken while its SKU exists anywhere: here, or on the server
  const used = new Set(rows.filter((row) => row.skuId || staying.has(keyOf(row.specs))).map((row) => row.skuCode));
  let number = 0;
  const nextCode = () => {
    do number += 1;
    while (used.has(`${codePrefix}-${number}`));
    used.add(`${codePrefix}-${number}`);
    return `${codePrefix}-${number}`;
  };
  return combinationsNow.map((combination) => {
    const same = known.get(keyOf(combination));
    if (same) return same;
    const near = nearest(combination, rows);
    const fresh = blankRow(combination, nextCode());
    return near
      ? {
          ...fresh,
          salePrice: near.salePrice,
          listPrice: near.listPrice,
          cost: near.cost,
          weightGrams: near.weightGrams,
        }
      : fresh;
  });
}

function nearest(combination: readonly string[], rows: readonly SkuRow[]): SkuRow | null {
  let best: SkuRow | null = null;
  let bestShared = -1;
  for (const row of rows) {
    const shared = combination.filter((value, index) => row.specs[index] === value).length;
    if (shared > bestShared) [best, bestShared] = [row, shared];
  }
  return best;
}

export interface Batch {
  salePrice?: number | null;
  listPrice?: number | null;
  cost?: number | null;
  weightGrams?: number | null;
  initialStock?: number | null;
}

/** Batch entry: only filled fields are written, only to rows that carry all chosen spec values. Stock is for new SKUs only. */
export function applyBatch(rows: readonly SkuRow[], chosen: readonly (string | null)[], batch: Batch): SkuRow[] {
  return rows.map((row) => {
    if (!chosen.every((value, index) => value === null || row.specs[index] === value)) return row;
    const next = { ...row };
    for (const field of ['salePrice', 'listPrice', 'cost', 'weightGrams'] as const) {
      const value = batch[field];
      if (value !== undefined && value !== null) next[field] = value;
    }
    if (batch.initialStock !== undefined && batch.initialStock !== null && !row.skuId)
      next.initialStock = batch.initialStock;
    return next;
  });
}

/** Spec names and their values in order of first appearance, from the SKUs of a saved product. */
export function specsOf(product: Pick<ConsoleProduct, 'specNames' | 'skus'>): Spec[] {
  return product.specNames.map((name, index) => ({
    name,
    values: [
      ...new Set(product.skus.map((sku) => sku.specs[index]).filter((value): value is string => value !== undefined)),
    ],
  }));
}
