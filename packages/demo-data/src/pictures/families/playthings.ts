import type { Canvas } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { tone } from '../tone.ts';
import { ball, plush } from './baby.ts';

const paints = ['#D98F7C', '#E6C374', '#8FB0A0', '#8FA6BA', '#C9A2B4', '#D2A878'];

const blocks = (c: Canvas, _s: Subject, cam: Camera): void => {
  contactShadow(c, 620, 190);
  const cube = (x: number, y: number, z: number, colour: string) =>
    box(c, cam, { x, y, z, w: 126, h: 126, d: 126 }, colour, { radius: 12, wood: 5 });
  cube(-150, 0, -100, paints[3] as string);
  cube(60, 0, -110, paints[1] as string);
  box(c, cam, { x: -50, y: 126, z: -105, w: 340, h: 56, d: 120 }, paints[5] as string, { radius: 8, wood: 4 });
  cube(-60, 182, -105, paints[0] as string);
  lathe(
    c,
    cam,
    [
      [62, 0],
      [62, 100],
    ],
    paints[2] as string,
    { x: 90, y: 182, z: -105, finish: 'wood' },
  );
  const [x, y] = [-60, 308];
  c.path(
    `M${x - 92} ${-y * 0.966 - 20}L${x - 28} ${-y * 0.966 - 120}L${x + 46} ${-y * 0.966 - 18}Z`,
    c.linear([
      [0, tone('#C9A2B4', 0.3)],
      [1, tone('#C9A2B4', -0.15)],
    ]),
  );
  cube(-190, 0, 120, paints[4] as string);
  lathe(
    c,
    cam,
    [
      [56, 0],
      [60, 8],
      [60, 110],
    ],
    paints[0] as string,
    { x: 40, z: 140, finish: 'wood' },
  );
  c.ellipse(230, -46, 62, 62, ball(c, paints[2] as string));
};

const stacker = (c: Canvas, _s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 130);
  lathe(
    c,
    cam,
    [
      [210, 0],
      [216, 8],
      [216, 34],
      [206, 44],
    ],
    '#D2A878',
    { finish: 'wood' },
  );
  const rings = ['#BD6A4C', '#DF8A4A', '#EDD58C', '#A9B894', '#8FA6BA', '#B5A8CC'];
  rings.forEach((colour, i) => {
    const r = 190 - i * 22;
    lathe(
      c,
      cam,
      [
        [r - 22, 0],
        [r, 24],
        [r, 46],
        [r - 22, 70],
      ],
      colour,
      { y: 44 + i * 70 },
    );
  });
  c.ellipse(0, -510, 58, 58, ball(c, '#D98F7C'));
};

const woodcar = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 640, 160);
  const wheel = (x: number, y: number, r: number) => {
    c.ellipse(x + 5, y, r, r, '#8D6238');
    c.ellipse(
      x,
      y,
      r,
      r,
      c.radial(
        [
          [0, '#E6C79C'],
          [1, '#BF9460'],
        ],
        0.4,
        0.35,
        0.75,
      ),
    );
    c.ellipse(x, y, r * 0.3, r * 0.3, s.colour);
  };
  box(c, cam, { x: 190, y: 70, w: 200, h: 90, d: 130 }, '#E6C374', { radius: 14, wood: 3 });
  for (const x of [140, 200, 256])
    lathe(
      c,
      cam,
      [
        [24, 0],
        [24, 40],
        [4, 62],
      ],
      ['#8FA6BA', '#A9B894', '#C9A2B4'][((x / 57) % 3) | 0] as string,
      { x, y: 158 },
    );
  box(c, cam, { x: -110, y: 70, w: 340, h: 90, d: 130 }, s.colour, { radius: 14, wood: 7 });
  box(c, cam, { x: -210, y: 160, w: 140, h: 150, d: 126 }, '#8FB0A0', {
    radius: 12,
    wood: 5,
    front: (w) => c.rect(w / 2 - 34, 26, 68, 60, '#F4EFE6', 10),
  });
  box(c, cam, { x: -210, y: 310, w: 170, h: 26, d: 150 }, '#D2A878', { radius: 10, wood: 2 });
  lathe(
    c,
    cam,
    [
      [58, 0],
      [58, 150],
    ],
    '#E6C374',
    { x: -40, y: 160, finish: 'wood' },
  );
  lathe(
    c,
    cam,
    [
      [22, 0],
      [26, 50],
      [36, 60],
      [36, 80],
    ],
    '#D2A878',
    { x: -20, y: 306 },
  );
  for (const [x, y, r] of [
    [-240, -20, 62],
    [-70, 4, 62],
    [70, 26, 48],
    [190, 44, 48],
  ] as const)
    wheel(x, y - 26, r);
  c.line('M300 -60C340 -40 350 0 330 30', '#E9DDBF', 8);
};

export const playthings: Families = {
  blocks: shape('table', 'living', [-40, -260], blocks),
  plush: shape('table', 'bedroom', [0, -430], plush),
  stacker: shape('table', 'living', [0, -260], stacker),
  woodcar: shape('table', 'living', [-60, -180], woodcar),
};
