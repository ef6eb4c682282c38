import { type Canvas, n } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe, type Profile } from '../space.ts';
import { luminance, mix, tone } from '../tone.ts';
import { mark } from './marks.ts';

export const gold = '#CFAE78';

export const inkFor = (colour: string) => (luminance(colour) > 0.55 ? tone(colour, -0.5) : tone(colour, 0.7));

export const soft = (colour: string) => mix(colour, '#FFFFFF', 0.25);

const serum = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 280, 90);
  const body: Profile = [
    [100, 0],
    [110, 10],
    [110, 250],
    [84, 290],
    [44, 302],
    [42, 330],
  ];
  lathe(
    c,
    cam,
    [
      [100, 10],
      [102, 200],
    ],
    tone(s.colour, 0.1),
    { opacity: 0.9 },
  );
  lathe(c, cam, body, s.colour, { finish: 'glass' });
  lathe(c, cam, body, s.colour, { finish: 'ceramic', opacity: 0.5 });
  lathe(
    c,
    cam,
    [
      [48, 0],
      [50, 6],
      [50, 70],
    ],
    gold,
    { y: 326, finish: 'metal' },
  );
  lathe(
    c,
    cam,
    [
      [32, 0],
      [36, 40],
      [34, 96],
      [20, 118],
    ],
    '#F4EFE8',
    { y: 394, finish: 'ceramic' },
  );
  c.rect(-64, -230, 128, 150, '#FFFDF8', 4, 'opacity=".94"');
  mark(c, 0, -158, 76, tone(s.colour, -0.45));
};

const cream = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 480, 140);
  lathe(
    c,
    cam,
    [
      [188, 0],
      [204, 14],
      [204, 150],
      [196, 164],
    ],
    soft(s.colour),
    { finish: 'ceramic' },
  );
  lathe(
    c,
    cam,
    [
      [206, 0],
      [210, 6],
      [210, 96],
      [200, 108],
    ],
    gold,
    { y: 164, finish: 'metal', cap: tone(gold, 0.2) },
  );
  mark(c, 0, -60, 76, inkFor(s.colour), 0.7);
};

const opened = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 620, 170);
  c.group('transform="translate(-90 0)"', () => {
    lathe(
      c,
      { ...cam, pitch: cam.pitch + 0.16 },
      [
        [188, 0],
        [204, 14],
        [204, 150],
      ],
      soft(s.colour),
      { finish: 'ceramic', wall: 18, inside: '#FBF6EC', content: { colour: '#FFFBF2', depth: 16 } },
    );
    c.path(
      'M-96 -164C-60 -210 40 -206 70 -172C110 -150 20 -130 -30 -140C-60 -146 -80 -150 -96 -164Z',
      '#FFFFFF',
      'opacity=".85"',
    );
    c.path('M-40 -176Q10 -196 50 -170', 'none', 'stroke="#E9E0D0" stroke-width="6" stroke-linecap="round"');
  });
  c.group('transform="translate(190 10) rotate(12)"', () =>
    lathe(
      c,
      { yaw: 0, pitch: 0.9 },
      [
        [150, 0],
        [154, 30],
      ],
      gold,
      { finish: 'metal', cap: tone(gold, 0.3) },
    ),
  );
};

const pump = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 320, 100);
  const body: Profile = [
    [118, 0],
    [130, 12],
    [130, 330],
    [110, 368],
    [56, 380],
    [54, 396],
  ];
  lathe(c, cam, body, soft(s.colour), { finish: 'ceramic' });
  lathe(
    c,
    cam,
    [
      [58, 0],
      [60, 6],
      [60, 50],
      [30, 60],
      [18, 66],
      [18, 110],
    ],
    '#F4EFE8',
    { y: 392, finish: 'ceramic' },
  );
  const flip = cam.yaw > 0 ? 1 : -1;
  c.path(
    `M${-flip * 60} -500H${flip * 130}Q${flip * 156} -500 ${flip * 156} -470L${flip * 150} -452H${flip * 128}L${flip * 122} -470H${-flip * 60}Q${-flip * 74} -484 ${-flip * 60} -500Z`,
    c.linear([
      [0, '#FFFFFF'],
      [1, '#CFC7BB'],
    ]),
  );
  c.rect(-80, -300, 160, 200, '#FFFDF8', 6, 'opacity=".95"');
  mark(c, 0, -222, 84, tone(s.colour, -0.45));
  c.rect(-50, -140, 100, 6, tone(s.colour, -0.3), 3);
  c.rect(-34, -124, 68, 5, tone(s.colour, -0.3), 3, 'opacity=".6"');
};

