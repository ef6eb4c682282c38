/** Runs the price pipeline over a quote: the preview shows the outcome, placement charges it. */
import type { CheckoutPoints, CouponCandidate, PriceBreakdown, PriceNote } from '@xiaopu/contracts';
import {
  type BestCoupons,
  bestCoupons,
  type Coupon,
  type CouponQuestion,
  type CouponState,
  couponStates,
  lineFloor,
  type PriceInput,
  type PriceLine,
  type PriceResult,
  type PriceTotals,
  type PriceNote as PricingNote,
  price,
} from '@xiaopu/pricing';
import type { Executor } from '#platform/database/database.ts';
import type {
  EarlyQuestion,
  MarginOverride,
  OfferQuestion,
  OfferSource,
  Offers,
  PayStages,
} from './checkout.offers.ts';
import type { Quote, QuoteLine } from './checkout.quote.ts';

export type OfferedCoupon = NonNullable<Offers['coupons']>[number];

export interface PricedQuote {
  /** What was priced, coupons aside. */
  input: PriceInput;
  quote: Quote;
  result: PriceResult;
  /** Set when coupons were on offer and the preview asked which go best. */
  best: BestCoupons | undefined;
  coupons: readonly OfferedCoupon[];
  /** Coupon ids that were named and are not (or no longer) the buyer's. */
  unknownCoupons: string[];
  points: CheckoutPoints | null;
  /** Set when its line is priced as the presale it is. */
  stages: PayStages | undefined;
}

/** A source whose answer does not depend on the goods. */
export const byBuyer = (
  ask: (db: Executor, question: EarlyQuestion) => Promise<Offers>,
): Required<Pick<OfferSource, 'prepare' | 'offers'>> => ({
  offers: ask,
  prepare: async (db, question) => {
    const answer = await ask(db, question);
    return () => answer;
  },
});

/** One a source: what finishes its answer once the goods are known. */
export type PreparedOffers = readonly Promise<(question: OfferQuestion) => Promise<Offers> | Offers>[];

/** Asks at once what needs only the buyer, so that it travels with the caller's own questions. */
export function prepareOffers(sources: readonly OfferSource[], db: Executor, question: EarlyQuestion): PreparedOffers {
  return sources.map((source) => {
    const prepared = source.prepare?.(db, question) ?? Promise.resolve((full) => source.offers(db, full));
    // Met where it is used; a caller that gives up before has its own reason.
    prepared.catch(() => {});
    return prepared;
  });
}

export async function gatherOffers(
  sources: readonly OfferSource[],
  db: Executor,
  question: OfferQuestion,
  prepared: PreparedOffers = prepareOffers(sources, db, question),
): Promise<Required<Omit<Offers, 'points' | 'stages'>> & Pick<Offers, 'points' | 'stages'>> {
  const answers = await Promise.all(prepared.map(async (finish) => (await finish)(question)));
  const activities = new Map<string, NonNullable<PriceLine['activities']>[number][]>();
  const memberPrices = new Map<string, Record<string, number>>();
  for (const answer of answers) {
    for (const [skuId, prices] of answer.activities ?? [])
      activities.set(skuId, [...(activities.get(skuId) ?? []), ...prices]);
    for (const [skuId, prices] of answer.memberPrices ?? [])
      memberPrices.set(skuId, { ...memberPrices.get(skuId), ...prices });
  }
  const points = answers.find((answer) => answer.points)?.points;
  const stages = answers.find((answer) => answer.stages)?.stages;
  return {
    activities,
    memberPrices,
    benefits: answers.flatMap(({ benefits = [] }) => benefits),
    reductions: answers.flatMap(({ reductions = [] }) => reductions),
    coupons: answers.flatMap(({ coupons = [] }) => coupons),
    audiences: answers.flatMap(({ audiences = [] }) => audiences),
    memberExcluded: new Set(answers.flatMap(({ memberExcluded = new Set<string>() }) => [...memberExcluded])),
    marginOverrides: answers.flatMap(({ marginOverrides = [] }) => marginOverrides),
    ...(points && { points }),
    ...(stages && { stages }),
  };
}

export const questionLines = (quote: Quote): OfferQuestion['lines'] =>
  quote.shops.flatMap(({ lines }) =>
    lines.map(({ sku: { skuId, spuId, shopId, categoryIds }, quantity }) => ({
      skuId,
      spuId,
      shopId,
      categoryIds,
      quantity,
    })),
  );

/**
 * The floor a line may not fall below, as its cost at no margin: rates differ by shop, the pipeline knows one. A price the
 * shop itself set below the floor is not the offers' doing; they may not lower it further.
 */
function floorOf({ sku }: QuoteLine, minMarginRate: number): { cost: number } | undefined {
  if (sku.cost <= 0) return undefined;
  return { cost: Math.min(lineFloor(sku.cost, 1, minMarginRate), sku.salePrice) };
}

