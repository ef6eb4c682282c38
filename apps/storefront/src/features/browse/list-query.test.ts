import { expect, it } from 'vitest';
import { facetQuery, filterCount, nextSort, noFilters, productQuery, toggleValue } from './list-query.ts';

it('joins values of one key as alternatives and keys as conditions', () => {
  let filters = toggleValue(noFilters(), 'material', '纯棉');
  filters = toggleValue(filters, 'material', '亚麻');
  filters = toggleValue(filters, 'origin', '浙江');
  expect(facetQuery({ categoryId: 'c' }, filters)).toEqual({
    categoryId: 'c',
    attr: ['material:纯棉', 'material:亚麻', 'origin:浙江'],
  });
  expect(filterCount(filters)).toBe(3);
  expect(filterCount(toggleValue(filters, 'origin', '浙江'))).toBe(2);
});

it('asks for nothing it does not mean', () => {
  expect(productQuery({}, noFilters(), 'default', undefined, 20)).toEqual({ limit: 20 });
  expect(productQuery({ q: '被子' }, { ...noFilters(), inStock: true }, 'sales', 'next', 20)).toEqual({
    q: '被子',
    inStock: true,
    sort: 'sales',
    cursor: 'next',
    limit: 20,
  });
});

it('reads a floor above the ceiling as the range between both', () => {
  expect(facetQuery({}, { ...noFilters(), priceMin: 9900, priceMax: 100 })).toEqual({ priceMin: 100, priceMax: 9900 });
  expect(facetQuery({}, { ...noFilters(), priceMin: 0 })).toEqual({ priceMin: 0 });
});

it('turns price up, then down, then up', () => {
  expect(nextSort('default', 'price')).toBe('price_asc');
  expect(nextSort('price_asc', 'price')).toBe('price_desc');
  expect(nextSort('price_desc', 'price')).toBe('price_asc');
  expect(nextSort('price_desc', 'sales')).toBe('sales');
});
