/** Input that would make the arithmetic meaningless is a bug of the caller: RangeError, never a strange price. */
import type { Coupon, PriceInput, ReductionRule } from './input.types.ts';
import { largestAmount, wholeRate } from './math.ts';

type Numbers = readonly (number | undefined)[];

function need(isRight: boolean, what: string): void {
  if (!isRight) throw new RangeError(`pricing: ${what}`);
}

/** Given values are whole numbers between the bounds. */
function whole(what: string, least: number, most: number, values: Numbers): void {
  for (const value of values) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) continue;
    need(false, `${what}: ${value} is not a whole number from ${least} to ${most}`);
  }
}

const fen = (what: string, ...values: Numbers) => whole(what, 0, largestAmount, values);
const rate = (what: string, ...values: Numbers) => whole(what, 0, wholeRate, values);
const pieces = (what: string, ...values: Numbers) => whole(what, 1, largestAmount, values);
const instant = (what: string, text: string | undefined) =>
  need(text === undefined || !Number.isNaN(Date.parse(text)), `${what}: ${text} is not an instant`);

function checkReduction(rule: ReductionRule): void {
  const what = `reduction ${rule.id}`;
  rate(what, rule.platformShare);
  if (rule.kind === 'amount') {
    for (const { threshold, off } of rule.steps) {
      fen(what, threshold, off);
      need(off <= threshold, `${what}: more off than its threshold`);
    }
    need(
      !rule.repeat || (rule.steps.length === 1 && (rule.steps[0]?.threshold ?? 0) > 0),
      `${what}: repeats one step above 0`,
    );
  } else if (rule.kind === 'percent') {
    fen(what, rule.cap);
    for (const step of rule.steps) {
      fen(what, step.threshold);
      rate(what, step.payRate);
      pieces(what, step.minQuantity);
    }
  } else if (rule.kind === 'nth') {
    rate(what, rule.payRate);
    pieces(what, rule.nth);
  } else {
    fen(what, rule.price);
    need(
      (rule.count === undefined) === (rule.items !== undefined && rule.items.length > 0),
      `${what}: either a count or items`,
    );
    need(
      (rule.items ?? []).every(({ skuId, spuId }) => (skuId === undefined) !== (spuId === undefined)),
      `${what}: an item is a SKU or a product`,
    );
    pieces(what, rule.count, ...(rule.items ?? []).map((item) => item.quantity));
  }
}

export function checkCoupon(coupon: Coupon): void {
  const what = `coupon ${coupon.id}`;
  fen(what, coupon.threshold);
  rate(what, coupon.platformShare);
  instant(what, coupon.validFrom);
  instant(what, coupon.expiresAt);
  if (coupon.kind === 'exchange') pieces(what, coupon.quantity);
  else if (coupon.kind !== 'percent') fen(what, coupon.off);
  else {
    rate(what, coupon.payRate);
    fen(what, coupon.cap);
  }
}

function checkLines({ lines }: PriceInput): void {
  let largest = 0;
  for (const line of lines) {
    const what = `line ${line.lineId}`;
    pieces(what, line.quantity);
    fen(what, line.listPrice, line.salePrice, line.cost, ...Object.values(line.memberPrices ?? {}));
    largest += Math.max(line.listPrice, line.salePrice, line.cost ?? 0) * line.quantity;
    for (const { id, unitPrice, payRate, maxQuantity, deposit = 0, depositWorth = deposit } of line.activities ?? []) {
      fen(what, unitPrice, maxQuantity, deposit, depositWorth);
      rate(what, payRate);
      need((unitPrice === undefined) !== (payRate === undefined), `${what}: either a price or a rate for ${id}`);
      need(depositWorth >= deposit, `${what}: a deposit is worth itself at least`);
    }
  }
  fen('the cart', largest);
  need(new Set(lines.map((line) => line.lineId)).size === lines.length, 'line ids repeat');
}

export function checkInput(input: PriceInput): void {
  const { lines, freight = [], points, margin } = input;
  instant('at', input.at);
  checkLines(input);
  for (const benefit of input.benefits ?? []) rate(`benefit ${benefit.id}`, benefit.payRate);
  input.reductions?.forEach(checkReduction);
  input.coupons?.forEach(checkCoupon);
  for (const { shopId, amount } of freight) {
    fen(`freight of ${shopId}`, amount);
    need(
      lines.some((line) => line.shopId === shopId),
      `freight of ${shopId}: no line`,
    );
  }
  need(new Set(freight.map((quote) => quote.shopId)).size === freight.length, 'freight quotes repeat');
  if (points) {
    fen('points', points.use === 'max' ? 0 : points.use, points.balance, points.minGoods);
    rate('points', points.capRate, points.platformShare);
    pieces('points', points.perYuan, points.step);
  }
  if (margin) whole('margin', 0, wholeRate - 1, [margin.minMarginRate]);
}
