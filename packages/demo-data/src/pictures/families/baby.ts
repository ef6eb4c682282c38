import { type Canvas, n } from '../canvas.ts';
import { cloth, foldedStack } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe, type Profile } from '../space.ts';
import { tone } from '../tone.ts';
import { mark } from './marks.ts';

export const ball = (c: Canvas, colour: string): string =>
  c.radial(
    [
      [0, tone(colour, 0.5)],
      [0.55, colour],
      [1, tone(colour, -0.24)],
    ],
    0.36,
    0.28,
    0.82,
  );

const bottle = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 300, 100);
  const body: Profile = [
    [110, 0],
    [122, 14],
    [118, 120],
    [110, 180],
    [122, 250],
    [118, 300],
    [92, 324],
  ];
  lathe(
    c,
    cam,
    [
      [108, 8],
      [116, 100],
      [110, 170],
    ],
    '#FFFBF2',
    { opacity: 0.95 },
  );
  lathe(c, cam, body, '#D9E4E6', { finish: 'glass' });
  for (let i = 0; i < 5; i += 1) c.line(`M-10 ${-60 - i * 44}h${i % 2 ? 30 : 48}`, tone(s.colour, -0.3), 5);
  lathe(
    c,
    cam,
    [
      [102, 0],
      [106, 6],
      [106, 64],
      [96, 74],
    ],
    s.colour,
    { y: 318, finish: 'ceramic' },
  );
  lathe(
    c,
    cam,
    [
      [78, 0],
      [70, 20],
      [40, 40],
      [24, 70],
      [26, 92],
      [12, 108],
    ],
    '#F3D9B8',
    { y: 390, finish: 'ceramic' },
  );
  for (const side of [-1, 1]) {
    c.line(`M${side * 108} -250C${side * 210} -270 ${side * 210} -110 ${side * 112} -110`, tone(s.colour, -0.2), 30);
    c.line(
      `M${side * 108} -250C${side * 210} -270 ${side * 210} -110 ${side * 112} -110`,
      tone(s.colour, 0.2),
      18,
      'transform="translate(-3 -3)"',
    );
  }
};

const plate = (c: Canvas, s: Subject): void => {
  contactShadow(c, 640, 200);
  const cam = { yaw: 0, pitch: 0.62 };
  lathe(
    c,
    cam,
    [
      [240, 0],
      [290, 16],
      [300, 80],
    ],
    s.colour,
    { wall: 20, inside: tone(s.colour, 0.2) },
  );
  for (const side of [-1, 1]) c.ellipse(side * 200, -240, 60, 40, ball(c, s.colour));
  c.line('M0 -190V40M0 -70H280', tone(s.colour, 0.3), 22);
  c.line('M0 -190V40M0 -70H280', tone(s.colour, -0.15), 4, 'transform="translate(8 8)" opacity=".6"');
  for (const [x, y, r, f] of [
    [-150, -60, 40, '#EE9534'],
    [-90, -100, 36, '#EE9534'],
    [-120, 0, 38, '#6F8A4A'],
    [120, -130, 34, '#E9BFC0'],
    [180, -110, 30, '#F4EFE6'],
    [110, 0, 44, '#F2EDE2'],
    [180, -10, 36, '#EDD58C'],
  ] as const)
    c.ellipse(x, y, r, r * 0.72, ball(c, f));
};

const sippy = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 360, 110);
  for (const side of [-1, 1]) {
    c.line(`M${side * 120} -270C${side * 250} -290 ${side * 240} -90 ${side * 116} -100`, tone(s.colour, -0.28), 36);
    c.line(
      `M${side * 120} -270C${side * 250} -290 ${side * 240} -90 ${side * 116} -100`,
      tone(s.colour, 0.1),
      24,
      'transform="translate(-3 -3)"',
    );
  }
  lathe(
    c,
    cam,
    [
      [104, 0],
      [116, 12],
      [136, 280],
    ],
    tone(s.colour, 0.45),
    { finish: 'ceramic' },
  );
  lathe(
    c,
    cam,
    [
      [144, 0],
      [148, 10],
      [142, 70],
      [90, 110],
    ],
    s.colour,
    { y: 276, finish: 'ceramic' },
  );
  c.line('M20 -380C30 -470 70 -480 90 -540', '#F4EFE6', 26);
  c.line('M16 -384C26 -470 66 -480 86 -540', '#fff', 7, 'opacity=".7"');
  mark(c, 0, -150, 84, tone(s.colour, -0.25), 0.6);
};

