import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PriceInput, price, refundShare } from '../src/index.ts';
import { amountCoupon, anyCart } from './carts.ts';

const total = (amounts: number[]) => amounts.reduce((a, b) => a + b, 0);
const runs = { numRuns: 300 };

describe('every price', () => {
  it('is what its parts sum to, by line, by shop and in whole, and nothing is below 0', () => {
    fc.assert(
      fc.property(anyCart, (input) => {
        const { lines, shops, totals, coupons } = price(input);
        for (const line of lines) {
          expect(line.saleAmount - total(line.discounts.map((each) => each.amount))).toBe(line.payable);
          expect(line.payable).toBeGreaterThanOrEqual(0);
          expect(line.shopFunded + line.platformFunded).toBe(line.saleAmount - line.payable);
          for (const { amount, platformFunded } of line.discounts) {
            expect(amount).toBeGreaterThan(0);
            expect(platformFunded).toBeGreaterThanOrEqual(0);
            expect(platformFunded).toBeLessThanOrEqual(amount);
          }
        }
        for (const key of Object.keys(totals) as (keyof typeof totals)[]) {
          if (key !== 'deposit') expect(total(shops.map((shop) => shop[key]))).toBe(totals[key]);
        }
        expect(totals.goods).toBe(total(lines.map((line) => line.payable)));
        expect(totals.payable).toBe(totals.goods + totals.freight - totals.freightDiscount);
        expect(totals.payable).toBeGreaterThanOrEqual(0);
        const { saleAmount, activity, member, reduction, coupon, points } = totals;
        expect(saleAmount - activity - member - reduction - coupon - points).toBe(totals.goods);
        expect(total(coupons.applied.map((each) => each.saving))).toBe(coupon + totals.freightDiscount);
        expect(totals.pointsUsed).toBeLessThanOrEqual(input.points?.balance ?? 0);
        expect(coupons.applied.length + coupons.rejected.length).toBe(input.coupons?.length);
      }),
      runs,
    );
  });

  it('explains every fen: the notes of a step sum to what the step took', () => {
    fc.assert(
      fc.property(anyCart, (input) => {
        const { notes, totals } = price(input);
        for (const step of ['activity', 'member', 'reduction', 'coupon', 'points'] as const) {
          const own = notes.filter((note) => note.step === step);
          expect(total(own.map((note) => note.amount))).toBe(totals[step]);
          for (const note of own)
            if (note.amount > 0) expect(total((note.lines ?? []).map((line) => line.amount))).toBe(note.amount);
        }
        expect(total(notes.filter((note) => note.step === 'freight').map((note) => note.amount))).toBe(
          totals.freightDiscount,
        );
      }),
      runs,
    );
  });

  it('is the same in whatever order the coupons are given', () => {
    fc.assert(
      fc.property(anyCart, (input) => {
        expect(price({ ...input, coupons: [...(input.coupons ?? [])].reverse() }).totals).toEqual(price(input).totals);
      }),
      { numRuns: 150 },
    );
  });

  it('does not change what it was given', () => {
    fc.assert(
      fc.property(anyCart, (input) => {
        const before = structuredClone(input);
        price(input);
        expect(input).toEqual(before);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a larger discount', () => {
  /** Without thresholds after the step: those may be missed by a cheaper cart, which is what a threshold means. */
  const open = (input: PriceInput): PriceInput => ({ ...input, reductions: [], points: undefined, coupons: [] });

  it('never raises the price: a lower activity rate, a lower member rate, a larger coupon, more points', () => {
    fc.assert(
      fc.property(anyCart, fc.integer({ min: 0, max: 50 }), (given, more) => {
        const input = open(given);
        const payable = (changed: Partial<PriceInput>) => price({ ...input, ...changed }).totals.payable;
        const lower = (payRate = 10_000) => Math.max(0, payRate - more * 100);
        const lines = input.lines.map((line) => ({
          ...line,
          activities: line.activities?.map((activity) => ({
            ...activity,
            payRate: lower(activity.payRate),
            maxQuantity: undefined,
          })),
        }));
        const wide = input.lines.map((line) => ({
          ...line,
          activities: line.activities?.map((activity) => ({ ...activity, maxQuantity: undefined })),
        }));
        // An entered activity holds against a better member price, so the activity alone is compared.
        expect(payable({ lines, benefits: [] })).toBeLessThanOrEqual(payable({ lines: wide, benefits: [] }));
        const benefits = input.benefits?.map((benefit) => ({ ...benefit, payRate: lower(benefit.payRate) }));
        expect(payable({ benefits })).toBeLessThanOrEqual(payable({}));
        expect(payable({ coupons: [amountCoupon('k', 0, 1_000 + more)] })).toBeLessThanOrEqual(
          payable({ coupons: [amountCoupon('k', 0, 1_000)] }),
        );
        const points = (balance: number) => ({ use: 'max' as const, balance, perYuan: 100, capRate: 5000 });
        expect(payable({ points: points(500 + more) })).toBeLessThanOrEqual(payable({ points: points(500) }));
      }),
      { numRuns: 150 },
    );
  });
});

describe('the margin floor', () => {
  it('C07-GRP-03 never lets a price below it pass without a named override, whatever is stacked', () => {
    fc.assert(
      fc.property(anyCart, fc.integer({ min: 0, max: 5000 }), fc.boolean(), (given, minMarginRate, isNamed) => {
        const lines = given.lines.map((line) => ({ ...line, cost: Math.floor(line.salePrice / 2) }));
        const override = isNamed ? { by: '王店长', reason: '清仓' } : { by: ' ', reason: '清仓' };
        const result = price({ ...given, lines, margin: { minMarginRate, override } });
        const below = result.lines.filter((line, index) => {
          const cost = (lines[index]?.cost ?? 0) * line.quantity;
          return line.payable * (10_000 - minMarginRate) < cost * 10_000;
        });
        expect(result.margin.breaches.map((breach) => breach.lineId)).toEqual(below.map((line) => line.lineId));
        expect(result.ok).toBe(isNamed || below.length === 0);
        for (const { floor, income, shortfall } of result.margin.breaches) expect(income + shortfall).toBe(floor);
      }),
      runs,
    );
  });
});

describe('refunds', () => {
  it('C10-DSP-02 of all pieces in any order and any partition give back exactly what was paid, used and funded', () => {
    fc.assert(
      fc.property(anyCart, fc.infiniteStream(fc.nat()), (input, random) => {
        const result = price(input);
        const next = (below: number) => (random.next().value ?? 0) % below;
        const open = new Map(result.lines.map((line) => [line.lineId, line.quantity]));
        const already: { lineId: string; quantity: number }[] = [];
        const back = { amount: 0, freight: 0, points: 0, shopFunded: 0, platformFunded: 0 };
        const couponIds: string[] = [];
        while (open.size > 0) {
          const part: typeof already = [];
          for (const [lineId, quantity] of [...open].sort(() => next(3) - 1)) {
            const taken = Math.min(quantity, next(4));
            if (taken === 0) continue;
            part.push({ lineId, quantity: taken });
            if (taken === quantity) open.delete(lineId);
            else open.set(lineId, quantity - taken);
          }
          if (part.length === 0) {
            const [lineId, quantity] = [...open][0]!;
            part.push({ lineId, quantity });
            open.delete(lineId);
          }
          const share = refundShare(result, part, already);
          for (const key of Object.keys(back) as (keyof typeof back)[]) back[key] += share[key];
          expect(share.amount).toBeGreaterThanOrEqual(0);
          expect(back.amount).toBeLessThanOrEqual(result.totals.payable);
          couponIds.push(...share.couponIds);
          already.push(...part);
        }
        const { payable, freight, freightDiscount, pointsUsed, shopFunded, platformFunded } = result.totals;
        expect(back).toEqual({
          amount: payable,
          freight: freight - freightDiscount,
          points: pointsUsed,
          shopFunded,
          platformFunded,
        });
        expect(couponIds.sort()).toEqual(result.coupons.applied.map((coupon) => coupon.couponId).sort());
      }),
      runs,
    );
  });
});
