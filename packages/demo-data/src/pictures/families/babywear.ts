import type { Canvas } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { tone } from '../tone.ts';
import { dress, drop, lay, top } from './apparel.ts';

const babytop = (c: Canvas, s: Subject): void =>
  c.move(0, 0, 0.92, () =>
    top(
      c,
      { ...s, view: 'front' },
      {
        long: /长袖|衬衣/.test(s.title),
        collar: /衬衣/.test(s.title),
        cut: (cc) => {
          if (!/衬衣/.test(s.title)) for (let i = 0; i < 3; i += 1) cc.ellipse(-90, -276 + i * 12, 6, 6, '#F4EFE6');
        },
      },
    ),
  );

const babydress = (c: Canvas, s: Subject): void => {
  c.move(0, 0, 0.94, () => dress(c, s));
  if (/水手|海魂/.test(s.title)) {
    c.path('M-84 -290L0 -150L84 -290L120 -250L40 -130H-40L-120 -250Z', '#F7F4EC');
    c.line('M-100 -256L-34 -146H34L100 -256', '#2F4160', 5);
    c.path('M0 -150L-44 -70L0 -90L44 -70Z', '#C2322C');
  }
};

const romper = (c: Canvas, s: Subject): void => {
  const d =
    'M-90 -270Q0 -210 90 -270L190 -230L230 -90L160 -60L146 -110C150 0 150 60 190 230L110 262L40 150Q0 170 -40 150L-110 262L-190 230C-150 60 -150 0 -146 -110L-160 -60L-230 -90L-190 -230Z';
  lay(c, d, s, s.seed);
  c.line('M-90 -270Q0 -210 90 -270', tone(s.colour, 0.5), 9);
  if (/海魂|水手/.test(s.title)) {
    c.path('M-88 -268L0 -160L88 -268L120 -236L36 -120H-36L-120 -236Z', '#F7F4EC');
    c.line('M-102 -244L-32 -136H32L102 -244', '#2F4160', 5);
  }
  for (let i = 0; i < 5; i += 1) c.ellipse(-60 + i * 30, 140 + Math.abs(i - 2) * -4, 7, 7, '#F7F4EC');
};

const bib = (c: Canvas, s: Subject): void => {
  const d =
    'M-90 -290C-130 -280 -150 -230 -140 -170C-230 -120 -220 60 -190 160Q0 220 190 160C220 60 230 -120 140 -170C150 -230 130 -280 90 -290C120 -240 110 -170 0 -170S-120 -240 -90 -290Z';
  drop(c, d);
  c.path(
    d,
    c.radial(
      [
        [0, tone(s.colour, 0.4)],
        [0.6, s.colour],
        [1, tone(s.colour, -0.2)],
      ],
      0.35,
      0.25,
      0.9,
    ),
  );
  const pocket = 'M-206 90Q0 40 206 90C214 190 190 250 150 270Q0 300 -150 270C-190 250 -214 190 -206 90Z';
  c.path(pocket, '#241a24', 'opacity=".2" transform="translate(0 -10)"');
  c.path(
    pocket,
    c.linear([
      [0, tone(s.colour, 0.3)],
      [1, tone(s.colour, -0.12)],
    ]),
  );
  c.line('M-204 92Q0 42 204 92', tone(s.colour, 0.6), 8);
  c.group(`transform="translate(0 -50)" fill="${tone(s.colour, -0.3)}" opacity=".7"`, () => {
    c.add('<circle r="34"/><circle cx="-30" cy="-32" r="14"/><circle cx="30" cy="-32" r="14"/>');
  });
};

export const babywear: Families = {
  babytop: shape('flat', 'bedroom', [0, -200], babytop),
  babydress: shape('flat', 'bedroom', [0, -180], babydress),
  romper: shape('flat', 'bedroom', [0, -160], romper),
  bib: shape('flat', 'kitchen', [0, 60], bib),
};
