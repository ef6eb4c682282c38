/** Full reductions: 满减, 满折, 第N件折, 打包. Each rule makes an offer for the pieces open to it; offers are taken one by one. */
import { levelName, say } from './explain.ts';
import type {
  AmountReduction,
  BundleReduction,
  Fen,
  NthReduction,
  PercentReduction,
  ReductionRule,
} from './input.types.ts';
import { floorDivide, rateOff, share, sum } from './math.ts';
import { inScope, isForBuyer } from './scope.ts';
import { type Cell, explain, type State, takeOff } from './state.ts';

interface Offer {
  total: Fen;
  parts: Fen[];
  text: string;
}

const defaultPriority = 100;
const unitOf = (cell: Cell) => floorDivide(cell.amount, cell.quantity);

/** Cell numbers from the dearest piece to the cheapest; equal prices in the order of the cart. */
const dearestFirst = (cells: readonly Cell[]) =>
  cells.map((_, index) => index).sort((a, b) => unitOf(cells[b] as Cell) - unitOf(cells[a] as Cell) || a - b);

function proportional(cells: readonly Cell[], total: Fen, text: string): Offer {
  return {
    total,
    parts: share(
      total,
      cells.map((cell) => cell.amount),
    ),
    text,
  };
}

function offerAmount(rule: AmountReduction, cells: readonly Cell[]): Offer | undefined {
  const base = sum(cells, (cell) => cell.amount);
  let off = 0;
  let { name } = rule;
  for (const step of rule.steps) {
    if (base < step.threshold) continue;
    const times = rule.repeat ? floorDivide(base, step.threshold) : 1;
    if (step.off * times <= off) continue;
    off = step.off * times;
    name = levelName(rule.name, step);
  }
  return off === 0 ? undefined : proportional(cells, Math.min(off, base), say.reductionAmount(name, base, off));
}

function offerPercent(rule: PercentReduction, cells: readonly Cell[]): Offer | undefined {
  const base = sum(cells, (cell) => cell.amount);
  const pieces = sum(cells, (cell) => cell.quantity);
  const reached = rule.steps.filter((step) => base >= (step.threshold ?? 0) && pieces >= (step.minQuantity ?? 1));
  if (reached.length === 0) return undefined;
  const payRate = Math.min(...reached.map((step) => step.payRate));
  const off = Math.min(rateOff(base, payRate), rule.cap ?? base);
  return proportional(cells, off, say.reductionPercent(rule.name, payRate, off));
}

function offerNth(rule: NthReduction, cells: readonly Cell[]): Offer {
  const parts = cells.map(() => 0);
  let passed = 0;
  for (const index of dearestFirst(cells)) {
    const cell = cells[index] as Cell;
    const before = floorDivide(passed, rule.nth);
    passed += cell.quantity;
    const after = floorDivide(passed, rule.nth);
    const pieces = rule.once ? Math.min(1, after) - Math.min(1, before) : after - before;
    parts[index] = rateOff(unitOf(cell), rule.payRate) * pieces;
  }
  const total = sum(parts, (part) => part);
  return { total, parts, text: say.reductionNth(rule.name, rule.nth, rule.payRate, total) };
}

/** What is over the bundle's price on the pieces taken, spread over them. */
function bundleOffer(rule: BundleReduction, taken: readonly Fen[], times: number, over: Fen): Offer {
  return { total: over, parts: share(over, taken), text: say.reductionBundle(rule.name, rule.price, times, over) };
}

function offerAnyBundle(rule: BundleReduction, count: number, cells: readonly Cell[]): Offer | undefined {
  const taken = cells.map(() => 0);
  let over = 0;
  let times = 0;
  let pack = cells.map(() => 0);
  let filled = 0;
  for (const index of dearestFirst(cells)) {
    const cell = cells[index] as Cell;
    const unit = unitOf(cell);
    let left = cell.quantity;
    while (left > 0) {
      const pieces = Math.min(left, count - filled);
      pack[index] = (pack[index] ?? 0) + pieces * unit;
      filled += pieces;
      left -= pieces;
      if (filled < count) continue;
      const worth = sum(pack, (part) => part);
      if (worth <= rule.price || (rule.once && times === 1)) return bundleOffer(rule, taken, times, over);
      // Whole packs of one cell cost the same: take them together, so that 10,000 pieces are not 10,000 rounds.
      const same = pieces === count && !rule.once ? 1 + floorDivide(left, count) : 1;
      pack.forEach((part, at) => {
        taken[at] = (taken[at] ?? 0) + part * same;
      });
      over += (worth - rule.price) * same;
      times += same;
      left -= (same - 1) * count;
      pack = cells.map(() => 0);
      filled = 0;
    }
  }
  return times === 0 ? undefined : bundleOffer(rule, taken, times, over);
}

