/** The coupons that save most together, and for every other coupon the reason why not. */
import { buildModel, type Entry, isAboveFloors, type Model } from './best-coupons.model.ts';
import { type Found, searchBest, worthOf } from './best-coupons.search.ts';
import type { BestCoupons, BestCouponsRules, LeftOutCoupon, LeftOutReason } from './best-coupons.types.ts';
import { refuseAlone } from './coupons.ts';
import { say } from './explain.ts';
import type { Coupon, PriceInput } from './input.types.ts';
import { price, priceBeforeCoupons } from './pipeline.ts';
import { checkCoupon, checkInput } from './validate.ts';

const defaultNodeLimit = 5_000;

interface Obstacle {
  reason: LeftOutReason;
  text: string;
  by?: string;
  /** Chosen coupons that would have to go. */
  gives: number[];
}

/** What of the chosen set stands in the way of this coupon. */
function obstacleOf(model: Model, at: number, chosen: readonly number[]): Obstacle | undefined {
  const entry = model.entries[at] as Entry;
  const entryAt = (index: number) => model.entries[index] as Entry;
  const rivals = chosen.filter((other) => entry.excludes[other]);
  const mates = chosen.filter((other) => entryAt(other).group === entry.group && !rivals.includes(other));
  const gives = mates.length >= entry.limit ? [...rivals, mates[mates.length - 1] ?? 0] : rivals;
  const [rival] = rivals;
  if (rival !== undefined) {
    const { coupon } = entryAt(rival);
    return { reason: 'excluded', text: say.couponExcluded(coupon.name), by: coupon.id, gives };
  }
  const [mate] = gives;
  if (mate !== undefined) {
    const { coupon } = entryAt(mate);
    return { reason: 'group_limit', text: say.couponGroupLimit(entry.limit, coupon.name), by: coupon.id, gives };
  }
  if (chosen.length < model.maxCoupons) return undefined;
  return { reason: 'too_many', text: say.couponTooMany(model.maxCoupons), gives: chosen.slice(-1) };
}

function explainLeftOut(
  model: Model,
  at: number,
  best: Found,
  isAllowed: (chosen: readonly number[]) => boolean,
): LeftOutCoupon {
  const { coupon } = model.entries[at] as Entry;
  const obstacle = obstacleOf(model, at, best.chosen);
  const kept = best.chosen.filter((other) => !obstacle?.gives.includes(other));
  const { saving, failed } = worthOf(model, [...kept, at]);
  const short = failed.get(at);
  if (short !== undefined) {
    if (short === 0) return { couponId: coupon.id, reason: 'nothing_left', text: say.couponNothingLeft() };
    const name = kept.map((other) => model.entries[other]?.coupon.name).join('」「');
    return { couponId: coupon.id, reason: 'below_threshold', text: say.couponShortAfter(name, short), short };
  }
  // A set that would save as much and was not taken is one that the margin floor refuses.
  if (saving >= best.saving && !isAllowed([...kept, at].filter((each) => !failed.has(each)))) {
    return { couponId: coupon.id, reason: 'below_floor', text: say.couponBelowFloor() };
  }
  const savesLess = Math.max(0, best.saving - saving);
  const comparison = savesLess === 0 ? say.couponSameSaving() : say.couponSavesLess(savesLess);
  if (!obstacle) return { couponId: coupon.id, reason: 'saves_less', text: comparison, savesLess };
  const { reason, text, by } = obstacle;
  return { couponId: coupon.id, reason, text: `${text}；${comparison}`, ...(by !== undefined && { by }), savesLess };
}

/**
 * The set of coupons with the largest saving on goods and freight. Ties: the earliest expiry, then the fewest coupons.
 * `cart.coupons` is not looked at. With a margin floor only sets that price() would accept count.
 */
export function bestCoupons(cart: PriceInput, coupons: readonly Coupon[], rules?: BestCouponsRules): BestCoupons {
  const couponRules = rules ?? cart.rules?.coupons ?? {};
  const input: PriceInput = { ...cart, coupons: [], rules: { ...cart.rules, coupons: couponRules } };
  checkInput(input);
  const { cells } = priceBeforeCoupons(input);
  const leftOut = new Map<string, LeftOutCoupon>();
  const usable = new Map<string, Coupon>();
  for (const coupon of coupons) {
    checkCoupon(coupon);
    if (usable.has(coupon.id)) continue; // one coupon given twice is one coupon
    const refused = refuseAlone(coupon, input, cells);
    if (refused) leftOut.set(coupon.id, { couponId: coupon.id, ...refused });
    else usable.set(coupon.id, coupon);
  }

  const model = buildModel(input, cells, [...usable.values()], couponRules);
  const couponsAt = (chosen: readonly number[]) => chosen.map((at) => (model.entries[at] as Entry).coupon);
  // Without points and platform money the model knows the floors itself; else price() has the last word.
  const needsPrice = input.margin && (input.margin.countPlatformFunding || input.points !== undefined);
  const isAllowed = (chosen: readonly number[]) => !needsPrice || price({ ...input, coupons: couponsAt(chosen) }).ok;
  const isHopeless = input.margin !== undefined && (!isAboveFloors(model.floors, model.start) || !isAllowed([]));
  const found = isHopeless
    ? { best: { chosen: [], saving: 0 }, optimal: true, tiesSettled: true, nodes: 0, upperBound: 0 }
    : searchBest(model, rules?.nodeLimit ?? defaultNodeLimit, isAllowed);

  const { best, ...proof } = found;
  const isPriced = (chosen: readonly number[]) => !input.margin || price({ ...input, coupons: couponsAt(chosen) }).ok;
  model.entries.forEach((entry, at) => {
    if (!best.chosen.includes(at)) leftOut.set(entry.coupon.id, explainLeftOut(model, at, best, isPriced));
  });
  const inGivenOrder = [...new Set(coupons.map((coupon) => coupon.id))];
  return {
    couponIds: couponsAt(best.chosen).map((coupon) => coupon.id),
    saving: best.saving,
    ...proof,
    leftOut: inGivenOrder.flatMap((id) => leftOut.get(id) ?? []),
  };
}
