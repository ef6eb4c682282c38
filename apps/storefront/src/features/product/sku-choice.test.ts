import type { ProductDetail } from '@xiaopu/contracts';
import { expect, it } from 'vitest';
import { chosenSku, missingSpecs, priceRange, specRows, startChoice, stockText, toggle } from './sku-choice.ts';

const sku = (skuId: string, specs: string[], available: number, salePrice = 1000) => ({
  skuId,
  specs,
  available,
  salePrice,
  listPrice: salePrice,
  scarce: available > 0 && available < 5,
  picture: null,
});
const product: Pick<ProductDetail, 'specs' | 'skus'> = {
  specs: [
    { name: '颜色', values: ['白', '黑'] },
    { name: '尺码', values: ['S', 'M'] },
  ],
  skus: [sku('ws', ['白', 'S'], 3, 1000), sku('wm', ['白', 'M'], 0, 1200), sku('bs', ['黑', 'S'], 9, 900)],
};
const possible = (choice: (string | undefined)[]) =>
  specRows(product, choice).map((row) => row.values.filter((value) => value.isPossible).map((value) => value.value));

it('greys values that lead to nothing in stock, and hides none', () => {
  expect(specRows(product, [undefined, undefined]).map((row) => row.values.length)).toEqual([2, 2]);
  expect(possible([undefined, undefined])).toEqual([['白', '黑'], ['S']]);
});

it('judges a value with the other choices kept', () => {
  expect(possible([undefined, 'M'])).toEqual([[], ['S']]);
  expect(possible(['黑', undefined])).toEqual([['白', '黑'], ['S']]);
});

it('finds the SKU only when every spec is chosen', () => {
  expect(chosenSku(product, ['白', undefined])).toBeUndefined();
  expect(chosenSku(product, ['白', 'S'])?.skuId).toBe('ws');
  expect(chosenSku(product, ['黑', 'M'])).toBeUndefined();
  expect(missingSpecs(product, ['白', undefined])).toEqual(['尺码']);
});

it('takes a choice back at the second tap', () => {
  expect(toggle(['白', undefined], 0, '白')).toEqual([undefined, undefined]);
  expect(toggle(['白', undefined], 0, '黑')).toEqual(['黑', undefined]);
});

it('chooses single values by itself, and takes over a given SKU', () => {
  const single = { specs: [{ name: '规格', values: ['一份'] }], skus: [sku('one', ['一份'], 1)] };
  expect(startChoice(single)).toEqual(['一份']);
  expect(startChoice(product, 'bs')).toEqual(['黑', 'S']);
  expect(chosenSku({ specs: [], skus: [sku('bare', [], 1)] }, [])?.skuId).toBe('bare');
});

it('narrows the price range with the choice', () => {
  expect(priceRange(product, [undefined, undefined])).toEqual({ min: 900, max: 1200 });
  expect(priceRange(product, ['白', undefined])).toEqual({ min: 1000, max: 1200 });
});

it('says the exact figure only when stock is scarce', () => {
  expect(stockText({ available: 3, scarce: true })).toBe('库存紧张，仅剩 3 件');
  expect(stockText({ available: 99, scarce: false })).toBe('有货');
  expect(stockText({ available: 0, scarce: false })).toBe('暂时无货');
});
