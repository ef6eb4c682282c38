import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceFreight } from './logistics.freight.ts';

const rules = {
  freeLine: 9_900,
  firstWeightGrams: 1_000,
  firstWeightPrice: 1_000,
  continuedWeightGrams: 1_000,
  continuedWeightPrice: 300,
  remoteSurcharge: 1_500,
};
const ship = (goodsTotal: number, weightGrams: number, province = '浙江省', over: Partial<typeof rules> = {}) =>
  priceFreight({ ...rules, ...over }, { goodsTotal, weightGrams, province });

describe('priceFreight', () => {
  it.each([
    [8_700, 500, '浙江省', 1_000, '满 ¥99 包邮，还差 ¥12.00'],
    [9_899, 1_000, '浙江省', 1_000, '满 ¥99 包邮，还差 ¥0.01'],
    [9_900, 9_000, '浙江省', 0, '已满 ¥99 包邮'],
    [5_000, 1_001, '上海市', 1_300, '满 ¥99 包邮，还差 ¥49.00'],
    [5_000, 3_000, '上海市', 1_600, '满 ¥99 包邮，还差 ¥49.00'],
    [5_000, 3_001, '上海市', 1_900, '满 ¥99 包邮，还差 ¥49.00'],
    [5_000, 0, '', 1_000, '满 ¥99 包邮，还差 ¥49.00'],
    [5_000, 500, '新疆维吾尔自治区', 2_500, '满 ¥99 包邮，还差 ¥49.00；新疆为偏远地区，加收 ¥15.00'],
    [20_000, 500, '西藏自治区', 1_500, '已满 ¥99 包邮；西藏为偏远地区，加收 ¥15.00'],
  ])('goods of %i fen, %i g to %s cost %i: %s', (goodsTotal, weightGrams, province, freight, note) => {
    expect(ship(goodsTotal, weightGrams, province)).toEqual({ freight, note });
  });
  it('free line 0 means always free, and a line with fen is shown with them', () => {
    expect(ship(1, 50_000, '广东省', { freeLine: 0 })).toEqual({ freight: 0, note: '包邮' });
    expect(ship(100, 10, '广东省', { freeLine: 9_950 }).note).toBe('满 ¥99.50 包邮，还差 ¥98.50');
  });
  it('is a whole number of fen, never negative, never falls with weight and never rises at the line', () => {
    const money = fc.integer({ min: 0, max: 200_000 });
    fc.assert(
      fc.property(
        money,
        fc.integer({ min: 0, max: 80_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (goodsTotal, grams, more) => {
          const { freight } = ship(goodsTotal, grams);
          expect(Number.isSafeInteger(freight) && freight >= 0).toBe(true);
          expect(ship(goodsTotal, grams + more).freight).toBeGreaterThanOrEqual(freight);
          expect(ship(Math.max(goodsTotal, rules.freeLine), grams).freight).toBeLessThanOrEqual(freight);
        },
      ),
    );
  });
});
