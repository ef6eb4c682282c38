import { type Canvas, roundPolygon } from '../canvas.ts';
import { cloth, foldedStack, folds } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { contactShadow } from '../space.ts';
import { tone } from '../tone.ts';

const blanket = (c: Canvas, s: Subject): void => {
  contactShadow(c, 600, 150);
  const fringe = (y: number, x0: number, x1: number) => {
    let d = '';
    for (let x = x0; x < x1; x += 13) d += `M${x} ${y}q${(x % 3) - 1} 22 ${(x % 5) - 2} 40`;
    c.line(d, tone(s.colour, 0.12), 5);
    c.line(d, tone(s.colour, -0.22), 1.5, 'transform="translate(3 0)" opacity=".5"');
  };
  if (s.view === 'angle') {
    foldedStack(
      c,
      520,
      [
        { dress: s, h: 92 },
        { dress: s, h: 92 },
        { dress: s, h: 92 },
      ],
      230,
      1.3,
    );
    fringe(-20, -150, 250);
    return;
  }
  // Thrown over a bench.
  const plank = '#B98A5C';
  for (const x of [-290, 262])
    c.rect(
      x,
      -250,
      28,
      250,
      c.linear(
        [
          [0, tone(plank, -0.1)],
          [1, tone(plank, -0.36)],
        ],
        0,
        0,
        1,
        0,
      ),
      6,
    );
  c.rect(
    -330,
    -300,
    660,
    54,
    c.linear([
      [0, tone(plank, 0.3)],
      [0.3, plank],
      [1, tone(plank, -0.25)],
    ]),
    12,
  );
  const d =
    'M-200 -318C-90 -344 120 -342 210 -316Q240 -300 236 -200C246 -130 228 -96 240 -60C180 -40 120 -70 60 -54C-10 -36 -70 -70 -130 -54Q-190 -40 -226 -60C-214 -120 -236 -190 -226 -260Q-222 -308 -200 -318Z';
  fringe(-66, -220, 236);
  c.path(d, '#241a24', 'opacity=".18" transform="translate(10 8)"');
  cloth(c, d, s, [0.3, 0.1]);
  folds(c, d, -226, 240, -300, -50, 6, s.seed, 0.9);
  c.clipped(d, () =>
    c.rect(
      -240,
      -350,
      500,
      70,
      c.linear([
        [0, '#fff', 0.35],
        [1, '#fff', 0],
      ]),
    ),
  );
};

const summermat = (c: Canvas, s: Subject): void => {
  const hide = /牛皮/.test(s.title);
  const straw = hide ? '#8A5A38' : /竹/.test(s.title) ? '#B9A26A' : '#BDB782';
  contactShadow(c, 660, 200);
  const flat = roundPolygon(
    [
      [-250, -250],
      [330, -200],
      [250, 0],
      [-340, -60],
    ],
    12,
  );
  const strands = c.pattern(
    16,
    16,
    `<path d="M0 4H16M0 12H16" stroke="${tone(straw, -0.3)}" stroke-width="2" opacity=".5"/><path d="M0 7H16M0 15H16" stroke="${tone(straw, 0.5)}" stroke-width="2" opacity=".6"/><path d="M8 0V16" stroke="${tone(straw, -0.4)}" stroke-width="1" opacity=".4"/>`,
    'rotate(7)',
  );
  c.path(
    flat,
    c.linear(
      [
        [0, tone(straw, 0.34)],
        [1, straw],
      ],
      0,
      0,
      1,
      1,
    ),
  );
  if (!hide) c.path(flat, strands);
  c.line(flat, s.colour, 15, 'opacity=".95"');
  c.line(flat, tone(s.colour, 0.4), 3, 'opacity=".6"');
  c.path('M-334 -52L-236 -244', 'none', `stroke="#241a24" stroke-width="30" opacity=".12"`);
  // The rolled half lies across the back.
  const roll = 'M-290 -330Q-320 -300 -292 -262L316 -208Q352 -240 326 -280Z';
  c.path(roll, '#241a24', 'opacity=".25" transform="translate(4 26)"');
  c.path(
    roll,
    c.linear([
      [0, tone(straw, 0.5)],
      [0.4, tone(straw, 0.1)],
      [1, tone(straw, -0.3)],
    ]),
  );
  if (!hide) c.path(roll, strands);
  c.ellipse(322, -244, 26, 38, tone(straw, -0.2), 'transform="rotate(-6 322 -244)"');
  c.ellipse(322, -244, 15, 24, 'none', `stroke="${tone(straw, 0.4)}" stroke-width="4" transform="rotate(-6 322 -244)"`);
  if (/三件/.test(s.title))
    for (const x of [-130, 60]) {
      const p = roundPolygon(
        [
          [x - 70, -190 + x * 0.05],
          [x + 90, -178 + x * 0.05],
          [x + 78, -104 + x * 0.05],
          [x - 88, -116 + x * 0.05],
        ],
        22,
      );
      c.path(p, '#241a24', 'opacity=".2" transform="translate(8 9)"');
      c.path(
        p,
        c.linear([
          [0, tone(straw, 0.45)],
          [1, tone(straw, -0.05)],
        ]),
      );
      if (!hide) c.path(p, strands);
      c.line(p, s.colour, 8);
    }
};

export const blankets: Families = {
  blanket: shape('floor', 'living', [60, -200], blanket),
  summermat: shape('floor', 'bedroom', [60, -150], summermat),
};
