import { randomOf } from '../seeded.ts';
import { type Canvas, n } from './canvas.ts';
import { grain } from './space.ts';
import { luminance, mix, tone } from './tone.ts';

/** Grounds in pairs of wall and floor: one muted family, so that any two pictures sit side by side in a list. */
const grounds: [wall: string, floor: string][] = [
  ['#F1E9DD', '#E4D6C3'],
  ['#E6ECEE', '#D2DDE1'],
  ['#E9EDE2', '#D6DECA'],
  ['#F4E6E1', '#E8D2CA'],
  ['#F5EEDC', '#E9DDBF'],
  ['#EBE8F0', '#D8D3E2'],
  ['#F0E3D6', '#DFC8B3'],
  ['#E2ECE8', '#CBDCD5'],
  ['#EFEDE9', '#DEDAD3'],
  ['#E3E9F1', '#CBD6E4'],
];

/** Deeper papers for pale goods, which would drown on the light ones. */
const deepGrounds: [wall: string, floor: string][] = [
  ['#DCC7B0', '#CDB396'],
  ['#C4D3DB', '#AFC3CE'],
  ['#C9D2BC', '#B4C1A3'],
  ['#E2C2B4', '#D3AB99'],
  ['#E6D9B8', '#D8C79E'],
  ['#CFC8DA', '#BAB1C9'],
  ['#BFD2CC', '#A7BFB7'],
];

export interface Ground {
  wall: string;
  floor: string;
}

/** A ground by hue that keeps its distance from the colour of the goods. */
export function groundFor(hue: number, colour: string): Ground {
  const distance = (a: string, b: string) =>
    [1, 3, 5].reduce(
      (sum, at) => sum + Math.abs(Number.parseInt(a.slice(at, at + 2), 16) - Number.parseInt(b.slice(at, at + 2), 16)),
      0,
    );
  const list = luminance(colour) > 0.76 ? deepGrounds : grounds;
  const start = Math.floor((hue / 360) * list.length) % list.length;
  let best: Ground & { far: number } = { wall: '#F1E9DD', floor: '#E4D6C3', far: -1 };
  for (let i = 0; i < list.length; i += 1) {
    const [wall, floor] = list[(start + i) % list.length] as [string, string];
    const far = Math.min(distance(wall, colour), distance(floor, colour));
    if (far > 84) return { wall, floor };
    if (far > best.far) best = { wall, floor, far };
  }
  return best;
}

/** A paper sweep: the wall runs into the floor without a line. */
export function sweep(c: Canvas, { wall, floor }: Ground, w = c.width, h = c.height): void {
  c.rect(
    0,
    0,
    w,
    h,
    c.linear([
      [0, tone(wall, 0.1)],
      [0.52, wall],
      [0.72, mix(wall, floor, 0.75)],
      [0.8, floor],
      [1, tone(floor, -0.04)],
    ]),
  );
  c.rect(
    0,
    0,
    w,
    h,
    c.radial(
      [
        [0, '#fff', 0.6],
        [0.5, '#fff', 0.12],
        [1, '#fff', 0],
      ],
      0.3,
      0.24,
      0.72,
    ),
  );
  c.rect(
    0,
    0,
    w,
    h,
    c.radial(
      [
        [0, '#3a2a22', 0],
        [0.7, '#3a2a22', 0],
        [1, '#3a2a22', 0.1],
      ],
      0.46,
      0.46,
      0.78,
    ),
  );
}

/** Wall and floor with a quiet line between them at `horizon`. */
export function room(
  c: Canvas,
  { wall, floor }: Ground,
  horizon: number,
  w = c.width,
  h = c.height,
  wood = false,
): void {
  c.rect(
    0,
    0,
    w,
    horizon,
    c.linear([
      [0, tone(wall, -0.05)],
      [1, tone(wall, 0.08)],
    ]),
  );
  const boards = wood ? '#CFA981' : floor;
  c.rect(
    0,
    horizon,
    w,
    h - horizon,
    c.linear([
      [0, tone(boards, 0.14)],
      [1, tone(boards, -0.08)],
    ]),
  );
  if (wood) {
    const rows = 5;
    let y = horizon;
    for (let i = 0; i < rows; i += 1) {
      const height = ((h - horizon) * (i + 1.4)) / ((rows * (rows + 1)) / 2 + rows * 0.4);
      c.group(`transform="translate(0 ${n(y)})"`, () => grain(c, w, height, i + 3, boards));
      c.line(`M0 ${n(y)}H${w}`, tone(boards, -0.3), 1.6, 'opacity=".35"');
      y += height;
    }
  } else
    c.rect(
      0,
      horizon,
      w,
      26,
      c.linear([
        [0, '#3a2a22', 0.12],
        [1, '#3a2a22', 0],
      ]),
    );
  c.rect(
    0,
    0,
    w,
    h,
    c.radial(
      [
        [0, '#fff', 0.42],
        [0.6, '#fff', 0.08],
        [1, '#fff', 0],
      ],
      0.2,
      0.16,
      0.8,
    ),
  );
}

