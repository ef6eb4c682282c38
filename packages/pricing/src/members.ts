/** Member price: tier, paid plan or birthday, worked out by the piece so that the price shown is the price charged. */
import { say } from './explain.ts';
import type { Fen, MemberBenefit, PriceInput, PriceLine } from './input.types.ts';
import { rateOff, total } from './math.ts';
import { inScope } from './scope.ts';
import { type Cell, explain, type State, takeOff } from './state.ts';

interface Cut {
  benefit: MemberBenefit;
  off: Fen;
}

/** A price set by hand is for the sale price only; on top of an activity the rate counts. */
function cutOf(benefit: MemberBenefit, line: PriceLine, base: Fen): Cut {
  const byHand = base === line.salePrice ? line.memberPrices?.[benefit.id] : undefined;
  return { benefit, off: byHand === undefined ? rateOff(base, benefit.payRate) : Math.max(0, base - byHand) };
}

/** The benefits that set the price of a piece at `base`, with what each takes off. */
function memberCuts(line: PriceLine, base: Fen, { benefits = [], rules }: PriceInput): Cut[] {
  if (line.excludes?.includes('member')) return [];
  const reaching = benefits.filter((benefit) => inScope(line, benefit.scope));
  if (rules?.memberStacking === 'multiply') {
    const cuts: Cut[] = [];
    let left = base;
    for (const benefit of reaching) {
      const cut = cutOf(benefit, line, left);
      left -= cut.off;
      if (cut.off > 0) cuts.push(cut);
    }
    return cuts;
  }
  let best: Cut | undefined;
  for (const benefit of reaching) {
    const cut = cutOf(benefit, line, base);
    if (cut.off > (best?.off ?? 0)) best = cut;
  }
  return best ? [best] : [];
}

/** The price of one piece for this member; undefined when no benefit lowers it. */
export function bestMemberUnit(line: PriceLine, base: Fen, input: PriceInput): Fen | undefined {
  const cuts = memberCuts(line, base, input);
  return cuts.length === 0 ? undefined : base - cuts.reduce((a, cut) => a + cut.off, 0);
}

export function memberStep(state: State): void {
  const { input, cells, notes } = state;
  if (!input.benefits?.length) return;
  const used = new Map<MemberBenefit, { cells: Cell[]; parts: Fen[] }>();
  for (const cell of cells) {
    if (!cell.isOpenTo.member) continue;
    for (const { benefit, off } of memberCuts(cell.line, cell.activityPrice ?? cell.line.salePrice, input)) {
      const entry = used.get(benefit) ?? { cells: [], parts: [] };
      used.set(benefit, entry);
      entry.cells.push(cell);
      entry.parts.push(off * cell.quantity);
      cell.benefitIds.push(benefit.id);
    }
  }
  for (const [benefit, entry] of used) {
    const lines = takeOff({ step: 'member', id: benefit.id }, entry.cells, entry.parts);
    const amount = total(entry.parts);
    const isByHand = entry.cells.some((cell) => cell.line.memberPrices?.[benefit.id] !== undefined);
    const text = isByHand ? say.member(benefit.name, amount) : say.memberRate(benefit.name, benefit.payRate, amount);
    explain(notes, `member.${benefit.kind}`, text, amount, { sourceId: benefit.id, lines });
  }
  const excluded = cells.filter((cell) => cell.line.excludes?.includes('member'));
  if (excluded.length > 0) {
    const lines = excluded.map((cell) => ({ lineId: cell.line.lineId, amount: 0 }));
    explain(notes, 'member.excluded', say.memberExcluded(), 0, { lines });
  }
}
