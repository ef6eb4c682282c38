/** WCAG contrast of a colour with white, for shops that choose their own brand colour. */

/** Large or bold text (18 px bold and up), which is all that sits on the brand colour. */
export const MIN_CONTRAST = 3;

export function contrastOnWhite(hex: string | null): number | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex ?? '');
  if (!match) return null;
  const [r = 0, g = 0, b = 0] = match.slice(1).map((part) => {
    const channel = Number.parseInt(part, 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}
