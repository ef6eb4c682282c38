/** The margin floor looks at the final price, so that stacked discounts cannot together sell at a loss. */
import { say } from './explain.ts';
import type { Fen, MarginFloor, PriceInput, PriceLine, Rate } from './input.types.ts';
import { floorDivide, sum, wholeRate } from './math.ts';
import type { MarginReport, PricedLine, PriceNote } from './result.types.ts';
import { explain } from './state.ts';

/** The least that pieces of this cost may bring in: cost ÷ (1 − margin), rounded up. */
export function lineFloor(cost: Fen, quantity: number, minMarginRate: Rate): Fen {
  const keeps = wholeRate - minMarginRate;
  const scaled = cost * quantity * wholeRate;
  return floorDivide(scaled + keeps - 1, keeps);
}

/** An override counts when it names who answers for it and why. */
export function isOverridden(line: PriceLine, { override }: MarginFloor): boolean {
  if (!override || override.by.trim() === '' || override.reason.trim() === '') return false;
  return !override.lineIds || override.lineIds.includes(line.lineId);
}

export function checkMargin(input: PriceInput, priced: readonly PricedLine[], notes: PriceNote[]): MarginReport {
  const report: MarginReport = { ok: true, breaches: [], unchecked: [] };
  const { margin } = input;
  if (!margin) return report;
  input.lines.forEach((line, index) => {
    const result = priced[index];
    if (!result) return;
    if (line.cost === undefined) {
      report.unchecked.push(line.lineId);
      return;
    }
    const floor = lineFloor(line.cost, line.quantity, margin.minMarginRate);
    const income = result.payable + (margin.countPlatformFunding ? result.platformFunded : 0);
    if (income >= floor) return;
    const overridden = isOverridden(line, margin);
    const shortfall = floor - income;
    report.breaches.push({ lineId: line.lineId, floor, income, shortfall, overridden });
    if (!overridden) report.ok = false;
    explain(notes, `margin.${overridden ? 'overridden' : 'refused'}`, say.marginBreach(income, floor, shortfall), 0, {
      lines: [{ lineId: line.lineId, amount: shortfall }],
    });
  });
  if (margin.override && report.breaches.some((breach) => breach.overridden)) {
    const { by, reason } = margin.override;
    report.override = { by, reason };
    explain(notes, 'margin.override', say.marginOverride(by, reason), 0);
  }
  if (report.unchecked.length > 0) {
    explain(notes, 'margin.unchecked', say.marginUnchecked(report.unchecked.length), 0);
  }
  return report;
}

/** The sum of all shortfalls that no override covers. */
export const uncoveredShortfall = (report: MarginReport): Fen =>
  sum(report.breaches, (breach) => (breach.overridden ? 0 : breach.shortfall));
