/** A shop's own colour, taken only when white text on it can be read (C05-UI-01); else the house colour stays. */
function channel(value: number): number {
  const share = value / 255;
  return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

export function contrastWithWhite(hex: string): number {
  const found = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex.trim());
  if (found === null) return 0;
  const [red, green, blue] = found.slice(1).map((part) => channel(Number.parseInt(part, 16))) as [
    number,
    number,
    number,
  ];
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

const readable = 4.5;

export const brandStyle = (hex: string | undefined): string =>
  hex !== undefined && contrastWithWhite(hex) >= readable ? `background-color:${hex}` : '';