function offerFixedBundle(
  rule: BundleReduction,
  items: NonNullable<BundleReduction['items']>,
  cells: readonly Cell[],
): Offer | undefined {
  // What is asked for by SKU is served before what any SKU of a product can serve.
  const wanted = new Map<string, { fits(cell: Cell): boolean; quantity: number; isExact: boolean }>();
  for (const { skuId, spuId, quantity } of items) {
    const key = skuId ?? spuId ?? '';
    const known = wanted.get(key)?.quantity ?? 0;
    const fits = ({ line }: Cell) => (skuId === undefined ? line.spuId === spuId : line.skuId === skuId);
    wanted.set(key, { fits, quantity: known + quantity, isExact: skuId !== undefined });
  }
  const parts = [...wanted.values()].sort((a, b) => Number(b.isExact) - Number(a.isExact));
  let times = rule.once ? 1 : Number.MAX_SAFE_INTEGER;
  for (const { fits, quantity } of parts) {
    const has = sum(cells, (cell) => (fits(cell) ? cell.quantity : 0));
    times = Math.min(times, floorDivide(has, quantity));
  }
  if (times === 0) return undefined;
  const taken = cells.map(() => 0);
  const used = cells.map(() => 0);
  for (const { fits, quantity } of parts) {
    let left = quantity * times;
    for (const index of dearestFirst(cells)) {
      const cell = cells[index] as Cell;
      if (!fits(cell) || left === 0) continue;
      const pieces = Math.min(left, cell.quantity - (used[index] ?? 0));
      used[index] = (used[index] ?? 0) + pieces;
      taken[index] = (taken[index] ?? 0) + pieces * unitOf(cell);
      left -= pieces;
    }
    // A SKU and its own product in one set: the pieces do not serve both.
    if (left > 0) return undefined;
  }
  const over = sum(taken, (part) => part) - rule.price * times;
  return over <= 0 ? undefined : bundleOffer(rule, taken, times, over);
}

function offerOf(rule: ReductionRule, cells: readonly Cell[]): Offer | undefined {
  if (rule.kind === 'amount') return offerAmount(rule, cells);
  if (rule.kind === 'percent') return offerPercent(rule, cells);
  if (rule.kind === 'nth') return offerNth(rule, cells);
  return rule.items ? offerFixedBundle(rule, rule.items, cells) : offerAnyBundle(rule, rule.count ?? 1, cells);
}

/** How much more would reach the first step of a 满减 or 满折 not reached yet, in words. */
function shortOf(rule: ReductionRule, cells: readonly Cell[]): string | undefined {
  if (rule.kind !== 'amount' && rule.kind !== 'percent') return undefined;
  const base = sum(cells, (cell) => cell.amount);
  const ahead = [...rule.steps].filter(({ threshold = 0 }) => threshold > base);
  const [next] = ahead.sort((a, b) => (a.threshold ?? 0) - (b.threshold ?? 0));
  if (base === 0 || !next) return undefined;
  const { threshold = 0 } = next;
  const name = 'off' in next ? levelName(rule.name, { threshold, off: next.off }) : rule.name;
  return say.reductionShort(name, threshold - base);
}

export function reductionStep({ input, cells, notes }: State): void {
  const touchedBy = new Map<Cell, ReductionRule[]>();
  const openTo = (rule: ReductionRule) =>
    cells.filter((cell) => {
      if (!cell.isOpenTo.reduction || !inScope(cell.line, rule.scope)) return false;
      const others = touchedBy.get(cell) ?? [];
      return others.length === 0 || (rule.stacks === true && others.every((other) => other.stacks));
    });

  let waiting = (input.reductions ?? []).filter((rule) => isForBuyer(rule.audiences, input.audiences));
  while (waiting.length > 0) {
    const first = Math.min(...waiting.map((rule) => rule.priority ?? defaultPriority));
    let best: { rule: ReductionRule; offer: Offer; open: Cell[] } | undefined;
    for (const rule of waiting) {
      if ((rule.priority ?? defaultPriority) !== first) continue;
      const open = openTo(rule);
      const offer = open.length > 0 ? offerOf(rule, open) : undefined;
      if (!offer || offer.total <= 0) continue;
      const gain = offer.total - (best?.offer.total ?? 0);
      if (gain > 0 || (gain === 0 && best && rule.id < best.rule.id)) best = { rule, offer, open };
    }
    if (!best) {
      for (const rule of waiting.filter((each) => (each.priority ?? defaultPriority) === first)) {
        const short = shortOf(rule, openTo(rule));
        if (short === undefined) continue;
        explain(notes, 'reduction.short', short, 0, { sourceId: rule.id });
      }
      waiting = waiting.filter((rule) => (rule.priority ?? defaultPriority) !== first);
      continue;
    }
    const { rule, offer, open } = best;
    const lines = takeOff({ step: 'reduction', id: rule.id, platformShare: rule.platformShare }, open, offer.parts);
    explain(notes, `reduction.${rule.kind}`, offer.text, offer.total, { sourceId: rule.id, lines });
    // The pieces that made up the threshold have taken part, not only those that got a fen.
    for (const [index, cell] of open.entries()) {
      if (rule.kind === 'bundle' && (offer.parts[index] ?? 0) === 0) continue;
      touchedBy.set(cell, [...(touchedBy.get(cell) ?? []), rule]);
    }
    waiting = waiting.filter((other) => other !== rule);
  }
}
