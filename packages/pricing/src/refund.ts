/**
 * What a return gives back. Each piece's share is the step of a running total, floor(whole × returned ÷ bought), so any
 * partition in any order sums to exactly what was paid, used and funded.
 */
import type { Fen } from './input.types.ts';
import { floorDivide, sum } from './math.ts';
import type {
  AlreadyReturned,
  RefundBasis,
  RefundedLine,
  RefundOptions,
  RefundShare,
  ReturnedPieces,
} from './refund.types.ts';
import type { PricedLine, ShopTotals } from './result.types.ts';

function countByLine(result: RefundBasis, pieces: readonly ReturnedPieces[], least: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { lineId, quantity } of pieces) {
    if (!result.lines.some((line) => line.lineId === lineId))
      throw new RangeError(`pricing: no line ${lineId} to refund`);
    if (!Number.isSafeInteger(quantity) || quantity < least)
      throw new RangeError(`pricing: not a number of pieces: ${quantity}`);
    counts.set(lineId, (counts.get(lineId) ?? 0) + quantity);
  }
  return counts;
}

/** floor(whole × pieces ÷ quantity); a product too large for a double is split without loss. */
function runningTotal(whole: number, pieces: number, quantity: number): number {
  if (whole * pieces <= Number.MAX_SAFE_INTEGER) return floorDivide(whole * pieces, quantity);
  return Number((BigInt(whole) * BigInt(pieces)) / BigInt(quantity));
}

function refundLine(line: PricedLine, before: number, now: number, alreadyPaid: Fen): RefundedLine {
  const step = (whole: number) =>
    runningTotal(whole, before + now, line.quantity) - runningTotal(whole, before, line.quantity);
  const discounts = line.discounts.map((discount) => ({
    ...discount,
    amount: step(discount.amount),
    platformFunded: step(discount.platformFunded),
  }));
  const platformFunded = sum(discounts, (discount) => discount.platformFunded);
  return {
    lineId: line.lineId,
    shopId: line.shopId,
    quantity: now,
    amount: Math.max(0, Math.min(step(line.payable), line.payable - alreadyPaid)),
    points: step(line.pointsUsed),
    shopFunded: sum(discounts, (discount) => discount.amount) - platformFunded,
    platformFunded,
    discounts,
  };
}

/** The shops whose orders become whole-returned by this return. */
function completedShops(result: RefundBasis, before: Map<string, number>, now: Map<string, number>): ShopTotals[] {
  const quantities = new Map(result.lines.map((line) => [line.lineId, line.quantity]));
  return result.shops.filter((shop) => {
    const isWhole = shop.lineIds.every((id) => (before.get(id) ?? 0) + (now.get(id) ?? 0) === quantities.get(id));
    return isWhole && shop.lineIds.some((id) => (now.get(id) ?? 0) > 0);
  });
}

function wasWholeBefore(result: RefundBasis, shop: ShopTotals, before: Map<string, number>): boolean {
  return result.lines.every((line) => !shop.lineIds.includes(line.lineId) || before.get(line.lineId) === line.quantity);
}

/** What to give back for `returned`, after `already` was given back for the same checkout. */
export function refundShare(
  result: RefundBasis,
  returned: readonly ReturnedPieces[],
  already: readonly AlreadyReturned[] = [],
  options: RefundOptions = {},
): RefundShare {
  const before = countByLine(result, already, 0);
  const now = countByLine(result, returned, 1);
  const lines: RefundedLine[] = [];
  for (const line of result.lines) {
    const pieces = now.get(line.lineId) ?? 0;
    const gone = before.get(line.lineId) ?? 0;
    if (gone + pieces > line.quantity)
      throw new RangeError(`pricing: more pieces of ${line.lineId} returned than bought`);
    if (pieces === 0) continue;
    const records = already.filter((each) => each.lineId === line.lineId);
    const paidFor = (quantity: number) => runningTotal(line.payable, quantity, line.quantity);
    const isKnown = records.some((record) => record.amount !== undefined);
    const paidBefore = isKnown ? sum(records, (record) => record.amount ?? paidFor(record.quantity)) : paidFor(gone);
    lines.push(refundLine(line, gone, pieces, paidBefore));
  }

  const completed = completedShops(result, before, now);
  const freightOf = (shopId: string): Fen => {
    const shop = completed.find((each) => each.shopId === shopId);
    return shop && options.freight !== 'never' ? shop.freight - shop.freightDiscount : 0;
  };
  const shops = [...new Set(lines.map((line) => line.shopId))].map((shopId) => {
    const freight = freightOf(shopId);
    return { shopId, freight, amount: freight + sum(lines, (line) => (line.shopId === shopId ? line.amount : 0)) };
  });
  const isDone = (shopId: string) =>
    result.shops.some(
      (shop) => shop.shopId === shopId && (completed.includes(shop) || wasWholeBefore(result, shop, before)),
    );
  const couponIds = result.coupons.applied
    .filter(
      (coupon) =>
        coupon.shopIds.some((id) => completed.some((shop) => shop.shopId === id)) && coupon.shopIds.every(isDone),
    )
    .map((coupon) => coupon.couponId);
  const freightFunding = completedFreightFunding(result, completed, options);
  return {
    lines,
    amount: sum(shops, (shop) => shop.amount),
    freight: sum(shops, (shop) => shop.freight),
    points: sum(lines, (line) => line.points),
    shopFunded: sum(lines, (line) => line.shopFunded) + freightFunding.shop,
    platformFunded: sum(lines, (line) => line.platformFunded) + freightFunding.platform,
    couponIds,
    shops,
  };
}

/** Who had paid the freight discount of the orders whose freight now goes back. */
function completedFreightFunding(result: RefundBasis, completed: readonly ShopTotals[], options: RefundOptions) {
  const funding = { shop: 0, platform: 0 };
  if (options.freight === 'never') return funding;
  for (const shop of completed) {
    const onGoods = sum(result.lines, (line) => (line.shopId === shop.shopId ? line.platformFunded : 0));
    const platform = shop.platformFunded - onGoods;
    funding.platform += platform;
    funding.shop += shop.freightDiscount - platform;
  }
  return funding;
}
