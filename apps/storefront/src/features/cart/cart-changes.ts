/** What a change will make of the cart, shown before the server answers. Its reply replaces all of it, figures included. */
import type { Cart, CartLine } from '@xiaopu/contracts';

/** Lines that can be ticked: a short one too, in a lower quantity. */
export const isOrderable = (line: Pick<CartLine, 'state'>): boolean => line.state === 'ok' || line.state === 'short';
const linesOf = (cart: Cart): CartLine[] => cart.groups.flatMap((group) => group.lines);

function withLines(cart: Cart, change: (line: CartLine, shopId: string) => CartLine | undefined): Cart {
  const keep = (lines: CartLine[], shopId: string): CartLine[] =>
    lines.flatMap((line) => {
      const changed = change(line, shopId);
      return changed === undefined ? [] : [changed];
    });
  const groups = cart.groups
    .map((group) => ({ ...group, lines: keep(group.lines, group.shopId) }))
    .filter((group) => group.lines.length > 0);
  return withTotals({ ...cart, groups, invalidLines: keep(cart.invalidLines, '') });
}

function withTotals(cart: Cart): Cart {
  const lines = linesOf(cart);
  const chosen = lines.filter((line) => line.selected && isOrderable(line));
  const sum = (of: CartLine[], value: (line: CartLine) => number): number =>
    of.reduce((all, line) => all + value(line), 0);
  return {
    ...cart,
    lineCount: lines.length + cart.invalidLines.length,
    unitCount: sum(lines, (line) => line.quantity),
    selectedUnitCount: sum(chosen, (line) => line.quantity),
    selectedListTotal: sum(chosen, (line) => line.listPrice * line.quantity),
    selectedTotal: sum(chosen, (line) => line.salePrice * line.quantity),
  };
}

export const withQuantity = (cart: Cart, lineId: string, quantity: number): Cart =>
  withLines(cart, (line) =>
    line.lineId !== lineId
      ? line
      : { ...line, quantity, state: line.state === 'short' && quantity <= line.available ? 'ok' : line.state },
  );

export const withSelection = (
  cart: Cart,
  { selected, lineIds, shopId }: { selected: boolean; lineIds?: string[]; shopId?: string },
): Cart =>
  withLines(cart, (line, group) => {
    const meant = lineIds !== undefined ? lineIds.includes(line.lineId) : shopId === undefined || shopId === group;
    return meant && isOrderable(line) ? { ...line, selected } : line;
  });

export const withoutLines = (cart: Cart, lineIds: readonly string[]): Cart =>
  withLines(cart, (line) => (lineIds.includes(line.lineId) ? undefined : line));

/** All orderable lines ticked; false when there is none. */
export function allTicked(lines: readonly CartLine[]): boolean {
  const orderable = lines.filter(isOrderable);
  return orderable.length > 0 && orderable.every((line) => line.selected);
}

/** "比加入时降 ¥5": what the price did since, in fen; positive means cheaper. */
export const cheaperBy = (line: Pick<CartLine, 'priceWhenAdded' | 'salePrice'>): number =>
  line.priceWhenAdded - line.salePrice;