const covers = (override: MarginOverride, { shopId, spuId }: { shopId: string; spuId: string }) =>
  override.shopId === shopId && (!override.spuIds || override.spuIds.includes(spuId));

function inputOf(
  quote: Quote,
  offers: Offers,
  { at, minMarginRateOf }: { at: Date; minMarginRateOf(shopId: string): number },
): PriceInput {
  const lines = quote.shops.flatMap((shop) =>
    shop.lines.map((line): PriceLine => {
      const { skuId, spuId, shopId, categoryIds, listPrice, salePrice } = line.sku;
      const activities = offers.activities?.get(skuId);
      const memberPrices = offers.memberPrices?.get(skuId);
      return {
        lineId: skuId,
        skuId,
        spuId,
        shopId,
        ...(shop.storeId !== undefined && { storeId: shop.storeId }),
        categoryIds,
        quantity: line.quantity,
        listPrice,
        salePrice,
        ...floorOf(line, minMarginRateOf(shopId)),
        ...(activities && { activities }),
        ...(memberPrices && { memberPrices }),
        ...(offers.memberExcluded?.has(spuId) && { excludes: ['member'] as const }),
      };
    }),
  );
  const overrides = (offers.marginOverrides ?? []).filter((override) => lines.some((line) => covers(override, line)));
  const words = (pick: (override: MarginOverride) => string) => [...new Set(overrides.map(pick))].join('、');
  return {
    at: at.toISOString(),
    lines,
    ...(offers.audiences && { audiences: offers.audiences }),
    ...(offers.benefits && { benefits: offers.benefits }),
    ...(offers.reductions && { reductions: offers.reductions }),
    freight: quote.shops.map(({ shopId, freight }) => ({ shopId, amount: freight })),
    margin: {
      minMarginRate: 0,
      ...(overrides.length > 0 && {
        override: {
          by: words(({ by }) => by),
          reason: words(({ reason }) => reason),
          lineIds: lines
            .filter((line) => overrides.some((override) => covers(override, line)))
            .map(({ lineId }) => lineId),
        },
      }),
    },
  };
}

/** Points are asked for last: how many this order would take, and what was taken. */
function pricePoints(input: PriceInput, offers: Offers, wanted: number | 'max' | undefined) {
  if (!offers.points) return { result: price(input), points: null };
  const { balance, perYuan } = offers.points;
  const withPoints = (use: number | 'max') => price({ ...input, points: { ...offers.points, use } as never });
  const wantsNone = wanted === undefined || wanted === 0;
  const result = wantsNone ? price(input) : withPoints(wanted);
  // Who has none can use none, and who wants the most gets it: the same price again.
  const isMost = wanted === 'max' || (wantsNone && balance === 0);
  const most = isMost ? result.totals : withPoints('max').totals;
  return {
    result,
    points: {
      balance,
      perYuan,
      used: result.totals.pointsUsed,
      saved: result.totals.points,
      usable: most.pointsUsed,
      usableSaving: most.points,
    },
  };
}

export function breakdownOf(totals: Partial<PriceTotals>): PriceBreakdown {
  const { activity = 0, member = 0, reduction = 0, coupon = 0, points = 0, freightDiscount = 0 } = totals;
  return { activity, member, reduction, coupon, points, freightDiscount };
}

const sumOf = (parts: PriceBreakdown): number => Object.values(parts).reduce((sum, part) => sum + part, 0);

/** Shoppers do not read about margins. */
export const isForShoppers = ({ step }: PriceNote): boolean => step !== 'margin';

/** The notes of one shop's order, with the part of each amount that fell on it. */
export function notesOfShop(
  result: PriceResult,
  shopId: string,
  /** Of several orders of one shop. */
  part?: { lineIds: readonly string[]; goods: string },
): PriceNote[] {
  const isOwn = (line: { shopId: string; lineId: string }) =>
    line.shopId === shopId && (!part || part.lineIds.includes(line.lineId));
  const own = new Set(result.lines.filter(isOwn).map(({ lineId }) => lineId));
  const isSent = !part || part.goods === 'physical';
  const freightDiscount = isSent ? (result.shops.find((shop) => shop.shopId === shopId)?.freightDiscount ?? 0) : 0;
  return result.notes.flatMap((note) => {
    if (note.code === 'freight.quoted') return isSent && note.sourceId === shopId ? [toNote(note, 0)] : [];
    if (note.code === 'freight.coupon') return freightDiscount > 0 ? [toNote(note, freightDiscount)] : [];
    const lines = note.lines?.filter(({ lineId }) => own.has(lineId));
    if (!lines || lines.length === 0) return note.step === 'margin' && !note.lines ? [toNote(note, 0)] : [];
    return [toNote(note, note.amount === 0 ? 0 : lines.reduce((sum, { amount }) => sum + amount, 0))];
  });
}

