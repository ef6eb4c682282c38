/** The solver's view of a cart: plain arrays, coupons in the declared order, and what never changes during the search. */
import {
  areExclusive,
  byCouponOrder,
  couponGroup,
  couponOff,
  couponParts,
  couponStage,
  eligibleCells,
  exchangeParts,
  groupLimit,
} from './coupons.ts';
import { freightParts } from './freight.ts';
import type { Coupon, CouponRules, Fen, PriceInput } from './input.types.ts';
import { isOverridden, lineFloor } from './margin.ts';
import { total } from './math.ts';
import type { Cell } from './state.ts';

export interface Entry {
  coupon: Coupon;
  group: string;
  limit: number;
  /** Coupons of one stage and group in a row. */
  segment: number;
  expiresAt: number;
  threshold: Fen;
  /** Numbers of the cells it works on. */
  cells: number[];
  quantities: number[];
  /** Numbers of the cell classes it works on; it works on all or none of a class. */
  classes: number[];
  /** It works on every cell that any coupon works on. */
  isFull: boolean;
  /** Freight coupons: numbers of the quotes it works on. */
  freights: number[];
  excludes: boolean[];
  /** An identical twin that expires earlier is tried in its place. */
  isTwin: boolean;
}

/** A set's effect so far: what is left of the cells and of each freight quote. */
export interface Left {
  amounts: Fen[];
  freights: Fen[];
}

export interface FloorLine {
  cells: number[];
  /** What the line's cells may be cut to, after what its other cells bring in. */
  least: Fen;
}

export interface Model {
  entries: Entry[];
  classOf: number[];
  classCount: number;
  start: Left;
  floors: FloorLine[];
  maxCoupons: number;
}

/** Same effect, same company: in a group of which one may be used, only the earliest to expire is worth trying. */
function markTwins(entries: Entry[]): void {
  const named = new Set(entries.flatMap((entry) => entry.coupon.excludes ?? []));
  const firsts = new Map<string, Entry>();
  for (const entry of entries) {
    if (entry.limit !== 1 || named.has(entry.coupon.id)) continue;
    const { id: _id, name: _name, expiresAt: _end, validFrom: _start, audiences: _audiences, ...effect } = entry.coupon;
    const key = JSON.stringify([entry.segment, Object.entries(effect).sort(([a], [b]) => (a < b ? -1 : 1))]);
    const first = firsts.get(key);
    const isEarlier =
      !first ||
      entry.expiresAt < first.expiresAt ||
      (entry.expiresAt === first.expiresAt && entry.coupon.id < first.coupon.id);
    if (first) (isEarlier ? first : entry).isTwin = true;
    if (isEarlier) firsts.set(key, entry);
  }
}

function classify(entries: readonly Entry[], cellCount: number): { classOf: number[]; classCount: number } {
  const signatures = Array.from({ length: cellCount }, () => '');
  entries.forEach((entry, index) => {
    for (const cell of entry.cells) signatures[cell] += `${index} `;
  });
  const numbers = new Map<string, number>();
  const classOf = signatures.map((signature) => {
    const known = numbers.get(signature) ?? numbers.size;
    numbers.set(signature, known);
    return known;
  });
  for (const entry of entries) entry.classes = [...new Set(entry.cells.map((cell) => classOf[cell] ?? 0))];
  return { classOf, classCount: numbers.size };
}

function floorLines(input: PriceInput, cells: readonly Cell[], numbers: Map<Cell, number>): FloorLine[] {
  const { margin } = input;
  // Platform money is counted by price() alone; the search then asks price() for each set it would keep.
  if (!margin || margin.countPlatformFunding) return [];
  const floors: FloorLine[] = [];
  for (const line of input.lines) {
    if (line.cost === undefined || isOverridden(line, margin)) continue;
    const own = cells.filter((cell) => cell.line === line);
    const others = own.filter((cell) => !numbers.has(cell)).reduce((total, cell) => total + cell.amount, 0);
    const least = lineFloor(line.cost, line.quantity, margin.minMarginRate) - others;
    floors.push({ cells: own.flatMap((cell) => numbers.get(cell) ?? []), least });
  }
  return floors;
}

