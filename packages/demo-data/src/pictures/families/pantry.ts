import { randomOf } from '../../seeded.ts';
import { blob, type Canvas, n } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe, type Profile } from '../space.ts';
import { tone } from '../tone.ts';
import { label, mark } from './marks.ts';

export const paper = '#F7F1E6';

const nutjar = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 440, 130);
  const jar: Profile = [
    [150, 0],
    [164, 14],
    [166, 300],
    [150, 340],
    [136, 350],
  ];
  const random = randomOf(s.seed);
  const clip = 'M-158 -300H158V-8Q0 52 -158 -8Z';
  c.path(clip, '#8A5A38');
  c.clipped(clip, () => {
    for (let i = 0; i < 64; i += 1) {
      const nut = ['#A9693C', '#C99A5E', '#8A5A38', '#D9B98A', '#7C2F3A', '#E6CDB0'][random.integer(0, 5)] as string;
      c.group(
        `transform="translate(${n(random.between(-160, 160))} ${n(random.between(-300, 26))}) rotate(${n(random.between(0, 180))})"`,
        () =>
          c.ellipse(
            0,
            0,
            33,
            20,
            c.radial(
              [
                [0, tone(nut, 0.35)],
                [1, tone(nut, -0.28)],
              ],
              0.35,
              0.3,
              0.8,
            ),
          ),
      );
    }
  });
  lathe(c, cam, jar, '#E3E4DC', { finish: 'glass' });
  lathe(
    c,
    cam,
    [
      [146, 0],
      [150, 6],
      [150, 64],
      [140, 74],
    ],
    '#C79A6B',
    { y: 348, finish: 'wood' },
  );
  label(c, 0, -150, 190, 150, paper, '#7A5338');
};

const honeyjar = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 420, 120);
  const jar: Profile = [
    [130, 0],
    [150, 14],
    [168, 120],
    [150, 250],
    [120, 290],
    [118, 310],
  ];
  lathe(c, cam, jar, '#E0A030', { finish: 'ceramic', opacity: 0.95 });
  c.ellipse(-40, -190, 70, 110, '#FFE39A', 'opacity=".35"');
  lathe(
    c,
    cam,
    [
      [126, 0],
      [132, 6],
      [132, 70],
      [124, 78],
    ],
    '#F2EDE2',
    { y: 308 },
  );
  const cloth =
    'M-150 -330C-120 -440 120 -440 150 -330C120 -312 90 -340 60 -318C30 -338 0 -312 -30 -322C-70 -338 -110 -312 -150 -330Z';
  c.path(cloth, '#EFE3CB');
  c.path(cloth, c.pattern(26, 26, '<path d="M0 0H26M0 0V26" stroke="#BD6A4C" stroke-width="5" opacity=".4"/>'));
  c.line('M-128 -340Q0 -316 128 -340', '#B98A5C', 8);
  label(c, 0, -140, 170, 130, paper, '#A9693C');
  void s;
};

const teatin = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 420, 130);
  lathe(
    c,
    cam,
    [
      [140, 0],
      [144, 6],
      [144, 330],
    ],
    s.colour,
    { finish: 'ceramic' },
  );
  lathe(
    c,
    cam,
    [
      [149, 0],
      [150, 4],
      [150, 92],
      [144, 104],
    ],
    tone(s.colour, -0.1),
    { y: 300, finish: 'metal' },
  );
  c.rect(-66, -280, 132, 200, paper, 4);
  c.path('M-46 -120q24 -50 46 -10t46 -16V-96H-46Z', tone(s.colour, -0.1), 'opacity=".7"');
  c.ellipse(18, -230, 20, 20, '#D6B36A');
  mark(c, 0, -180, 46, tone(s.colour, -0.3));
  const heap = blob([
    [170, 10],
    [220, -46],
    [280, -30],
    [310, 14],
    [240, 34],
  ]);
  c.path(heap, tone('#55603A', s.colour === '#7C2F3A' ? -0.3 : 0));
  for (let i = 0; i < 22; i += 1)
    c.line(
      `M${n(186 + ((i * 37) % 110))} ${n(-26 + ((i * 23) % 48))}q8 -10 20 -4`,
      s.colour === '#7C2F3A' ? '#5A3326' : '#8A9A5E',
      5,
    );
};

const carton = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 150);
  box(c, cam, { w: 300, h: 380, d: 160 }, s.colour, {
    radius: 4,
    front: (w, h) => {
      c.rect(0, h * 0.62, w, h * 0.38, tone(s.colour, -0.18));
      label(c, w / 2, h * 0.4, 200, 190, paper, tone(s.colour, -0.4));
      c.path(
        `M0 ${n(h * 0.8)}q${n(w * 0.25)} -60 ${n(w * 0.5)} -10t${n(w * 0.5)} -30V${n(h)}H0Z`,
        tone(s.colour, 0.3),
        'opacity=".5"',
      );
    },
    side: (w, h) => c.rect(0, h * 0.62, w, h * 0.38, tone(s.colour, -0.3), 0, 'opacity=".6"'),
  });
  const bag = (x: number, y: number, turn: number) =>
    c.group(`transform="translate(${x} ${y}) rotate(${turn})"`, () => {
      c.path('M0 -110L72 10H-72Z', '#2a1f1c', 'opacity=".18" transform="translate(6 8)"');
      c.path(
        'M0 -110L72 10H-72Z',
        c.linear(
          [
            [0, '#FFFDF6'],
            [1, '#E4DAC6'],
          ],
          0,
          0,
          1,
          1,
        ),
      );
      c.path('M0 -40L40 4H-40Z', /桂花|挂耳/.test(s.title) ? '#8A5A2C' : '#7F8F4E', 'opacity=".6"');
      c.line('M0 -110V-150', '#D9CDB9', 3);
      c.rect(-15, -178, 30, 30, s.colour, 4);
    });
  bag(-220, 6, -8);
  bag(236, 26, 14);
};

export const pantry: Families = {
  nutjar: shape('table', 'kitchen', [40, -220], nutjar),
  honeyjar: shape('table', 'kitchen', [0, -200], honeyjar),
  teatin: shape('table', 'tea', [0, -240], teatin),
  teabox: shape('table', 'tea', [-20, -260], carton),
  driptea: shape('table', 'tea', [-20, -260], carton),
};
