import type { GoodsTerms } from '@xiaopu/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { picture } from '../../../test/trade.ts';
import type { SellableSku } from '../cart/index.ts';
import { consentsOf, missingConsents, partsOf } from './checkout.kinds.ts';
import { priceQuote } from './checkout.pricing.ts';
import { buildQuote } from './checkout.quote.ts';

const virtual: GoodsTerms = { kind: 'virtual', delivery: 'access', days: null, content: '内容' };
const service: GoodsTerms = {
  kind: 'service',
  places: [{ name: '店', address: '' }],
  ...{
    weekdays: [1],
    opens: '09:00',
    closes: '18:00',
    minutes: 60,
    capacity: 1,
    daysAhead: 7,
    leadHours: 0,
    refundHours: 2,
  },
};
const skuOf = (index: number, shopId: string, salePrice: number, goods: GoodsTerms | null): SellableSku => ({
  skuId: `sku-${index}`,
  spuId: `spu-${index}`,
  ...{ shopId, shopName: shopId, title: `商品${index}`, specText: '', picture, salePrice, goods },
  ...{ listPrice: salePrice, cost: 0, weightGrams: 500, skuCode: '', categoryId: 'c', categoryIds: ['c'] },
  ...{ onSale: true, returnable: true },
});

const cart = fc.array(
  fc.record({
    shop: fc.constantFrom('甲', '乙'),
    salePrice: fc.integer({ min: 1, max: 50_000 }),
    quantity: fc.integer({ min: 1, max: 5 }),
    goods: fc.constantFrom(null, null, virtual, service),
  }),
  { minLength: 1, maxLength: 8 },
);

describe('orders by kinds of goods', () => {
  it('C10-PAY-07 whatever is in the cart: parts hold one kind each, every line once, and sum to what the whole costs', () => {
    fc.assert(
      fc.property(cart, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 2_000 }), (lines, off, points) => {
        const skus = lines.map(({ shop, salePrice, goods }, index) => skuOf(index, shop, salePrice, goods));
        const quote = buildQuote(
          skus.map(({ skuId }, index) => ({ skuId, quantity: lines[index]?.quantity ?? 1 })),
          new Map(skus.map((sku) => [sku.skuId, sku])),
          undefined,
          { freightOf: () => ({ freight: 800, note: '' }), province: '' },
        );
        const priced = priceQuote(
          quote,
          {
            coupons: [
              { id: 'k1', name: '券', kind: 'amount', threshold: 0, off: off * 100, expiresAt: '2027-01-01T00:00:00Z' },
              { id: 'k2', name: '运费券', kind: 'freight', threshold: 0, off: 500, expiresAt: '2027-01-01T00:00:00Z' },
            ] as never,
            points: { balance: points, perYuan: 100, capRate: 5_000 } as never,
          },
          {
            at: new Date('2026-11-22T04:00:00Z'),
            choice: { couponIds: off > 0 ? ['k1', 'k2'] : ['k2'], points: 'max' },
            minMarginRateOf: () => 0,
          },
        );
        const parts = partsOf(priced.quote, priced.result);
        const sum = (pick: (part: (typeof parts)[number]) => number) =>
          parts.reduce((all, part) => all + pick(part), 0);
        expect(sum(({ payable }) => payable)).toBe(priced.quote.payable);
        expect(sum(({ freight }) => freight)).toBe(priced.quote.freight);
        expect(sum(({ discount }) => discount)).toBe(priced.quote.discount);
        expect(sum(({ totals }) => totals.pointsUsed ?? 0)).toBe(priced.result.totals.pointsUsed);
        expect(sum(({ totals }) => totals.coupon ?? 0)).toBe(priced.result.totals.coupon);
        expect(parts.flatMap(({ lineIds }) => lineIds).sort()).toEqual(skus.map(({ skuId }) => skuId).sort());
        for (const part of parts) {
          expect(new Set(part.lines.map(({ sku }) => sku.goods?.kind ?? 'physical'))).toEqual(new Set([part.goods]));
          if (part.goods !== 'physical') expect(part.freight).toBe(0);
          if (part.goods === 'service') expect(part.lines).toHaveLength(1);
          expect(part.payable).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('C12-CON-02 asks once for each consent, by the version of its words', () => {
    const lines = [
      skuOf(1, '甲', 1, virtual),
      skuOf(2, '甲', 1, virtual),
      skuOf(3, '甲', 1, service),
      skuOf(4, '甲', 1, null),
    ];
    const asked = consentsOf(lines.map((sku) => ({ sku, quantity: 1, payable: 1, available: 1, problem: null })));
    expect(asked.map(({ key, titles }) => [key, titles])).toEqual([
      ['virtual_no_return', ['商品1', '商品2']],
      ['service_refund', ['商品3']],
    ]);
    const given = asked.map(({ key, version }) => ({ key, version }));
    expect(missingConsents(asked, given)).toEqual([]);
    expect(missingConsents(asked, given.slice(1)).map(({ key }) => key)).toEqual(['virtual_no_return']);
    expect(missingConsents(asked)).toHaveLength(2);
  });
});
