import type { Fen } from './input.types.ts';
import type { LineDiscount, PriceResult } from './result.types.ts';

/** What of a price has to be kept with the orders for their refunds. */
export type RefundBasis = Pick<PriceResult, 'lines' | 'shops'> & { coupons: Pick<PriceResult['coupons'], 'applied'> };

export interface ReturnedPieces {
  lineId: string;
  quantity: number;
}

/** What was given back before, by line. `amount` matters when more than the pieces' share was paid (a goodwill refund). */
export interface AlreadyReturned extends ReturnedPieces {
  amount?: Fen;
}

export interface RefundOptions {
  /** `withLast` (default): a shop's freight comes back with the last piece of its order. `never`: it was used up. */
  freight?: 'withLast' | 'never';
}

export interface RefundedLine {
  lineId: string;
  shopId: string;
  quantity: number;
  /** Money to the buyer. */
  amount: Fen;
  points: number;
  shopFunded: Fen;
  platformFunded: Fen;
  /** The part of every discount that goes back, so that reports by coupon or activity stay right. */
  discounts: LineDiscount[];
}

export interface RefundShare {
  lines: RefundedLine[];
  /** Goods and freight together: what the buyer gets in money. */
  amount: Fen;
  freight: Fen;
  points: number;
  shopFunded: Fen;
  platformFunded: Fen;
  /** Coupons to hand back: all the orders they worked on are now returned whole. */
  couponIds: string[];
  shops: { shopId: string; amount: Fen; freight: Fen }[];
}
