import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestCoupons, type Coupon, type CouponRules, type PriceInput, price } from '../src/index.ts';
import { anyCart, couponRules, couponsOf } from './carts.ts';

interface Solution {
  saving: number;
  expiries: number[];
  ids: string[];
}

/** The tie rule said once more, in its own words: earliest expiry, then fewest coupons, then ids. */
function isBetter(a: Solution, b: Solution): boolean {
  if (a.saving !== b.saving) return a.saving > b.saving;
  for (let index = 0; index < a.expiries.length && index < b.expiries.length; index += 1) {
    if (a.expiries[index] !== b.expiries[index]) return a.expiries[index]! < b.expiries[index]!;
  }
  if (a.ids.length !== b.ids.length) return a.ids.length < b.ids.length;
  return a.ids.join('\n') < b.ids.join('\n');
}

/** Prices every subset by the pipeline itself; a set counts when it is used whole and the price is allowed. */
function bruteForce(cart: PriceInput, coupons: Coupon[], rules: CouponRules): Solution {
  let best: Solution = { saving: 0, expiries: [], ids: [] };
  for (let mask = 1; mask < 2 ** coupons.length; mask += 1) {
    const chosen = coupons.filter((_, index) => (mask >> index) % 2 === 1);
    const result = price({ ...cart, coupons: chosen, rules: { ...cart.rules, coupons: rules } });
    if (result.coupons.rejected.length > 0 || !result.ok) continue;
    const solution = {
      saving: result.totals.coupon + result.totals.freightDiscount,
      expiries: chosen.map((coupon) => Date.parse(coupon.expiresAt)).sort((a, b) => a - b),
      ids: chosen.map((coupon) => coupon.id).sort(),
    };
    if (isBetter(solution, best)) best = solution;
  }
  return best;
}

function expectSame(cart: PriceInput, coupons: Coupon[], rules: CouponRules): void {
  const expected = bruteForce(cart, coupons, rules);
  const found = bestCoupons(cart, coupons, { ...rules, nodeLimit: 1_000_000 });
  expect({ saving: found.saving, ids: [...found.couponIds].sort() }).toEqual({
    saving: expected.saving,
    ids: expected.ids,
  });
  expect(found).toMatchObject({ optimal: true, tiesSettled: true, upperBound: expected.saving });
  expect([...found.couponIds, ...found.leftOut.map((each) => each.couponId)].sort()).toEqual(
    coupons.map((each) => each.id).sort(),
  );
  for (const left of found.leftOut) expect(left.text).not.toBe('');
}

describe('the best set of coupons', () => {
  it('C05-PERF-11 equals brute force over the pipeline, ties included, for up to 7 coupons', () => {
    fc.assert(fc.property(anyCart, couponsOf(7), couponRules, expectSame), { numRuns: 250 });
  });

  it('C05-PERF-11 equals brute force for 10 coupons', () => {
    const ten = couponsOf(10).filter((coupons) => coupons.length === 10);
    fc.assert(fc.property(anyCart, ten, couponRules, expectSame), { numRuns: 12 });
  });

  it('equals brute force when each coupon stands alone in its group, so that all 2^n sets are open', () => {
    const apart = couponsOf(7).map((coupons) => coupons.map((coupon) => ({ ...coupon, group: coupon.id })));
    fc.assert(
      fc.property(anyCart, apart, (cart, coupons) => expectSame(cart, coupons, {})),
      { numRuns: 100 },
    );
  });

  it('C07-GRP-03 stays above the margin floor, with points and platform money counted too', () => {
    const margin = fc.record({ minMarginRate: fc.constantFrom(0, 2000), countPlatformFunding: fc.boolean() });
    fc.assert(
      fc.property(anyCart, couponsOf(6), fc.integer({ min: 20, max: 70 }), margin, (cart, coupons, part, floor) => {
        const lines = cart.lines.map((line) => ({ ...line, cost: Math.floor((line.salePrice * part) / 100) }));
        expectSame({ ...cart, lines, margin: floor }, coupons, {});
      }),
      { numRuns: 150 },
    );
  });

  it('is what price() then gives, and never raises what is paid for the goods', () => {
    fc.assert(
      fc.property(anyCart, couponsOf(8), (cart, coupons) => {
        const found = bestCoupons(cart, coupons, {});
        const priced = price({
          ...cart,
          coupons: coupons.filter((coupon) => found.couponIds.includes(coupon.id)),
          rules: { ...cart.rules, coupons: {} },
        });
        expect(priced.coupons.applied.map((coupon) => coupon.couponId)).toEqual(found.couponIds);
        expect(priced.totals.coupon + priced.totals.freightDiscount).toBe(found.saving);
      }),
      { numRuns: 100 },
    );
  });

  it('says so when the node limit cuts the proof short, and what it answers is still usable', () => {
    fc.assert(
      fc.property(anyCart, couponsOf(8), (cart, coupons) => {
        const cut = bestCoupons(cart, coupons, { nodeLimit: 1 });
        const whole = bestCoupons(cart, coupons, {});
        expect(cut.saving).toBeLessThanOrEqual(whole.saving);
        expect(cut.upperBound).toBeGreaterThanOrEqual(whole.saving);
        if (cut.optimal) expect(cut.saving).toBe(whole.saving);
      }),
      { numRuns: 100 },
    );
  });
});
