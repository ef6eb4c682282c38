import { describe, expect, it } from 'vitest';
import { cart, line } from '../test/carts.ts';
import { type PriceInput, price, type ReductionRule, refundShare } from './index.ts';

const r199: ReductionRule = {
  id: 'r199',
  name: '满199减30',
  kind: 'amount',
  steps: [{ threshold: 19_900, off: 3_000 }],
};
const goods = (...prices: number[]) => prices.map((salePrice, index) => line(salePrice, { lineId: `l${index + 1}` }));
const payables = (lines: ReturnType<typeof goods>, reductions: ReductionRule[], more: Partial<PriceInput> = {}) =>
  price(cart(lines, { reductions, ...more })).lines.map((each) => each.payable);

describe('满减', () => {
  it('C08-LTV-06 gives nothing at 198.99 and says what is missing; 199.00 pays 169.00', () => {
    const below = price(cart(goods(19_899), { reductions: [r199] }));
    expect(below.totals.payable).toBe(19_899);
    expect(below.notes.map((note) => note.text)).toEqual(['再买0.01元可享「满199减30」']);
    const reached = price(cart(goods(19_900), { reductions: [r199] }));
    expect(reached.totals.payable).toBe(16_900);
    expect(reached.notes.map((note) => note.text)).toEqual(['「满199减30」满减商品共199.00元，减30.00元']);
  });

  it('C08-LTV-06 a partial refund takes back its part of the 30 to the fen', () => {
    const result = price(cart(goods(10_000, 6_633, 3_267), { reductions: [r199] }));
    expect(result.lines.map((each) => each.discounts[0]?.amount)).toEqual([1_508, 1_000, 492]);
    const first = refundShare(result, [{ lineId: 'l2', quantity: 1 }]);
    expect(first.amount).toBe(5_633);
    expect(first.lines[0]?.discounts).toEqual([
      { step: 'reduction', sourceId: 'r199', amount: 1_000, platformFunded: 0 },
    ]);
  });

  it('takes the highest step reached; 上不封顶 counts the step again each time', () => {
    const steps: ReductionRule = {
      ...r199,
      steps: [
        { threshold: 10_000, off: 1_000 },
        { threshold: 20_000, off: 2_500 },
      ],
    };
    expect([9_999, 10_000, 19_999, 20_000, 90_000].map((amount) => payables(goods(amount), [steps])[0])).toEqual([
      9_999, 9_000, 18_999, 17_500, 87_500,
    ]);
    const repeat: ReductionRule = { ...r199, steps: [{ threshold: 10_000, off: 1_000 }], repeat: true };
    expect([19_999, 20_000, 35_000].map((amount) => payables(goods(amount), [repeat])[0])).toEqual([
      18_999, 18_000, 32_000,
    ]);
  });

  it('C08-LTV-06 names the step that counts, not the one its name quotes', () => {
    const steps = [
      { threshold: 19_900, off: 3_000 },
      { threshold: 39_900, off: 8_000 },
    ];
    const textsOf = (rule: ReductionRule, amount: number) =>
      price(cart(goods(amount), { reductions: [rule] })).notes.map(({ text }) => text);
    expect(textsOf({ ...r199, steps }, 43_800)).toEqual(['「满399减80」满减商品共438.00元，减80.00元']);
    expect(textsOf({ ...r199, steps, name: '店庆' }, 43_800)).toEqual(['「店庆」满减商品共438.00元，减80.00元']);
    expect(textsOf({ ...r199, name: '满 399 减 80', steps }, 10_000)).toEqual(['再买99.00元可享「满199减30」']);
  });

  it('X-35 counts the threshold on what the tier leaves: 240.00 at 8折 is 192.00, below 199', () => {
    const benefits = [{ id: 'diamond', kind: 'tier' as const, name: '钻石会员', payRate: 8000 }];
    expect(payables(goods(24_000), [r199], { benefits })).toEqual([19_200]);
    expect(payables(goods(25_000), [r199], { benefits })).toEqual([17_000]);
  });

  it('C02-CPT-04 gives each layer its own: new 10, silent 8, VIP 5 yuan, others nothing', () => {
    const layer = (audience: string, off: number): ReductionRule => ({
      id: audience,
      name: audience,
      kind: 'amount',
      audiences: [audience],
      steps: [{ threshold: 2_000, off }],
    });
    const rules = [layer('new', 1_000), layer('silent', 800), layer('vip', 500)];
    expect(
      ['new', 'silent', 'vip', 'other'].map((audience) => payables(goods(5_000), rules, { audiences: [audience] })[0]),
    ).toEqual([4_000, 4_200, 4_500, 5_000]);
  });
});

describe('which reductions go together', () => {
  const ten: ReductionRule = {
    id: 'ten',
    name: '满100减10',
    kind: 'amount',
    steps: [{ threshold: 10_000, off: 1_000 }],
  };
  it('only one for a piece: the one that saves most of a priority, a lower priority number first', () => {
    expect(payables(goods(20_000), [ten, r199])).toEqual([17_000]);
    expect(payables(goods(20_000), [{ ...ten, priority: 1 }, r199])).toEqual([19_000]);
  });
  it('the lower id among equals, whatever order they come in', () => {
    const rules = [r199, { ...r199, id: 'r100' }];
    for (const reductions of [rules, [...rules].reverse()]) {
      expect(price(cart(goods(20_000), { reductions })).lines[0]?.discounts[0]?.sourceId).toBe('r100');
    }
  });
  it('both where both say so, the second counted on what the first leaves', () => {
    const both = [
      { ...r199, stacks: true },
      { ...ten, stacks: true },
    ];
    expect(payables(goods(20_000), both)).toEqual([16_000]);
    expect(payables(goods(20_000), [{ ...r199, stacks: true }, ten])).toEqual([17_000]);
  });
  it('a piece that made up a threshold has taken part, even if another rule could use it', () => {
    expect(
      payables(goods(19_900, 1), [r199, { ...ten, scope: { skuIds: ['sku-l2'] }, steps: [{ threshold: 1, off: 1 }] }]),
    ).toEqual([16_900, 1]);
  });
});

