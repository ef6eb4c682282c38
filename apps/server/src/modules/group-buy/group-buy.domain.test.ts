import type { GroupStep } from '@xiaopu/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultOfSteps, isDue, missingOf, priceOfStep, settle, statusOf } from './group-buy.domain.ts';

const ladder: GroupStep[] = [
  { size: 2, payRate: 9_000 },
  { size: 5, payRate: 7_000 },
];

describe('steps', () => {
  it.each([
    [1, undefined],
    [2, { finalPrice: 9_000, backAmount: 0 }],
    [4, { finalPrice: 9_000, backAmount: 0 }],
    [5, { finalPrice: 7_000, backAmount: 2_000 }],
  ])('C07-GRP-01 X-35 2→90 and 5→70 on 100.00: %i people come to %o', (paid, outcome) => {
    expect(settle(ladder, paid, { salePrice: 10_000, paidPrice: 9_000 })).toEqual(outcome);
  });

  it('C03-SCN-02 3人成团享7折 on 100.00 is 70.00 for each, with nothing to give back', () => {
    const steps = [{ size: 3, payRate: 7_000 }];
    expect(settle(steps, 3, { salePrice: 10_000, paidPrice: 7_000 })).toEqual({ finalPrice: 7_000, backAmount: 0 });
    expect(settle(steps, 2, { salePrice: 10_000, paidPrice: 7_000 })).toBeUndefined();
  });

  const rates = fc
    .uniqueArray(fc.tuple(fc.integer({ min: 2, max: 100 }), fc.integer({ min: 100, max: 9_900 })), {
      minLength: 1,
      maxLength: 5,
      selector: ([size]) => size,
    })
    .map((pairs) => {
      const sizes = pairs.map(([size]) => size).sort((a, b) => a - b);
      const falling = pairs.map(([, rate]) => rate).sort((a, b) => b - a);
      return sizes.map((size, index): GroupStep => ({ size, payRate: falling[index] as number }));
    });

  it('C07-GRP-01 to the fen: what was paid is what it costs in the end and what goes back, and more people never pay more', () => {
    fc.assert(
      fc.property(
        rates,
        fc.integer({ min: 1, max: 5_000_000 }),
        fc.integer({ min: 1, max: 120 }),
        (steps, salePrice, paid) => {
          const paidPrice = priceOfStep(steps[0] as GroupStep, salePrice);
          const outcome = settle(steps, paid, { salePrice, paidPrice });
          expect(outcome !== undefined).toBe(paid >= (steps[0] as GroupStep).size);
          if (!outcome) return;
          expect(outcome.finalPrice + outcome.backAmount).toBe(paidPrice);
          expect(Number.isInteger(outcome.backAmount)).toBe(true);
          expect(outcome.backAmount).toBeGreaterThanOrEqual(0);
          expect(outcome.finalPrice).toBeLessThanOrEqual(salePrice);
          const more = settle(steps, paid + 1, { salePrice, paidPrice });
          expect(more?.finalPrice).toBeLessThanOrEqual(outcome.finalPrice);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('a sale price that fell below a fixed group price is never exceeded', () => {
    expect(priceOfStep({ size: 2, price: 9_000 }, 8_000)).toBe(8_000);
  });

  it.each([
    [[{ size: 2 }], '其中一种'],
    [[{ size: 2, price: 900, payRate: 9_000 }], '其中一种'],
    [
      [
        { size: 2, price: 900 },
        { size: 3, payRate: 7_000 },
      ],
      '其中一种',
    ],
    [
      [
        { size: 3, price: 900 },
        { size: 3, price: 800 },
      ],
      '人数',
    ],
    [
      [
        { size: 2, price: 800 },
        { size: 3, price: 800 },
      ],
      '价格要越低',
    ],
    [[{ size: 2, price: 1_000 }], '低于售价'],
    [
      [
        { size: 2, price: 900 },
        { size: 3, price: 800 },
      ],
      undefined,
    ],
  ] as [GroupStep[], string | undefined][])('judges %o', (steps, fault) => {
    const found = faultOfSteps(steps, [1_000, 1_200]);
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(fault);
  });
});

describe('the end of a group', () => {
  const deadline = new Date(100_000);
  const open = { status: 'open' as const, size: 5, deadline };
  it.each([
    ['before its deadline', { held: 0, paid: 3 }, 99_999, false],
    ['at its deadline', { held: 0, paid: 3 }, 100_000, true],
    ['at its deadline with a payment under way', { held: 1, paid: 3 }, 100_000, false],
    ['when that payment is waited for no longer', { held: 1, paid: 3 }, 104_000, true],
    ['full, long before', { held: 0, paid: 5 }, 1, true],
  ])('%s', (_name, counts, at, due) => {
    expect(isDue({ ...open, ...counts }, new Date(at), 2_000)).toBe(due);
  });

  it('is decided once, and says what it waits for', () => {
    expect(isDue({ ...open, status: 'succeeded', held: 0, paid: 5 }, new Date(200_000), 0)).toBe(false);
    expect(statusOf({ status: 'open', deadline }, new Date(99_999))).toBe('open');
    expect(statusOf({ status: 'open', deadline }, deadline)).toBe('settling');
    expect([missingOf(ladder, 1), missingOf(ladder, 2), missingOf(ladder, 5)]).toEqual([1, 3, 0]);
  });
});
