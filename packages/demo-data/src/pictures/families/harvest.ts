import { randomOf } from '../../seeded.ts';
import { type Canvas, n, type Point, roundPolygon } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { type Camera, contactShadow } from '../space.ts';
import { luminance, tone } from '../tone.ts';
import { branch } from './decor.ts';
import { label, mark } from './marks.ts';
import { paper } from './pantry.ts';

/** A stand-up bag with crimped top; `window` shows what is in it. */
function pouch(
  c: Canvas,
  colour: string,
  options: { window?: (c: Canvas) => void; valve?: boolean; kraft?: boolean } = {},
): void {
  const d = 'M-190 -20C-206 -180 -200 -380 -186 -560H186C200 -380 206 -180 190 -20C140 10 -140 10 -190 -20Z';
  c.path(d, colour);
  c.path(
    d,
    c.linear(
      [
        [0, '#241a24', 0.26],
        [0.1, '#fff', 0.3],
        [0.26, '#fff', 0.08],
        [0.5, '#241a24', 0.02],
        [0.62, '#fff', 0.16],
        [0.8, '#241a24', 0.1],
        [1, '#241a24', 0.34],
      ],
      0,
      0,
      1,
      0,
    ),
  );
  c.rect(
    -186,
    -560,
    372,
    46,
    c.linear([
      [0, '#fff', 0.35],
      [1, '#241a24', 0.12],
    ]),
  );
  let crimp = '';
  for (let x = -178; x < 184; x += 11) crimp += `M${x} -558V-516`;
  c.line(crimp, tone(colour, -0.25), 2, 'opacity=".4"');
  c.line('M-188 -506H188', tone(colour, -0.35), 3, 'opacity=".5"');
  c.path('M-190 -20C-120 -60 120 -60 190 -20C140 10 -140 10 -190 -20Z', '#241a24', 'opacity=".14"');
  label(
    c,
    0,
    -380,
    230,
    190,
    options.kraft ? '#2F2A26' : paper,
    options.kraft ? '#E9DDBF' : tone(colour, luminance(colour) > 0.6 ? -0.5 : -0.1),
  );
  if (options.valve) c.ellipse(120, -470, 12, 12, tone(colour, -0.4));
  options.window?.(c);
}

/** What spills out in front of a bag, by the words of the title. */
function morsels(c: Canvas, s: Subject): void {
  const random = randomOf(s.seed);
  const t = s.title;
  const piece = (x: number, y: number) => {
    const turn = random.between(0, 360);
    c.ellipse(x + 4, y + 10, 30, 12, '#2a1f1c', 'opacity=".2"');
    c.group(`transform="translate(${n(x)} ${n(y)}) rotate(${n(/海苔|肉脯/.test(t) ? turn / 12 - 15 : turn)})"`, () => {
      if (/爆米花/.test(t)) {
        for (const [dx, dy, r] of [
          [0, 0, 22],
          [-18, -8, 17],
          [16, -12, 18],
          [4, 16, 16],
        ] as const)
          c.ellipse(
            dx,
            dy,
            r,
            r,
            c.radial(
              [
                [0, '#FFFDF2'],
                [0.7, '#F4DFA8'],
                [1, '#D9A54C'],
              ],
              0.4,
              0.35,
              0.7,
            ),
          );
      } else if (/草莓/.test(t)) {
        c.path(
          'M0 34C-34 14 -38 -22 -18 -28Q0 -32 18 -28C38 -22 34 14 0 34Z',
          c.radial(
            [
              [0, '#E86A6A'],
              [1, '#B82E38'],
            ],
            0.4,
            0.3,
            0.8,
          ),
        );
        for (const [dx, dy] of [
          [-10, -8],
          [8, -10],
          [0, 6],
          [-8, 14],
          [10, 10],
        ] as const)
          c.ellipse(dx, dy, 2.5, 3.5, '#F7DF9A');
        c.path('M-16 -28L0 -40L16 -28L0 -20Z', '#6F8A4A');
      } else if (/肉脯/.test(t)) {
        c.path(
          roundPolygon(
            [
              [-46, -26],
              [44, -30],
              [48, 24],
              [-44, 28],
            ],
            8,
          ),
          c.linear(
            [
              [0, '#B5523A'],
              [1, '#7E2A22'],
            ],
            0,
            0,
            1,
            1,
          ),
        );
        c.line('M-30 -8q20 8 60 -4M-26 10q30 -8 58 2', '#E0906A', 3, 'opacity=".5"');
      } else if (/海苔/.test(t)) {
        c.rect(-46, -16, 92, 32, '#2F4A34', 5);
        c.rect(-46, -6, 92, 12, '#E6D3A0', 3);
      } else {
        const nut = ['#A9693C', '#C99A5E', '#8A5A38', '#D9B98A'][random.integer(0, 3)] as string;
        c.path(
          'M0 34C-30 24 -30 -18 0 -36C30 -18 30 24 0 34Z',
          c.radial(
            [
              [0, tone(nut, 0.4)],
              [1, tone(nut, -0.2)],
            ],
            0.35,
            0.3,
            0.8,
          ),
        );
        c.line('M-8 20Q-14 0 -4 -22M8 22Q14 0 4 -24', tone(nut, -0.35), 2, 'opacity=".5"');
      }
    });
  };
  for (const [x, y] of [
    [-250, 0],
    [-190, 30],
    [-110, 22],
    [-30, 40],
    [60, 26],
    [140, 38],
    [220, 10],
    [270, 24],
  ] as const)
    piece(x, y);
}

