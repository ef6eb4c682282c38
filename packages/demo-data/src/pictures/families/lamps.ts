import { type Canvas, n } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { mix, tone } from '../tone.ts';
import { glow, oak } from './decor.ts';

const brass = '#C9A25E';

const shade = (c: Canvas, cam: Camera, y: number, low: number, high: number, h: number, colour: string): void => {
  lathe(
    c,
    cam,
    [
      [low, 0],
      [high, h],
    ],
    colour,
    { y, sharp: true, cap: '#FFF6DC' },
  );
  const [a, b] = [y * Math.cos(cam.pitch), (y + h) * Math.cos(cam.pitch)];
  c.path(
    `M${-low * 0.86} ${n(-a)}L${-high * 0.8} ${n(-b)}H${high * 0.8}L${low * 0.86} ${n(-a)}Z`,
    c.linear([
      [0, '#FFF3CF', 0.1],
      [0.6, '#FFF3CF', 0.5],
      [1, '#FFF3CF', 0.75],
    ]),
  );
};

const tablelamp = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 360, 110);
  if (/可调节|直杆/.test(s.title)) {
    lathe(
      c,
      cam,
      [
        [120, 0],
        [124, 10],
        [120, 22],
      ],
      /木|日式/.test(s.title) ? oak : s.colour,
      { finish: 'matte' },
    );
    c.line('M-30 -22L-90 -330', tone(s.colour, -0.3), 18);
    c.line('M-33 -24L-93 -330', tone(s.colour, 0.3), 7);
    c.line('M-90 -330L70 -520', tone(s.colour, -0.3), 16);
    c.line('M-93 -333L67 -523', tone(s.colour, 0.3), 6);
    c.ellipse(-90, -330, 19, 19, oak);
    glow(c, 130, -380, 220, 0.7);
    c.group('transform="translate(70 -520) rotate(-18)"', () => {
      c.path(
        'M-40 -16C-46 -70 46 -70 40 -16L110 84H-110Z',
        c.linear(
          [
            [0, tone(s.colour, 0.05)],
            [0.3, tone(s.colour, 0.4)],
            [1, tone(s.colour, -0.3)],
          ],
          0,
          0,
          1,
          0,
        ),
      );
      c.ellipse(0, 84, 110, 20, '#FFF3CF');
    });
    return;
  }
  lathe(
    c,
    cam,
    [
      [96, 0],
      [110, 12],
      [130, 90],
      [96, 190],
      [36, 240],
      [24, 270],
    ],
    s.colour,
    { finish: 'ceramic' },
  );
  lathe(
    c,
    cam,
    [
      [14, 0],
      [14, 40],
    ],
    brass,
    { y: 270, finish: 'metal' },
  );
  glow(c, 0, -410, 330, 0.6);
  shade(c, cam, 300, 210, 140, 230, '#F0E6D2');
};

const floorlamp = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 320, 100);
  for (const x of [-120, 120]) c.line(`M0 -360L${x} -4`, tone(oak, -0.2), 15);
  c.line('M0 -360L16 -34', tone(oak, -0.35), 14);
  c.line('M-3 -362L-122 -8', tone(oak, 0.3), 5);
  lathe(
    c,
    cam,
    [
      [20, 0],
      [20, 40],
    ],
    brass,
    { y: 360, finish: 'metal' },
  );
  glow(c, 0, -500, 320, 0.55);
  shade(c, cam, 400, 170, 120, 200, mix(s.colour, '#F4EAD6', 0.7));
};

