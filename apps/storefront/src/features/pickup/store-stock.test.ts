import { describe, expect, it } from 'vitest';
import { availableIn, byStock, type StoreStockItem, shelfText, stockLine } from './store-stock.ts';

const at = (name: string, distance: number | null, ...available: number[]): StoreStockItem => ({
  store: { storeId: name, name, address: '', phone: '', hours: '', lat: 0, lng: 0 },
  distance,
  skus: available.map((each, index) => ({ skuId: `k${index}`, specText: `${index}`, available: each })),
});

describe('what stores have of a product', () => {
  const items = [at('近店', 300, 0, 2), at('远店', 4_200, 1, 5)];

  it('C02-CPT-11 counts the chosen SKU, or all while none is chosen', () => {
    expect(availableIn(items[0] as StoreStockItem, '')).toBe(2);
    expect(availableIn(items[0] as StoreStockItem, 'k0')).toBe(0);
  });

  it('C02-CPT-11 names the nearest store that has it, and how many others', () => {
    expect(stockLine(items, '')).toBe('近店等 2 家有货，300 m');
    expect(stockLine(items, 'k0')).toBe('远店有货，4.2 km');
    expect(stockLine([at('近店', null, 3)], '')).toBe('近店有货');
    expect(stockLine([at('近店', 300, 0)], '')).toBe('门店暂时无货');
    expect(byStock(items, 'k0').map(({ store }) => store.name)).toEqual(['远店', '近店']);
  });

  it('says few without saying many', () => {
    expect([0, 2, 50].map(shelfText)).toEqual(['暂时无货', '仅剩 2 件', '有货']);
  });
});
