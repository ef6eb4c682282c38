/** Freight as quoted for each shop, and the coupons on it. */
import { byCouponOrder, type CouponState, couponPlatformShare, useCoupon } from './coupons.ts';
import { say } from './explain.ts';
import type { Fen, FreightCoupon } from './input.types.ts';
import { portion, share, total } from './math.ts';
import { explain, type State } from './state.ts';

export interface ShopFreight {
  shopId: string;
  amount: Fen;
  discount: Fen;
  platformFunded: Fen;
}

/** The freight coupon's part for each shop; empty when there is no freight left to pay. */
export function freightParts(coupon: FreightCoupon, left: readonly Fen[]): Fen[] {
  const whole = total(left);
  const off = Math.min(coupon.off ?? whole, whole);
  return off === 0 ? [] : share(off, left);
}

/** The goods' threshold of a freight coupon is counted before points: points are a way to pay, not a cheaper cart. */
export function freightStep(state: State, coupons: CouponState): ShopFreight[] {
  const freights = (state.input.freight ?? []).map(({ shopId, amount }) => ({
    shopId,
    amount,
    discount: 0,
    platformFunded: 0,
  }));
  for (const { shopId, amount } of freights) {
    explain(state.notes, 'freight.quoted', say.freight(amount), 0, { sourceId: shopId });
  }
  const chosen = (state.input.coupons ?? []).filter((coupon): coupon is FreightCoupon => coupon.kind === 'freight');
  for (const coupon of chosen.sort(byCouponOrder)) {
    useCoupon(coupon, state, coupons, (eligible) => {
      const shopIds = new Set(eligible.map((cell) => cell.line.shopId));
      const reached = freights.filter((freight) => shopIds.has(freight.shopId) && freight.amount > freight.discount);
      const parts = freightParts(
        coupon,
        reached.map((freight) => freight.amount - freight.discount),
      );
      const saving = total(parts);
      if (saving === 0) return undefined;
      const platform = share(portion(saving, couponPlatformShare(coupon)), parts);
      reached.forEach((freight, index) => {
        freight.discount += parts[index] ?? 0;
        freight.platformFunded += platform[index] ?? 0;
      });
      explain(state.notes, 'freight.coupon', say.freightCoupon(coupon.name, saving), saving, { sourceId: coupon.id });
      return { couponId: coupon.id, saving, shopIds: reached.map((freight) => freight.shopId) };
    });
  }
  return freights;
}
