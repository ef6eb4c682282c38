import { describe, expect, it } from 'vitest';
import { amountCoupon, at, cart, later, line } from '../test/carts.ts';
import { type Coupon, type PriceInput, price } from './index.ts';

const goods = [line(10_000), line(5_000, { lineId: 'l2', shopId: 's2', categoryIds: ['c2'] })];
const use = (coupons: Coupon[], more: Partial<PriceInput> = {}) => price(cart(goods, { coupons, ...more }));
const percent = (id: string, payRate: number, more: Partial<Coupon> = {}): Coupon =>
  ({ id, name: id, kind: 'percent', payRate, expiresAt: later, ...more }) as Coupon;

describe('a coupon', () => {
  it('is prorated over the goods it works on, to the fen, and says on what', () => {
    const result = use([amountCoupon('满150减10', 15_000, 1_000)]);
    expect(result.lines.map((each) => each.payable)).toEqual([9_333, 4_667]);
    expect(result.notes.map((note) => note.text)).toEqual(['「满150减10」适用商品150.00元，抵扣10.00元']);
  });

  it('counts its threshold on what earlier steps leave: 满减 can put it out of reach', () => {
    const reductions = [{ id: 'r', name: 'r', kind: 'amount' as const, steps: [{ threshold: 15_000, off: 1 }] }];
    const { totals, coupons } = use([amountCoupon('k', 15_000, 1_000)], { reductions });
    expect(totals.coupon).toBe(0);
    expect(coupons.rejected).toEqual([
      { couponId: 'k', reason: 'below_threshold', text: '适用商品还差0.01元', short: 1 },
    ]);
  });

  it('of percent takes its part up to the cap', () => {
    expect(use([percent('k', 8800)]).totals.coupon).toBe(1_800);
    expect(use([percent('k', 8800, { cap: 1_000 } as Partial<Coupon>)]).totals.coupon).toBe(1_000);
  });

  it('never takes more than there is', () => {
    expect(use([amountCoupon('k', 0, 99_999)]).totals).toMatchObject({ coupon: 15_000, payable: 0 });
  });

  it('for exchange gives the dearest pieces of its goods for nothing', () => {
    const lines = [line(3_000, { quantity: 2 }), line(5_000, { lineId: 'l2' })];
    const coupon: Coupon = { id: 'x', name: '兑换券', kind: 'exchange', quantity: 2, expiresAt: later };
    expect(price(cart(lines, { coupons: [coupon] })).lines.map((each) => each.payable)).toEqual([3_000, 0]);
  });

  it.each<[string, Partial<Coupon>, Partial<PriceInput>]>([
    ['expired', { expiresAt: at }, {}],
    ['not_yet_valid', { validFrom: '2026-03-08T04:00:00.001Z' }, {}],
    ['not_for_you', { audiences: ['new'] }, { audiences: ['vip'] }],
    ['not_for_goods', { scope: { categoryIds: ['c9'] } }, {}],
    ['not_for_goods', { scope: { spuIds: [] } }, {}],
    ['not_in_store', { scope: { storeIds: ['st1'] } }, {}],
    ['not_for_goods', { scope: { storeIds: ['st1'], spuIds: [] } }, {}],
    ['below_threshold', { threshold: 15_001 }, {}],
  ])('is refused as %s', (reason, coupon, more) => {
    const { coupons, totals } = use([amountCoupon('k', 0, 100, coupon)], more);
    expect(coupons.rejected.map((each) => each.reason)).toEqual([reason]);
    expect(totals.coupon).toBe(0);
  });

  it('works until the last millisecond before its end and from its first', () => {
    const coupon = amountCoupon('k', 0, 100, { validFrom: at, expiresAt: '2026-03-08T04:00:00.001Z' });
    expect(use([coupon]).totals.coupon).toBe(100);
  });
});

