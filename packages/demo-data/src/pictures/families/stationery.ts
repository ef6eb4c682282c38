import type { Canvas } from '../canvas.ts';
import { cloth } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow } from '../space.ts';
import { luminance, tone } from '../tone.ts';
import { branch } from './decor.ts';
import { mark } from './marks.ts';

const inkOf = (colour: string) => (luminance(colour) > 0.55 ? tone(colour, -0.4) : tone(colour, 0.55));
const gold = '#C9A25E';

const book = (c: Canvas, s: Subject, x: number, y: number, turn: number, k = 1): void =>
  c.group(`transform="translate(${x} ${y}) rotate(${turn}) scale(${k})"`, () => {
    c.rect(-180, -250, 370, 510, '#2a1f1c', 14, 'opacity=".2" transform="translate(12 18)"');
    c.rect(-178, -244, 364, 500, tone(s.colour, -0.3), 14);
    c.rect(-170, -240, 352, 490, '#F7F2E6', 6);
    c.line('M178 -230V240M172 -230V240', '#D9CDB9', 2);
    const d = 'M-180 -250H164Q178 -250 178 -236V236Q178 250 164 250H-180Q-190 250 -190 240V-240Q-190 -250 -180 -250Z';
    cloth(c, d, { ...s, pattern: 'plain' }, [0.3, 0.2]);
    c.rect(-190, -250, 44, 500, '#241a24', 10, 'opacity=".12"');
    c.line('M-144 -250V250', '#fff', 3, 'opacity=".3"');
    c.rect(118, -250, 15, 500, tone(s.colour, -0.35));
    mark(c, 0, -80, 130, inkOf(s.colour), 0.7);
    c.path('M60 250V320L74 304L88 320V250Z', gold);
  });

const notebook = (c: Canvas, s: Subject): void => {
  if (/活页/.test(s.title)) {
    book(c, s, 0, 0, -6);
    for (let i = 0; i < 9; i += 1)
      c.group(`transform="rotate(-6) translate(-190 ${-200 + i * 50})"`, () => {
        c.rect(
          -26,
          -7,
          52,
          14,
          c.linear([
            [0, '#F4F5F6'],
            [1, '#8F959B'],
          ]),
          7,
        );
      });
  } else {
    book(c, { ...s, colour: s.accent === s.colour ? '#EFE8DA' : s.accent }, 50, -40, 12, 0.94);
    book(c, s, -30, 20, -6);
  }
  pencil(c, 200, 130, 24, '#C79A6B');
};

const pencil = (c: Canvas, x: number, y: number, turn: number, colour: string): void =>
  c.group(`transform="translate(${x} ${y}) rotate(${turn})"`, () => {
    c.path('M-11 -230H11V180L0 224L-11 180Z', '#2a1f1c', 'opacity=".22" transform="translate(9 14)"');
    c.rect(
      -11,
      -230,
      22,
      412,
      c.linear(
        [
          [0, tone(colour, 0.4)],
          [0.5, colour],
          [1, tone(colour, -0.3)],
        ],
        0,
        0,
        1,
        0,
      ),
    );
    c.path('M-11 180H11L0 224Z', '#E6C79C');
    c.path('M-4 208H4L0 224Z', '#34363A');
    c.rect(-11, -236, 22, 30, gold);
  });

/** A pen lying down along its own axis; the caller turns it. */
function pen(c: Canvas, colour: string, kind: 'gel' | 'nib', texture?: string): void {
  const round: [number, string][] = [
    [0, tone(colour, 0.2)],
    [0.25, tone(colour, 0.6)],
    [0.5, colour],
    [1, tone(colour, -0.4)],
  ];
  c.path('M-16 -300H16V230L0 300L-16 230Z', '#2a1f1c', 'opacity=".2" transform="translate(14 16)"');
  c.rect(-17, -300, 34, 500, c.linear(round, 0, 0, 1, 0), 15);
  if (texture) c.rect(-17, -300, 34, 500, texture, 15);
  if (kind === 'gel') {
    c.path(
      'M-17 190H17L9 262H-9Z',
      c.linear(
        [
          [0, '#F4F5F6'],
          [0.5, '#B4BAC0'],
          [1, '#7E858C'],
        ],
        0,
        0,
        1,
        0,
      ),
    );
    c.rect(-4, 258, 8, 26, '#8F959B', 3);
    c.rect(-17, 60, 34, 130, tone(colour, -0.2), 6, 'opacity=".6"');
    c.rect(-8, -330, 16, 40, '#B4BAC0', 6);
  } else {
    c.rect(-19, -40, 38, 22, gold);
    c.rect(-15, 190, 30, 20, gold);
    c.path(
      'M-15 208H15C16 250 8 280 0 306C-8 280 -16 250 -15 208Z',
      c.linear(
        [
          [0, '#F6E7BE'],
          [0.5, gold],
          [1, '#8F6A3E'],
        ],
        0,
        0,
        1,
        0,
      ),
    );
    c.line('M0 240V300', '#7A5A2C', 2);
    c.ellipse(0, 238, 4, 4, '#7A5A2C');
    c.rect(-18, -304, 36, 16, gold, 6);
  }
  c.rect(
    12,
    -280,
    11,
    200,
    c.linear(
      [
        [0, tone(kind === 'nib' ? gold : '#C8CCD0', 0.4)],
        [1, tone(kind === 'nib' ? gold : '#C8CCD0', -0.2)],
      ],
      0,
      0,
      1,
      0,
    ),
    5,
  );
}