/** Afternoon light through a paned window, thrown on the wall. */
export function windowLight(c: Canvas, x: number, y: number, w: number, h: number, strength = 0.5): void {
  const fill = c.linear([
    [0, '#fffdf4', strength],
    [1, '#fffdf4', strength * 0.25],
  ]);
  const pane = (px: number, py: number, pw: number, ph: number) =>
    `M${n(px)} ${n(py)}l${n(pw)} ${n(pw * 0.24)}v${n(ph)}l${n(-pw)} ${n(-pw * 0.24)}Z`;
  const [pw, ph] = [w / 2 - 9, h / 3 - 9];
  let d = '';
  for (let row = 0; row < 3; row += 1) {
    for (let column = 0; column < 2; column += 1)
      d += pane(x + column * (pw + 18), y + column * (pw + 18) * 0.24 + row * (ph + 18), pw, ph);
  }
  c.path(d, fill);
}

/** Leaf shadows on a wall. Three faint copies look out of focus; a real blur would cost more than the rest of the picture. */
export function leafShadow(c: Canvas, x: number, y: number, size: number, seed: number): void {
  const random = randomOf(seed);
  const turn = random.between(16, 44);
  let leaves = '';
  for (let i = 0; i < 7; i += 1) {
    const at = (i / 7) * size;
    const side = i % 2 === 0 ? 1 : -1;
    const length = size * random.between(0.3, 0.42) * (1 - i * 0.06);
    leaves += `M0 ${n(at)}Q${n(side * length * 0.3)} ${n(at - length * 0.42)} ${n(side * length)} ${n(at + length * 0.16)}Q${n(side * length * 0.42)} ${n(at + length * 0.34)} 0 ${n(at)}Z`;
  }
  for (const [dx, dy, grow] of [
    [-7, -5, 1.03],
    [0, 0, 1],
    [7, 6, 0.97],
  ] as const) {
    c.group(`transform="translate(${n(x + dx)} ${n(y + dy)}) rotate(${n(turn)}) scale(${grow})"`, () => {
      c.line(`M0 0Q${n(size * 0.1)} ${n(size * 0.5)} 0 ${n(size)}`, '#3a2a22', 6, 'opacity=".05"');
      c.path(leaves, '#3a2a22', 'opacity=".05"');
    });
  }
}

/** A low round stand of plaster. */
export function plinth(
  c: Canvas,
  colour: string,
  cx: number,
  cy: number,
  rx: number,
  ry: number,
  height: number,
): void {
  c.ellipse(
    cx + rx * 0.1,
    cy + height + ry * 0.12,
    rx * 1.16,
    ry * 1.22,
    c.radial([
      [0, '#2a1f1c', 0.34],
      [0.7, '#2a1f1c', 0.16],
      [1, '#2a1f1c', 0],
    ]),
  );
  c.path(
    `M${n(cx - rx)} ${n(cy)}V${n(cy + height)}A${n(rx)} ${n(ry)} 0 0 0 ${n(cx + rx)} ${n(cy + height)}V${n(cy)}Z`,
    c.linear(
      [
        [0, tone(colour, -0.06)],
        [0.24, tone(colour, 0.2)],
        [0.6, tone(colour, -0.06)],
        [1, tone(colour, -0.24)],
      ],
      0,
      0,
      1,
      0,
    ),
  );
  c.ellipse(
    cx,
    cy,
    rx,
    ry,
    c.linear(
      [
        [0, tone(colour, 0.1)],
        [1, tone(colour, 0.42)],
      ],
      1,
      0,
      0,
      1,
    ),
  );
}

/** An arch cut into the wall, behind the goods. */
export function arch(c: Canvas, wall: string, cx: number, base: number, w: number, h: number): void {
  const d = (dx: number, dy: number) =>
    `M${n(cx - w / 2 + dx)} ${n(base)}V${n(base - h + w / 2 + dy)}A${n(w / 2)} ${n(w / 2)} 0 0 1 ${n(cx + w / 2 + dx)} ${n(base - h + w / 2 + dy)}V${n(base)}Z`;
  c.path(
    d(0, 0),
    c.linear(
      [
        [0, tone(wall, -0.16)],
        [0.4, tone(wall, -0.1)],
        [1, tone(wall, 0.02)],
      ],
      0,
      0,
      0.4,
      1,
    ),
  );
  c.clipped(d(0, 0), () =>
    c.path(
      d(18, 16),
      c.linear(
        [
          [0, tone(wall, -0.04)],
          [1, tone(wall, 0.14)],
        ],
        0,
        0,
        0.5,
        1,
      ),
    ),
  );
}
