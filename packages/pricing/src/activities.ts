/** Activity price: one activity at most for a piece. Which one is declared here and nowhere else. */
import { say } from './explain.ts';
import type { ActivityKind, ActivityPrice, Excludable, Fen, PriceInput, PriceLine } from './input.types.ts';
import { rateOff } from './math.ts';
import { bestMemberUnit } from './members.ts';
import type { PriceNote } from './result.types.ts';
import { type Cell, explain, type State, takeOff } from './state.ts';

/** Equal prices go to the earlier kind. */
export const activityOrder: readonly ActivityKind[] = ['flash', 'bargain', 'group', 'presale', 'memberDay'];

/** Prices one has to enter for; without that the goods are bought alone, at the normal price. */
const enteredKinds: readonly ActivityKind[] = ['bargain', 'group', 'presale'];
export const isEntered = (kind: ActivityKind): boolean => enteredKinds.includes(kind);

/** Which later steps still work on pieces at an activity price, unless settings or the activity say otherwise. */
export const defaultAllows: Readonly<Record<ActivityKind, Record<Excludable, boolean>>> = {
  flash: { member: false, reduction: false, coupon: false, points: true },
  bargain: { member: false, reduction: false, coupon: false, points: false },
  group: { member: false, reduction: false, coupon: false, points: true },
  presale: { member: false, reduction: false, coupon: true, points: true },
  memberDay: { member: false, reduction: true, coupon: true, points: true },
};

export function activityAllows(activity: ActivityPrice, rules: PriceInput['rules'] = {}): Record<Excludable, boolean> {
  return { ...defaultAllows[activity.kind], ...rules.activityAllows?.[activity.kind], ...activity.allows };
}

/** The price of one piece; a presale counts what its deposit grows by. */
export function activityUnitPrice(activity: ActivityPrice, salePrice: Fen): Fen {
  const price = activity.unitPrice ?? salePrice - rateOff(salePrice, activity.payRate ?? 0);
  return Math.max(0, price - ((activity.depositWorth ?? activity.deposit ?? 0) - (activity.deposit ?? 0)));
}

/** Stepped group price: the step reached by so many paid members; undefined below the smallest. */
export function groupStep<T extends { size: number }>(steps: readonly T[], members: number): T | undefined {
  return steps.filter((step) => step.size <= members).sort((a, b) => b.size - a.size)[0];
}

interface Candidate {
  activity: ActivityPrice;
  unit: Fen;
}

function byDeclaredOrder(a: Candidate, b: Candidate): number {
  const entered = Number(b.activity.entered ?? false) - Number(a.activity.entered ?? false);
  const kind = activityOrder.indexOf(a.activity.kind) - activityOrder.indexOf(b.activity.kind);
  return entered || a.unit - b.unit || kind || (a.activity.id < b.activity.id ? -1 : 1);
}

/** Entered before automatic, then the lowest price, then the declared kind order; an automatic one yields to a lower member price. */
export function pickActivity(line: PriceLine, input: PriceInput): { winner?: Candidate; notes: PriceNote[] } {
  const notes: PriceNote[] = [];
  const remark = (code: string, activity: ActivityPrice, text: string) =>
    explain(notes, `activity.${code}`, text, 0, { sourceId: activity.id, lines: [{ lineId: line.lineId, amount: 0 }] });

  const candidates: Candidate[] = [];
  for (const activity of line.activities ?? []) {
    const unit = activityUnitPrice(activity, line.salePrice);
    if (isEntered(activity.kind) && !activity.entered) {
      remark('not_entered', activity, say.activityNotEntered(activity.kind, activity.name));
    } else if (unit >= line.salePrice) {
      remark('not_lower', activity, say.activityNotLower(activity.name));
    } else if (activity.maxQuantity !== 0) {
      candidates.push({ activity, unit });
    }
  }
  candidates.sort(byDeclaredOrder);
  const [winner, ...losers] = candidates;
  if (!winner) return { notes };

  const member = bestMemberUnit(line, line.salePrice, input);
  if (member !== undefined && member < winner.unit && !activityAllows(winner.activity, input.rules).member) {
    const { name } = winner.activity;
    if (!winner.activity.entered) {
      remark('member_lower', winner.activity, say.memberWins(name, winner.unit, member));
      return { notes };
    }
    remark('entered_holds', winner.activity, say.enteredHolds(name, winner.unit, member));
  }
  for (const loser of losers)
    remark('not_stacked', loser.activity, say.activityLost(loser.activity.name, winner.activity.name));
  return { winner, notes };
}

/** Opens the cells of one line: the pieces at the activity price, and the rest. */
export function openCells(line: PriceLine, state: State): Cell[] {
  const open = (quantity: number): Cell => ({
    line,
    quantity,
    amount: line.salePrice * quantity,
    discounts: [],
    benefitIds: [],
    pointsUsed: 0,
    isOpenTo: { member: true, reduction: true, coupon: true, points: true },
  });
  const exclude = (cell: Cell): Cell => {
    for (const step of line.excludes ?? []) cell.isOpenTo[step] = false;
    return cell;
  };
  if (!line.activities?.length) return [exclude(open(line.quantity))];

  const { winner, notes } = pickActivity(line, state.input);
  state.notes.push(...notes);
  if (!winner) return [exclude(open(line.quantity))];

  const { activity, unit } = winner;
  const quantity = Math.min(line.quantity, activity.maxQuantity ?? line.quantity);
  const cell = open(quantity);
  cell.activity = activity;
  cell.activityPrice = unit;
  cell.isOpenTo = activityAllows(activity, state.input.rules);
  const lines = takeOff({ step: 'activity', id: activity.id }, [cell], [(line.salePrice - unit) * quantity]);
  const shown = say.activityPrice(activity.kind, activity.name, unit, quantity);
  explain(state.notes, `activity.${activity.kind}`, shown, (line.salePrice - unit) * quantity, {
    sourceId: activity.id,
    lines,
  });
  if (quantity === line.quantity) return [exclude(cell)];

  const rest = line.quantity - quantity;
  const text = say.activityLimit(activity.name, quantity, rest);
  explain(state.notes, 'activity.limit', text, 0, { sourceId: activity.id });
  return [exclude(cell), exclude(open(rest))];
}