/** `coupons` are those that could be used alone. */
export function buildModel(
  input: PriceInput,
  cells: readonly Cell[],
  coupons: readonly Coupon[],
  rules: CouponRules,
): Model {
  const ordered = [...coupons].sort(byCouponOrder);
  const reach = ordered.map((coupon) => eligibleCells(coupon, cells));
  const reached = new Set(reach.flat());
  const kept = cells.filter((cell) => cell.amount > 0 && reached.has(cell));
  const numbers = new Map(kept.map((cell, index) => [cell, index]));
  const quotes = input.freight ?? [];

  let segment = -1;
  const entries: Entry[] = ordered.map((coupon, index) => {
    const before = ordered[index - 1];
    const group = couponGroup(coupon);
    if (!before || couponGroup(before) !== group || couponStage(before) !== couponStage(coupon)) segment += 1;
    const own = (reach[index] ?? []).filter((cell) => numbers.has(cell));
    const shopIds = new Set(reach[index]?.map((cell) => cell.line.shopId));
    return {
      coupon,
      group,
      limit: groupLimit(group, rules),
      segment,
      expiresAt: Date.parse(coupon.expiresAt),
      threshold: coupon.threshold ?? 0,
      cells: own.map((cell) => numbers.get(cell) ?? 0),
      quantities: own.map((cell) => cell.quantity),
      classes: [],
      isFull: own.length === kept.length,
      freights: coupon.kind === 'freight' ? quotes.flatMap((quote, at) => (shopIds.has(quote.shopId) ? [at] : [])) : [],
      excludes: ordered.map((other) => other !== coupon && areExclusive(coupon, other)),
      isTwin: false,
    };
  });
  markTwins(entries);
  return {
    entries,
    ...classify(entries, kept.length),
    start: { amounts: kept.map((cell) => cell.amount), freights: quotes.map((quote) => quote.amount) },
    floors: floorLines(input, cells, numbers),
    maxCoupons: rules.maxCoupons ?? Number.MAX_SAFE_INTEGER,
  };
}

/** What is left of the goods this coupon counts. */
export function baseLeft({ cells }: Entry, left: Left): Fen {
  let base = 0;
  for (const cell of cells) base += left.amounts[cell] ?? 0;
  return base;
}

/** What the coupon would take off now, given the goods it counts. */
export function worthNow({ coupon, threshold, cells, quantities, freights }: Entry, base: Fen, left: Left): Fen {
  if (base < threshold) return 0;
  if (coupon.kind === 'freight') {
    let whole = 0;
    for (const quote of freights) whole += left.freights[quote] ?? 0;
    return Math.min(coupon.off ?? whole, whole);
  }
  if (coupon.kind !== 'exchange') return couponOff(coupon, base);
  const amounts = cells.map((cell) => left.amounts[cell] ?? 0);
  return total(exchangeParts(coupon.quantity, amounts, quantities));
}

/** What is left after the coupon; `left` itself stays as it is. */
export function applyEntry({ coupon, cells, quantities, freights }: Entry, left: Left): Left {
  if (coupon.kind === 'freight') {
    const after = left.freights.slice();
    const parts = freightParts(
      coupon,
      freights.map((quote) => after[quote] ?? 0),
    );
    freights.forEach((quote, index) => {
      after[quote] = (after[quote] ?? 0) - (parts[index] ?? 0);
    });
    return { amounts: left.amounts, freights: after };
  }
  const after = left.amounts.slice();
  const parts = couponParts(
    coupon,
    cells.map((cell) => after[cell] ?? 0),
    quantities,
  );
  for (let index = 0; index < parts.length; index += 1) {
    const cell = cells[index] ?? 0;
    after[cell] = (after[cell] ?? 0) - (parts[index] ?? 0);
  }
  return { amounts: after, freights: left.freights };
}

export function isAboveFloors(floors: readonly FloorLine[], left: Left): boolean {
  return floors.every((floor) => {
    let income = 0;
    for (const cell of floor.cells) income += left.amounts[cell] ?? 0;
    return income >= floor.least;
  });
}
