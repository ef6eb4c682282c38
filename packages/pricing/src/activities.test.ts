import { describe, expect, it } from 'vitest';
import { cart, line } from '../test/carts.ts';
import { type ActivityPrice, groupStep, price, refundShare } from './index.ts';

const activity = (
  kind: ActivityPrice['kind'],
  unitPrice: number,
  more: Partial<ActivityPrice> = {},
): ActivityPrice => ({
  id: kind,
  kind,
  name: kind,
  unitPrice,
  ...more,
});
const diamond = { id: 'diamond', kind: 'tier' as const, name: '钻石会员', payRate: 8000 };

describe('activity price', () => {
  it('C03-SCN-02 3人成团享7折 on 100.00 is 70.00 for who joins, 100.00 for who buys alone', () => {
    const offer: ActivityPrice = { id: 'g', kind: 'group', name: '3人团', payRate: 7000 };
    const joined = price(cart([line(10_000, { activities: [{ ...offer, entered: true }] })]));
    expect(joined.totals.payable).toBe(7_000);
    expect(joined.notes.map((note) => note.text)).toEqual(['「3人团」拼团价70.00元，共1件']);
    const alone = price(cart([line(10_000, { activities: [offer] })]));
    expect(alone.totals.payable).toBe(10_000);
    expect(alone.notes.map((note) => note.code)).toEqual(['activity.not_entered']);
  });

  it('C07-GRP-01 steps 2→90 and 5→70: nobody alone, 90 from two on, 70 from five on', () => {
    const steps = [
      { size: 5, unitPrice: 7_000 },
      { size: 2, unitPrice: 9_000 },
    ];
    expect([1, 2, 4, 5, 9].map((members) => groupStep(steps, members)?.unitPrice)).toEqual([
      undefined,
      9_000,
      9_000,
      7_000,
      7_000,
    ]);
  });

  it.each([
    [
      'the lowest of those that apply by themselves',
      [activity('flash', 8_500), activity('memberDay', 8_000)],
      'memberDay',
      8_000,
    ],
    [
      'one entered before a lower one that applies by itself',
      [activity('flash', 7_000), activity('group', 8_000, { entered: true })],
      'group',
      8_000,
    ],
    [
      'the declared kind order among equal prices',
      [activity('memberDay', 8_000), activity('flash', 8_000)],
      'flash',
      8_000,
    ],
    ['none that is not below the sale price', [activity('flash', 10_000)], undefined, 10_000],
    ['none whose pieces are used up', [activity('flash', 5_000, { maxQuantity: 0 })], undefined, 10_000],
  ])('C03-SCN-01 takes %s and never two', (_, activities, winner, payable) => {
    const result = price(cart([line(10_000, { activities })]));
    expect(result.lines[0]?.activity?.id).toBe(winner);
    expect(result.totals.payable).toBe(payable);
    expect(result.lines[0]?.discounts.length).toBe(winner ? 1 : 0);
  });

  it('names the activity that was not stacked', () => {
    const { notes } = price(
      cart([line(10_000, { activities: [activity('flash', 8_500), activity('memberDay', 8_000)] })]),
    );
    expect(notes.find((note) => note.code === 'activity.not_stacked')?.text).toBe(
      '已按「memberDay」计价，不与「flash」叠加',
    );
  });

  it('X-03 yields to a lower member price, unless the buyer entered it; with allows.member both count', () => {
    const pay = (...activities: ActivityPrice[]) =>
      price(cart([line(10_000, { activities })], { benefits: [diamond] })).totals.payable;
    expect(pay(activity('flash', 9_000))).toBe(8_000);
    expect(pay(activity('flash', 7_900))).toBe(7_900);
    expect(pay(activity('group', 9_000, { entered: true }))).toBe(9_000);
    expect(pay(activity('memberDay', 9_000, { allows: { member: true } }))).toBe(7_200);
  });

  it('C07-SEC-01 limits a flash price to so many pieces; the rest is open to coupons and member prices again', () => {
    const flash = activity('flash', 5_000, { maxQuantity: 1 });
    const result = price(cart([line(10_000, { quantity: 3, activities: [flash] })], { benefits: [diamond] }));
    expect(result.totals).toMatchObject({ activity: 5_000, member: 4_000, payable: 5_000 + 2 * 8_000 });
    const shares = [1, 1, 1].map(
      (quantity, index) =>
        refundShare(
          result,
          [{ lineId: 'l1', quantity }],
          [{ lineId: 'l1', quantity: index }].filter((each) => each.quantity > 0),
        ).amount,
    );
    expect(shares).toEqual([7_000, 7_000, 7_000]);
  });

  it('keeps flash goods out of 满减 and coupons by default, and lets settings open them', () => {
    const lines = [line(10_000, { activities: [activity('flash', 9_000)] })];
    const reductions = [
      { id: 'r', name: '满50减10', kind: 'amount' as const, steps: [{ threshold: 5_000, off: 1_000 }] },
    ];
    expect(price(cart(lines, { reductions })).totals.payable).toBe(9_000);
    const rules = { activityAllows: { flash: { reduction: true } } };
    expect(price(cart(lines, { reductions, rules })).totals.payable).toBe(8_000);
  });

  it('counts a presale deposit of 10.00 as 20.00 and says what is due now', () => {
    const presale = activity('presale', 10_000, { entered: true, deposit: 1_000, depositWorth: 2_000 });
    const result = price(
      cart([line(12_000, { quantity: 2, activities: [presale] })], { freight: [{ shopId: 's1', amount: 500 }] }),
    );
    expect(result.totals).toMatchObject({ goods: 18_000, payable: 18_500, deposit: 2_000 });
  });
});

describe('input that makes no sense', () => {
  it.each([
    ['a fraction of a fen', line(10.5)],
    ['a negative price', line(-1)],
    ['no pieces', line(100, { quantity: 0 })],
    ['an activity without a price', line(100, { activities: [{ id: 'a', kind: 'flash', name: 'a' }] })],
    ['a rate above 100 %', line(100, { activities: [{ id: 'a', kind: 'flash', name: 'a', payRate: 10_001 }] })],
  ])('is refused loudly: %s', (_, bad) => {
    expect(() => price(cart([bad]))).toThrow(RangeError);
  });
  it('is refused loudly: one line id twice', () => {
    expect(() => price(cart([line(1), line(1)]))).toThrow(RangeError);
  });
});
