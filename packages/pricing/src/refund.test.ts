import { describe, expect, it } from 'vitest';
import { amountCoupon, cart, line } from '../test/carts.ts';
import { price, refundShare } from './index.ts';

const lines = [line(3_333, { quantity: 3 }), line(5_000, { lineId: 'l2', shopId: 's2' })];
const result = price(
  cart(lines, {
    coupons: [amountCoupon('shop', 0, 1_000, { scope: { shopId: 's1' } }), amountCoupon('platform', 0, 500)],
    points: { use: 'max', balance: 400, perYuan: 100, capRate: 5000 },
    freight: [{ shopId: 's1', amount: 800 }],
  }),
);

describe('a refund', () => {
  it('C10-DSP-02 takes back money, points and discounts in proportion, and the last piece takes the fen left over', () => {
    const [line1] = result.lines;
    expect(line1).toMatchObject({ saleAmount: 9_999, payable: 8_421, pointsUsed: 257 });
    const one = refundShare(result, [{ lineId: 'l1', quantity: 1 }]);
    expect([one.amount, one.points, one.freight, one.couponIds]).toEqual([2_807, 85, 0, []]);
    const rest = refundShare(result, [{ lineId: 'l1', quantity: 2 }], [{ lineId: 'l1', quantity: 1 }]);
    expect([rest.amount, rest.points, rest.freight, rest.couponIds]).toEqual([8_421 - 2_807 + 800, 172, 800, ['shop']]);
  });

  it('hands the platform coupon back only when all the orders it worked on are returned', () => {
    const second = refundShare(result, [{ lineId: 'l2', quantity: 1 }], [{ lineId: 'l1', quantity: 3 }]);
    expect(second.couponIds).toEqual(['platform']);
    expect(refundShare(result, [{ lineId: 'l2', quantity: 1 }]).couponIds).toEqual([]);
  });

  it('keeps the freight when it was used up', () => {
    expect(refundShare(result, [{ lineId: 'l1', quantity: 3 }], [], { freight: 'never' })).toMatchObject({
      amount: 8_421,
      freight: 0,
    });
  });

  it('never gives more than is left after a goodwill refund', () => {
    const already = [{ lineId: 'l1', quantity: 0, amount: 8_000 }];
    expect(refundShare(result, [{ lineId: 'l1', quantity: 3 }], already, { freight: 'never' }).amount).toBe(421);
  });

  it('refuses more pieces than were bought, lines that are not there and fractions', () => {
    expect(() => refundShare(result, [{ lineId: 'l1', quantity: 4 }])).toThrow(RangeError);
    expect(() => refundShare(result, [{ lineId: 'l1', quantity: 1 }], [{ lineId: 'l1', quantity: 3 }])).toThrow(
      RangeError,
    );
    expect(() => refundShare(result, [{ lineId: 'l9', quantity: 1 }])).toThrow(RangeError);
    expect(() => refundShare(result, [{ lineId: 'l1', quantity: 0.5 }])).toThrow(RangeError);
  });
});
