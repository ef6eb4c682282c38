import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatYuan, parseYuan, prorate, sumFen } from './money.ts';

describe('prorate', () => {
  it('splits 10 fen over three equal lines as 4, 3, 3', () => {
    expect(prorate(10, [1, 1, 1])).toEqual([4, 3, 3]);
  });
  it('gives nothing to a line of weight 0', () => {
    expect(prorate(100, [0, 3, 1])).toEqual([0, 75, 25]);
  });
  it('spreads evenly when every weight is 0', () => {
    expect(prorate(5, [0, 0])).toEqual([3, 2]);
  });
  it('refuses to split money over nothing', () => {
    expect(() => prorate(1, [])).toThrow(RangeError);
    expect(prorate(0, [])).toEqual([]);
  });
  it('always sums to the whole, and no part is a fen or more from its exact share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -10_000_000, max: 10_000_000 }),
        fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 50 }),
        (total, weights) => {
          const parts = prorate(total, weights);
          expect(sumFen(parts)).toBe(total);
          const whole = weights.reduce((a, b) => a + b, 0);
          if (whole > 0) {
            parts.forEach((part, i) => {
              expect(Math.abs(part - (total * (weights[i] ?? 0)) / whole)).toBeLessThan(1);
            });
          }
        },
      ),
    );
  });
});

describe('yuan text', () => {
  it('formats fen with two places and a leading zero', () => {
    expect([formatYuan(0), formatYuan(5), formatYuan(1990), formatYuan(-101)]).toEqual([
      '0.00',
      '0.05',
      '19.90',
      '-1.01',
    ]);
  });
  it('reads back what it wrote', () => {
    fc.assert(fc.property(fc.integer({ min: -1e11, max: 1e11 }), (fen) => parseYuan(formatYuan(fen)) === fen));
  });
  it('refuses what is not a plain amount', () => {
    expect(['', '1.234', '1e3', '１', 'abc', '1,000'].map(parseYuan)).toEqual(Array(6).fill(undefined));
  });
});
