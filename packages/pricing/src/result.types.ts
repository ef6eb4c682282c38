/** What the price pipeline answers. Amounts in fen; every sum of parts is exact. */
import type { ActivityKind, Fen } from './input.types.ts';

/** The declared order. `sale` is list price → sale price. */
export const priceSteps = ['sale', 'activity', 'member', 'reduction', 'coupon', 'points', 'freight', 'margin'] as const;
export type PriceStep = (typeof priceSteps)[number];

/** Steps that take money off goods below the sale price. */
export type DiscountStep = 'activity' | 'member' | 'reduction' | 'coupon' | 'points';

/** One line of the explanation: for machines `code` and numbers, for people `text`. Remarks have amount 0. */
export interface PriceNote {
  step: PriceStep;
  code: string;
  text: string;
  amount: Fen;
  sourceId?: string;
  lines?: readonly { lineId: string; amount: Fen }[];
}

/** A part of one discount on one line. `platformFunded` of `amount` is the platform's, the rest the shop's. */
export interface LineDiscount {
  step: DiscountStep;
  sourceId: string;
  amount: Fen;
  platformFunded: Fen;
}

export interface PricedLine {
  lineId: string;
  shopId: string;
  skuId: string;
  quantity: number;
  listAmount: Fen;
  saleAmount: Fen;
  discounts: LineDiscount[];
  /** saleAmount − discounts, freight not included. */
  payable: Fen;
  pointsUsed: number;
  shopFunded: Fen;
  platformFunded: Fen;
  /** The activity that gave the price, and to how many pieces. */
  activity?: { id: string; kind: ActivityKind; unitPrice: Fen; quantity: number };
  benefitIds: string[];
  /** Presale: of `payable`, due now. */
  deposit: Fen;
}

export interface PriceTotals {
  listAmount: Fen;
  saleAmount: Fen;
  activity: Fen;
  member: Fen;
  reduction: Fen;
  /** Coupons on goods; those on freight are in `freightDiscount`. */
  coupon: Fen;
  points: Fen;
  /** What the goods cost after every discount. */
  goods: Fen;
  freight: Fen;
  freightDiscount: Fen;
  payable: Fen;
  pointsUsed: number;
  shopFunded: Fen;
  platformFunded: Fen;
  /** Of `payable`, due now when a presale line asks for a deposit; else 0. */
  deposit: Fen;
}

/** One shop's order of the checkout. */
export interface ShopTotals extends PriceTotals {
  shopId: string;
  lineIds: string[];
}

export interface AppliedCoupon {
  couponId: string;
  saving: Fen;
  shopIds: string[];
}

export type CouponRefusal =
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
  | 'duplicate';

export interface RejectedCoupon {
  couponId: string;
  reason: CouponRefusal;
  text: string;
  /** below_threshold: how much is missing. */
  short?: Fen;
  /** excluded, group_limit: the coupon in the way. */
  by?: string;
}

export interface MarginBreach {
  lineId: string;
  floor: Fen;
  income: Fen;
  shortfall: Fen;
  overridden: boolean;
}

export interface MarginReport {
  ok: boolean;
  breaches: MarginBreach[];
  /** Lines without a cost. */
  unchecked: string[];
  /** Set when the override was needed: to be logged by the caller. */
  override?: { by: string; reason: string };
}

export interface PriceResult {
  /** False when the margin floor refuses this price; `margin` says for which lines. */
  ok: boolean;
  lines: PricedLine[];
  shops: ShopTotals[];
  totals: PriceTotals;
  notes: PriceNote[];
  coupons: { applied: AppliedCoupon[]; rejected: RejectedCoupon[] };
  margin: MarginReport;
}
