import { type Canvas, roundPolygon } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { mix, tone } from '../tone.ts';
import { gold } from './care.ts';
import { mark } from './marks.ts';

const lipstick = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 110);
  const bullet = s.colour;
  if (/唇釉/.test(s.title)) {
    c.group('transform="translate(-70 0)"', () => {
      box(c, cam, { w: 100, h: 250, d: 100 }, bullet, { radius: 18, gloss: 0.45 });
      box(c, cam, { y: 252, w: 96, h: 230, d: 96 }, '#2F2A2C', { radius: 12, gloss: 0.25 });
    });
  } else {
    c.group('transform="translate(-76 0)"', () => {
      lathe(
        c,
        cam,
        [
          [74, 0],
          [76, 6],
          [76, 210],
        ],
        '#2F2A2C',
        { finish: 'metal' },
      );
      lathe(
        c,
        cam,
        [
          [64, 0],
          [64, 90],
        ],
        gold,
        { y: 208, finish: 'metal' },
      );
      lathe(
        c,
        cam,
        [
          [52, 0],
          [52, 110],
        ],
        bullet,
        { y: 296, finish: 'ceramic' },
      );
      c.path(
        'M-52 -394C-52 -450 -20 -508 40 -520Q54 -500 52 -394A52 13 0 0 1 -52 -394Z',
        c.linear(
          [
            [0, tone(bullet, -0.1)],
            [0.3, tone(bullet, 0.35)],
            [1, tone(bullet, -0.2)],
          ],
          0,
          0,
          1,
          0,
        ),
      );
      c.path('M-46 -420C-40 -470 -6 -508 40 -518C20 -470 -10 -430 -46 -420Z', tone(bullet, 0.3), 'opacity=".7"');
    });
    c.group('transform="translate(130 14)"', () => {
      lathe(
        c,
        cam,
        [
          [78, 0],
          [80, 6],
          [80, 250],
        ],
        '#2F2A2C',
        { finish: 'metal' },
      );
      mark(c, 0, -120, 56, gold);
    });
  }
  c.path('M60 60C120 30 240 30 300 56C260 84 120 90 60 60Z', bullet, 'opacity=".9"');
  c.path(
    'M90 54C140 42 220 42 260 54',
    'none',
    `stroke="${tone(bullet, 0.5)}" stroke-width="5" stroke-linecap="round" opacity=".7"`,
  );
};

/** A round or square compact, lid open behind. */
const compact = (c: Canvas, _s: Subject, fill: (c: Canvas) => void, square = false): void => {
  contactShadow(c, 560, 170);
  const shell = '#EFE4DA';
  if (square) {
    c.path(
      roundPolygon(
        [
          [-230, -560],
          [230, -560],
          [250, -270],
          [-250, -270],
        ],
        24,
      ),
      c.linear([
        [0, tone(shell, 0.3)],
        [1, tone(shell, -0.12)],
      ]),
    );
    c.path(
      roundPolygon(
        [
          [-206, -540],
          [206, -540],
          [222, -292],
          [-222, -292],
        ],
        14,
      ),
      c.linear(
        [
          [0, '#DCE6EC'],
          [0.5, '#F7FAFB'],
          [1, '#C4D0D8'],
        ],
        0,
        0,
        1,
        1,
      ),
    );
  } else {
    c.ellipse(
      0,
      -410,
      226,
      190,
      c.linear([
        [0, tone(shell, 0.3)],
        [1, tone(shell, -0.14)],
      ]),
    );
    c.ellipse(
      0,
      -410,
      198,
      164,
      c.linear(
        [
          [0, '#DCE6EC'],
          [0.5, '#F7FAFB'],
          [1, '#C4D0D8'],
        ],
        0,
        0,
        1,
        1,
      ),
    );
    c.path('M-120 -440L-30 -560H30L-110 -380Z', '#fff', 'opacity=".6"');
  }
  c.rect(-60, -262, 120, 26, gold, 8);
  if (square) {
    c.path(
      roundPolygon(
        [
          [-250, -250],
          [250, -250],
          [320, 0],
          [-320, 0],
        ],
        30,
      ),
      tone(shell, -0.24),
      'transform="translate(0 26)"',
    );
    c.path(
      roundPolygon(
        [
          [-250, -250],
          [250, -250],
          [320, 0],
          [-320, 0],
        ],
        30,
      ),
      c.linear([
        [0, tone(shell, 0.1)],
        [1, tone(shell, 0.35)],
      ]),
    );
  } else {
    c.ellipse(0, -92, 240, 136, tone(shell, -0.26));
    c.ellipse(
      0,
      -118,
      240,
      136,
      c.linear([
        [0, tone(shell, 0.05)],
        [1, tone(shell, 0.35)],
      ]),
    );
  }
  fill(c);
};

