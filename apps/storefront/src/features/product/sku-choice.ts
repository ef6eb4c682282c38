/** Choosing a SKU by its specs: which values can still lead to something buyable, and what is chosen so far. */
import type { ProductDetail } from '@xiaopu/contracts';

type Sku = ProductDetail['skus'][number];
export type Choice = readonly (string | undefined)[];

export interface SpecRow {
  name: string;
  values: { value: string; isChosen: boolean; isPossible: boolean }[];
}

const fits = (sku: Sku, choice: Choice): boolean =>
  choice.every((value, at) => value === undefined || sku.specs[at] === value);

/** Impossible values are greyed, not hidden: with the other choices kept, no SKU in stock has them. */
export function specRows(product: Pick<ProductDetail, 'specs' | 'skus'>, choice: Choice): SpecRow[] {
  return product.specs.map((spec, row) => ({
    name: spec.name,
    values: spec.values.map((value) => {
      const tried = product.specs.map((_, at) => (at === row ? value : choice[at]));
      return {
        value,
        isChosen: choice[row] === value,
        isPossible: product.skus.some((sku) => sku.available > 0 && fits(sku, tried)),
      };
    }),
  }));
}

/** Tapping a chosen value takes it back. */
export function toggle(choice: Choice, row: number, value: string): (string | undefined)[] {
  return choice.map((chosen, at) => (at === row ? (chosen === value ? undefined : value) : chosen));
}

/** The SKU once every spec is chosen (at once when the product has none). */
export function chosenSku(product: Pick<ProductDetail, 'specs' | 'skus'>, choice: Choice): Sku | undefined {
  if (product.specs.some((_, at) => choice[at] === undefined)) return undefined;
  return product.skus.find((sku) => fits(sku, choice));
}

/** Specs with a single value choose themselves; a given SKU is taken over. */
export function startChoice(product: Pick<ProductDetail, 'specs' | 'skus'>, skuId?: string): (string | undefined)[] {
  const given = product.skus.find((sku) => sku.skuId === skuId);
  return product.specs.map((spec, at) => given?.specs[at] ?? (spec.values.length === 1 ? spec.values[0] : undefined));
}

export const missingSpecs = (product: Pick<ProductDetail, 'specs'>, choice: Choice): string[] =>
  product.specs.filter((_, at) => choice[at] === undefined).map((spec) => spec.name);

export const specText = (specs: readonly string[]): string => specs.join('，');

/** Cheapest and dearest of what still fits, for the price line while a choice is open. */
export function priceRange(product: Pick<ProductDetail, 'skus'>, choice: Choice): { min: number; max: number } {
  const prices = product.skus.filter((sku) => fits(sku, choice)).map((sku) => sku.salePrice);
  return prices.length === 0 ? { min: 0, max: 0 } : { min: Math.min(...prices), max: Math.max(...prices) };
}

export function stockText(sku: Pick<Sku, 'available' | 'scarce'>): string {
  if (sku.available <= 0) return '暂时无货';
  return sku.scarce ? `库存紧张，仅剩 ${sku.available} 件` : '有货';
}