const snackbag = (c: Canvas, s: Subject): void => {
  contactShadow(c, 520, 130);
  c.group('transform="rotate(-2)"', () => pouch(c, s.colour));
  morsels(c, s);
};

const coffeebag = (c: Canvas, s: Subject): void => {
  contactShadow(c, 520, 130);
  pouch(c, s.colour, { valve: true });
  for (const [x, y, t] of [
    [-250, 10, 20],
    [-200, 34, 80],
    [-130, 26, 140],
    [180, 34, 40],
    [240, 16, 100],
    [120, 44, 10],
    [280, 36, 60],
  ] as const)
    c.group(`transform="translate(${x} ${y}) rotate(${t})"`, () => {
      c.ellipse(3, 6, 28, 19, '#2a1f1c', 'opacity=".25"');
      c.ellipse(
        0,
        0,
        28,
        19,
        c.radial(
          [
            [0, '#8A5A38'],
            [1, '#4A2C1A'],
          ],
          0.35,
          0.3,
          0.8,
        ),
      );
      c.line('M-24 0Q0 -9 24 2', '#2E1A10', 4);
    });
};

const fruits: Record<string, { colour: string; blush: string; leaf: boolean }> = {
  脐橙: { colour: '#EE9534', blush: '#F6B858', leaf: true },
  苹果: { colour: '#C93A36', blush: '#EFA15A', leaf: true },
  香梨: { colour: '#C6C468', blush: '#E2B66A', leaf: true },
  草莓: { colour: '#D43A42', blush: '#EE6A66', leaf: true },
  葡萄: { colour: '#B5C966', blush: '#DDE7A6', leaf: false },
};