const pens = (c: Canvas, s: Subject): void => {
  const colours = [...new Set([s.colour, s.accent, '#8FA6BA', '#C48F86', '#34363A'])].slice(0, 4);
  colours.forEach((colour, i) => {
    c.group(`transform="translate(${-150 + i * 100} ${i % 2 ? 20 : -10}) rotate(24)"`, () => pen(c, colour, 'gel'));
  });
};

const fountainpen = (c: Canvas, s: Subject): void => {
  const texture = /水晶/.test(s.title)
    ? c.pattern(
        9,
        9,
        '<circle cx="3" cy="3" r="2.500" fill="#fff" opacity=".7"/><circle cx="7.500" cy="7.500" r="1.800" fill="#fff" opacity=".4"/>',
      )
    : undefined;
  c.group('transform="translate(-120 60) rotate(-52)"', () =>
    c.rect(-60, -250, 120, 500, '#EFE8DA', 14, 'opacity=".0"'),
  );
  c.group('transform="translate(-40 -20) rotate(40)"', () => pen(c, s.colour, 'nib', texture));
  c.group('transform="translate(150 110) rotate(40)"', () => {
    c.rect(-20, -130, 40, 250, '#2a1f1c', 16, 'opacity=".2" transform="translate(14 16)"');
    c.rect(
      -21,
      -130,
      42,
      250,
      c.linear(
        [
          [0, tone(s.colour, 0.2)],
          [0.25, tone(s.colour, 0.6)],
          [0.5, s.colour],
          [1, tone(s.colour, -0.4)],
        ],
        0,
        0,
        1,
        0,
      ),
      18,
    );
    if (texture) c.rect(-21, -130, 42, 250, texture, 18);
    c.rect(-22, 86, 44, 26, gold, 4);
    c.rect(14, -120, 12, 190, gold, 6);
  });
  c.line('M-300 210C-240 150 -200 250 -150 200S-70 160 -40 220', '#34507E', 7, 'opacity=".8"');
};

const stationerybox = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 640, 200);
  box(c, cam, { w: 500, h: 120, d: 330 }, '#EFE4CF', {
    radius: 8,
    top: (w, h) => {
      c.rect(18, 18, w - 36, h - 36, '#DCC7A1', 4);
      c.rect(44, 36, 170, h - 72, tone(s.colour, 0.1), 6);
      mark(c, 129, h / 2, 90, inkOf(s.colour));
      for (let i = 0; i < 3; i += 1)
        c.rect(250, 46 + i * 74, w - 300, 40, ['#34507E', '#7A5338', '#A9B894'][i] as string, 20);
    },
  });
  c.group('transform="translate(160 30)"', () => branch(c, 0, 0, 170, 110, '#7F9268', s.seed));
};

const pencase = (c: Canvas, s: Subject): void => {
  contactShadow(c, 640, 140);
  for (const [x, colour] of [
    [-120, '#BD6A4C'],
    [-60, '#8FA6BA'],
    [10, '#C79A6B'],
    [70, '#A9B894'],
  ] as const)
    c.group(`transform="translate(${x} -250) rotate(${x / 12})"`, () => {
      c.rect(
        -12,
        -120,
        24,
        220,
        c.linear(
          [
            [0, tone(colour, 0.4)],
            [1, tone(colour, -0.25)],
          ],
          0,
          0,
          1,
          0,
        ),
      );
      c.path('M-12 -120H12L0 -166Z', '#E6C79C');
      c.path('M-4 -150H4L0 -166Z', colour);
    });
  const d = 'M-300 -60C-320 -160 -290 -230 -240 -240H240C290 -230 320 -160 300 -60Q290 0 230 4H-230Q-290 0 -300 -60Z';
  cloth(c, d, s, [0.34, 0.2]);
  c.line('M-270 -206H270', tone(s.colour, -0.4), 12);
  c.line('M-270 -206H270', '#E9DDBF', 5, 'stroke-dasharray="6 7"');
  c.rect(200, -222, 56, 32, gold, 8);
  c.rect(-70, -140, 140, 84, '#B98A5C', 8);
  mark(c, 0, -96, 62, '#F4EFE6');
};

