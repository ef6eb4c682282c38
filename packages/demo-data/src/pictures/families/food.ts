import { blob, type Canvas, n, type Point, roundPolygon } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { mix, tone } from '../tone.ts';

/** A round of baked dough, seen from the side a little above. */
function cake(
  c: Canvas,
  x: number,
  y: number,
  r: number,
  h: number,
  crust: string,
  top: string,
  decorate?: (cx: number, cy: number) => void,
): void {
  c.group(`transform="translate(${n(x)} ${n(y)})"`, () => {
    lathe(
      c,
      { yaw: 0, pitch: 0.5 },
      [
        [r * 0.86, 0],
        [r, h * 0.2],
        [r, h * 0.75],
        [r * 0.86, h],
      ],
      crust,
      { cap: top },
    );
    decorate?.(0, -h * 0.88);
  });
}

const cookie = (c: Canvas, x: number, y: number, r: number, colour: string, kind: number): void => {
  c.group(`transform="translate(${n(x)} ${n(y)}) rotate(${kind * 37})"`, () => {
    c.ellipse(6, 10, r, r * 0.96, '#2a1f1c', 'opacity=".2"');
    if (kind % 3 === 0) {
      for (let i = 0; i < 8; i += 1)
        c.ellipse(
          Math.cos(i * 0.785) * r * 0.56,
          Math.sin(i * 0.785) * r * 0.56,
          r * 0.4,
          r * 0.34,
          c.radial(
            [
              [0, tone(colour, 0.35)],
              [1, tone(colour, -0.12)],
            ],
            0.35,
            0.3,
            0.7,
          ),
        );
      c.ellipse(0, 0, r * 0.3, r * 0.3, '#A9463C');
      c.ellipse(-r * 0.08, -r * 0.1, r * 0.1, r * 0.07, '#fff', 'opacity=".6"');
    } else if (kind % 3 === 1) {
      c.ellipse(
        0,
        0,
        r,
        r,
        c.radial(
          [
            [0, tone(colour, 0.25)],
            [0.8, colour],
            [1, tone(colour, -0.25)],
          ],
          0.38,
          0.32,
          0.75,
        ),
      );
      for (const [dx, dy] of [
        [-0.4, -0.3],
        [0.3, -0.45],
        [0.42, 0.2],
        [-0.2, 0.4],
        [0, -0.02],
      ] as const)
        c.ellipse(dx * r, dy * r, r * 0.14, r * 0.12, '#8C2F3A');
    } else {
      c.path(
        roundPolygon(
          [
            [-r * 0.9, -r * 0.9],
            [r * 0.9, -r * 0.9],
            [r * 0.9, r * 0.9],
            [-r * 0.9, r * 0.9],
          ],
          r * 0.3,
        ),
        c.radial(
          [
            [0, tone(colour, 0.3)],
            [1, tone(colour, -0.15)],
          ],
          0.38,
          0.32,
          0.8,
        ),
      );
      c.line(
        `M${n(-r * 0.6)} ${n(-r * 0.3)}H${n(r * 0.6)}M${n(-r * 0.6)} ${n(r * 0.06)}H${n(r * 0.6)}M${n(-r * 0.6)} ${n(r * 0.42)}H${n(r * 0.6)}`,
        tone(colour, -0.25),
        5,
        'opacity=".5"',
      );
    }
  });
};

const cookies = (c: Canvas, s: Subject): void => {
  contactShadow(c, 640, 200);
  const tin = s.colour;
  lathe(
    c,
    { yaw: 0, pitch: 0.72 },
    [
      [284, 0],
      [300, 8],
      [300, 96],
    ],
    tin,
    { finish: 'metal', wall: 14, inside: '#C9A66E', sharp: true },
  );
  const spots: Point[] = [
    [-150, -150],
    [0, -190],
    [150, -150],
    [-180, -60],
    [-60, -80],
    [70, -84],
    [190, -60],
    [-100, 20],
    [20, 26],
    [130, 14],
  ];
  const doughs = ['#E0B36E', '#C98F4C', '#D9B98A', '#8A5A38', '#E6C58E'];
  c.group('transform="translate(0 -24) scale(1 .74)"', () =>
    spots.forEach(([x, y], i) => {
      cookie(c, x, y - 20, 62, doughs[(i + s.seed) % 5] as string, i + (s.seed % 3));
    }),
  );
};

