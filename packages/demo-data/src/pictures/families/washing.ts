import { type Canvas, roundPolygon } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { tone } from '../tone.ts';
import { inkFor, soft } from './care.ts';
import { mark } from './marks.ts';

const maskpack = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 520, 150);
  box(c, cam, { x: 30, z: -60, w: 330, h: 400, d: 90 }, soft(s.colour), {
    radius: 4,
    front: (w, h) => {
      mark(c, w / 2, h * 0.36, 130, inkFor(s.colour));
      c.rect(0, h * 0.7, w, h * 0.3, tone(s.colour, -0.16));
    },
  });
  c.group('transform="translate(-170 20) rotate(-9)"', () => {
    const d = roundPolygon(
      [
        [-100, -300],
        [100, -300],
        [100, 0],
        [-100, 0],
      ],
      8,
    );
    c.path(d, '#2a1f1c', 'opacity=".2" transform="translate(8 8)"');
    c.path(
      d,
      c.linear(
        [
          [0, tone(s.colour, 0.6)],
          [0.5, tone(s.colour, 0.25)],
          [1, s.colour],
        ],
        0,
        0,
        1,
        1,
      ),
    );
    c.line('M-96 -270H96', '#fff', 3, 'opacity=".7"');
    c.path(
      'M0 -210C60 -210 76 -150 66 -100C56 -50 30 -26 0 -26S-56 -50 -66 -100C-76 -150 -60 -210 0 -210Z',
      '#FFFDF8',
      'opacity=".9"',
    );
    for (const x of [-26, 26]) c.ellipse(x, -140, 15, 8, tone(s.colour, 0.1));
    c.ellipse(0, -72, 18, 8, tone(s.colour, 0.1));
  });
};

const soap = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 170);
  box(c, cam, { w: 400, h: 100, d: 240 }, '#E2C89E', { radius: 30, contrast: 0.8 });
  box(c, cam, { x: -20, y: 100, w: 360, h: 96, d: 220 }, tone(s.colour, 0.25), {
    radius: 30,
    contrast: 0.8,
    top: (w, h) => {
      mark(c, w / 2, h / 2, 110, tone(s.colour, -0.4), 0.5);
      for (let i = 0; i < 18; i += 1) c.ellipse((i * 73) % w, (i * 41) % h, 5, 3, '#7A6A3A', 'opacity=".4"');
    },
  });
  box(c, cam, { x: 20, y: 196, w: 330, h: 90, d: 210 }, '#F0E4CF', {
    radius: 30,
    contrast: 0.8,
    front: (w, h) => c.rect(w * 0.3, -4, w * 0.4, h + 8, paperBand),
    top: (w, h) => {
      c.rect(w * 0.3, -4, w * 0.4, h + 8, paperBand);
      mark(c, w / 2, h / 2, 84, '#7A6A3A');
    },
  });
};

const paperBand = '#FBF8F1';

const toothbrush = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 360, 100);
  lathe(
    c,
    cam,
    [
      [120, 0],
      [124, 8],
      [110, 30],
    ],
    '#F4F1EA',
    { finish: 'ceramic' },
  );
  lathe(
    c,
    cam,
    [
      [54, 0],
      [60, 20],
      [64, 160],
      [54, 330],
      [34, 360],
    ],
    s.colour,
    { y: 26, finish: 'ceramic' },
  );
  c.ellipse(0, -230, 18, 26, tone(s.colour, -0.12), 'opacity=".8"');
  c.ellipse(0, -230, 9, 9, '#FFFDF8');
  for (let i = 0; i < 3; i += 1) c.ellipse(0, -150 + i * 22, 4, 4, i ? '#CFC7BB' : '#1F9D61');
  lathe(
    c,
    cam,
    [
      [22, 0],
      [15, 60],
      [12, 150],
      [16, 170],
    ],
    '#F7F4EC',
    { y: 384, finish: 'ceramic' },
  );
  c.rect(
    -24,
    -640,
    48,
    96,
    c.linear(
      [
        [0, '#FFFFFF'],
        [1, '#DAD3C7'],
      ],
      0,
      0,
      1,
      0,
    ),
    20,
  );
  c.rect(-38, -632, 20, 78, s.colour === '#F7F6F2' ? '#8FA6BA' : tone(s.colour, 0.2), 5);
  c.line('M-36 -620H-20M-36 -604H-20M-36 -588H-20M-36 -572H-20', '#fff', 4, 'opacity=".7"');
};

export const washing: Families = {
  maskpack: shape('table', 'bath', [-60, -220], maskpack),
  soap: shape('table', 'bath', [0, -200], soap),
  toothbrush: shape('table', 'bath', [0, -400], toothbrush),
};
