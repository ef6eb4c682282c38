import { describe, expect, it } from 'vitest';
import { applyBatch, blankRow, combinations, matrix, specsOf } from './sku-matrix.ts';

const color = { name: '颜色', values: ['白', '蓝'] };
const size = { name: '尺码', values: ['S', 'M'] };

describe('SKU matrix', () => {
  it('makes every combination in the order of the specs', () => {
    expect(combinations([color, size])).toEqual([
      ['白', 'S'],
      ['白', 'M'],
      ['蓝', 'S'],
      ['蓝', 'M'],
    ]);
  });

  it('has one SKU without specs, and skips a spec that has no value yet', () => {
    expect(combinations([])).toEqual([[]]);
    expect(combinations([color, { name: '尺码', values: [] }])).toEqual([['白'], ['蓝']]);
  });

  it('keeps rows that still exist, with their identity, when a value is added', () => {
    const old = { ...blankRow(['白'], 'A-1'), skuId: 'sku-1', salePrice: 1990, listPrice: 2990 };
    const rows = matrix([color], [old], 'A');
    expect(rows[0]).toBe(old);
    expect(rows[1]).toMatchObject({ specs: ['蓝'], skuCode: 'A-2', salePrice: 1990, listPrice: 2990 });
    expect(rows[1]?.skuId).toBeUndefined();
  });

  it('copies prices from the row that shares most values', () => {
    const rows = [
      { ...blankRow(['白', 'S'], 'A-1'), salePrice: 100 },
      { ...blankRow(['白', 'M'], 'A-2'), salePrice: 200 },
    ];
    const next = matrix([color, size], rows, 'A');
    expect(next.map((row) => row.salePrice)).toEqual([100, 200, 100, 200]);
  });

  it('never gives one code to two SKUs', () => {
    const codes = matrix([color, size], [blankRow(['白', 'S'], 'A-2')], 'A').map((row) => row.skuCode);
    expect(new Set(codes).size).toBe(4);
  });

  it('starts codes at one when the only row was never saved', () => {
    expect(matrix([color], [blankRow([], 'A-1')], 'A').map((row) => row.skuCode)).toEqual(['A-1', 'A-2']);
    expect(matrix([color], [{ ...blankRow([], 'A-1'), skuId: 'sku-1' }], 'A').map((row) => row.skuCode)).toEqual([
      'A-2',
      'A-3',
    ]);
  });

  it('drops rows whose value is gone', () => {
    expect(matrix([{ name: '颜色', values: ['蓝'] }], [blankRow(['白'], 'A-1')], 'A').map((row) => row.specs)).toEqual([
      ['蓝'],
    ]);
  });
});

describe('batch entry', () => {
  const rows = matrix([color, size], [], 'A');

  it('writes only filled fields, only to the rows chosen', () => {
    const next = applyBatch(rows, ['白', null], { salePrice: 990, listPrice: null });
    expect(next.map((row) => row.salePrice)).toEqual([990, 990, null, null]);
    expect(next.every((row) => row.listPrice === null)).toBe(true);
  });

  it('sets stock for new SKUs only; known ones change through the ledger', () => {
    const known = rows.map((row, index) => (index === 0 ? { ...row, skuId: 'sku-1' } : row));
    expect(applyBatch(known, [null, null], { initialStock: 50 }).map((row) => row.initialStock)).toEqual([
      0, 50, 50, 50,
    ]);
  });
});

it('reads the specs of a saved product in order of first appearance', () => {
  const sku = {
    skuId: '',
    skuCode: '',
    salePrice: 1,
    listPrice: 1,
    cost: 0,
    weightGrams: 0,
    barcode: '',
    picture: null,
    onHand: 0,
    reserved: 0,
    available: 0,
  };
  expect(
    specsOf({
      specNames: ['颜色', '尺码'],
      skus: [
        { ...sku, specs: ['蓝', 'M'] },
        { ...sku, specs: ['白', 'M'] },
      ],
    }),
  ).toEqual([
    { name: '颜色', values: ['蓝', '白'] },
    { name: '尺码', values: ['M'] },
  ]);
});
