/** Kinds of goods in a checkout: one order a shop and kind, a service each alone; and what is to be agreed to before. Pure. */
import type { ConsentAsked, GoodsKind, ServiceTerms } from '@xiaopu/contracts';
import type { AppliedCoupon, PriceResult, ShopTotals } from '@xiaopu/pricing';
import type { SellableSku } from '../cart/index.ts';
import type { Quote, QuoteLine, QuoteShop } from './checkout.quote.ts';

export const kindOf = ({ goods }: Pick<SellableSku, 'goods'>): GoodsKind => goods?.kind ?? 'physical';
export const isSentLine = ({ sku }: Pick<QuoteLine, 'sku'>): boolean => kindOf(sku) === 'physical';
export const hasSent = ({ lines }: Pick<QuoteShop, 'lines'>): boolean => lines.some(isSentLine);

/** What becomes one order. */
export interface OrderPart extends QuoteShop {
  goods: GoodsKind;
  /** SKUs of it: as lines are named in a price. */
  lineIds: readonly string[];
  totals: Partial<ShopTotals>;
}

const sum = <T>(items: readonly T[], pick: (item: T) => number): number =>
  items.reduce((total, item) => total + pick(item), 0);

function partOf(shop: QuoteShop, goods: GoodsKind, lines: QuoteLine[], whole: Partial<ShopTotals>): OrderPart {
  const off = (step: string) =>
    sum(lines, ({ priced }) =>
      sum(priced?.discounts.filter((discount) => discount.step === step) ?? [], ({ amount }) => amount),
    );
  // Only what is sent has freight, and whatever lowers it.
  const isSent = goods === 'physical';
  const freight = isSent ? shop.freight : 0;
  const freightDiscount = isSent ? (whole.freightDiscount ?? 0) : 0;
  const goodsTotal = sum(lines, ({ sku, quantity }) => sku.salePrice * quantity);
  const listTotal = sum(lines, ({ sku, quantity }) => sku.listPrice * quantity);
  const paidForGoods = sum(lines, ({ payable }) => payable);
  const payable = paidForGoods + freight - freightDiscount;
  const lineIds = lines.map(({ sku }) => sku.skuId);
  return {
    ...shop,
    ...{ goods, lines, lineIds, listTotal, goodsTotal, freight, payable },
    freightNote: isSent ? shop.freightNote : '',
    discount: goodsTotal + freight - payable,
    totals: {
      shopId: shop.shopId,
      lineIds,
      ...{ listAmount: listTotal, saleAmount: goodsTotal },
      ...{ activity: off('activity'), member: off('member'), reduction: off('reduction') },
      ...{ coupon: off('coupon'), points: off('points') },
      ...{ goods: paidForGoods, freight, freightDiscount, payable },
      pointsUsed: sum(lines, ({ priced }) => priced?.pointsUsed ?? 0),
      // Who bears a lower freight is known for the shop as a whole alone.
      shopFunded: sum(lines, ({ priced }) => priced?.shopFunded ?? 0),
      platformFunded: sum(lines, ({ priced }) => priced?.platformFunded ?? 0),
      deposit: sum(lines, ({ priced }) => priced?.deposit ?? 0),
    },
  };
}

/**
 * A shop's goods of one kind are one order, as ever. Of several kinds each is an order of its own, priced together before: what
 * they cost sums to what the shop's part cost.
 */
export function partsOf({ shops }: Quote, result: PriceResult): OrderPart[] {
  return shops.flatMap((shop) => {
    const whole: Partial<ShopTotals> = result.shops.find(({ shopId }) => shopId === shop.shopId) ?? {};
    const groups = Map.groupBy(shop.lines, ({ sku }) => {
      const kind = kindOf(sku);
      return kind === 'service' ? `service ${sku.skuId}` : kind;
    });
    if (groups.size === 1) {
      const [first] = shop.lines;
      const lineIds = shop.lines.map(({ sku }) => sku.skuId);
      return [{ ...shop, goods: first ? kindOf(first.sku) : ('physical' as const), lineIds, totals: whole }];
    }
    return [...groups.values()].map((lines) => partOf(shop, kindOf((lines[0] as QuoteLine).sku), lines, whole));
  });
}

/** The coupons that took something off these goods, or off their freight. */
export function couponsOfPart(part: OrderPart, result: PriceResult): AppliedCoupon[] {
  const named = new Set(part.lines.flatMap(({ priced }) => priced?.discounts.map(({ sourceId }) => sourceId) ?? []));
  const onGoods = new Set(result.lines.flatMap(({ discounts }) => discounts.map(({ sourceId }) => sourceId)));
  return result.coupons.applied.filter(
    ({ couponId, shopIds }) =>
      shopIds.includes(part.shopId) &&
      // One that is on no line lowered the freight.
      (named.has(couponId) || (!onGoods.has(couponId) && part.goods === 'physical')),
  );
}

const version = '2026-12';

function consentOf(sku: SellableSku): Omit<ConsentAsked, 'titles'> | undefined {
  const { goods } = sku;
  if (goods?.kind === 'virtual') return { key: 'virtual_no_return', version, text: '虚拟商品，购买后不支持退换' };
  if (goods?.kind === 'service')
    return { key: 'service_refund', version: `${version}.${goods.refundHours}`, text: refundText(goods) };
  if (!sku.returnable) return { key: 'excepted_no_reason', version, text: '这类商品不支持七天无理由退货，确认购买' };
  return undefined;
}
const refundText = ({ refundHours }: ServiceTerms): string =>
  refundHours === 0 ? '预约开始后不支持退款' : `预约开始前 ${refundHours} 小时内不支持退款`;

/** What the buyer has to agree to for these goods, each once (C12-CON-01, C12-CON-02). */
export function consentsOf(lines: readonly QuoteLine[]): ConsentAsked[] {
  const asked = new Map<string, ConsentAsked>();
  for (const { sku } of lines) {
    const consent = consentOf(sku);
    if (!consent) continue;
    const id = `${consent.key} ${consent.version}`;
    const titles = [...(asked.get(id)?.titles ?? []), sku.title];
    asked.set(id, { ...consent, titles: [...new Set(titles)] });
  }
  return [...asked.values()];
}

export const missingConsents = (
  asked: readonly ConsentAsked[],
  given: readonly { key: string; version: string }[] = [],
): ConsentAsked[] =>
  asked.filter(({ key, version: wanted }) => !given.some((one) => one.key === key && one.version === wanted));
