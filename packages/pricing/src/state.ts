/** The pipeline's working state: each line is one or two cells, pieces with one price and one set of exclusions. */
import type { ActivityPrice, Excludable, Fen, PriceInput, PriceLine, Rate } from './input.types.ts';
import { portion, share, total } from './math.ts';
import type { DiscountStep, LineDiscount, PriceNote, PriceStep } from './result.types.ts';

export interface Cell {
  line: PriceLine;
  quantity: number;
  /** What is left to pay for these pieces. */
  amount: Fen;
  discounts: LineDiscount[];
  activity?: ActivityPrice;
  activityPrice?: Fen;
  benefitIds: string[];
  pointsUsed: number;
  isOpenTo: Record<Excludable, boolean>;
}

export interface State {
  input: PriceInput;
  cells: Cell[];
  notes: PriceNote[];
}

/** Adds a line to the explanation; its step is the first word of `code`. */
export function explain(
  notes: PriceNote[],
  code: `${PriceStep}.${string}`,
  text: string,
  amount: Fen,
  more: Pick<PriceNote, 'sourceId' | 'lines'> = {},
): void {
  notes.push({ step: code.slice(0, code.indexOf('.')) as PriceStep, code, text, amount, ...more });
}

export interface Source {
  step: DiscountStep;
  id: string;
  platformShare?: Rate;
}

/** Takes the given parts off the cells, splits their funding and returns the parts by line for the explanation. */
export function takeOff(
  source: Source,
  cells: readonly Cell[],
  parts: readonly Fen[],
): { lineId: string; amount: Fen }[] {
  const whole = total(parts);
  const platform = portion(whole, source.platformShare ?? 0);
  const platformParts = platform === whole ? parts : share(platform, parts);
  const byLine = new Map<string, Fen>();
  cells.forEach((cell, index) => {
    const amount = parts[index] ?? 0;
    if (amount <= 0) return;
    cell.amount -= amount;
    cell.discounts.push({ step: source.step, sourceId: source.id, amount, platformFunded: platformParts[index] ?? 0 });
    byLine.set(cell.line.lineId, (byLine.get(cell.line.lineId) ?? 0) + amount);
  });
  return [...byLine].map(([lineId, amount]) => ({ lineId, amount }));
}

/** Spreads `total` over the cells in proportion to what is left of them. */
export function spread(source: Source, cells: readonly Cell[], total: Fen): { lineId: string; amount: Fen }[] {
  return takeOff(
    source,
    cells,
    share(
      total,
      cells.map((cell) => cell.amount),
    ),
  );
}
