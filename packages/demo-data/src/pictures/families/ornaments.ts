import { type Canvas, n } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { type Camera, contactShadow, lathe, type Profile } from '../space.ts';
import { tone } from '../tone.ts';
import { glow, oak } from './decor.ts';
import { mark } from './marks.ts';

const ornament = (c: Canvas, s: Subject, _cam: Camera): void => {
  contactShadow(c, 460, 130);
  if (/天鹅/.test(s.title)) {
    c.path(
      'M-220 -120C-230 -20 -100 0 40 0S280 -40 290 -190C220 -130 160 -150 90 -150C20 -150 -40 -180 -90 -120C-120 -90 -180 -90 -220 -120Z',
      c.linear(
        [
          [0, tone(s.colour, 0.5)],
          [0.5, tone(s.colour, 0.1)],
          [1, tone(s.colour, -0.25)],
        ],
        0,
        0,
        0.4,
        1,
      ),
    );
    c.line('M-170 -100C-110 -180 -250 -260 -200 -380C-176 -440 -100 -440 -92 -390', tone(s.colour, -0.15), 46);
    c.line('M-176 -104C-116 -182 -256 -262 -206 -380C-180 -436 -110 -436 -100 -396', tone(s.colour, 0.35), 26);
    c.path('M-104 -400L-40 -370L-106 -362Z', '#D3A243');
    c.ellipse(-120, -400, 6, 6, '#34363A');
    c.line('M0 -130Q120 -90 250 -160M20 -90Q120 -50 230 -100', tone(s.colour, -0.3), 4, 'opacity=".4"');
    return;
  }
  lathe(
    c,
    { yaw: 0, pitch: 0.5 },
    [
      [200, 0],
      [256, 18],
      [270, 56],
    ],
    oak,
    { wall: 16, finish: 'matte' },
  );
  const pumpkin = (x: number, y: number, r: number, colour: string) => {
    for (const [dx, w] of [
      [-0.55, 0.5],
      [0.55, 0.5],
      [-0.28, 0.55],
      [0.28, 0.55],
      [0, 0.5],
    ] as const)
      c.ellipse(
        x + dx * r,
        y,
        r * w,
        r * 0.8,
        c.radial(
          [
            [0, tone(colour, 0.45)],
            [0.6, colour],
            [1, tone(colour, -0.3)],
          ],
          0.35,
          0.25,
          0.8,
        ),
      );
    c.path(
      `M${n(x - 9)} ${n(y - r * 0.7)}Q${n(x)} ${n(y - r * 1.2)} ${n(x + 24)} ${n(y - r * 1.16)}L${n(x + 20)} ${n(y - r)}Q${n(x + 8)} ${n(y - r)} ${n(x + 10)} ${n(y - r * 0.7)}Z`,
      '#6F7D56',
    );
  };
  pumpkin(-90, -160, 104, '#D98F4E');
  pumpkin(110, -130, 84, '#E6CDB0');
  pumpkin(10, -96, 66, '#A9B894');
};

const fan = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 300, 100);
  lathe(
    c,
    cam,
    [
      [120, 0],
      [126, 10],
      [118, 30],
      [40, 46],
      [26, 70],
      [24, 150],
    ],
    s.colour,
    { finish: 'ceramic' },
  );
  c.ellipse(10, -360, 226, 226, tone(s.colour, -0.25));
  c.ellipse(
    0,
    -364,
    226,
    226,
    c.radial(
      [
        [0, tone(s.colour, 0.2)],
        [1, tone(s.colour, -0.05)],
      ],
      0.35,
      0.3,
      0.8,
    ),
  );
  c.ellipse(0, -364, 200, 200, tone(s.colour, -0.34));
  for (let i = 0; i < 5; i += 1)
    c.group(`transform="translate(0 -364) rotate(${i * 72})"`, () =>
      c.path(
        'M0 0C60 -50 90 -130 40 -184C-10 -190 -60 -150 0 0Z',
        c.linear(
          [
            [0, tone(s.colour, 0.6), 0.9],
            [1, tone(s.colour, 0.1), 0.6],
          ],
          0,
          0,
          1,
          0,
        ),
      ),
    );
  let grill = '';
  for (let i = 0; i < 36; i += 1) {
    const a = (i / 36) * Math.PI * 2;
    grill += `M${n(Math.cos(a) * 46)} ${n(-364 + Math.sin(a) * 46)}L${n(Math.cos(a + 0.3) * 206)} ${n(-364 + Math.sin(a + 0.3) * 206)}`;
  }
  c.line(grill, tone(s.colour, 0.55), 3, 'opacity=".85"');
  c.ellipse(
    0,
    -364,
    50,
    50,
    c.radial(
      [
        [0, tone(s.colour, 0.5)],
        [1, s.colour],
      ],
      0.35,
      0.3,
      0.8,
    ),
  );
};