export const plush = (c: Canvas, s: Subject): void => {
  contactShadow(c, 480, 130);
  const rabbit = /兔/.test(s.title);
  const fur = { ...s, pattern: 'fleece' };
  const part = (d: string, light: [number, number] = [0.36, 0.26]) => cloth(c, d, fur, light, 0.8);
  const round = (x: number, y: number, rx: number, ry: number) =>
    `M${n(x - rx)} ${n(y)}A${n(rx)} ${n(ry)} 0 1 1 ${n(x + rx)} ${n(y)}A${n(rx)} ${n(ry)} 0 1 1 ${n(x - rx)} ${n(y)}Z`;
  if (rabbit)
    for (const side of [-1, 1]) {
      part(
        `M${side * 70} -540C${side * 110} -620 ${side * 230} -560 ${side * 240} -420C${side * 246} -330 ${side * 170} -320 ${side * 150} -400C${side * 136} -460 ${side * 110} -480 ${side * 70} -480Z`,
      );
    }
  else
    for (const side of [-1, 1]) {
      part(round(side * 132, -530, 62, 60));
      c.ellipse(side * 134, -526, 34, 32, tone(s.colour, 0.4), 'opacity=".8"');
    }
  for (const side of [-1, 1])
    part(
      `M${side * 110} -290C${side * 200} -280 ${side * 250} -190 ${side * 226} -140C${side * 190} -110 ${side * 140} -150 ${side * 110} -200Z`,
    );
  part('M-160 -60C-190 -220 -120 -330 0 -330S190 -220 160 -60Q140 0 0 0T-160 -60Z');
  c.ellipse(0, -140, 96, 112, tone(s.colour, 0.45), 'opacity=".7"');
  for (const side of [-1, 1]) {
    part(round(side * 130, -52, 92, 66));
    c.ellipse(side * 144, -46, 46, 38, tone(s.colour, 0.4), 'opacity=".75"');
  }
  part(round(0, -430, 176, 146));
  c.ellipse(0, -384, 78, 58, tone(s.colour, 0.5), 'opacity=".85"');
  for (const side of [-1, 1]) {
    c.ellipse(side * 66, -444, 13, 15, '#3A2E28');
    c.ellipse(side * 66 - 4, -450, 4, 4, '#fff');
    c.ellipse(side * 108, -404, 24, 15, '#E9A48E', 'opacity=".45"');
  }
  c.path('M-22 -412Q0 -426 22 -412Q14 -390 0 -388T-22 -412Z', '#5A4034');
  c.line('M0 -388V-370M-24 -362Q0 -346 24 -362', '#5A4034', 5);
  c.path('M-70 -300Q0 -268 70 -300L62 -276Q0 -246 -62 -276Z', '#C2695A');
  c.path('M0 -276L-56 -300V-244ZM0 -276L56 -300V-244Z', '#C2695A');
  c.ellipse(0, -274, 14, 14, '#A8523F');
};

