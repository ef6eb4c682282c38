import { randomOf } from '../seeded.ts';
import { type Canvas, n, type Point, roundPolygon, smooth } from './canvas.ts';
import { inkOn, luminance, mix, tone } from './tone.ts';

/**
 * The fill that lays a weave, knit or print over a colour, as an overlay, so that the light below stays. Patterns are the
 * dearest thing to render (a fine thread over a whole bed cost 130 ms), so plain cloth has none.
 */
export function weave(c: Canvas, pattern: string, colour: string, accent: string, size = 1): string[] {
  const dark = luminance(colour) < 0.4;
  const ink = inkOn(colour, dark ? 0.4 : 0.42);
  const second = accent === colour ? inkOn(colour, 0.3) : accent;
  const tile = (w: number, h: number, content: string, turn = 0) =>
    c.pattern(w, h, content, `${turn ? `rotate(${turn}) ` : ''}scale(${size})`);
  switch (pattern) {
    case 'stripe':
      return [
        tile(
          46,
          46,
          `<rect width="46" height="11" fill="${ink}" opacity=".5"/><rect y="20" width="46" height="3" fill="${ink}" opacity=".3"/>`,
        ),
      ];
    case 'plaid':
      return [
        tile(
          72,
          72,
          `<rect width="24" height="72" fill="${ink}" opacity=".24"/><rect width="72" height="24" fill="${ink}" opacity=".24"/><path d="M48 0V72M0 48H72" stroke="${second}" stroke-width="3" opacity=".55"/>`,
        ),
      ];
    case 'waffle':
      return [
        tile(
          22,
          22,
          `<path d="M0 0L22 0L16 6H6L6 16L0 22Z" fill="#fff" opacity=".28"/><path d="M22 0V22H0L6 16H16V6Z" fill="#1a1420" opacity=".13"/>`,
        ),
      ];
    case 'dots':
      return [
        tile(
          48,
          48,
          `<circle cx="12" cy="12" r="7" fill="${ink}" opacity=".5"/><circle cx="36" cy="36" r="7" fill="${ink}" opacity=".5"/>`,
        ),
      ];
    case 'geo':
      return [
        tile(
          80,
          70,
          `<path d="M0 70L40 10L80 70" fill="none" stroke="${ink}" stroke-width="6" opacity=".42"/><path d="M20 70L40 40L60 70Z" fill="${second}" opacity=".34"/>`,
        ),
      ];
    case 'sprig':
      return [tile(96, 96, sprig(24, 30, ink) + sprig(72, 78, ink))];
    case 'knit':
      return [
        tile(
          14,
          12,
          `<path d="M0 2L7 9L14 2" fill="none" stroke="#1a1420" stroke-width="2.2" opacity=".16"/><path d="M0 -1L7 6L14 -1" fill="none" stroke="#fff" stroke-width="2" opacity=".22"/>`,
        ),
      ];
    case 'cable':
      return [
        tile(
          64,
          54,
          `<path d="M20 0C20 14 44 13 44 27S20 40 20 54M44 0C44 14 20 13 20 27S44 40 44 54" fill="none" stroke="#1a1420" stroke-width="9" opacity=".13"/><path d="M18 0C18 14 42 13 42 27S18 40 18 54M42 0C42 14 18 13 18 27S42 40 42 54" fill="none" stroke="#fff" stroke-width="5" opacity=".34"/><path d="M3 0V54M61 0V54" stroke="#1a1420" stroke-width="2" opacity=".12"/>`,
        ),
        tile(10, 9, `<path d="M0 2L5 7L10 2" fill="none" stroke="#1a1420" stroke-width="1.400" opacity=".1"/>`),
      ];
    case 'fleece':
      return [
        tile(
          34,
          30,
          `<path d="M4 8q5-6 10 0M20 5q5-6 10 0M10 22q5-6 10 0M26 20q4-5 8 0M0 24q3-5 7-2" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" opacity=".42"/><path d="M4 12q5-5 10 0M20 9q5-5 10 0M10 26q5-5 10 0" fill="none" stroke="#1a1420" stroke-width="2" stroke-linecap="round" opacity=".1"/>`,
        ),
      ];
    case 'crinkle':
      return [
        tile(
          40,
          54,
          `<path d="M4 0q3 14 0 27t0 27M15 0q-4 14 1 27t-1 27M27 0q3 12-1 26t1 28M36 0q-2 14 1 27t-1 27" fill="none" stroke="#1a1420" stroke-width="1.800" opacity=".09"/><path d="M9 0q3 14 0 27t0 27M22 0q-3 14 0 27t0 27M32 0q2 14 0 27t0 27" fill="none" stroke="#fff" stroke-width="2" opacity=".2"/>`,
        ),
      ];
    case 'quilt':
      return [
        tile(
          110,
          110,
          `<path d="M0 0L110 110M110 0L0 110" stroke="#1a1420" stroke-width="3" opacity=".14"/><path d="M0 4L106 110M110 4L4 110" stroke="#fff" stroke-width="3" opacity=".3"/>`,
        ),
      ];
    case 'camo':
      return [
        tile(
          120,
          100,
          `<path d="M6 20q30-30 56-4t30 10-20 26-66-32Z" fill="${tone(colour, -0.35)}" opacity=".55"/><path d="M70 66q26-20 46 2t-18 28-40-4 12-26Z" fill="${tone(colour, 0.35)}" opacity=".55"/><path d="M10 70q20-14 30 4t-14 16-16-20Z" fill="${tone(colour, -0.5)}" opacity=".5"/>`,
        ),
      ];
    default:
      return ['none'];
  }
}