const tape = (c: Canvas, s: Subject): void => {
  contactShadow(c, 560, 160);
  const colours = ['#E9BFC0', '#A9B894', '#EDD58C', '#8FA6BA', '#B5A8CC', '#DF8A4A'];
  const roll = (x: number, y: number, r: number, colour: string) => {
    c.ellipse(x + 8, y + 10, r, r, '#2a1f1c', 'opacity=".2"');
    c.ellipse(x + 16, y + 6, r, r, tone(colour, -0.25));
    c.ellipse(
      x,
      y,
      r,
      r,
      c.radial(
        [
          [0, tone(colour, 0.3)],
          [1, colour],
        ],
        0.35,
        0.3,
        0.9,
      ),
    );
    for (let i = 0; i < 7; i += 1) {
      const a = (i / 7) * Math.PI * 2;
      c.ellipse(x + Math.cos(a) * r * 0.8, y + Math.sin(a) * r * 0.8, 9, 9, tone(colour, i % 2 ? -0.25 : 0.6));
    }
    c.ellipse(x, y, r * 0.62, r * 0.62, '#C9A678');
    c.ellipse(x + 4, y + 2, r * 0.52, r * 0.52, '#6E5136');
    c.ellipse(x + 7, y + 4, r * 0.46, r * 0.46, '#EDE3D2');
  };
  [
    [-180, -300, 104],
    [60, -340, 92],
    [210, -180, 104],
    [-40, -150, 116],
    [-240, -90, 88],
    [130, -20, 80],
  ].forEach(([x, y, r], i) => {
    roll(x as number, y as number, r as number, colours[(i + s.seed) % 6] as string);
  });
};

const watercolour = (c: Canvas, _s: Subject): void => {
  contactShadow(c, 660, 190);
  c.group('transform="translate(0 -230) rotate(-5)"', () => {
    c.rect(-290, -170, 600, 400, '#2a1f1c', 20, 'opacity=".2" transform="translate(10 18)"');
    c.rect(
      -290,
      -170,
      590,
      390,
      c.linear([
        [0, '#3A3C40'],
        [1, '#24262A'],
      ]),
      20,
    );
    c.rect(-270, -150, 550, 350, '#F4F1EA', 10);
    const hues = [
      '#F0D878',
      '#E8B048',
      '#E08A4A',
      '#D0503E',
      '#B83A50',
      '#C9708E',
      '#8C5A8E',
      '#5A5A96',
      '#3E6AA6',
      '#5A9AB8',
      '#4E9A88',
      '#6FA05A',
      '#9AAE4E',
      '#7A8A4A',
      '#B98A5C',
      '#8A5A38',
      '#5A3E30',
      '#34363A',
    ];
    hues.forEach((colour, i) => {
      const x = -254 + (i % 6) * 88;
      const y = -134 + Math.floor(i / 6) * 112;
      c.rect(x, y, 78, 100, '#DAD5CA', 8);
      c.rect(
        x + 5,
        y + 5,
        68,
        90,
        c.radial(
          [
            [0, tone(colour, 0.35)],
            [0.6, colour],
            [1, tone(colour, -0.2)],
          ],
          0.35,
          0.3,
          0.9,
        ),
        6,
      );
    });
  });
  c.group('transform="translate(210 -40) rotate(66)"', () => {
    c.path(
      'M-8 -280H8L12 40H-12Z',
      c.linear(
        [
          [0, '#D2A878'],
          [1, '#8A5A38'],
        ],
        0,
        0,
        1,
        0,
      ),
    );
    c.rect(-13, 40, 26, 60, '#C8CCD0');
    c.path('M-13 100C-20 140 -6 170 0 200C6 170 20 140 13 100Z', '#4A3428');
    c.path('M-8 160L0 200L8 160Z', '#3E6AA6');
  });
};

export const stationery: Families = {
  notebook: shape('flat', 'desk', [0, -60], notebook),
  pen: shape('flat', 'desk', [0, 60], pens),
  fountainpen: shape('flat', 'desk', [-160, 120], fountainpen),
  stationerybox: shape('table', 'desk', [0, -160], stationerybox),
  pencase: shape('table', 'desk', [60, -180], pencase),
  tape: shape('table', 'desk', [-40, -200], tape),
  watercolour: shape('table', 'desk', [-60, -240], watercolour),
};
