/** Coupons: the one order they are applied in, what each takes off, and which go together. The solver uses the same functions. */
import { say } from './explain.ts';
import type { Coupon, CouponRules, Fen, GoodsCoupon, PriceInput, Rate } from './input.types.ts';
import { floorDivide, rateOff, share, total, wholeRate } from './math.ts';
import type { AppliedCoupon, CouponRefusal, RejectedCoupon } from './result.types.ts';
import { inScope, isForBuyer } from './scope.ts';
import { type Cell, explain, type State, takeOff } from './state.ts';

export const couponGroup = (coupon: Coupon): string => {
  if (coupon.group !== undefined) return coupon.group;
  if (coupon.kind === 'exchange') return `exchange:${coupon.id}`;
  if (coupon.kind === 'freight') return 'freight';
  return coupon.scope?.shopId === undefined ? 'platform' : `shop:${coupon.scope.shopId}`;
};

export const groupLimit = (group: string, rules: CouponRules = {}): number => rules.groupLimits?.[group] ?? 1;

export const couponPlatformShare = (coupon: Coupon): Rate =>
  coupon.platformShare ?? (coupon.scope?.shopId === undefined ? wholeRate : 0);

/** Exchange, then shop, then platform, then freight. */
export function couponStage(coupon: Coupon): number {
  if (coupon.kind === 'freight') return 3;
  if (coupon.kind === 'exchange') return 0;
  return coupon.scope?.shopId === undefined ? 2 : 1;
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The declared order: stage, group, amount before percent, id. A set of coupons is worth the same in whatever order it is given. */
export function byCouponOrder(a: Coupon, b: Coupon): number {
  return (
    couponStage(a) - couponStage(b) ||
    compareText(couponGroup(a), couponGroup(b)) ||
    compareText(a.kind, b.kind) ||
    compareText(a.id, b.id)
  );
}

export function areExclusive(a: Coupon, b: Coupon): boolean {
  const refuses = (one: Coupon, other: Coupon) =>
    one.excludes?.some((word) => word === '*' || word === other.id || word === couponGroup(other)) ?? false;
  return refuses(a, b) || refuses(b, a);
}

/** What an amount or percent coupon takes off goods left at `base`; 0 below its threshold. */
export function couponOff(coupon: Exclude<GoodsCoupon, { kind: 'exchange' }>, base: Fen): Fen {
  if (base < (coupon.threshold ?? 0)) return 0;
  if (coupon.kind === 'amount') return Math.min(coupon.off, base);
  return Math.min(rateOff(base, coupon.payRate), coupon.cap ?? base);
}

/** An exchange takes the dearest pieces first; a cell given whole is given to the last fen. */
export function exchangeParts(pieces: number, amounts: readonly Fen[], quantities: readonly number[]): Fen[] {
  const units = amounts.map((amount, index) => floorDivide(amount, quantities[index] ?? 1));
  const parts = amounts.map(() => 0);
  for (let left = pieces; left > 0; ) {
    let dearest = -1;
    for (let index = 0; index < units.length; index += 1) {
      // A piece that costs nothing, or is taken already, does not use the coupon up.
      if (parts[index] === amounts[index]) continue;
      if (dearest < 0 || (units[index] ?? 0) > (units[dearest] ?? 0)) dearest = index;
    }
    if (dearest < 0) break;
    const quantity = quantities[dearest] ?? 0;
    const isWhole = left >= quantity;
    parts[dearest] = isWhole ? (amounts[dearest] ?? 0) : (units[dearest] ?? 0) * left;
    left = isWhole ? left - quantity : 0;
  }
  return parts;
}

/** What the coupon takes off each of the eligible cells; empty when it does not work on them. */
export function couponParts(coupon: GoodsCoupon, amounts: readonly Fen[], quantities: readonly number[]): Fen[] {
  let base = 0;
  for (const amount of amounts) base += amount;
  if (coupon.kind === 'exchange')
    return base < (coupon.threshold ?? 0) ? [] : exchangeParts(coupon.quantity, amounts, quantities);
  const off = couponOff(coupon, base);
  return off === 0 ? [] : share(off, amounts);
}

export const eligibleCells = (coupon: Coupon, cells: readonly Cell[]): Cell[] =>
  cells.filter((cell) => cell.isOpenTo.coupon && inScope(cell.line, coupon.scope));

const baseOf = (cells: readonly Cell[]) => cells.reduce((total, cell) => total + cell.amount, 0);

/** Why the coupon cannot be used on this cart at all, other coupons aside. */
export function refuseAlone(
  coupon: Coupon,
  input: PriceInput,
  cells: readonly Cell[],
): Omit<RejectedCoupon, 'couponId'> | undefined {
  const at = Date.parse(input.at);
  if (at >= Date.parse(coupon.expiresAt)) return { reason: 'expired', text: say.couponExpired() };
  if (coupon.validFrom !== undefined && at < Date.parse(coupon.validFrom))
    return { reason: 'not_yet_valid', text: say.couponNotYet() };
  if (!isForBuyer(coupon.audiences, input.audiences)) return { reason: 'not_for_you', text: say.couponNotForYou() };
  const eligible = eligibleCells(coupon, cells);
  if (eligible.length === 0) {
    const { storeIds, ...anywhere } = coupon.scope ?? {};
    const isElsewhere = storeIds !== undefined && eligibleCells({ ...coupon, scope: anywhere }, cells).length > 0;
    return isElsewhere
      ? { reason: 'not_in_store', text: say.couponNotInStore() }
      : { reason: 'not_for_goods', text: say.couponNotForGoods() };
  }
  const short = (coupon.threshold ?? 0) - baseOf(eligible);
  if (short > 0) return { reason: 'below_threshold', text: say.couponShort(short), short };
  return undefined;
}

/** Why the coupon does not go together with those used before it. */
export function refuseTogether(
  coupon: Coupon,
  used: readonly Coupon[],
  rules: CouponRules = {},
): { reason: CouponRefusal; text: string; by?: string } | undefined {
  const twin = used.find((other) => other.id === coupon.id);
  if (twin) return { reason: 'duplicate', text: say.couponDuplicate(), by: twin.id };
  const rival = used.find((other) => areExclusive(coupon, other));
  if (rival) return { reason: 'excluded', text: say.couponExcluded(rival.name), by: rival.id };
  const group = couponGroup(coupon);
  const limit = groupLimit(group, rules);
  const mates = used.filter((other) => couponGroup(other) === group);
  if (mates.length >= limit) {
    const mate = mates[0];
    return { reason: 'group_limit', text: say.couponGroupLimit(limit, mate?.name), ...(mate && { by: mate.id }) };
  }
  const most = rules.maxCoupons;
  if (most !== undefined && used.length >= most) return { reason: 'too_many', text: say.couponTooMany(most) };
  return undefined;
}

export interface CouponState {
  used: Coupon[];
  applied: AppliedCoupon[];
  rejected: RejectedCoupon[];
}

/** Uses one coupon if it may be; the freight step passes its own way of taking the saving. */
export function useCoupon(
  coupon: Coupon,
  state: State,
  coupons: CouponState,
  take: (eligible: Cell[]) => AppliedCoupon | undefined,
): void {
  const reject = (why: Omit<RejectedCoupon, 'couponId'>) => coupons.rejected.push({ couponId: coupon.id, ...why });
  const together = refuseTogether(coupon, coupons.used, state.input.rules?.coupons);
  if (together) return void reject(together);
  const alone = refuseAlone(coupon, state.input, state.cells);
  if (alone) return void reject(alone);
  const applied = take(eligibleCells(coupon, state.cells));
  if (!applied) return void reject({ reason: 'nothing_left', text: say.couponNothingLeft() });
  coupons.used.push(coupon);
  coupons.applied.push(applied);
}

/** Applies the goods coupons in the declared order; what cannot be used is rejected with its reason and takes nothing. */
export function couponStep(state: State, coupons: CouponState): void {
  const chosen = (state.input.coupons ?? []).filter((coupon): coupon is GoodsCoupon => coupon.kind !== 'freight');
  for (const coupon of chosen.sort(byCouponOrder)) {
    useCoupon(coupon, state, coupons, (eligible) => {
      const base = baseOf(eligible);
      const parts = couponParts(
        coupon,
        eligible.map((cell) => cell.amount),
        eligible.map((cell) => cell.quantity),
      );
      const saving = total(parts);
      if (saving === 0) return undefined;
      const lines = takeOff(
        { step: 'coupon', id: coupon.id, platformShare: couponPlatformShare(coupon) },
        eligible,
        parts,
      );
      const text =
        coupon.kind === 'exchange' ? say.exchange(coupon.name, saving) : say.coupon(coupon.name, base, saving);
      explain(state.notes, `coupon.${coupon.kind}`, text, saving, { sourceId: coupon.id, lines });
      const shopIds = [
        ...new Set(eligible.filter((_, index) => (parts[index] ?? 0) > 0).map((cell) => cell.line.shopId)),
      ];
      return { couponId: coupon.id, saving, shopIds };
    });
  }
}