const pendant = (c: Canvas, s: Subject): void => {
  c.line('M-90 -1500V-420M120 -1500V-300', '#4A4440', 5);
  for (const [x, y, r] of [
    [-90, -330, 130],
    [120, -220, 104],
  ] as const) {
    glow(c, x, y, r * 2.1, 0.6);
    c.rect(
      x - 26,
      y - r - 40,
      52,
      44,
      c.linear(
        [
          [0, tone(brass, 0.5)],
          [0.4, brass],
          [1, tone(brass, -0.4)],
        ],
        0,
        0,
        1,
        0,
      ),
      8,
    );
    c.ellipse(
      x,
      y,
      r,
      r,
      c.radial(
        [
          [0, '#FFFDF4'],
          [0.5, tone(s.colour, 0.6)],
          [0.9, tone(s.colour, 0.25)],
          [1, tone(s.colour, -0.1)],
        ],
        0.42,
        0.4,
        0.62,
      ),
    );
    c.path(
      `M${x - r * 0.7} ${y - r * 0.2}A${r * 0.74} ${r * 0.74} 0 0 1 ${x - r * 0.1} ${y - r * 0.72}`,
      'none',
      'stroke="#fff" stroke-width="9" stroke-linecap="round" opacity=".8"',
    );
  }
};

const desklamp = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 110);
  box(c, cam, { y: 40, w: 520, h: 320, d: 26 }, '#34363A', {
    radius: 14,
    front: (w, h) => {
      c.rect(
        14,
        14,
        w - 28,
        h - 28,
        c.linear(
          [
            [0, '#8FA6BA'],
            [0.5, '#DDB9B4'],
            [1, '#EDD58C'],
          ],
          0,
          0,
          1,
          1,
        ),
        6,
      );
      c.path(
        `M0 ${n(h * 0.8)}Q${n(w * 0.3)} ${n(h * 0.5)} ${n(w * 0.55)} ${n(h * 0.72)}T${n(w)} ${n(h * 0.6)}V${n(h)}H0Z`,
        '#34507E',
        'opacity=".35"',
      );
    },
  });
  box(c, cam, { z: 10, w: 170, h: 14, d: 130 }, '#C8CCD0', { radius: 8 });
  glow(c, 0, -330, 260, 0.7);
  lathe(
    c,
    { ...cam, pitch: 0.1 },
    [
      [22, 0],
      [24, 10],
      [24, 40],
    ],
    s.colour,
    { y: 372 },
  );
  c.rect(
    -230,
    -432,
    460,
    38,
    c.linear([
      [0, tone(s.colour, 0.4)],
      [0.5, s.colour],
      [1, tone(s.colour, -0.3)],
    ]),
    19,
  );
  c.rect(-210, -398, 420, 8, '#FFF3CF', 4);
};

const lantern = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 300, 100);
  c.line('M-126 -300C-190 -620 190 -620 126 -300', tone(s.colour, -0.35), 12);
  lathe(
    c,
    cam,
    [
      [130, 0],
      [140, 14],
      [132, 70],
      [112, 96],
    ],
    s.colour,
    { finish: 'metal' },
  );
  glow(c, 0, -200, 260, 0.85);
  lathe(
    c,
    cam,
    [
      [100, 0],
      [126, 90],
      [100, 186],
    ],
    '#F4E3B8',
    { y: 94, finish: 'glass' },
  );
  c.ellipse(
    0,
    -170,
    34,
    60,
    c.radial([
      [0, '#fff'],
      [0.5, '#FFE39A'],
      [1, '#FFC964', 0],
    ]),
  );
  lathe(
    c,
    cam,
    [
      [104, 0],
      [116, 14],
      [84, 60],
      [36, 84],
    ],
    s.colour,
    { y: 280, finish: 'metal' },
  );
  for (const x of [-118, 118]) c.line(`M${x} -92V-290`, tone(s.colour, -0.2), 8);
};

export const lamps: Families = {
  tablelamp: shape('table', 'desk', [40, -420], tablelamp),
  floorlamp: shape('floor', 'floor', [0, -480], floorlamp),
  pendant: shape('wall', 'living', [-90, -330], pendant),
  desklamp: shape('table', 'desk', [0, -360], desklamp),
  lantern: shape('table', 'outdoor', [0, -220], lantern),
};
