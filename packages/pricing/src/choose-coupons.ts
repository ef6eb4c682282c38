/**
 * What a checkout with this choice of coupons comes to, and what to say of every coupon. The server answers with it; the
 * mini program's Worker runs the same to show the answer while the server's is on its way.
 */
import { bestCoupons } from './best-coupons.ts';
import type { BestCoupons } from './best-coupons.types.ts';
import type { Coupon, Fen, PriceInput } from './input.types.ts';
import { price } from './pipeline.ts';
import type { PriceResult } from './result.types.ts';

/** Reasons that no other choice of coupons removes. */
const unusableReasons: readonly string[] = [
  'expired',
  'not_yet_valid',
  'not_for_you',
  'not_for_goods',
  'not_in_store',
  'below_threshold',
  'below_floor',
];

/** One coupon in the light of a choice: taken, takeable, or why not. */
export interface CouponState {
  couponId: string;
  chosen: boolean;
  /** Part of the combination that saves most. */
  isBest: boolean;
  /** Could be chosen, if perhaps in the place of another. */
  usable: boolean;
  saving: Fen;
  reason: string | null;
  /** Why not this one. */
  text: string;
}

export function couponStates(
  coupons: readonly Coupon[],
  best: BestCoupons | undefined,
  result: Pick<PriceResult, 'coupons'>,
): CouponState[] {
  const applied = new Map(result.coupons.applied.map(({ couponId, saving }) => [couponId, saving]));
  const rejected = new Map(result.coupons.rejected.map((one) => [one.couponId, one]));
  const leftOut = new Map(best?.leftOut.map((one) => [one.couponId, one]));
  return coupons.map(({ id }) => {
    const alone = leftOut.get(id);
    const why = rejected.get(id) ?? alone;
    const chosen = applied.has(id);
    return {
      couponId: id,
      chosen,
      isBest: best?.couponIds.includes(id) ?? false,
      usable: chosen || !alone || !unusableReasons.includes(alone.reason),
      saving: applied.get(id) ?? 0,
      reason: chosen ? null : (why?.reason ?? null),
      text: chosen ? '' : (why?.text ?? ''),
    };
  });
}

/** Everything such a sum needs, without what is only the shop's business: no cost, no margin. */
export interface CouponQuestion {
  cart: PriceInput;
  coupons: readonly Coupon[];
}
export interface CouponAnswer {
  best: { couponIds: string[]; saving: Fen };
  coupons: CouponState[];
  payable: Fen;
}

export function chooseCoupons(
  { cart, coupons }: CouponQuestion,
  choice: 'best' | 'none' | readonly string[],
): CouponAnswer {
  // As the server does: the best set is looked for before points are spent.
  const { points: _, ...withoutPoints } = cart;
  const best = bestCoupons(withoutPoints, coupons);
  const ids: readonly string[] = choice === 'best' ? best.couponIds : choice === 'none' ? [] : choice;
  const chosen = ids.flatMap((id) => coupons.find((coupon) => coupon.id === id) ?? []);
  const result = price({ ...cart, coupons: chosen });
  const { couponIds, saving } = best;
  return {
    best: { couponIds, saving },
    coupons: couponStates(coupons, best, result),
    payable: result.totals.payable,
  };
}
