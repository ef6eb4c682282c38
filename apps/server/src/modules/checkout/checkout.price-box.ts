/** The what-if price box: the same pipeline as the checkout, for a cart that nobody has. */
import type { PriceBox, PriceBoxInput } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import { defineError } from '#platform/errors.ts';
import type { Policies } from '#platform/policy.ts';
import type { FindSkus } from '../cart/index.ts';
import type { OfferSource, Offers } from './checkout.offers.ts';
import { minMarginRateOf } from './checkout.policies.ts';
import { breakdownOf, candidatesOf, gatherOffers, priceQuote, questionLines, toNote } from './checkout.pricing.ts';
import { buildQuote, type FreightOf } from './checkout.quote.ts';

export const goodsUnknown = defineError('checkout.goods_not_found', 'not_found', '没有找到这件商品');

export interface PriceBoxDeps {
  clock: Clock;
  policies: Policies;
  findSkus: FindSkus;
  freightOf: FreightOf;
  offerSources: readonly OfferSource[];
  /** Templates of the shop as if the shopper held one of each. */
  couponsAsOffers(
    db: Executor,
    shopId: string,
    templateIds: readonly string[],
  ): Promise<NonNullable<Offers['coupons']>>;
}

export type PriceBoxService = (db: Executor, shopId: string, input: PriceBoxInput) => Promise<PriceBox>;

/** Nobody: has no tier, no coupons and no points. */
const newShopper = '00000000-0000-0000-0000-000000000000';

export function createPriceBox(deps: PriceBoxDeps): PriceBoxService {
  const { clock, policies, findSkus, freightOf, offerSources } = deps;
  return async (
    db,
    shopId,
    { lines, buyerId = newShopper, coupons = 'best', templateIds = [], points, province = '' },
  ) => {
    const skus = await findSkus(
      db,
      lines.map(({ skuId }) => skuId),
    );
    if (lines.some(({ skuId }) => skus.get(skuId)?.shopId !== shopId)) throw goodsUnknown();
    const plain = buildQuote(lines, skus, undefined, { freightOf, province });
    const at = clock.now();
    const choice = { couponIds: coupons, ...(points !== undefined && { points }) };
    const offers = await gatherOffers(offerSources, db, {
      buyerId,
      at,
      purpose: 'preview',
      lines: questionLines(plain),
      choice,
    });
    const tried = templateIds.length > 0 ? await deps.couponsAsOffers(db, shopId, templateIds) : [];
    const priced = priceQuote(
      plain,
      { ...offers, coupons: [...offers.coupons, ...tried] },
      { at, choice, minMarginRateOf: minMarginRateOf(policies) },
    );
    const { quote, result } = priced;
    const shown = quote.shops.flatMap((shop) => shop.lines);
    return {
      ok: result.ok,
      lines: shown.map(({ sku, quantity, payable, priced: line }) => ({
        skuId: sku.skuId,
        title: sku.title,
        specText: sku.specText,
        quantity,
        salePrice: sku.salePrice,
        cost: sku.cost,
        payable,
        discounts: line?.discounts ?? [],
      })),
      goodsTotal: quote.goodsTotal,
      freight: quote.freight,
      breakdown: breakdownOf(result.totals),
      payable: quote.payable,
      margin: shown.reduce((sum, { sku, quantity, payable }) => sum + payable - sku.cost * quantity, 0),
      notes: result.notes.map((note) => toNote(note)),
      coupons: candidatesOf(priced).map(({ name, chosen, saving, text }) => ({ name, chosen, saving, text })),
    };
  };
}