describe('满折, 第N件折, 打包', () => {
  it('满2件9折 counts pieces, with a cap', () => {
    const rule: ReductionRule = {
      id: 'p',
      name: '满2件9折',
      kind: 'percent',
      steps: [
        { minQuantity: 2, payRate: 9000 },
        { minQuantity: 3, payRate: 8000 },
      ],
    };
    expect(payables(goods(10_000), [rule])).toEqual([10_000]);
    expect(payables(goods(10_000, 10_000), [rule])).toEqual([9_000, 9_000]);
    expect(payables(goods(10_000, 10_000, 10_000), [{ ...rule, cap: 300 }])).toEqual([9_900, 9_900, 9_900]);
  });

  it('第二件半价 halves the cheaper of each pair, or of the first pair only', () => {
    const rule: ReductionRule = { id: 'n', name: '第二件半价', kind: 'nth', nth: 2, payRate: 5000 };
    expect(payables(goods(1_000, 4_000, 3_000, 2_000), [rule])).toEqual([500, 4_000, 1_500, 2_000]);
    expect(payables(goods(1_000, 4_000, 3_000, 2_000), [{ ...rule, once: true }])).toEqual([
      1_000, 4_000, 1_500, 2_000,
    ]);
    expect(price(cart([line(1_001, { quantity: 5 })], { reductions: [rule] })).totals.payable).toBe(
      5 * 1_001 - 2 * 500,
    );
  });

  it('任选3件99元 packs the dearest pieces first and only where that is cheaper', () => {
    const rule: ReductionRule = { id: 'b', name: '99元3件', kind: 'bundle', price: 9_900, count: 3 };
    const result = price(
      cart([line(5_000, { quantity: 4 }), line(3_000, { lineId: 'l2', quantity: 3 })], { reductions: [rule] }),
    );
    expect(result.totals.payable).toBe(9_900 + 9_900 + 3_000);
    expect(result.lines.map((each) => each.payable)).toEqual([15_231, 7_569]);
    expect(result.notes.map((note) => note.text)).toEqual(['「99元3件」99.00元一组，共2组，减62.00元']);
    expect(price(cart([line(3_000, { quantity: 3 })], { reductions: [rule] })).totals.payable).toBe(9_000);
  });

  it('prices ten thousand pieces in packs at once', () => {
    const rule: ReductionRule = { id: 'b', name: '3件', kind: 'bundle', price: 200, count: 3 };
    expect(price(cart([line(100, { quantity: 10_000 })], { reductions: [rule] })).totals.payable).toBe(
      3_333 * 200 + 100,
    );
  });

  it('a fixed set costs its price as often as the cart holds it', () => {
    const items = [
      { skuId: 'sku-l1', quantity: 1 },
      { skuId: 'sku-l2', quantity: 2 },
    ];
    const rule: ReductionRule = { id: 'b', name: '套装', kind: 'bundle', price: 5_000, items };
    const lines = [line(4_000, { quantity: 2 }), line(1_000, { lineId: 'l2', quantity: 5 })];
    expect(price(cart(lines, { reductions: [rule] })).totals.payable).toBe(2 * 5_000 + 1_000);
    expect(price(cart(lines, { reductions: [{ ...rule, once: true }] })).totals.payable).toBe(5_000 + 4_000 + 3_000);
  });

  it('C08-LTV-06 搭配购: any SKU of each product makes the set, its parts and their refunds sum to the fen', () => {
    const of = (spuId: string, lineId: string, salePrice: number, quantity = 1) =>
      line(salePrice, { lineId, skuId: `${spuId}-${lineId}`, spuId, quantity });
    const rule: ReductionRule = {
      ...{ id: 'set', name: '晨间套装', kind: 'bundle', price: 9_900 },
      items: [
        { spuId: 'cup', quantity: 1 },
        { spuId: 'tea', quantity: 2 },
      ],
    };
    const short = price(cart([of('cup', 'red', 8_000), of('tea', 'a', 3_000)], { reductions: [rule] }));
    expect(short.totals.reduction).toBe(0);
    const lines = [of('cup', 'red', 8_000), of('tea', 'a', 3_000), of('tea', 'b', 2_500), of('pot', 'x', 5_000)];
    const result = price(cart(lines, { reductions: [rule] }));
    expect(result.totals.reduction).toBe(8_000 + 3_000 + 2_500 - 9_900);
    expect(
      result.lines
        .map(({ payable }) => payable)
        .slice(0, 3)
        .reduce((a, b) => a + b),
    ).toBe(9_900);
    expect(result.lines[3]?.payable).toBe(5_000);
    expect(result.notes.map(({ text }) => text)).toEqual(['「晨间套装」99.00元一组，共1组，减36.00元']);
    const back = result.lines.map(({ lineId }) => refundShare(result, [{ lineId, quantity: 1 }]).amount);
    expect(back.reduce((a, b) => a + b)).toBe(result.totals.payable);
    // Twice, as often as it fits; the piece too many is at its own price.
    const twice = [of('cup', 'red', 8_000, 3), of('tea', 'a', 3_000, 4)];
    expect(price(cart(twice, { reductions: [rule] })).totals.goods).toBe(2 * 9_900 + 8_000);
  });
});