/** A soft tube standing on its cap. */
function tube(c: Canvas, x: number, colour: string, h: number, w: number, turn = 0): void {
  c.group(`transform="translate(${n(x)} 0) rotate(${turn})"`, () => {
    c.rect(
      -w * 0.36,
      -70,
      w * 0.72,
      70,
      c.linear(
        [
          [0, '#D9D2C6'],
          [0.25, '#FFFFFF'],
          [1, '#BDB4A6'],
        ],
        0,
        0,
        1,
        0,
      ),
      8,
    );
    const d = `M${n(-w * 0.4)} -66C${n(-w * 0.46)} ${n(-h * 0.5)} ${n(-w / 2)} ${n(-h * 0.8)} ${n(-w / 2)} ${n(-h)}H${n(w / 2)}C${n(w / 2)} ${n(-h * 0.8)} ${n(w * 0.46)} ${n(-h * 0.5)} ${n(w * 0.4)} -66Z`;
    c.path(
      d,
      c.linear(
        [
          [0, tone(colour, -0.14)],
          [0.2, tone(colour, 0.5)],
          [0.5, colour],
          [1, tone(colour, -0.22)],
        ],
        0,
        0,
        1,
        0,
      ),
    );
    c.rect(
      -w / 2,
      -h,
      w,
      34,
      c.linear([
        [0, '#fff', 0.4],
        [1, '#241a24', 0.1],
      ]),
    );
    let crimp = '';
    for (let i = 1; i < 14; i += 1) crimp += `M${n(-w / 2 + (w * i) / 14)} ${n(-h + 4)}v26`;
    c.line(crimp, tone(colour, -0.3), 2, 'opacity=".35"');
    mark(c, 0, -h * 0.56, w * 0.5, inkFor(colour), 0.75);
  });
}

const tubeFamily = (c: Canvas, s: Subject): void => {
  contactShadow(c, 260, 90);
  tube(c, 0, soft(s.colour), 540, 230);
};

const handcream = (c: Canvas, s: Subject): void => {
  contactShadow(c, 520, 120);
  tube(c, -170, '#E9BFC0', 400, 150, -4);
  tube(c, 170, '#A9B894', 400, 150, 4);
  tube(c, 0, tone(s.colour, 0.2), 440, 160);
};

const toothpaste = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 130);
  c.group('transform="translate(60 -120)"', () =>
    box(c, cam, { w: 480, h: 110, d: 100 }, '#F7F4EC', {
      front: (w, h) => {
        c.path(
          `M0 ${n(h)}V${n(h * 0.5)}Q${n(w * 0.3)} ${n(h * 0.2)} ${n(w * 0.5)} ${n(h * 0.6)}T${n(w)} ${n(h * 0.4)}V${n(h)}Z`,
          s.colour,
        );
        mark(c, w * 0.2, h * 0.36, 54, tone(s.colour, -0.4));
      },
    }),
  );
  c.group('transform="translate(-250 6) rotate(84)"', () => tube(c, 0, s.colour, 460, 130));
};

const sunscreen = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 280, 80);
  box(c, cam, { w: 210, h: 380, d: 84 }, tone(s.colour, 0.3), {
    radius: 54,
    gloss: 0.3,
    front: (w, h) => {
      c.ellipse(w / 2, h * 0.4, 44, 44, '#FFFDF8');
      for (let i = 0; i < 8; i += 1)
        c.group(`transform="translate(${n(w / 2)} ${n(h * 0.4)}) rotate(${i * 45})"`, () =>
          c.rect(-4, -74, 8, 20, '#FFFDF8', 4),
        );
      c.rect(w / 2 - 46, h * 0.66, 92, 7, '#FFFDF8', 3);
      c.rect(w / 2 - 28, h * 0.7, 56, 6, '#FFFDF8', 3);
    },
  });
  box(c, cam, { y: 382, w: 130, h: 104, d: 70 }, '#F7F2E8', { radius: 30, gloss: 0.3 });
};

export const care: Families = {
  serum: shape('table', 'bath', [0, -220], serum),
  cream: shape('table', 'bath', [40, -160], (c, s, cam) => (s.view === 'angle' ? opened(c, s, cam) : cream(c, s, cam))),
  lotion: shape('table', 'bath', [0, -280], pump),
  shampoo: shape('table', 'bath', [0, -280], pump),
  tube: shape('table', 'bath', [0, -300], tubeFamily),
  handcream: shape('table', 'bath', [0, -260], handcream),
  toothpaste: shape('table', 'bath', [0, -120], toothpaste),
  sunscreen: shape('table', 'outdoor', [0, -240], sunscreen),
};
