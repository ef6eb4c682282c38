import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignRefund, toForeign } from './payments.foreign.ts';

describe('money of another currency', () => {
  it('asks for no less than the price: 89.90 yuan at 7.20 are 12.49 dollars', () => {
    expect(toForeign(8_990, 72_000)).toBe(1_249);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000_000 }), fc.integer({ min: 1_000, max: 10_000_000 }), (fen, rate) => {
        const asked = toForeign(fen, rate);
        expect(asked * rate).toBeGreaterThanOrEqual(fen * 10_000);
        expect((asked - 1) * rate).toBeLessThan(fen * 10_000);
      }),
    );
  });

  it('C10-DSP-02 parts never give back more than was taken, and all parts together exactly that', () => {
    const parts = fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 60_000 }), (amounts, total) => {
        const amount = amounts.reduce((sum, part) => sum + part, 0);
        const before = { amount: 0, total: 0 };
        for (const part of amounts) {
          const back = foreignRefund({ amount, total }, before, part);
          expect(back).toBeGreaterThanOrEqual(0);
          before.amount += part;
          before.total += back;
          expect(before.total).toBeLessThanOrEqual(total);
        }
        expect(before.total).toBe(total);
      }),
    );
  });
});
