import { prorate } from '@xiaopu/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portion, rateOff, share } from './math.ts';

describe('share', () => {
  it('splits exactly as money.prorate does, ties included, for small and for huge amounts', () => {
    const weight = fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 0, max: 100_000 }),
      fc.integer({ min: 0, max: 1e11 }),
    );
    fc.assert(
      fc.property(
        fc.array(weight, { minLength: 1, maxLength: 30 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (weights, part) => {
          const total = Math.floor(weights.reduce((a, b) => a + b, 0) * part);
          const parts = share(total, weights);
          expect(parts).toEqual(prorate(total, weights));
          parts.forEach((each, index) => {
            expect(each).toBeLessThanOrEqual(weights[index]!);
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a percent discount', () => {
  it('never takes off more than it says: 8折 of 0.99 pays 0.80, not 0.79', () => {
    expect([rateOff(99, 8000), rateOff(10_000, 8000), rateOff(1, 5000), portion(99_999_999_999, 9_999)]).toEqual([
      19, 2_000, 0, 99_989_999_999,
    ]);
  });
});