describe('coupons together', () => {
  const shop = amountCoupon('shop', 0, 1_000, { scope: { shopId: 's1' } });
  const platform = percent('platform', 9000);

  it('go exchange, shop, platform: the platform 9折 counts what the shop coupon left, whatever order they come in', () => {
    for (const coupons of [
      [platform, shop],
      [shop, platform],
    ]) {
      const result = use(coupons);
      expect(result.coupons.applied.map((each) => [each.couponId, each.saving])).toEqual([
        ['shop', 1_000],
        ['platform', 1_400],
      ]);
    }
  });

  it('are one for each shop and one for the platform, unless the rules say more', () => {
    const two = [
      shop,
      amountCoupon('shop2', 0, 500, { scope: { shopId: 's1' } }),
      amountCoupon('other', 0, 500, { scope: { shopId: 's2' } }),
    ];
    const first = use(two);
    expect(first.coupons.applied.map((each) => each.couponId)).toEqual(['shop', 'other']);
    expect(first.coupons.rejected).toEqual([
      { couponId: 'shop2', reason: 'group_limit', text: '同类券最多用1张，已用「shop」', by: 'shop' },
    ]);
    const more = use(two, { rules: { coupons: { groupLimits: { 'shop:s1': 2 } } } });
    expect(more.totals.coupon).toBe(2_000);
    const fewer = use(two, { rules: { coupons: { maxCoupons: 1 } } });
    expect(fewer.coupons.rejected.map((each) => each.reason)).toEqual(['group_limit', 'too_many']);
  });

  it('of one group go amount before percent: 10 off, then 9折 of the rest', () => {
    const coupons = [percent('a', 9000), amountCoupon('b', 0, 1_000)];
    const result = use(coupons, { rules: { coupons: { groupLimits: { platform: 2 } } } });
    expect(result.coupons.applied.map((each) => [each.couponId, each.saving])).toEqual([
      ['b', 1_000],
      ['a', 1_400],
    ]);
  });

  it('exclude each other when either side says so, by id, by group or all', () => {
    for (const excludes of [['platform'], ['*']]) {
      const { coupons } = use([{ ...shop, excludes }, platform]);
      expect(coupons.rejected).toEqual([
        { couponId: 'platform', reason: 'excluded', text: '不能与「shop」同用', by: 'shop' },
      ]);
    }
    expect(use([shop, { ...platform, excludes: ['shop'] }]).coupons.rejected.map((each) => each.couponId)).toEqual([
      'platform',
    ]);
  });

  it('never count one coupon twice', () => {
    const { totals, coupons } = use([shop, shop], { rules: { coupons: { groupLimits: { 'shop:s1': 5 } } } });
    expect(totals.coupon).toBe(1_000);
    expect(coupons.rejected.map((each) => each.reason)).toEqual(['duplicate']);
  });

  it('keep who pays for them by line: the shop its own, the platform its own, and a shared one as agreed', () => {
    const shared = amountCoupon('shared', 0, 1_001, { scope: { shopId: 's2' }, platformShare: 3000 });
    const { lines, shops } = use([shop, shared, amountCoupon('p', 0, 1_500)]);
    expect(lines.map((each) => [each.shopFunded, each.platformFunded])).toEqual([
      [1_000, 1_039],
      [701, 300 + 461],
    ]);
    expect(shops.map((each) => each.payable)).toEqual([7_961, 3_538]);
  });
});

describe('freight', () => {
  const freight = [
    { shopId: 's1', amount: 800 },
    { shopId: 's2', amount: 500 },
  ];
  const coupon = (more: Partial<Coupon> = {}): Coupon =>
    ({ id: 'f', name: '运费券', kind: 'freight', off: 1_000, expiresAt: later, ...more }) as Coupon;

  it('is added by shop, and a freight coupon never takes more than it', () => {
    const result = use([coupon()], { freight });
    expect(result.shops.map((shop) => [shop.freight, shop.freightDiscount, shop.payable])).toEqual([
      [800, 615, 10_185],
      [500, 385, 5_115],
    ]);
    expect(use([coupon({ off: 9_999 } as Partial<Coupon>)], { freight }).totals).toMatchObject({
      freightDiscount: 1_300,
      payable: 15_000,
    });
    expect(use([coupon({ scope: { shopId: 's2' } })], { freight }).totals.freightDiscount).toBe(500);
  });

  it('has nothing for a coupon when it is free already', () => {
    expect(use([coupon()]).coupons.rejected.map((each) => each.reason)).toEqual(['nothing_left']);
  });

  it('keeps a freight coupon whose threshold only points would break', () => {
    const points = { use: 'max' as const, balance: 500_000, perYuan: 100, capRate: 5000 };
    expect(use([coupon({ threshold: 15_000 })], { freight, points }).totals).toMatchObject({
      points: 7_500,
      freightDiscount: 1_000,
    });
  });
});
