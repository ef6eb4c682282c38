import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#platform/ids.ts';
import { freightPrice, openTrade, picture, shopA, shopB, type Trade } from '../../../test/trade.ts';
import type { SellableSku } from '../cart/index.ts';
import { buildQuote } from './checkout.quote.ts';

describe('checkout', () => {
  let trade: Trade;
  beforeAll(async () => {
    trade = await openTrade();
  });
  afterAll(() => trade.close());
  const preview = (buyerId: string, lines: { skuId: string; quantity: number }[], addressId?: string) =>
    trade.checkout.preview(trade.db, buyerId, { source: { kind: 'lines', lines }, ...(addressId && { addressId }) });

  it('C05-PATH-10 shows lines by shop with freight, arrival and masked address', async () => {
    const buyerId = newId();
    const [a, b] = [
      await trade.givenSku({ shopId: shopA, salePrice: 10_000 }),
      await trade.givenSku({ shopId: shopB, salePrice: 2_000 }),
    ];
    trade.givenAddress(buyerId);
    const page = await preview(buyerId, [
      { skuId: a, quantity: 1 },
      { skuId: b, quantity: 2 },
    ]);
    expect(page).toMatchObject({
      address: { name: '张三丰', maskedPhone: '138****1234', text: '浙江省杭州市西湖区文三路1号' },
      listTotal: 17_000,
      goodsTotal: 14_000,
      freight: freightPrice,
      discount: 0,
      payable: 14_800,
      canSubmit: true,
      blockedBy: null,
    });
    expect(
      page.shops.map(({ shopId, payable, freightNote, arrival }) => [shopId, payable, freightNote, arrival?.text]),
    ).toEqual([
      [shopA, 10_000, '包邮', '预计 11月24日–25日送达'],
      [shopB, 4_800, '满 ¥99 包邮', '预计 11月24日–25日送达'],
    ]);
  });

  it('C05-PATH-11 marks each line that cannot be bought and says why it blocks', async () => {
    const buyerId = newId();
    trade.givenAddress(buyerId);
    const [ok, few, none, off] = [
      await trade.givenSku(),
      await trade.givenSku({ stock: 1 }),
      await trade.givenSku({ stock: 0 }),
      await trade.givenSku({ onSale: false }),
    ];
    const page = await preview(
      buyerId,
      [ok, few, none, off].map((skuId) => ({ skuId, quantity: 2 })),
    );
    expect(page.shops.flatMap(({ lines }) => lines.map(({ problem, available }) => [problem, available]))).toEqual([
      [null, 10],
      ['short', 1],
      ['sold_out', 0],
      ['off_sale', 10],
    ]);
    expect([page.canSubmit, page.blockedBy]).toEqual([false, 'stock']);
  });

  it('C05-PATH-02 falls back to picking an address when there is none, or it was deleted or is another’s', async () => {
    const buyerId = newId();
    const skuId = await trade.givenSku();
    const foreign = trade.givenAddress(newId());
    for (const addressId of [undefined, newId(), foreign]) {
      expect(await preview(buyerId, [{ skuId, quantity: 1 }], addressId)).toMatchObject({
        address: null,
        canSubmit: false,
        blockedBy: 'no_address',
      });
    }
  });

  it('is empty with an unticked cart', async () => {
    expect(await trade.checkout.preview(trade.db, newId(), { source: { kind: 'cart' } })).toMatchObject({
      shops: [],
      payable: 0,
      blockedBy: 'empty',
    });
  });

  it('prices so that lines sum to shops and shops to the whole, never below zero', () => {
    const sku = fc.record({
      skuId: fc.uuid(),
      shopId: fc.constantFrom(shopA, shopB, newId()),
      salePrice: fc.integer({ min: 1, max: 9_999_999 }),
      extra: fc.integer({ min: 0, max: 100_000 }),
      quantity: fc.integer({ min: 1, max: 999 }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(sku, { selector: ({ skuId }) => skuId, minLength: 1, maxLength: 20 }),
        fc.nat(5_000),
        (rows, price) => {
          const skus = new Map(
            rows.map(({ skuId, shopId, salePrice, extra }): [string, SellableSku] => [
              skuId,
              {
                skuId,
                shopId,
                salePrice,
                listPrice: salePrice + extra,
                spuId: skuId,
                shopName: '',
                title: '',
                specText: '',
                picture,
                cost: 0,
                weightGrams: 1,
                skuCode: '',
                categoryId: '',
                categoryIds: [],
                onSale: true,
                returnable: true,
              },
            ]),
          );
          const quote = buildQuote(rows, skus, undefined, {
            freightOf: () => ({ freight: price, note: '' }),
            province: '',
          });
          const sum = (parts: number[]) => parts.reduce((a, b) => a + b, 0);
          for (const shop of quote.shops) {
            expect(shop.goodsTotal).toBe(sum(shop.lines.map(({ payable }) => payable)));
            expect(shop.payable).toBe(shop.goodsTotal + shop.freight - shop.discount);
            expect(shop.payable).toBeGreaterThanOrEqual(0);
          }
          expect(quote.payable).toBe(sum(quote.shops.map(({ payable }) => payable)));
          expect(quote.goodsTotal).toBe(sum(rows.map(({ salePrice, quantity }) => salePrice * quantity)));
        },
      ),
    );
  });
});
