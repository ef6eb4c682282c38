import { describe, expect, it } from 'vitest';
import { cart, line } from '../test/carts.ts';
import { type PointsOffer, price } from './index.ts';

const offer: PointsOffer = { use: 'max', balance: 2_000, perYuan: 100, capRate: 5000 };
const pay = (more: Partial<PointsOffer>, amount = 1_000) => {
  const { totals } = price(cart([line(amount)], { points: { ...offer, ...more } }));
  return [totals.payable, totals.pointsUsed];
};

describe('points', () => {
  it('C06-PTS-05 10.00 with 2,000 points and cap 50 % pays 5.00 and uses 500 points', () => {
    const result = price(cart([line(1_000)], { points: offer }));
    expect(result.totals).toMatchObject({ payable: 500, points: 500, pointsUsed: 500 });
    expect(result.notes.map((note) => note.text)).toEqual([
      '积分最多抵扣商品金额的50%，本单最多5.00元',
      '使用500积分，抵扣5.00元',
    ]);
  });

  it.each<[string, Partial<PointsOffer>, number, [number, number]]>([
    ['no more than the buyer has', { balance: 123 }, 1_000, [877, 123]],
    ['no more than the buyer asks for', { use: 200 }, 1_000, [800, 200]],
    ['none when none are asked for', { use: 0 }, 1_000, [1_000, 0]],
    ['whole steps only', { step: 200 }, 1_000, [600, 400]],
    ['none below one step', { step: 600 }, 1_000, [1_000, 0]],
    ['none below the least amount of goods', { minGoods: 1_001 }, 1_000, [1_000, 0]],
    ['from the least amount of goods on', { minGoods: 1_000 }, 1_000, [500, 500]],
    ['the cap rounded down to the fen', {}, 999, [500, 499]],
    ['at 10 points for a yuan, a point for 10 fen', { perYuan: 10, balance: 7 }, 1_000, [930, 7]],
    ['at 300 points for a yuan, nothing for a third of a fen', { perYuan: 300, balance: 2 }, 1_000, [1_000, 0]],
  ])('use %s', (_, more, amount, expected) => {
    expect(pay(more, amount)).toEqual(expected);
  });

  it('leave excluded goods and freight alone', () => {
    const lines = [line(1_000), line(1_000, { lineId: 'l2', excludes: ['points'] })];
    const result = price(cart(lines, { points: offer, freight: [{ shopId: 's1', amount: 800 }] }));
    expect(result.lines.map((each) => [each.payable, each.pointsUsed])).toEqual([
      [500, 500],
      [1_000, 0],
    ]);
    expect(result.totals.payable).toBe(2_300);
  });
});
