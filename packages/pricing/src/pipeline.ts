/**
 * The price pipeline: list → sale → activity → member → reduction → coupons → points → freight, then the margin floor.
 * Pure: the same input gives the same result on the server, in the console and in a Worker.
 */
import { openCells } from './activities.ts';
import { type CouponState, couponStep } from './coupons.ts';
import { say } from './explain.ts';
import { freightStep, type ShopFreight } from './freight.ts';
import type { Fen, PriceInput, PriceLine } from './input.types.ts';
import { checkMargin } from './margin.ts';
import { sum } from './math.ts';
import { memberStep } from './members.ts';
import { pointsStep } from './points.ts';
import { reductionStep } from './reductions.ts';
import {
  type DiscountStep,
  type LineDiscount,
  type PricedLine,
  type PriceNote,
  type PriceResult,
  type PriceTotals,
  priceSteps,
  type ShopTotals,
} from './result.types.ts';
import { type Cell, explain, type State } from './state.ts';
import { checkInput } from './validate.ts';

/** Everything before coupons; the coupon solver starts here too. */
export function priceBeforeCoupons(input: PriceInput): State {
  const state: State = { input, cells: [], notes: [] };
  for (const line of input.lines) {
    const { lineId, listPrice, salePrice, quantity } = line;
    if (listPrice > salePrice) {
      const amount = (listPrice - salePrice) * quantity;
      explain(state.notes, 'sale.price', say.salePrice(listPrice, salePrice), amount, { lines: [{ lineId, amount }] });
    }
    state.cells.push(...openCells(line, state));
  }
  memberStep(state);
  reductionStep(state);
  return state;
}

/** One discount of one source on a line, both cells together. */
function mergeDiscounts(cells: readonly Cell[]): LineDiscount[] {
  const merged = new Map<string, LineDiscount>();
  for (const discount of cells.flatMap((cell) => cell.discounts)) {
    const key = `${discount.step} ${discount.sourceId}`;
    const known = merged.get(key);
    if (!known) merged.set(key, { ...discount });
    else {
      known.amount += discount.amount;
      known.platformFunded += discount.platformFunded;
    }
  }
  return [...merged.values()];
}

function closeLine(line: PriceLine, cells: readonly Cell[]): PricedLine {
  const discounts = mergeDiscounts(cells);
  const platformFunded = sum(discounts, (discount) => discount.platformFunded);
  const special = cells.find((cell) => cell.activity);
  const payable = sum(cells, (cell) => cell.amount);
  return {
    lineId: line.lineId,
    shopId: line.shopId,
    skuId: line.skuId,
    quantity: line.quantity,
    listAmount: Math.max(line.listPrice, line.salePrice) * line.quantity,
    saleAmount: line.salePrice * line.quantity,
    discounts,
    payable,
    pointsUsed: sum(cells, (cell) => cell.pointsUsed),
    shopFunded: sum(discounts, (discount) => discount.amount) - platformFunded,
    platformFunded,
    ...(special?.activity && {
      activity: {
        id: special.activity.id,
        kind: special.activity.kind,
        unitPrice: special.activityPrice ?? 0,
        quantity: special.quantity,
      },
    }),
    benefitIds: [...new Set(cells.flatMap((cell) => cell.benefitIds))],
    deposit: special ? Math.min(special.amount, (special.activity?.deposit ?? 0) * special.quantity) : 0,
  };
}

/**
 * With a presale, everything but its deposit is due later only for that line: the rest of the order is due now. Of nothing
 * but presales the freight comes with the balance, shortly before the goods leave.
 */
function depositDue(lines: readonly PricedLine[], payable: Fen): Fen {
  if (!lines.some((line) => line.deposit > 0)) return 0;
  if (lines.every((line) => line.deposit > 0)) return sum(lines, (line) => line.deposit);
  const later = sum(lines, (line) => (line.deposit > 0 ? line.payable - line.deposit : 0));
  return payable - later;
}

function totalOf(lines: readonly PricedLine[], freights: readonly ShopFreight[]): PriceTotals {
  const taken = (step: DiscountStep) =>
    sum(lines, (line) => sum(line.discounts, (discount) => (discount.step === step ? discount.amount : 0)));
  const goods = sum(lines, (line) => line.payable);
  const freight = sum(freights, (quote) => quote.amount);
  const freightDiscount = sum(freights, (quote) => quote.discount);
  const platformFreight = sum(freights, (quote) => quote.platformFunded);
  const payable = goods + freight - freightDiscount;
  return {
    listAmount: sum(lines, (line) => line.listAmount),
    saleAmount: sum(lines, (line) => line.saleAmount),
    activity: taken('activity'),
    member: taken('member'),
    reduction: taken('reduction'),
    coupon: taken('coupon'),
    points: taken('points'),
    goods,
    freight,
    freightDiscount,
    payable,
    pointsUsed: sum(lines, (line) => line.pointsUsed),
    shopFunded: sum(lines, (line) => line.shopFunded) + freightDiscount - platformFreight,
    platformFunded: sum(lines, (line) => line.platformFunded) + platformFreight,
    deposit: depositDue(lines, payable),
  };
}

function totalByShop(lines: readonly PricedLine[], freights: readonly ShopFreight[]): ShopTotals[] {
  const shops = new Map<string, PricedLine[]>();
  for (const line of lines) shops.set(line.shopId, [...(shops.get(line.shopId) ?? []), line]);
  return [...shops].map(([shopId, own]) => ({
    shopId,
    lineIds: own.map((line) => line.lineId),
    ...totalOf(
      own,
      freights.filter((freight) => freight.shopId === shopId),
    ),
  }));
}

export function price(input: PriceInput): PriceResult {
  checkInput(input);
  const state = priceBeforeCoupons(input);
  const coupons: CouponState = { used: [], applied: [], rejected: [] };
  couponStep(state, coupons);
  const freights = freightStep(state, coupons); // before points, which do not lower a freight coupon's threshold
  pointsStep(state);

  const cells = new Map<PriceLine, Cell[]>();
  for (const cell of state.cells) cells.set(cell.line, [...(cells.get(cell.line) ?? []), cell]);
  const lines = input.lines.map((line) => closeLine(line, cells.get(line) ?? []));
  const margin = checkMargin(input, lines, state.notes);
  const shops = totalByShop(lines, freights);
  const whole = totalOf(lines, freights);
  return {
    ok: margin.ok,
    lines,
    shops,
    totals: { ...whole, deposit: shops.some((shop) => shop.deposit > 0) ? sum(shops, dueNow) : 0 },
    notes: inDeclaredOrder(state.notes),
    coupons: { applied: coupons.applied, rejected: coupons.rejected },
    margin,
  };
}

const inDeclaredOrder = (notes: readonly PriceNote[]): PriceNote[] =>
  [...notes].sort((a, b) => priceSteps.indexOf(a.step) - priceSteps.indexOf(b.step));

const dueNow = (shop: ShopTotals): Fen => (shop.deposit > 0 ? shop.deposit : shop.payable);