const perfume = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 400, 120);
  box(c, cam, { w: 260, h: 280, d: 120 }, mix(s.colour, '#EAF0E6', 0.55), {
    radius: 20,
    gloss: 0.5,
    contrast: 0.8,
    front: (w, h) => {
      c.rect(18, h * 0.22, w - 36, h * 0.72, mix(s.colour, '#D9C27A', 0.5), 10, 'opacity=".5"');
      c.rect(w / 2 - 62, h * 0.36, 124, 120, '#FFFDF8', 3);
      mark(c, w / 2, h * 0.36 + 58, 66, tone(s.colour, -0.4));
    },
  });
  lathe(
    c,
    cam,
    [
      [34, 0],
      [34, 34],
    ],
    gold,
    { y: 280, finish: 'metal' },
  );
  lathe(
    c,
    cam,
    [
      [66, 0],
      [70, 6],
      [70, 104],
      [64, 112],
    ],
    '#5A3A26',
    { y: 312, finish: 'wood' },
  );
};

const blush = (s: Subject): string[] => [
  s.colour,
  '#E9CBB0',
  '#B98A6A',
  '#8A5A44',
  '#D9B08C',
  '#C48F86',
  '#6E4B37',
  '#F0DEC8',
  '#A9693C',
];

export const makeup: Families = {
  lipstick: shape('table', 'bath', [-60, -400], lipstick),
  cushionfoundation: shape('table', 'bath', [0, -150], (c, s) =>
    compact(c, s, () => {
      c.ellipse(0, -120, 190, 104, tone(s.colour, -0.08));
      c.ellipse(
        0,
        -124,
        186,
        100,
        c.pattern(
          12,
          12,
          `<rect width="12" height="12" fill="${s.colour}"/><circle cx="3" cy="3" r="1.500" fill="${tone(s.colour, -0.2)}"/><circle cx="9" cy="9" r="1.500" fill="${tone(s.colour, -0.2)}"/>`,
        ),
      );
      c.ellipse(60, -150, 104, 58, '#FFFDF8', 'opacity=".95"');
      c.ellipse(
        60,
        -156,
        104,
        56,
        c.linear([
          [0, '#FFFFFF'],
          [1, '#EADFD2'],
        ]),
      );
    }),
  ),
  blush: shape('table', 'bath', [0, -150], (c, s) =>
    compact(c, s, () => {
      c.ellipse(0, -118, 190, 104, tone(s.colour, -0.12));
      c.ellipse(
        0,
        -122,
        186,
        100,
        c.radial(
          [
            [0, tone(s.colour, 0.3)],
            [1, s.colour],
          ],
          0.4,
          0.4,
          0.7,
        ),
      );
      c.ellipse(0, -122, 60, 32, 'none', `stroke="${tone(s.colour, 0.4)}" stroke-width="6" opacity=".6"`);
    }),
  ),
  palette: shape('table', 'bath', [0, -120], (c, s) =>
    compact(
      c,
      s,
      () => {
        blush(s).forEach((colour, i) => {
          const row = Math.floor(i / 3);
          const w = 130 + row * 18;
          const x = ((i % 3) - 1) * (w + 10);
          const y = -208 + row * 70;
          c.rect(x - w / 2, y - 28, w, 58, tone(colour, -0.2), 8);
          c.rect(
            x - w / 2,
            y - 25,
            w,
            56,
            c.radial(
              [
                [0, tone(colour, 0.3)],
                [1, colour],
              ],
              0.35,
              0.3,
              0.8,
            ),
            8,
          );
        });
      },
      true,
    ),
  ),
  perfume: shape('table', 'bath', [0, -220], perfume),
};