const fruitbox = (c: Canvas, s: Subject, cam: Camera): void => {
  const name = Object.keys(fruits).find((key) => s.title.includes(key)) ?? '脐橙';
  const { colour, blush } = fruits[name] as (typeof fruits)[string];
  contactShadow(c, 680, 200);
  const one = (x: number, y: number, r: number) =>
    c.group(`transform="translate(${n(x)} ${n(y)})"`, () => {
      const fill = c.radial(
        [
          [0, tone(blush, 0.45)],
          [0.35, blush],
          [0.75, colour],
          [1, tone(colour, -0.3)],
        ],
        0.36,
        0.3,
        0.78,
      );
      if (name === '草莓') {
        c.path(
          `M0 ${r}C${-r * 1.05} ${r * 0.4} ${-r * 1.1} ${-r * 0.8} 0 ${-r * 0.8}S${r * 1.05} ${r * 0.4} 0 ${r}Z`,
          fill,
        );
        for (let i = 0; i < 12; i += 1)
          c.ellipse((((i * 29) % 90) - 45) * r * 0.013, (((i * 41) % 100) - 50) * r * 0.012, 3, 4.5, '#F7DF9A');
        c.path(
          `M0 ${-r * 1.02}L${r * 0.5} ${-r * 0.66}L${r * 0.12} ${-r * 0.6}L0 ${-r * 0.36}L${-r * 0.12} ${-r * 0.6}L${-r * 0.5} ${-r * 0.66}Z`,
          '#6F8A4A',
        );
        return;
      }
      if (name === '香梨')
        c.path(
          `M${-r * 0.3} ${-r}C0 ${-r * 1.3} ${r * 0.3} ${-r} ${r * 0.36} ${-r * 0.7}C${r} ${-r * 0.2} ${r * 0.9} ${r} 0 ${r}S${-r} ${-r * 0.2} ${-r * 0.4} ${-r * 0.7}Z`,
          fill,
        );
      else c.ellipse(0, 0, r, r * 0.95, fill);
      if (name === '脐橙') c.ellipse(0, -r * 0.74, r * 0.12, r * 0.07, tone(colour, -0.3));
      if (name === '苹果' || name === '香梨') {
        c.ellipse(
          0,
          -r * 0.72,
          r * 0.26,
          r * 0.1,
          tone(colour, -0.3),
          name === '香梨' ? 'opacity="0"' : 'opacity=".6"',
        );
        c.line(`M0 ${n(-r * 0.76)}q6 -24 18 -36`, '#6E4B37', 6);
      }
      c.ellipse(-r * 0.34, -r * 0.42, r * 0.2, r * 0.12, '#fff', 'opacity=".5" transform="rotate(-30)"');
    });
  const r = name === '葡萄' ? 46 : name === '草莓' ? 62 : 86;
  const rows: Point[] = [];
  const per = Math.round(560 / (r * 1.7));
  for (let row = 0; row < 3; row += 1)
    for (let i = 0; i < per - (row % 2); i += 1)
      rows.push([-270 + r * 0.8 + (i + (row % 2) * 0.5) * ((560 - r) / (per - 0.6)), -330 + row * r * 0.9]);
  for (const [x, y] of rows) one(x, y, r);
  if (name === '葡萄') c.line('M-200 -380q60 -60 120 -20', '#7A6A3A', 9);
  const slat = (y: number, h: number) => {
    c.rect(
      -310,
      y,
      620,
      h,
      c.linear([
        [0, '#E2BE8C'],
        [1, '#BF9460'],
      ]),
      5,
    );
    c.line(`M-300 ${y + h * 0.35}Q0 ${y + h * 0.2} 300 ${y + h * 0.4}`, '#9A7146', 2, 'opacity=".4"');
    c.line(`M-306 ${y + 3}H306`, '#fff', 3, 'opacity=".35"');
  };
  slat(-196, 88);
  slat(-98, 92);
  for (const x of [-310, 276])
    c.rect(
      x,
      -216,
      34,
      214,
      c.linear([
        [0, '#D2A878'],
        [1, '#A87C4C'],
      ]),
      4,
    );
  mark(c, 0, -52, 72, '#7A5338', 0.75);
  one(-250, -20 + r * 0.2, r * 0.9);
  one(276, -10 + r * 0.2, r * 0.84);
  if (name !== '葡萄') branch(c, 140, -380, 120, 90, '#6F8A4A', s.seed);
  void cam;
};

export const harvest: Families = {
  snackbag: shape('table', 'tea', [0, -330], snackbag),
  coffeebag: shape('table', 'kitchen', [0, -330], coffeebag),
  fruitbox: shape('table', 'kitchen', [0, -270], fruitbox),
};