export const toNote = ({ step, code, text, amount, sourceId }: PricingNote, part = amount): PriceNote => ({
  step,
  code,
  text,
  amount: part,
  ...(sourceId !== undefined && { sourceId }),
});

function withResult(quote: Quote, result: PriceResult): Quote {
  const lineOf = new Map(result.lines.map((line) => [line.lineId, line]));
  const totalsOf = new Map(result.shops.map((shop) => [shop.shopId, shop]));
  return {
    ...quote,
    discount: sumOf(breakdownOf(result.totals)),
    payable: result.totals.payable,
    shops: quote.shops.map((shop) => {
      const totals = totalsOf.get(shop.shopId);
      return {
        ...shop,
        discount: sumOf(breakdownOf(totals ?? {})),
        payable: totals?.payable ?? shop.payable,
        lines: shop.lines.map((line) => {
          const priced = lineOf.get(line.sku.skuId);
          return priced ? { ...line, payable: priced.payable, priced } : line;
        }),
      };
    }),
  };
}

export function priceQuote(
  quote: Quote,
  offers: Offers,
  {
    at,
    choice,
    minMarginRateOf,
  }: { at: Date; choice: OfferQuestion['choice']; minMarginRateOf(shopId: string): number },
): PricedQuote {
  const { coupons = [] } = offers;
  const owned = new Map<string, Coupon>(coupons.map((coupon) => [coupon.id, coupon]));
  const named = Array.isArray(choice.couponIds) ? (choice.couponIds as readonly string[]) : [];

  const attempt = (reduced: Offers) => {
    const input = inputOf(quote, reduced, { at, minMarginRateOf });
    const best = coupons.length > 0 ? bestCoupons(input, coupons) : undefined;
    const ids = choice.couponIds === 'best' ? (best?.couponIds ?? []) : named;
    const chosen = ids.flatMap((id) => owned.get(id) ?? []);
    const wanted = reduced.points && choice.points ? { ...reduced.points, use: choice.points } : undefined;
    return {
      input: { ...input, ...(wanted && { points: wanted }) } as PriceInput,
      best,
      ...pricePoints({ ...input, coupons: chosen }, reduced, choice.points),
    };
  };
  let outcome = attempt(offers);
  // Reductions that would together sell below the floor are not given, rather than stopping the sale.
  if (!outcome.result.ok && (offers.reductions?.length ?? 0) > 0) outcome = attempt({ ...offers, reductions: [] });

  return {
    input: outcome.input,
    quote: withResult(quote, outcome.result),
    result: outcome.result,
    best: outcome.best,
    coupons,
    unknownCoupons: named.filter((id) => !owned.has(id)),
    points: outcome.points,
    stages: outcome.result.lines.some(
      ({ skuId, activity }) => activity?.kind === 'presale' && skuId === offers.stages?.skuId,
    )
      ? offers.stages
      : undefined,
  };
}

/** Every coupon of the buyer: its face, and whether it is taken, takeable, or why not. */
export function candidatesOf({ result, best, coupons }: PricedQuote): CouponCandidate[] {
  const states = couponStates(coupons, best, result);
  return coupons.map((coupon, index) => ({
    expiresAt: coupon.expiresAt,
    name: coupon.name,
    kind: coupon.kind,
    threshold: coupon.threshold ?? 0,
    off: coupon.kind === 'amount' || coupon.kind === 'freight' ? (coupon.off ?? null) : null,
    payRate: coupon.kind === 'percent' ? coupon.payRate : null,
    cap: coupon.kind === 'percent' ? (coupon.cap ?? null) : null,
    quantity: coupon.kind === 'exchange' ? coupon.quantity : null,
    scopeText: coupon.scopeText ?? (coupon.scope ? '部分商品可用' : '全场通用'),
    ...(states[index] as CouponState),
  }));
}

/**
 * What the client needs to sum its own choice of coupons while the server's answer is on its way (C05-PERF-10). Costs and the
 * margin floor stay here: where the floor has a say, there is nothing to sum and the server alone answers.
 */
export function sumsOf({ input, best, coupons, result }: PricedQuote): CouponQuestion | undefined {
  if (coupons.length === 0 || !best || !result.ok || best.leftOut.some(({ reason }) => reason === 'below_floor'))
    return undefined;
  const { margin: _, coupons: __, ...open } = input;
  const cart = { ...open, lines: open.lines.map(({ cost: ___, ...line }) => line) };
  const { points: ____, ...withoutPoints } = cart;
  const free = bestCoupons(withoutPoints, coupons);
  const isSame = free.saving === best.saving && free.couponIds.join() === best.couponIds.join();
  return isSame ? { cart, coupons } : undefined;
}