const diffuser = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 280, 90);
  for (const [x, y] of [
    [-120, -560],
    [-60, -600],
    [10, -620],
    [76, -596],
    [130, -550],
  ] as const)
    c.line(`M${x * 0.12} -260L${x} ${y}`, '#B98A5C', 8);
  const body: Profile = [
    [112, 0],
    [120, 12],
    [120, 190],
    [70, 240],
    [46, 256],
    [46, 300],
  ];
  lathe(
    c,
    cam,
    [
      [108, 8],
      [114, 130],
    ],
    tone(s.colour, 0.2),
    { opacity: 0.75 },
  );
  lathe(c, cam, body, '#D9E2DC', { finish: 'glass' });
  c.rect(-66, -176, 132, 96, '#FBF8F1', 5);
  mark(c, 0, -128, 66, tone(s.colour, -0.3));
};

const candle = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 340, 110);
  glow(c, 0, -390, 240, 0.7);
  lathe(
    c,
    cam,
    [
      [142, 0],
      [150, 10],
      [150, 270],
    ],
    s.colour,
    { finish: 'ceramic', wall: 10, content: { colour: '#FBF3DF', depth: 30 } },
  );
  c.line('M0 -246V-300', '#4A4440', 6);
  c.path(
    'M0 -390C34 -340 26 -296 0 -292C-26 -296 -34 -340 0 -390Z',
    c.radial(
      [
        [0, '#FFFBE6'],
        [0.5, '#FFD772'],
        [1, '#F0A03C'],
      ],
      0.5,
      0.75,
      0.7,
    ),
  );
  c.rect(-70, -176, 140, 104, '#FBF8F1', 4);
  mark(c, 0, -124, 68, tone(s.colour, -0.4));
};

const figure = (c: Canvas, s: Subject): void => {
  contactShadow(c, 440, 120);
  const animal = (x: number, y: number, k: number, colour: string, ears: 'long' | 'round') =>
    c.move(x, y, k, () => {
      const fill = c.radial(
        [
          [0, tone(colour, 0.5)],
          [0.6, colour],
          [1, tone(colour, -0.25)],
        ],
        0.35,
        0.25,
        0.85,
      );
      if (ears === 'long')
        for (const side of [-1, 1])
          c.path(`M${side * 40} -330C${side * 20} -470 ${side * 90} -480 ${side * 96} -330Z`, fill);
      else for (const side of [-1, 1]) c.ellipse(side * 100, -340, 46, 46, fill);
      c.path('M-130 -40C-150 -150 -110 -200 0 -200S150 -150 130 -40Q120 0 0 0T-130 -40Z', fill);
      c.ellipse(0, -260, 150, 128, fill);
      for (const side of [-1, 1]) {
        c.ellipse(side * 56, -262, 12, 14, '#4A4440');
        c.ellipse(side * 88, -226, 24, 14, '#E9A48E', 'opacity=".5"');
      }
      c.path('M-12 -236Q0 -222 12 -236Q6 -246 0 -246T-12 -236Z', '#7A5338');
      c.ellipse(-60, -330, 46, 18, '#fff', 'opacity=".55" transform="rotate(-24 -60 -330)"');
    });
  animal(-140, -30, 0.72, s.accent === s.colour ? '#E9BFC0' : s.accent, 'round');
  animal(110, 0, 1, s.colour, 'long');
};

export const ornaments: Families = {
  ornament: shape('table', 'living', [0, -160], ornament),
  fan: shape('table', 'desk', [40, -380], fan),
  diffuser: shape('table', 'living', [0, -200], diffuser),
  candle: shape('table', 'living', [0, -240], candle),
  figure: shape('table', 'desk', [110, -260], figure),
};
