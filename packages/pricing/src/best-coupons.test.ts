import { describe, expect, it } from 'vitest';
import { amountCoupon, at, cart, later, line } from '../test/carts.ts';
import { bestCoupons, type Coupon } from './index.ts';

const soon = '2026-03-09T00:00:00.000Z';
const shop = { scope: { shopId: 's1' } };
const lines = [line(10_000), line(8_000, { lineId: 'l2', categoryIds: ['c2'] })];
const best = (coupons: Coupon[], rules = {}) => bestCoupons(cart(lines), coupons, rules);
const why = (coupons: Coupon[], id: string, rules = {}) =>
  best(coupons, rules).leftOut.find((each) => each.couponId === id);

describe('the best coupons', () => {
  it('take a smaller shop coupon when it keeps the platform threshold in reach', () => {
    const coupons = [
      amountCoupon('shop20', 0, 2_000, shop),
      amountCoupon('shop10', 0, 1_000, shop),
      amountCoupon('满170减15', 17_000, 1_500),
    ];
    const found = best(coupons);
    expect(found).toMatchObject({ couponIds: ['shop10', '满170减15'], saving: 2_500, optimal: true });
    expect(found.leftOut).toEqual([
      expect.objectContaining({ couponId: 'shop20', reason: 'group_limit', by: 'shop10', savesLess: 500 }),
    ]);
  });

  it('C05-PERF-11 settle a tie by the earliest expiry', () => {
    const found = best([amountCoupon('a', 0, 1_000), amountCoupon('b', 0, 1_000, { expiresAt: soon })]);
    expect(found.couponIds).toEqual(['b']);
    expect(found.leftOut[0]?.text).toBe('同类券最多用1张，已用「b」；省得一样多，优先用更早到期或张数更少的券');
  });

  it('settle what is left of a tie by the fewest coupons', () => {
    const two = [
      amountCoupon('a', 0, 500, shop),
      amountCoupon('b', 0, 500, { excludes: ['c'] }),
      amountCoupon('c', 0, 1_000, { group: 'c', excludes: ['shop:s1'] }),
    ];
    expect(best(two)).toMatchObject({ couponIds: ['c'], saving: 1_000, tiesSettled: true });
    const early = two.map((coupon) => (coupon.id === 'a' ? { ...coupon, expiresAt: soon } : coupon));
    expect(best(early).couponIds).toEqual(['a', 'b']);
  });

  it('settle it for the shorter set also when that has an expiry later than the known one still to hope for', () => {
    const mid = '2026-03-20T00:00:00.000Z';
    const coupons = [
      amountCoupon('a', 0, 500, { group: 'a', expiresAt: soon }),
      amountCoupon('b', 0, 500, { group: 'b', expiresAt: mid }),
      amountCoupon('c', 0, 1_000, { group: 'c', expiresAt: soon, excludes: ['a', 'b'] }),
      amountCoupon('d', 17_500, 10, { group: 'd' }),
    ];
    expect(best(coupons)).toMatchObject({ couponIds: ['c'], saving: 1_000, tiesSettled: true });
  });

  it('use two of a kind where two are allowed, and the twin that nobody excludes', () => {
    const [first, second] = [amountCoupon('k1', 0, 500, { expiresAt: soon }), amountCoupon('k2', 0, 500)];
    expect(best([first, second], { groupLimits: { platform: 2 } }).couponIds).toEqual(['k1', 'k2']);
    expect(best([first, second, amountCoupon('x', 0, 100, { ...shop, excludes: ['k1'] })]).couponIds).toEqual([
      'x',
      'k2',
    ]);
  });

  it('say why each other one is left out', () => {
    const chosen = amountCoupon('chosen', 0, 3_000);
    const reason = (coupon: Coupon, rules = {}) => {
      const { couponId: _, ...rest } = why([chosen, coupon], coupon.id, rules) ?? {};
      return rest;
    };
    expect(reason(amountCoupon('k', 0, 1, { expiresAt: at }))).toEqual({ reason: 'expired', text: '已过期' });
    expect(reason(amountCoupon('k', 0, 1, { validFrom: later, expiresAt: later }))).toEqual({
      reason: 'not_yet_valid',
      text: '还没到可用时间',
    });
    expect(reason(amountCoupon('k', 0, 1, { audiences: ['new'] }))).toEqual({
      reason: 'not_for_you',
      text: '不在可用人群内',
    });
    expect(reason(amountCoupon('k', 0, 1, { scope: { spuIds: ['x'] } }))).toEqual({
      reason: 'not_for_goods',
      text: '没有适用的商品',
    });
    expect(reason(amountCoupon('k', 20_000, 1))).toEqual({
      reason: 'below_threshold',
      text: '适用商品还差20.00元',
      short: 2_000,
    });
    expect(reason(amountCoupon('k', 0, 1_000))).toEqual({
      reason: 'group_limit',
      text: '同类券最多用1张，已用「chosen」；换用它会少省20.00元',
      by: 'chosen',
      savesLess: 2_000,
    });
    expect(reason(amountCoupon('k', 0, 1_000, { ...shop, excludes: ['platform'] }))).toEqual({
      reason: 'excluded',
      text: '不能与「chosen」同用；换用它会少省20.00元',
      by: 'chosen',
      savesLess: 2_000,
    });
    expect(reason(amountCoupon('k', 0, 1_000, shop), { maxCoupons: 1 })).toEqual({
      reason: 'too_many',
      text: '一次最多用1张券；换用它会少省20.00元',
      savesLess: 2_000,
    });
    expect(reason(amountCoupon('k', 16_000, 1_000, { group: 'z' }))).toEqual({
      reason: 'below_threshold',
      text: '与「chosen」同用后，适用商品还差10.00元',
      short: 1_000,
    });
  });

  it('say that a coupon would go under the margin floor instead of offering a price that is refused', () => {
    const dear = cart([line(10_000, { cost: 8_000 })], { margin: { minMarginRate: 0 } });
    const found = bestCoupons(dear, [amountCoupon('deep', 0, 2_001), amountCoupon('mild', 0, 1_500)]);
    expect(found).toMatchObject({ couponIds: ['mild'], saving: 1_500 });
    expect(found.leftOut).toEqual([{ couponId: 'deep', reason: 'below_floor', text: '商品已是最低价，不能再用此券' }]);
  });

  it('are found at once among thirty equal ones: twins are tried once', () => {
    const thirty = Array.from({ length: 30 }, (_, index) =>
      amountCoupon(`k${index}`, 0, 500, { expiresAt: new Date(Date.parse(soon) + index * 1000).toISOString() }),
    );
    const found = best(thirty);
    expect(found).toMatchObject({ couponIds: ['k0'], saving: 500, optimal: true, tiesSettled: true });
    expect(found.nodes).toBeLessThan(5);
  });

  it('stop at the node limit, with a set that works, a bound, and no claim to be optimal', () => {
    // A knapsack: each coupon alone in its group, thresholds that others break.
    const hard = Array.from({ length: 30 }, (_, index) =>
      amountCoupon(`k${index}`, 9_000 + index * 97, 301 + ((index * 7919) % 613), { group: `g${index}` }),
    );
    const found = best(hard, { nodeLimit: 500 });
    expect(found).toMatchObject({ optimal: false, tiesSettled: false });
    expect(found.nodes).toBeLessThanOrEqual(501);
    expect(found.saving).toBeGreaterThan(0);
    expect(found.upperBound).toBeGreaterThanOrEqual(found.saving);
  });

  it('are none where none can be used', () => {
    expect(best([])).toEqual({
      couponIds: [],
      saving: 0,
      optimal: true,
      tiesSettled: true,
      upperBound: 0,
      nodes: 0,
      leftOut: [],
    });
    expect(bestCoupons(cart([]), [amountCoupon('k', 0, 1)]).leftOut[0]?.reason).toBe('not_for_goods');
  });
});
