import type { CouponRules, Fen } from './input.types.ts';

export interface BestCouponsRules extends CouponRules {
  /** Coupon sets looked at before the search stops with what it has. Default 5,000 in each of the two passes. */
  nodeLimit?: number;
}

export type LeftOutReason =
  | 'expired'
  | 'not_yet_valid'
  | 'not_for_you'
  | 'not_for_goods'
  | 'not_in_store'
  | 'below_threshold'
  | 'excluded'
  | 'group_limit'
  | 'too_many'
  | 'nothing_left'
  | 'duplicate'
  | 'saves_less'
  | 'below_floor';

/** Why a coupon is not in the best set. */
export interface LeftOutCoupon {
  couponId: string;
  reason: LeftOutReason;
  text: string;
  /** below_threshold: how much is missing. */
  short?: Fen;
  /** excluded, group_limit: the chosen coupon in the way. */
  by?: string;
  /** How much less would be saved with it in the place of those in its way. 0 = the tie rule decided. */
  savesLess?: Fen;
}

export interface BestCoupons {
  /** In the order they are applied. */
  couponIds: string[];
  /** On goods and freight together, before points. */
  saving: Fen;
  /** True when the search has proved that no set saves more. */
  optimal: boolean;
  /** True when it has also proved that no equal set comes first by the tie rule. */
  tiesSettled: boolean;
  /** Nothing can save more than this; equals `saving` when optimal. */
  upperBound: Fen;
  nodes: number;
  leftOut: LeftOutCoupon[];
}