const sprig = (x: number, y: number, ink: string) =>
  `<g fill="${ink}" opacity=".5"><path d="M${x} ${y + 16}Q${x + 2} ${y} ${x} ${y - 14}" fill="none" stroke="${ink}" stroke-width="2"/><ellipse cx="${x + 7}" cy="${y - 4}" rx="8" ry="3.500" transform="rotate(-38 ${x + 7} ${y - 4})"/><ellipse cx="${x - 7}" cy="${y + 3}" rx="8" ry="3.500" transform="rotate(38 ${x - 7} ${y + 3})"/><circle cx="${x}" cy="${y - 16}" r="4.500"/></g>`;

export interface Cloth {
  colour: string;
  accent: string;
  pattern: string;
}

/** A filled cloth shape: base, weave and light, all cut to the outline. `light` is where the highlight sits. */
export function cloth(
  c: Canvas,
  d: string,
  { colour, accent, pattern }: Cloth,
  light: Point = [0.32, 0.22],
  size = 1,
): void {
  if (pattern === 'ombre')
    c.path(
      d,
      c.linear([
        [0, tone(colour, 0.6)],
        [1, tone(colour, -0.14)],
      ]),
    );
  else if (pattern === 'block')
    c.path(
      d,
      c.linear(
        [
          [0, colour],
          [0.499, colour],
          [0.5, mix(accent, tone(colour, 0.55), accent === colour ? 1 : 0.3)],
          [1, mix(accent, tone(colour, 0.5), accent === colour ? 1 : 0.3)],
        ],
        0,
        0,
        1,
        0.25,
      ),
    );
  else c.path(d, colour);
  for (const fill of weave(c, pattern, colour, accent, size)) if (fill !== 'none') c.path(d, fill);
  c.path(
    d,
    c.radial(
      [
        [0, '#fffaf0', 0.42],
        [0.45, '#fffaf0', 0.06],
        [0.75, '#241a24', 0.06],
        [1, '#241a24', 0.26],
      ],
      light[0],
      light[1],
      0.95,
    ),
  );
}

/** A plump four-cornered cushion around (cx, cy). */
export function plump(c: Canvas, cx: number, cy: number, w: number, h: number, dress: Cloth, turn = 0, size = 1): void {
  const [a, b] = [w / 2, h / 2];
  const pinch = Math.min(w, h) * 0.055;
  const d = `M${n(-a)} ${n(-b)}Q${n(-a * 0.5)} ${n(-b + pinch)} 0 ${n(-b + pinch * 0.4)}T${n(a)} ${n(-b)}Q${n(a - pinch)} ${n(-b * 0.5)} ${n(a - pinch * 0.4)} 0T${n(a)} ${n(b)}Q${n(a * 0.5)} ${n(b - pinch * 0.6)} 0 ${n(b - pinch * 0.1)}T${n(-a)} ${n(b)}Q${n(-a + pinch)} ${n(b * 0.5)} ${n(-a + pinch * 0.4)} 0T${n(-a)} ${n(-b)}Z`;
  c.group(`transform="translate(${n(cx)} ${n(cy)})${turn ? ` rotate(${turn})` : ''}"`, () => {
    cloth(c, d, dress, [0.36, 0.28], size);
    const crease = (x: number, y: number, sx: number, sy: number) =>
      `M${n(x + sx * 8)} ${n(y + sy * 8)}Q${n(x + sx * w * 0.09)} ${n(y + sy * h * 0.1)} ${n(x + sx * w * 0.2)} ${n(y + sy * h * 0.16)}M${n(x + sx * 16)} ${n(y + sy * 8)}Q${n(x + sx * w * 0.13)} ${n(y + sy * h * 0.05)} ${n(x + sx * w * 0.22)} ${n(y + sy * h * 0.07)}`;
    c.line(
      `${crease(-a, -b, 1, 1)}${crease(a, -b, -1, 1)}${crease(-a, b, 1, -1)}${crease(a, b, -1, -1)}`,
      '#241a24',
      2.4,
      'opacity=".12"',
    );
    c.line(d, tone(dress.colour, luminance(dress.colour) < 0.4 ? 0.3 : -0.22), 2, 'opacity=".5"');
    c.line(
      `M${n(-a + 14)} ${n(-b + 9)}Q${n(-a * 0.4)} ${n(-b + pinch + 8)} ${n(a * 0.3)} ${n(-b + pinch * 0.8 + 6)}`,
      '#fff',
      5,
      'opacity=".3"',
    );
  });
}

