import { describe, expect, it } from 'vitest';
import { amountCoupon, cart, line } from '../test/carts.ts';
import { lineFloor, type MarginFloor, type PriceInput, price } from './index.ts';

const half = { id: 'g', kind: 'group' as const, name: '3人团', payRate: 5000, entered: true };
const floor: MarginFloor = { minMarginRate: 0 };
const goods = [line(10_000, { cost: 6_000, activities: [half] }), line(10_000, { lineId: 'l2', cost: 6_000 })];
const check = (margin: MarginFloor, more: Partial<PriceInput> = {}) => price(cart(goods, { margin, ...more }));

describe('the margin floor', () => {
  it('C07-GRP-03 refuses 5折 of 100 at cost 60, with the line and the shortfall', () => {
    const result = check(floor);
    expect(result.ok).toBe(false);
    expect(result.margin.breaches).toEqual([
      { lineId: 'l1', floor: 6_000, income: 5_000, shortfall: 1_000, overridden: false },
    ]);
    expect(result.notes.at(-1)?.text).toBe('成交50.00元低于底线60.00元，差10.00元');
  });

  it('C07-GRP-03 lets it pass with a named override, for the named lines only, and hands back what to log', () => {
    const override = { by: '王店长', reason: '拉新活动' };
    const passed = check({ ...floor, override });
    expect(passed).toMatchObject({ ok: true, margin: { override, breaches: [{ lineId: 'l1', overridden: true }] } });
    expect(passed.notes.at(-1)?.text).toBe('低于毛利底线，由王店长放行：拉新活动');
    expect(check({ ...floor, override: { ...override, lineIds: ['l2'] } }).ok).toBe(false);
    expect(check({ ...floor, override: { by: '', reason: '拉新活动' } }).ok).toBe(false);
    expect(check({ ...floor, override: { by: '王店长', reason: ' ' } }).ok).toBe(false);
  });

  it('C07-GRP-03 applies with coupons and points stacked too', () => {
    const lines = [line(10_000, { cost: 6_000 })];
    const coupons = [amountCoupon('k', 0, 3_000)];
    const points = { use: 'max' as const, balance: 1_001, perYuan: 100, capRate: 5000 };
    expect(price(cart(lines, { margin: floor, coupons })).ok).toBe(true);
    expect(price(cart(lines, { margin: floor, coupons, points: { ...points, balance: 1_000 } })).ok).toBe(true);
    expect(price(cart(lines, { margin: floor, coupons, points })).margin.breaches[0]?.shortfall).toBe(1);
  });

  it('counts platform money as income only when told to', () => {
    const lines = [line(10_000, { cost: 8_000 })];
    const coupons = [amountCoupon('k', 0, 3_000)];
    expect(price(cart(lines, { margin: floor, coupons })).ok).toBe(false);
    expect(price(cart(lines, { margin: { ...floor, countPlatformFunding: true }, coupons })).ok).toBe(true);
  });

  it('keeps a gross margin of 20 %: cost 60.00 needs 75.00', () => {
    expect([lineFloor(6_000, 1, 2000), lineFloor(1, 1, 2000), lineFloor(0, 3, 2000)]).toEqual([7_500, 2, 0]);
  });

  it('says which lines it could not check', () => {
    const { margin } = price(cart([line(1)], { margin: floor }));
    expect(margin).toEqual({ ok: true, breaches: [], unchecked: ['l1'] });
  });
});
