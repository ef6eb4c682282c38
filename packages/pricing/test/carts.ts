/** Carts, rules and coupons for the tests: small fixed ones by hand and random ones by fast-check. */
import fc from 'fast-check';
import type {
  ActivityPrice,
  Coupon,
  CouponRules,
  MemberBenefit,
  PriceInput,
  PriceLine,
  ReductionRule,
} from '../src/index.ts';

export const at = '2026-03-08T04:00:00.000Z';
export const later = '2026-04-01T00:00:00.000Z';

/** A line of one piece; `salePrice` and `listPrice` are equal unless said. */
export function line(salePrice: number, more: Partial<PriceLine> = {}): PriceLine {
  const lineId = more.lineId ?? 'l1';
  return {
    lineId,
    shopId: 's1',
    spuId: `spu-${lineId}`,
    skuId: `sku-${lineId}`,
    categoryIds: ['c1'],
    quantity: 1,
    listPrice: salePrice,
    salePrice,
    ...more,
  };
}

export const cart = (lines: PriceLine[], more: Partial<PriceInput> = {}): PriceInput => ({ at, lines, ...more });

export const amountCoupon = (id: string, threshold: number, off: number, more: Partial<Coupon> = {}): Coupon =>
  ({ id, name: id, kind: 'amount', threshold, off, expiresAt: later, ...more }) as Coupon;

const shopIds = ['s1', 's2', 's3'];
const categoryIds = ['c1', 'c2', 'c3'];
const rate = fc.integer({ min: 50, max: 100 }).map((percent) => percent * 100);
const platformShare = fc.constantFrom(undefined, 0, 3000, 10_000);

const scope = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 2, arbitrary: fc.constantFrom(...shopIds).map((shopId) => ({ shopId })) },
  { weight: 2, arbitrary: fc.constantFrom(...categoryIds).map((id) => ({ categoryIds: [id] })) },
  { weight: 1, arbitrary: fc.constantFrom(...categoryIds).map((id) => ({ excludeCategoryIds: [id] })) },
  { weight: 1, arbitrary: fc.record({ shopId: fc.constantFrom(...shopIds), categoryIds: fc.constant(['c1']) }) },
);

const activity: fc.Arbitrary<ActivityPrice> = fc.record({
  id: fc.constantFrom('a1', 'a2', 'a3'),
  kind: fc.constantFrom('flash', 'bargain', 'group', 'presale', 'memberDay'),
  name: fc.constant('活动'),
  payRate: rate,
  entered: fc.boolean(),
  maxQuantity: fc.constantFrom(undefined, undefined, 1, 2),
});