/** Folded goods seen from slightly above: layers from the bottom up, each with its fold to the left. */
export function foldedStack(c: Canvas, w: number, layers: { dress: Cloth; h: number }[], depth = 150, soft = 1): void {
  let y = 0;
  const random = randomOf(`${w}${layers.length}`);
  layers.forEach(({ dress, h }, index) => {
    const wob = () => random.between(-5, 5) * soft;
    const inset = wob() * 1.6;
    const [left, right] = [-w / 2 + inset, w / 2 + inset];
    const top = y - h;
    const last = index === layers.length - 1;
    if (last) {
      const plane = roundPolygon(
        [
          [left + 2, top + h * 0.4],
          [left + depth * 0.32, top - depth * 0.62],
          [right - depth * 0.3, top - depth * 0.62],
          [right - 2, top + h * 0.4],
        ],
        34,
      );
      cloth(c, plane, { ...dress, colour: tone(dress.colour, 0.12) }, [0.4, 0.3]);
    }
    const front = `M${n(left + h * 0.5)} ${n(top)}Q${n((left + right) / 2)} ${n(top + wob())} ${n(right - 16)} ${n(top + 2)}Q${n(right + 2)} ${n(top + 6)} ${n(right)} ${n(y - h / 2)}T${n(right - 14)} ${n(y - 1)}Q${n((left + right) / 2)} ${n(y + wob() * 0.4)} ${n(left + h * 0.5)} ${n(y)}C${n(left - h * 0.16)} ${n(y)} ${n(left - h * 0.16)} ${n(top)} ${n(left + h * 0.5)} ${n(top)}Z`;
    cloth(c, front, dress, [0.25, 0.1]);
    c.path(
      front,
      c.linear([
        [0, '#fff', 0.3],
        [0.3, '#fff', 0],
        [0.7, '#241a24', 0.05],
        [1, '#241a24', 0.3],
      ]),
    );
    const inner = [0.34, 0.66]
      .map(
        (share) =>
          `M${n(right - 3)} ${n(top + h * share)}Q${n((left + right) / 2)} ${n(top + h * share + wob())} ${n(left + h * 0.36)} ${n(top + h * (0.42 + share * 0.16))}`,
      )
      .join('');
    c.line(inner, '#241a24', 2.2, 'opacity=".2"');
    y = top;
  });
}

/** Hanging folds: vertical light and dark bands inside a shape. */
export function folds(
  c: Canvas,
  d: string,
  x0: number,
  x1: number,
  y0: number,
  y1: number,
  count: number,
  seed: number,
  strength = 1,
): void {
  const random = randomOf(seed);
  c.clipped(d, () => {
    for (let i = 0; i < count; i += 1) {
      const x = x0 + ((i + 0.5 + random.between(-0.22, 0.22)) / count) * (x1 - x0);
      const half = ((x1 - x0) / count) * random.between(0.28, 0.42);
      const lean = random.between(-0.3, 0.3) * half;
      const strip = `M${n(x - half)} ${n(y0)}Q${n(x - half + lean)} ${n((y0 + y1) / 2)} ${n(x - half)} ${n(y1)}H${n(x + half)}Q${n(x + half + lean)} ${n((y0 + y1) / 2)} ${n(x + half)} ${n(y0)}Z`;
      c.path(
        strip,
        c.linear(
          [
            [0, '#241a24', 0],
            [0.35, '#241a24', 0.2 * strength],
            [0.5, '#241a24', 0.05 * strength],
            [0.72, '#fff', 0.26 * strength],
            [1, '#fff', 0],
          ],
          0,
          0,
          1,
          0,
        ),
      );
    }
  });
}

/** Loose creases that run across a lying cloth. */
export function creases(
  c: Canvas,
  d: string,
  x: number,
  y: number,
  w: number,
  h: number,
  seed: number,
  count = 7,
): void {
  const random = randomOf(seed);
  c.clipped(d, () => {
    for (let i = 0; i < count; i += 1) {
      const sx = x + random.next() * w;
      const sy = y + random.next() * h;
      const length = random.between(0.16, 0.4) * w;
      const points: Point[] = [
        [sx, sy],
        [sx + length * 0.4, sy + random.between(-14, 22)],
        [sx + length, sy + random.between(-26, 30)],
      ];
      c.line(smooth(points), '#241a24', random.between(6, 11), 'opacity=".05"');
      c.line(smooth(points.map(([px, py]): Point => [px, py - 6])), '#fff', random.between(5, 10), 'opacity=".07"');
    }
  });
}
