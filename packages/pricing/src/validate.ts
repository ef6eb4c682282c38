/** Input that would make the arithmetic meaningless is a bug of the caller: RangeError, never a strange price. */
import type { Coupon, PriceInput, ReductionRule } from './input.types.ts';
import { largestAmount, wholeRate } from './math.ts';

function need(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new RangeError(`pricing: ${what}`);
}

const isCount = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
const isFen = (value: number) => isCount(value, 0) && value <= largestAmount;
const isRate = (value: number) => isCount(value, 0) && value <= wholeRate;

function checkFen(what: string, ...values: (number | undefined)[]): void {
  for (const value of values) need(value === undefined || isFen(value), `${what} is not an amount: ${value}`);
}

function checkRate(what: string, ...values: (number | undefined)[]): void {
  for (const value of values)
    need(value === undefined || isRate(value), `${what} is not a rate in basis points: ${value}`);
}

function checkReduction(rule: ReductionRule): void {
  const what = `reduction ${rule.id}`;
  checkRate(what, rule.platformShare);
  switch (rule.kind) {
    case 'amount':
      for (const step of rule.steps) {
        checkFen(what, step.threshold, step.off);
        need(step.off <= step.threshold, `${what} takes off more than its threshold`);
      }
      need(
        !rule.repeat || (rule.steps.length === 1 && (rule.steps[0]?.threshold ?? 0) > 0),
        `${what} repeats: one step above 0`,
      );
      break;
    case 'percent':
      checkFen(what, rule.cap);
      for (const step of rule.steps) {
        checkFen(what, step.threshold);
        checkRate(what, step.payRate);
        need(step.minQuantity === undefined || isCount(step.minQuantity, 1), `${what} needs a whole number of pieces`);
      }
      break;
    case 'nth':
      checkRate(what, rule.payRate);
      need(isCount(rule.nth, 1), `${what} needs a whole number of pieces`);
      break;
    case 'bundle':
      checkFen(what, rule.price);
      need((rule.count === undefined) !== (rule.items === undefined), `${what} has either a count or items`);
      need(rule.count === undefined || isCount(rule.count, 1), `${what} needs a whole number of pieces`);
      need(!rule.items || rule.items.length > 0, `${what} has no items`);
      for (const item of rule.items ?? []) need(isCount(item.quantity, 1), `${what} needs a whole number of pieces`);
  }
}

export function checkCoupon(coupon: Coupon): void {
  const what = `coupon ${coupon.id}`;
  checkFen(what, coupon.threshold);
  checkRate(what, coupon.platformShare);
  if (coupon.kind === 'amount' || coupon.kind === 'freight') checkFen(what, coupon.off);
  if (coupon.kind === 'exchange') need(isCount(coupon.quantity, 1), `${what} needs a whole number of pieces`);
  if (coupon.kind === 'percent') {
    checkRate(what, coupon.payRate);
    checkFen(what, coupon.cap);
  }
  need(!Number.isNaN(Date.parse(coupon.expiresAt)), `${what} has no end`);
  need(coupon.validFrom === undefined || !Number.isNaN(Date.parse(coupon.validFrom)), `${what} has a strange start`);
}

function checkLines({ lines }: PriceInput): void {
  let whole = 0;
  for (const line of lines) {
    const what = `line ${line.lineId}`;
    need(isCount(line.quantity, 1), `${what} has no quantity`);
    checkFen(what, line.listPrice, line.salePrice, line.cost, ...Object.values(line.memberPrices ?? {}));
    whole += Math.max(line.listPrice, line.salePrice, line.cost ?? 0) * line.quantity;
    for (const activity of line.activities ?? []) {
      checkFen(what, activity.unitPrice, activity.deposit, activity.depositWorth);
      checkRate(what, activity.payRate);
      need(
        (activity.unitPrice === undefined) !== (activity.payRate === undefined),
        `${what}: ${activity.id} has a price or a rate`,
      );
      need(
        activity.maxQuantity === undefined || isCount(activity.maxQuantity, 0),
        `${what}: ${activity.id} has a strange limit`,
      );
      need(
        (activity.depositWorth ?? activity.deposit ?? 0) >= (activity.deposit ?? 0),
        `${what}: a deposit is worth itself at least`,
      );
    }
  }
  need(whole <= largestAmount, 'the cart is too large');
  need(new Set(lines.map((line) => line.lineId)).size === lines.length, 'line ids repeat');
}

export function checkInput(input: PriceInput): void {
  need(!Number.isNaN(Date.parse(input.at)), `no instant: ${input.at}`);
  checkLines(input);
  for (const benefit of input.benefits ?? []) checkRate(`benefit ${benefit.id}`, benefit.payRate);
  for (const rule of input.reductions ?? []) checkReduction(rule);
  for (const coupon of input.coupons ?? []) checkCoupon(coupon);
  for (const quote of input.freight ?? []) {
    checkFen(`freight of ${quote.shopId}`, quote.amount);
    need(
      input.lines.some((line) => line.shopId === quote.shopId),
      `freight for ${quote.shopId} without a line`,
    );
  }
  need(
    new Set(input.freight?.map((quote) => quote.shopId)).size === (input.freight?.length ?? 0),
    'freight quotes repeat',
  );
  if (input.points) {
    const { use, balance, perYuan, capRate, step, minGoods, platformShare } = input.points;
    need(use === 'max' || isCount(use, 0), 'points to use are not a number');
    need(isCount(balance, 0) && isCount(perYuan, 1) && isCount(step ?? 1, 1), 'points settings are not whole numbers');
    checkRate('points', capRate, platformShare);
    checkFen('points', minGoods);
  }
  if (input.margin)
    need(isRate(input.margin.minMarginRate) && input.margin.minMarginRate < wholeRate, 'margin rate below 100 %');
}