const lines = fc
  .array(
    fc.record({
      shopId: fc.constantFrom(...shopIds),
      categoryIds: fc.constantFrom(...categoryIds).map((id) => [id]),
      quantity: fc.integer({ min: 1, max: 5 }),
      salePrice: fc.oneof(fc.integer({ min: 0, max: 30_000 }), fc.constantFrom(0, 1, 999, 10_000)),
      over: fc.integer({ min: 0, max: 2_000 }),
      activities: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(activity, { maxLength: 2 }) },
      ),
      excludes: fc.oneof(
        { weight: 5, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.constant(['coupon' as const]) },
      ),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((each): PriceLine[] =>
    each.map(({ over, ...fields }, index) =>
      line(fields.salePrice, { ...fields, lineId: `l${index}`, listPrice: fields.salePrice + over }),
    ),
  );

const benefits: fc.Arbitrary<MemberBenefit[]> = fc.array(
  fc.record({
    id: fc.constantFrom('t', 'p'),
    kind: fc.constantFrom('tier', 'plan', 'birthday'),
    name: fc.constant('会员'),
    payRate: rate,
    scope,
  }),
  { maxLength: 2 },
);

const base = {
  id: fc.constantFrom('r1', 'r2', 'r3'),
  name: fc.constant('满减'),
  scope,
  stacks: fc.boolean(),
  platformShare,
};
const reduction: fc.Arbitrary<ReductionRule> = fc.oneof(
  fc.record({
    ...base,
    kind: fc.constant('amount' as const),
    steps: fc.constantFrom(
      [{ threshold: 10_000, off: 1_500 }],
      [
        { threshold: 5_000, off: 333 },
        { threshold: 20_000, off: 4_001 },
      ],
    ),
  }),
  fc.record({
    ...base,
    kind: fc.constant('amount' as const),
    steps: fc.constant([{ threshold: 4_000, off: 500 }]),
    repeat: fc.constant(true),
  }),
  fc.record({
    ...base,
    kind: fc.constant('percent' as const),
    steps: fc.constantFrom([{ minQuantity: 2, payRate: 9000 }], [{ threshold: 8_000, payRate: 8500 }]),
  }),
  fc.record({
    ...base,
    kind: fc.constant('nth' as const),
    nth: fc.integer({ min: 1, max: 3 }),
    payRate: rate,
    once: fc.boolean(),
  }),
  fc.record({
    ...base,
    kind: fc.constant('bundle' as const),
    price: fc.integer({ min: 0, max: 20_000 }),
    count: fc.integer({ min: 1, max: 4 }),
    once: fc.boolean(),
  }),
  fc.record({
    ...base,
    kind: fc.constant('bundle' as const),
    price: fc.integer({ min: 0, max: 20_000 }),
    // 搭配购: a SKU with any of another product.
    items: fc.constantFrom(
      [
        { skuId: 'sku-l1', quantity: 1 },
        { spuId: 'spu-l2', quantity: 1 },
      ],
      [
        { spuId: 'spu-l1', quantity: 2 },
        { spuId: 'spu-l3', quantity: 1 },
      ],
    ),
    once: fc.boolean(),
  }),
);

const expiresAt = fc.constantFrom(
  later,
  '2026-03-20T00:00:00.000Z',
  '2026-03-09T00:00:00.000Z',
  '2026-03-08T04:00:00.000Z',
);
const couponBase = {
  threshold: fc.constantFrom(0, 0, 2_000, 5_000, 9_999, 20_000),
  scope,
  expiresAt,
  group: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom('g1', 'g2', 'platform') },
  ),
  excludes: fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(['platform'], ['k1'], ['*'], ['g1']) },
  ),
  platformShare,
};
const coupon = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      ...couponBase,
      kind: fc.constant('amount' as const),
      off: fc.constantFrom(0, 100, 333, 500, 1_000, 3_001),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      ...couponBase,
      kind: fc.constant('percent' as const),
      payRate: rate,
      cap: fc.constantFrom(undefined, 300, 2_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...couponBase,
      kind: fc.constant('exchange' as const),
      quantity: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...couponBase,
      kind: fc.constant('freight' as const),
      off: fc.constantFrom(undefined, 500, 900),
    }),
  },
);

export const couponsOf = (maxLength: number): fc.Arbitrary<Coupon[]> =>
  fc
    .array(coupon, { maxLength })
    .map((all): Coupon[] => all.map((each, index) => ({ ...each, id: `k${index}`, name: `券${index}` })));

export const couponRules = fc.constantFrom<CouponRules[]>(
  {},
  {},
  { maxCoupons: 2 },
  { groupLimits: { platform: 2, 'shop:s1': 3 } },
  { groupLimits: { g1: 2, freight: 2 }, maxCoupons: 4 },
);

const points = fc.record({
  use: fc.constantFrom<('max' | number)[]>('max', 100, 777),
  balance: fc.integer({ min: 0, max: 5_000 }),
  perYuan: fc.constantFrom(100, 10, 300),
  capRate: fc.constantFrom(5000, 10_000, 1234),
  step: fc.constantFrom(undefined, 1, 100),
  platformShare,
});

/** A cart with everything that may be in it. Freight is quoted for the shops that have lines. */
export const anyCart: fc.Arbitrary<PriceInput> = fc
  .record({
    at: fc.constant(at),
    lines,
    benefits,
    reductions: fc.array(reduction, { maxLength: 3 }),
    coupons: couponsOf(4),
    points: fc.option(points, { nil: undefined }),
    freights: fc.array(fc.constantFrom(0, 600, 1_200), { minLength: 3, maxLength: 3 }),
    rules: couponRules.map((coupons) => ({ coupons })),
    memberStacking: fc.constantFrom('best' as const, 'multiply' as const),
  })
  .map(({ freights, memberStacking, ...input }) => ({
    ...input,
    rules: { ...input.rules, memberStacking },
    freight: [...new Set(input.lines.map((each) => each.shopId))].map((shopId, index) => ({
      shopId,
      amount: freights[index] ?? 0,
    })),
  }));