const pram = (c: Canvas, s: Subject): void => {
  contactShadow(c, 560, 100);
  const frame = '#C8CCD0';
  c.line('M-120 -250L170 -40M110 -250L-170 -40', tone(frame, -0.3), 17);
  c.line('M-124 -252L166 -42M106 -252L-174 -42', tone(frame, 0.4), 6);
  c.line('M160 -330C230 -440 270 -500 300 -540', tone(frame, -0.3), 17);
  c.line('M272 -520L326 -562', '#7A5338', 24);
  const seat = 'M-230 -360C-236 -240 -150 -196 0 -196S200 -240 206 -360Z';
  cloth(c, seat, s, [0.3, 0.2]);
  const hood = 'M-230 -360C-240 -540 -110 -630 40 -610C60 -540 40 -430 20 -360Z';
  cloth(c, hood, { ...s, colour: tone(s.colour, -0.1) }, [0.3, 0.2]);
  c.line(
    'M40 -610C-30 -540 -60 -450 -64 -360M40 -610C-100 -570 -150 -460 -154 -360',
    tone(s.colour, -0.3),
    4,
    'opacity=".6"',
  );
  c.path('M20 -360C60 -400 130 -400 206 -360Z', '#F4EFE6');
  c.line('M-230 -358H206', tone(s.colour, -0.35), 9);
  for (const x of [-176, 172]) {
    c.ellipse(x, -44, 62, 62, '#3A3C40');
    c.ellipse(x, -44, 46, 46, '#E4E6E8');
    c.ellipse(x, -44, 15, 15, tone(s.colour, -0.2));
    c.line(`M${x} -88V0M${x - 44} -44H${x + 44}`, '#B4B9BE', 4);
  }
};

const carrier = (c: Canvas, s: Subject): void => {
  contactShadow(c, 440, 110);
  c.line('M-100 -420C-200 -640 -40 -660 -40 -440M100 -420C200 -640 40 -660 40 -440', tone(s.colour, -0.2), 56);
  c.line(
    'M-100 -424C-200 -640 -40 -660 -40 -440M100 -424C200 -640 40 -660 40 -440',
    tone(s.colour, 0.14),
    40,
    'transform="translate(-3 -3)"',
  );
  const d = 'M-150 -430Q0 -490 150 -430C170 -300 176 -220 190 -130Q0 -70 -190 -130C-176 -220 -170 -300 -150 -430Z';
  cloth(c, d, s, [0.34, 0.2]);
  c.path(
    'M-96 -380H96L110 -220H-110Z',
    c.pattern(12, 12, '<circle cx="6" cy="6" r="2.500" fill="#241a24" opacity=".25"/>'),
  );
  const belt = 'M-290 -150Q0 -60 290 -150L300 -40Q0 60 -300 -40Z';
  cloth(c, belt, { ...s, colour: tone(s.colour, -0.12) }, [0.34, 0.2]);
  c.rect(-50, -90, 100, 70, '#3A3C40', 12);
  c.rect(-36, -76, 72, 42, '#5A5D62', 8);
  mark(c, 0, -400, 50, tone(s.colour, -0.4));
};

const babygift = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 640, 200);
  c.group('transform="translate(0 -40)"', () =>
    box(c, cam, { w: 480, h: 110, d: 330 }, tone(s.colour, 0.1), {
      radius: 8,
      contrast: 0.9,
      top: (w, h) => c.rect(16, 16, w - 32, h - 32, '#FBF6EC', 4),
    }),
  );
  c.group('transform="translate(-70 -190)"', () =>
    foldedStack(
      c,
      230,
      [
        { dress: { ...s, pattern: 'plain', colour: '#F4E9DA' }, h: 44 },
        { dress: { ...s, pattern: 'dots' }, h: 46 },
      ],
      130,
      0.7,
    ),
  );
  c.move(130, -170, 0.34, () => plush(c, { ...s, colour: '#D9B98A', title: '熊' }));
  c.line('M-250 -40C-120 40 60 60 180 20', tone(s.colour, -0.25), 24);
};

export const baby: Families = {
  babybottle: shape('table', 'kitchen', [0, -240], bottle),
  babybowl: shape('table', 'kitchen', [100, -60], plate),
  sippy: shape('table', 'kitchen', [0, -240], sippy),
  pram: shape('floor', 'outdoor', [-60, -400], pram),
  carrier: shape('table', 'bedroom', [0, -300], carrier),
  babygift: shape('table', 'bedroom', [0, -220], babygift),
};
