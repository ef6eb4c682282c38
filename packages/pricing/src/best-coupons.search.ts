/**
 * Branch and bound over sets of coupons. A node is a set that can be used as it is; its children add one coupon further on
 * in the declared order. Sets grow as Π(group size + 1) in the worst case, so there is a node limit; the bound usually
 * leaves a few dozen. Two passes: the largest saving, then, among equals, the first by the tie rule.
 */
import {
  applyEntry,
  baseLeft,
  type Entry,
  isAboveFloors,
  type Left,
  type Model,
  worthNow,
} from './best-coupons.model.ts';
import { couponOff } from './coupons.ts';
import type { Fen } from './input.types.ts';
import { total } from './math.ts';

export interface Found {
  chosen: number[];
  saving: Fen;
}

interface Node extends Found {
  left: Left;
}

/** Node values of the coupons still to be tried: what each counts and would take off now. */
interface Outlook {
  total: Fen;
  bases: Fen[];
  worths: Fen[];
}

/** Earliest expiry first, compared coupon by coupon; then fewest coupons; then ids, so that the answer never wavers. */
export function compareTies(entries: readonly Entry[], a: readonly number[], b: readonly number[]): number {
  const expiries = (chosen: readonly number[]) => chosen.map((at) => entries[at]?.expiresAt ?? 0).sort((x, y) => x - y);
  const [first, second] = [expiries(a), expiries(b)];
  for (let index = 0; index < Math.min(first.length, second.length); index += 1) {
    const difference = (first[index] ?? 0) - (second[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (first.length !== second.length) return first.length - second.length;
  const ids = (chosen: readonly number[]) => chosen.map((at) => entries[at]?.coupon.id ?? '').sort();
  const [left, right] = [ids(a).join('\n'), ids(b).join('\n')];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function searchBest(model: Model, nodeLimit: number, isAllowed: (chosen: readonly number[]) => boolean) {
  const { entries, classOf, classCount, floors, maxCoupons } = model;
  const used = new Map<string, number>();
  let best: Found = { chosen: [], saving: 0 };
  let nodes = 0;
  let isOverLimit = false;
  let isTiePass = false;

  function look(left: Left, from: number, chosen: readonly number[]): Outlook {
    const sums = new Array<number>(classCount).fill(0);
    let total = 0;
    left.amounts.forEach((amount, cell) => {
      const at = classOf[cell] ?? 0;
      sums[at] = (sums[at] ?? 0) + amount;
      total += amount;
    });
    const bases = new Array<number>(entries.length).fill(0);
    const worths = new Array<number>(entries.length).fill(0);
    for (let at = from; at < entries.length; at += 1) {
      const entry = entries[at] as Entry;
      if (entry.isTwin || (used.get(entry.group) ?? 0) >= entry.limit) continue;
      if (chosen.some((other) => entry.excludes[other])) continue;
      let base = 0;
      for (const each of entry.classes) base += sums[each] ?? 0;
      bases[at] = base;
      worths[at] = worthNow(entry, base, left);
    }
    return { total, bases, worths };
  }

  /** The most that `taken` more fen and this coupon can have taken off together, when at least `least` are taken. */
  function extend(entry: Entry, base: Fen, worth: Fen, outlook: Outlook, taken: Fen, least: Fen): Fen {
    const { coupon, isFull, threshold } = entry;
    if (!isFull || coupon.kind === 'exchange' || coupon.kind === 'freight') return taken + worth;
    if (base - least < threshold) return taken;
    // It works on all that is left: what was taken before is not there to be taken again.
    const before = Math.min(taken, outlook.total - threshold);
    return Math.max(taken, before + couponOff(coupon, outlook.total - before));
  }

  /** An upper bound of what the coupons after `from` add: per group the best, exclusions and broken thresholds forgiven. */
  function boundAfter(from: number, outlook: Outlook, least: Fen, addedTo: Entry | undefined, room: number): Fen {
    if (room <= 0) return 0;
    let goods = least;
    let freight = 0;
    let at = from;
    const tops: Fen[] = [];
    while (at < entries.length) {
      const { segment, group, limit } = entries[at] as Entry;
      let end = at;
      while (entries[end]?.segment === segment) end += 1;
      let rounds = Math.min(end - at, limit - (used.get(group) ?? 0) - (addedTo?.group === group ? 1 : 0));
      for (; rounds > 0; rounds -= 1) {
        let mostGoods = goods;
        let mostFreight = 0;
        let top = 0;
        for (let each = at; each < end; each += 1) {
          const worth = outlook.worths[each] ?? 0;
          if (worth === 0) continue;
          const entry = entries[each] as Entry;
          if (worth > top) top = worth;
          if (entry.coupon.kind === 'freight') mostFreight = Math.max(mostFreight, worth);
          else mostGoods = Math.max(mostGoods, extend(entry, outlook.bases[each] ?? 0, worth, outlook, goods, least));
        }
        goods = Math.min(mostGoods, outlook.total);
        freight += mostFreight;
        tops.push(top);
      }
      at = end;
    }
    const bound = goods - least + freight;
    if (tops.length <= room) return bound;
    tops.sort((a, b) => b - a);
    return Math.min(bound, total(tops.slice(0, room)));
  }

  /** Whether a set that begins so and goes on with coupons after `from` can come before the best by expiry. */
  function canWinTie(chosen: readonly number[], from: number, outlook: Outlook): boolean {
    const own = chosen.map((at) => entries[at]?.expiresAt ?? 0);
    const more = entries.flatMap((entry, at) => (at >= from && (outlook.worths[at] ?? 0) > 0 ? [entry.expiresAt] : []));
    const hoped = [...own, ...more].sort((a, b) => a - b);
    const known = best.chosen.map((at) => entries[at]?.expiresAt ?? 0).sort((a, b) => a - b);
    for (let index = 0; index < known.length; index += 1) {
      const hope = hoped[index];
      if (hope === undefined || hope < (known[index] ?? 0)) return true;
      if (hope > (known[index] ?? 0)) return own.length <= index; // only a shorter set can still win
    }
    return true;
  }

  function keep(chosen: number[], saving: Fen): void {
    const isBetter =
      saving > best.saving || (isTiePass && saving === best.saving && compareTies(entries, chosen, best.chosen) < 0);
    if (isBetter && isAllowed(chosen)) best = { chosen, saving };
  }

  function visit(node: Node, from: number): void {
    const outlook = look(node.left, from, node.chosen);
    const room = maxCoupons - node.chosen.length;
    if (room <= 0) return;
    const children: { at: number; worth: Fen; bound: Fen }[] = [];
    for (let at = from; at < entries.length; at += 1) {
      const worth = outlook.worths[at] ?? 0;
      if (worth === 0) continue;
      const entry = entries[at] as Entry;
      const least = entry.coupon.kind === 'freight' ? 0 : worth;
      const bound = node.saving + worth + boundAfter(at + 1, outlook, least, entry, room - 1);
      children.push({ at, worth, bound });
    }
    children.sort((a, b) => b.bound - a.bound || b.worth - a.worth || a.at - b.at);
    for (const { at, worth, bound } of children) {
      if (isOverLimit || bound < best.saving || (!isTiePass && bound === best.saving)) return;
      const chosen = [...node.chosen, at];
      if (isTiePass && bound === best.saving && !canWinTie(chosen, at + 1, outlook)) continue;
      nodes += 1;
      if (nodes > nodeLimit) {
        isOverLimit = true;
        return;
      }
      const saving = node.saving + worth;
      const isEnd = bound === saving;
      if (isEnd && floors.length === 0) {
        keep(chosen, saving);
        continue;
      }
      const entry = entries[at] as Entry;
      const left = applyEntry(entry, node.left);
      if (!isAboveFloors(floors, left)) continue;
      keep(chosen, saving);
      if (isEnd) continue;
      used.set(entry.group, (used.get(entry.group) ?? 0) + 1);
      visit({ chosen, saving, left }, at + 1);
      used.set(entry.group, (used.get(entry.group) ?? 1) - 1);
    }
  }

  const root: Node = { chosen: [], saving: 0, left: model.start };
  const upperBound = boundAfter(0, look(model.start, 0, []), 0, undefined, maxCoupons);
  visit(root, 0);
  const optimal = !isOverLimit;
  const firstPass = nodes;
  isOverLimit = false;
  isTiePass = true;
  nodes = 0;
  if (optimal && best.saving > 0) visit(root, 0);
  return {
    best,
    optimal,
    tiesSettled: optimal && !isOverLimit,
    nodes: firstPass + nodes,
    upperBound: optimal ? best.saving : upperBound,
  };
}

/** What a set saves when coupons that cannot work are passed over; `failed` are those, with what they lacked. */
export function worthOf(model: Model, chosen: readonly number[]): { saving: Fen; failed: Map<number, Fen> } {
  let { start: left } = model;
  let saving = 0;
  const failed = new Map<number, Fen>();
  for (const at of [...chosen].sort((a, b) => a - b)) {
    const entry = model.entries[at] as Entry;
    const base = baseLeft(entry, left);
    const worth = worthNow(entry, base, left);
    if (worth === 0) {
      failed.set(at, Math.max(0, entry.threshold - base));
      continue;
    }
    saving += worth;
    left = applyEntry(entry, left);
  }
  return { saving, failed };
}
