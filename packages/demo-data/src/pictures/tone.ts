/** Colour arithmetic for the drawings. One light: warm from the upper left, cool in the shade. */
type Rgb = [number, number, number];

const parse = (hex: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as Rgb;
const write = (rgb: Rgb): string =>
  `#${rgb
    .map((value) =>
      Math.round(Math.min(255, Math.max(0, value)))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;

export function mix(from: string, to: string, share: number): string {
  const [a, b] = [parse(from), parse(to)];
  return write([0, 1, 2].map((i) => (a[i] as number) * (1 - share) + (b[i] as number) * share) as Rgb);
}

/** Positive goes towards warm light, negative towards a cool shade that keeps the hue. */
export function tone(hex: string, amount: number): string {
  if (amount >= 0) return mix(hex, '#fffaf2', amount);
  const shade = -amount;
  const [r, g, b] = parse(hex);
  return write([r * (1 - shade * 1.02), g * (1 - shade), b * (1 - shade * 0.9)]);
}

export function luminance(hex: string): number {
  const [r, g, b] = parse(hex);
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}

/** A line or mark that can be seen on this colour without shouting. */
export const inkOn = (hex: string, strength = 0.45): string =>
  luminance(hex) > 0.5 ? tone(hex, -strength) : tone(hex, strength);

export function hsl(h: number, s: number, l: number): string {
  const k = (n: number) => (n + h / 30) % 12;
  const a = s * Math.min(l, 1 - l);
  const f = (n: number) => l - a * Math.max(-1, Math.min(k(n) - 3, 9 - k(n), 1));
  return write([f(0) * 255, f(8) * 255, f(4) * 255]);
}
