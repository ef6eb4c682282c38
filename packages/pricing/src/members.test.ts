import { describe, expect, it } from 'vitest';
import { cart, line } from '../test/carts.ts';
import { type MemberBenefit, price } from './index.ts';

const diamond: MemberBenefit = { id: 'diamond', kind: 'tier', name: '钻石会员', payRate: 8000 };
const plan: MemberBenefit = { id: 'plan', kind: 'plan', name: '付费会员', payRate: 9000 };
const pay = (benefits: MemberBenefit[], more = {}, rules = {}) =>
  price(cart([line(10_000, more)], { benefits, rules })).totals.payable;

describe('member price', () => {
  it('C06-MEM-03 diamond pays 80.00 for 100.00; excluded goods stay 100.00', () => {
    const result = price(
      cart([line(10_000), line(10_000, { lineId: 'l2', excludes: ['member'] })], { benefits: [diamond] }),
    );
    expect(result.lines.map((each) => each.payable)).toEqual([8_000, 10_000]);
    expect(result.notes.map((note) => note.text)).toEqual(['钻石会员8折，优惠20.00元', '特例商品，不享会员价']);
  });

  it('C06-MEM-03 never goes below 80 % by tier alone, down to the fen', () => {
    for (let salePrice = 0; salePrice <= 300; salePrice += 1) {
      const { payable } = price(cart([line(salePrice, { quantity: 3 })], { benefits: [diamond] })).totals;
      expect(payable * 10).toBeGreaterThanOrEqual(salePrice * 3 * 8);
      expect(payable).toBe(Math.ceil((salePrice * 8) / 10) * 3);
    }
  });

  it('C13-SUB-01 takes the best of tier and paid plan, not the sum, unless settings multiply them', () => {
    expect(pay([plan, diamond])).toBe(8_000);
    expect(pay([plan, diamond], {}, { memberStacking: 'multiply' })).toBe(7_200);
  });

  it('C02-CPT-10 uses the birthday right only where it is the better one, and says that it was used', () => {
    const birthday: MemberBenefit = {
      id: 'birthday',
      kind: 'birthday',
      name: '生日特权',
      payRate: 7500,
      scope: { categoryIds: ['cake'] },
    };
    const lines = [line(10_000), line(10_000, { lineId: 'l2', categoryIds: ['cake'] })];
    const result = price(cart(lines, { benefits: [diamond, birthday] }));
    expect(result.lines.map((each) => [each.payable, ...each.benefitIds])).toEqual([
      [8_000, 'diamond'],
      [7_500, 'birthday'],
    ]);
  });

  it('takes the price set by hand for the SKU in the place of the rate, and never raises a price', () => {
    expect(pay([diamond], { memberPrices: { diamond: 8_800 } })).toBe(8_800);
    expect(pay([diamond], { memberPrices: { diamond: 12_000 } })).toBe(10_000);
  });
});
