import type { ProductDetail } from '@xiaopu/contracts';
import { describe, expect, it } from 'vitest';
import { partsOf, sumsOf } from './bundle-set.ts';

const product = (spuId: string, skus: { skuId: string; salePrice: number; available: number }[]) =>
  ({ spuId, skus }) as unknown as ProductDetail;
const cup = product('cup', [
  { skuId: 'red', salePrice: 8_000, available: 3 },
  { skuId: 'blue', salePrice: 7_000, available: 0 },
]);
const tea = product('tea', [
  { skuId: 'green', salePrice: 3_000, available: 1 },
  { skuId: 'black', salePrice: 2_500, available: 9 },
]);
const items = [
  { spuId: 'cup', quantity: 1 },
  { spuId: 'tea', quantity: 2 },
];

describe('搭配购 on the product page', () => {
  it('offers what is there in the wanted number; a set that lacks a part is none', () => {
    const parts = partsOf(items, [cup, tea]) ?? [];
    expect(parts.map(({ skus }) => skus.map(({ skuId }) => skuId))).toEqual([['red'], ['black']]);
    expect(partsOf(items, [cup])).toBeUndefined();
    expect(partsOf([{ skuId: 'blue', quantity: 1 }], [cup])).toBeUndefined();
  });

  it('says what is saved, and never that one pays more together', () => {
    const parts = partsOf(items, [cup, tea]) ?? [];
    expect(sumsOf(9_900, parts, ['red', 'black'])).toEqual({ apart: 13_000, together: 9_900, saved: 3_100 });
    expect(sumsOf(20_000, parts, [])).toEqual({ apart: 13_000, together: 13_000, saved: 0 });
  });
});
