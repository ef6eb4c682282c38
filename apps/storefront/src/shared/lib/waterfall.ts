/**
 * Two balanced columns (C04-TECH-03). A card goes to the shorter column by its estimated height, and never moves again,
 * so paging keeps the order a shopper already saw.
 */
export interface Columns<T> {
  left: T[];
  right: T[];
  leftHeight: number;
  rightHeight: number;
}

export const emptyColumns = <T>(): Columns<T> => ({ left: [], right: [], leftHeight: 0, rightHeight: 0 });

/** Adds new cards behind the placed ones; the arrays stay the same objects so that only the new tail is rendered. */
export function placeCards<T>(columns: Columns<T>, cards: readonly T[], heightOf: (card: T) => number): Columns<T> {
  for (const card of cards) {
    const height = heightOf(card);
    if (columns.leftHeight <= columns.rightHeight) {
      columns.left.push(card);
      columns.leftHeight += height;
    } else {
      columns.right.push(card);
      columns.rightHeight += height;
    }
  }
  return columns;
}

/** Height of a product card in px, close enough to balance by. `perLine` is how many full-width signs fit a title line. */
export function cardHeight(
  card: { title: string; picture: { width: number; height: number }; tags: readonly string[] },
  columnWidth: number,
): number {
  const perLine = Math.max(1, Math.floor((columnWidth - 16) / 14));
  const units = [...card.title].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 255 ? 1 : 0.55), 0);
  const titleLines = units > perLine ? 2 : 1;
  const tagRow = card.tags.length > 0 ? 22 : 0;
  return columnWidth * pictureRatio(card.picture) + titleLines * 20 + tagRow + 58;
}

/** Height / width of a card's picture box: tall pictures are kept within 4:3 of a square. */
export const pictureRatio = ({ width, height }: { width: number; height: number }): number =>
  width > 0 && height > 0 ? Math.min(Math.max(height / width, 0.75), 1.34) : 1;
