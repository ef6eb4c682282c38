import { describe, expect, it } from 'vitest';
import { type PlannedGoods, type PlannedOffer, planConflicts, planMargins } from './index.ts';

const goods: PlannedGoods[] = [
  { skuId: 'cup', spuId: 'cups', shopId: 's', categoryIds: ['ware'], salePrice: 10_000, cost: 6_000 },
  { skuId: 'tea', spuId: 'teas', shopId: 's', categoryIds: ['food'], salePrice: 5_000, cost: 0 },
];
const hours = (from: number, until: number) => [
  { startsAt: new Date(from * 3_600_000), endsAt: new Date(until * 3_600_000) },
];
const offer = (id: string, kind: PlannedOffer['kind'], more: Partial<PlannedOffer> = {}): PlannedOffer => ({
  ...{ id, kind, name: id, scope: { shopId: 's', skuIds: ['cup'] }, windows: hours(0, 2), text: '' },
  ...more,
});
const texts = (offers: PlannedOffer[], about?: string) =>
  planConflicts(offers, goods, about === undefined ? {} : { about }).map(({ severity, text }) => `${severity} ${text}`);

describe('activities laid beside each other', () => {
  it('says which of two prices the pipeline will take: a flash price for who holds a place, the other for who does not', () => {
    const day = offer('会员日', 'memberDay', { scope: { shopId: 's' }, payRate: 8_000 });
    expect(texts([offer('秒杀', 'flash', { unitPrice: 7_000 }), day])).toEqual([
      'warn 从「秒杀」进入按70.00元，直接购买按「会员日」80.00元，不叠加',
    ]);
    expect(texts([offer('秒杀', 'flash', { unitPrice: 9_000 }), day])).toEqual([
      'warn 从「秒杀」进入按90.00元，直接购买按「会员日」80.00元，不叠加',
    ]);
  });

  it('tells apart who comes by a door of its own', () => {
    const flash = offer('秒杀', 'flash', { unitPrice: 7_000 });
    const group = offer('拼团', 'group', { unitPrice: 8_000 });
    expect(texts([flash, group])).toEqual(['warn 「秒杀」与「拼团」各按自己的入口计价，不叠加']);
    expect(texts([group, offer('砍价', 'bargain', { unitPrice: 1_000 })])).toEqual([
      'warn 「拼团」与「砍价」各按自己的入口计价，不叠加',
    ]);
  });

  it('finds none without shared goods, without shared time, or where both stack', () => {
    const flash = offer('秒杀', 'flash', { unitPrice: 7_000 });
    expect(texts([flash, offer('拼团', 'group', { scope: { skuIds: ['tea'] }, unitPrice: 1 })])).toEqual([]);
    // Ends are not part of a window: one that begins as the other ends does not meet it.
    expect(texts([flash, offer('拼团', 'group', { windows: hours(2, 3), unitPrice: 1 })])).toEqual([]);
    const cut = (id: string, stacks: boolean) => offer(id, 'reduction', { stacks });
    expect(texts([cut('满减', true), cut('满折', true)])).toEqual([]);
    expect(texts([cut('满减', true), cut('满折', false)])).toEqual([
      'warn 「满减」与「满折」同一件只享受其中一个，取省得多的',
    ]);
  });

  it('remarks what an activity keeps out, and looks only at the one asked about', () => {
    const all = [
      offer('秒杀', 'flash', { unitPrice: 7_000 }),
      offer('预售', 'presale', { unitPrice: 7_000 }),
      offer('满减', 'reduction', { scope: { shopId: 's' } }),
      offer('券', 'coupon', { scope: { categoryIds: ['ware'] } }),
      offer('运费券', 'coupon', { scope: {}, onFreight: true }),
    ];
    expect(texts(all, '券')).toEqual(['info 「秒杀」的活动价不再享「券」']);
    expect(texts(all, '运费券')).toEqual([]);
    expect(texts(all, '满减')).toEqual(['info 「秒杀」的活动价不再享「满减」', 'info 「预售」的活动价不再享「满减」']);
  });

  it('C07-GRP-03 finds what sells below cost and margin: 5折 of 100 with a cost of 60', () => {
    const half = offer('5折', 'memberDay', { scope: { shopId: 's' }, payRate: 5_000 });
    expect(planMargins(half, goods, () => 0)).toEqual([{ id: '5折', skuId: 'cup', price: 5_000, floor: 6_000 }]);
    expect(planMargins({ ...half, payRate: 6_000 }, goods, () => 0)).toEqual([]);
    expect(planMargins({ ...half, payRate: 7_000 }, goods, () => 2_000)).toMatchObject([{ floor: 7_500 }]);
    expect(planMargins(offer('满减', 'reduction'), goods, () => 0)).toEqual([]);
  });

  it('C07-GRP-03 a set sells a piece below its floor when its part of the set’s price does, beside the dearest choice', () => {
    const shelf = [...goods, { ...(goods[1] as PlannedGoods), skuId: 'tea-large', salePrice: 10_000 }];
    const set = (
      price: number,
      items = [
        { skuId: 'cup', quantity: 1 },
        { spuId: 'teas', quantity: 1 },
      ],
    ) => planMargins(offer('搭配', 'reduction', { scope: { shopId: 's' }, set: { price, items } }), shelf, () => 0);
    expect(set(12_000)).toEqual([]);
    expect(set(11_000)).toEqual([{ id: '搭配', skuId: 'cup', price: 5_500, floor: 6_000 }]);
    expect(set(25_000)).toEqual([]);
    expect(
      set(1_000, [
        { skuId: 'cup', quantity: 1 },
        { skuId: 'gone', quantity: 1 },
      ]),
    ).toEqual([]);
  });
});