const pastry = (c: Canvas, s: Subject): void => {
  contactShadow(c, 660, 190);
  lathe(
    c,
    { yaw: 0, pitch: 0.5 },
    [
      [220, 0],
      [240, 8],
      [320, 40],
    ],
    '#EDE6DA',
    { finish: 'ceramic', wall: 10, inside: '#F6F1E7' },
  );
  const bean = /绿豆/.test(s.title);
  const square = /凤梨|绿豆/.test(s.title);
  const crust = bean ? '#D9C77A' : /绿茶|抹茶/.test(s.title) ? '#A9B27A' : /花/.test(s.title) ? '#EBD3AE' : '#DFAF68';
  const one = (x: number, y: number) => {
    if (square) {
      c.group(`transform="translate(${x} ${y})"`, () =>
        box(c, { yaw: -0.4, pitch: 0.5 }, { w: 150, h: 74, d: 110 }, crust, {
          radius: 14,
          top: (w, h) =>
            c.rect(14, 14, w - 28, h - 28, 'none', 8, `stroke="${tone(crust, -0.25)}" stroke-width="4" opacity=".6"`),
        }),
      );
    } else {
      cake(c, x, y, 98, 84, crust, tone(crust, 0.12), (_cx, cy) => {
        if (/星云/.test(s.title))
          for (let i = 1; i < 5; i += 1)
            c.ellipse(0, cy, i * 20, i * 9, 'none', `stroke="${i % 2 ? '#A68FB0' : '#F5E8EC'}" stroke-width="7"`);
        else if (/花/.test(s.title)) {
          c.ellipse(0, cy, 26, 13, '#B8455A', 'opacity=".85"');
          for (let i = 0; i < 5; i += 1)
            c.ellipse(Math.cos(i * 1.257) * 22, cy + Math.sin(i * 1.257) * 10, 13, 6, '#C9607A', 'opacity=".7"');
        } else
          for (let i = 0; i < 9; i += 1)
            c.ellipse(Math.cos(i * 2.4) * (10 + i * 4), cy + Math.sin(i * 2.4) * (5 + i * 2), 5, 3, '#4A3A2C');
      });
    }
  };
  one(-130, -92);
  one(120, -96);
  one(-8, -42);
  // One is cut: the filling says what it is.
  c.group('transform="translate(16 -150)"', () => {
    c.path(
      'M-104 0A104 78 0 0 1 104 0V30Q0 62 -104 30Z',
      c.linear([
        [0, tone(crust, 0.2)],
        [1, tone(crust, -0.12)],
      ]),
    );
    const filling = bean
      ? '#C9B765'
      : /凤梨/.test(s.title)
        ? '#E0A23C'
        : /花/.test(s.title)
          ? '#A83E54'
          : /茶/.test(s.title)
            ? '#7F8F4E'
            : '#B9778C';
    c.ellipse(0, 22, 78, 24, filling);
    c.ellipse(0, 22, 42, 15, /蛋黄|星云/.test(s.title) ? '#E88A32' : tone(filling, 0.3));
    c.ellipse(-12, 17, 16, 5, '#fff', 'opacity=".35"');
  });
};

const bakedCake = (c: Canvas, s: Subject): void => {
  contactShadow(c, 620, 190);
  lathe(
    c,
    { yaw: 0, pitch: 0.44 },
    [
      [120, 0],
      [60, 20],
      [40, 70],
      [300, 96],
      [306, 110],
    ],
    '#F4EFE6',
    { finish: 'ceramic' },
  );
  c.group('transform="translate(0 -100)"', () =>
    lathe(
      c,
      { yaw: 0, pitch: 0.44 },
      [
        [220, 0],
        [232, 20],
        [236, 130],
        [216, 166],
      ],
      mix(s.colour, '#C9B27A', 0.35),
      { cap: mix('#5A4022', s.colour, 0.3) },
    ),
  );
  c.path('M0 -250L150 -196V-60L0 -96Z', tone('#E9E3B9', -0.02));
  c.path(
    'M0 -250L150 -196V-60L0 -96Z',
    c.linear([
      [0, '#4a3a20', 0.4],
      [0.12, '#fff', 0],
      [1, '#6b7a3a', 0.25],
    ]),
  );
  c.path('M150 -196V-60Q200 -90 222 -130V-250Q200 -214 150 -196Z', '#F4EFE6', 'opacity=".0"');
};

const zongzi = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 680, 200);
  giftCase(c, s, cam, 0.8, -70, -120);
  const one = (x: number, y: number, k: number) =>
    c.move(x, y, k, () => {
      const leaf = '#6F8A4A';
      c.path(
        'M0 -190Q26 -190 40 -160L130 -20Q136 0 110 0H-110Q-136 0 -130 -20L-40 -160Q-26 -190 0 -190Z',
        c.linear(
          [
            [0, tone(leaf, 0.3)],
            [0.6, leaf],
            [1, tone(leaf, -0.35)],
          ],
          0,
          0,
          1,
          1,
        ),
      );
      c.path('M0 -190L-20 0H-110Q-136 0 -130 -20L-40 -160Z', tone(leaf, 0.24), 'opacity=".6"');
      c.line('M-10 -180L-70 -10M4 -180L50 -10M10 -176L100 -14', tone(leaf, -0.3), 3, 'opacity=".4"');
      c.line('M-92 -60L96 -60M-72 -96L74 -92M-30 -4L-46 -150M34 -4L30 -160', '#E9DDBF', 7);
    });
  one(-190, 0, 0.9);
  one(40, 20, 1.05);
  one(220, 0, 0.86);
};

function giftCase(c: Canvas, s: Subject, cam: Camera, k = 1, x = 0, y = 0): void {
  const gold = '#D6B36A';
  c.move(x, y, k, () => {
    box(c, cam, { w: 480, h: 120, d: 340 }, s.colour, {
      radius: 8,
      front: (w, h) => c.rect(0, h * 0.44, w, h * 0.12, gold),
    });
    box(c, cam, { y: 120, w: 492, h: 56, d: 352 }, tone(s.colour, 0.06), {
      radius: 8,
      top: (w, h) => {
        c.rect(18, 18, w - 36, h - 36, 'none', 4, `stroke="${gold}" stroke-width="4"`);
        c.ellipse(w / 2, h / 2, 92, 92, tone(s.colour, -0.2), `stroke="${gold}" stroke-width="5"`);
        c.path(
          `M${n(w / 2 - 86)} ${n(h / 2 + 26)}q30 -40 60 0t60 0t52 0A92 92 0 0 1 ${n(w / 2 - 86)} ${n(h / 2 + 26)}Z`,
          gold,
          'opacity=".85"',
        );
        c.ellipse(w / 2 + 24, h / 2 - 30, 26, 26, gold);
        c.line(`M40 40h60M40 40v60M${n(w - 40)} ${n(h - 40)}h-60M${n(w - 40)} ${n(h - 40)}v-60`, gold, 5);
      },
      front: (w, h) => c.line(`M0 ${n(h - 4)}H${n(w)}`, tone(s.colour, -0.4), 5),
    });
  });
}

const giftbox = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 680, 230);
  giftCase(c, s, cam, 0.96, -10, -60);
  if (/月饼/.test(s.title))
    for (const [x, y] of [
      [-150, 10],
      [60, 30],
    ] as const)
      cake(c, x, y, 92, 76, '#C07A36', '#CF8A42', (_x, cy) => {
        for (let i = 0; i < 8; i += 1)
          c.ellipse(Math.cos(i * 0.785) * 54, cy + Math.sin(i * 0.785) * 26, 13, 7, '#A8622A');
        c.ellipse(0, cy, 24, 12, '#A8622A');
      });
  else
    for (const [x, y, nut] of [
      [-190, 20, '#A9693C'],
      [-110, 40, '#C99A5E'],
      [-20, 30, '#8A5A38'],
      [70, 46, '#D2A878'],
      [150, 28, '#B98A5C'],
    ] as const)
      c.path(
        blob([
          [x - 30, y],
          [x, y - 34],
          [x + 32, y - 4],
          [x, y + 22],
        ]),
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
};

export const food: Families = {
  cookies: shape('table', 'tea', [-40, -110], cookies),
  cake: shape('table', 'tea', [60, -200], bakedCake),
  pastry: shape('table', 'tea', [0, -140], pastry),
  zongzi: shape('table', 'tea', [20, -80], zongzi),
  giftbox: shape('table', 'tea', [0, -200], giftbox),
};
