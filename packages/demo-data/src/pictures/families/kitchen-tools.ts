import type { Canvas } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { tone } from '../tone.ts';
import { steel, wood } from './kitchen.ts';
import { mark } from './marks.ts';

const knife = (c: Canvas, s: Subject): void => {
  c.group('transform="rotate(-28)"', () => {
    c.path('M-330 6L70 -62Q84 -40 84 26L70 30Q-180 70 -330 6Z', '#2a1f1c', 'opacity=".2" transform="translate(16 22)"');
    c.path(
      'M-330 0L70 -66Q84 -40 84 20L70 24Q-180 62 -330 0Z',
      c.linear([
        [0, '#F4F6F7'],
        [0.45, '#C6CCD1'],
        [0.52, '#EEF1F3'],
        [1, '#9EA6AC'],
      ]),
    );
    c.line('M-320 4Q-170 52 70 18', '#fff', 4, 'opacity=".8"');
    c.path('M-240 -4q60 18 280 6', 'none', 'stroke="#8C959B" stroke-width="1.400" opacity=".4"');
    c.rect(
      78,
      -62,
      22,
      84,
      c.linear([
        [0, '#E9ECEE'],
        [1, '#8F979D'],
      ]),
      5,
    );
    c.path(
      'M98 -56Q210 -70 322 -44Q344 -20 326 14Q220 20 98 16Z',
      c.linear([
        [0, '#7A5338'],
        [0.4, '#5A3A26'],
        [1, '#38241A'],
      ]),
    );
    for (const x of [140, 208, 276]) c.ellipse(x, -22, 9, 9, steel);
    c.line('M108 -46Q210 -58 310 -38', '#fff', 4, 'opacity=".25"');
  });
  void s;
};

const board = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 160);
  c.group('transform="rotate(-5)"', () => {
    const d =
      'M-210 0H210Q232 0 232 -24V-470Q232 -500 204 -500H70V-560Q70 -590 0 -590T-70 -560V-500H-204Q-232 -500 -232 -470V-24Q-232 0 -210 0Z';
    c.path(d, tone(s.colour, -0.3), 'transform="translate(14 4)"');
    c.path(
      d,
      c.linear(
        [
          [0, tone('#B98A5C', 0.24)],
          [1, tone('#B98A5C', -0.06)],
        ],
        0,
        0,
        1,
        1,
      ),
    );
    c.clipped(d, () => {
      let lines = '';
      for (let i = 0; i < 15; i += 1)
        lines += `M${-230 + i * 33} 10Q${-238 + i * 33 + (i % 3) * 8} -300 ${-226 + i * 33} -600`;
      c.line(lines, '#7A5338', 2, 'opacity=".32"');
      c.rect(-150, -600, 62, 620, '#8D5E3A', 0, 'opacity=".3"');
      c.rect(70, -600, 34, 620, '#F0D5AE', 0, 'opacity=".35"');
    });
    c.ellipse(0, -545, 22, 22, tone('#B98A5C', -0.5), 'opacity=".75"');
    c.line(d, tone('#B98A5C', 0.5), 2, 'opacity=".6"');
  });
  void cam;
};

const lunchbox = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 620, 210);
  box(c, cam, { w: 440, h: 130, d: 270 }, steel, { radius: 34, gloss: 0.22 });
  box(c, cam, { y: 132, w: 440, h: 130, d: 270 }, steel, { radius: 34, gloss: 0.22 });
  box(c, cam, { y: 264, w: 456, h: 40, d: 284 }, s.colour, {
    radius: 20,
    top: (w, h) => mark(c, w / 2, h / 2, 80, tone(s.colour, -0.3), 0.5),
  });
  const clip = (x: number) =>
    box(c, cam, { x, y: 190, z: 0, w: 20, h: 110, d: 70 }, tone(s.colour, -0.15), { radius: 8 });
  if (cam.yaw > 0) clip(-228);
  else clip(228);
};

const bento = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 600, 200);
  [
    [440, 0],
    [360, 134],
    [280, 254],
  ].forEach(([w, y], index) => {
    const width = w as number;
    box(c, cam, { y: y as number, w: width, h: 92, d: width * 0.66 }, tone('#CFE0DF', 0.2), {
      radius: 26,
      gloss: 0.45,
    });
    box(
      c,
      cam,
      { y: (y as number) + 92, w: width + 14, h: 28, d: width * 0.66 + 12 },
      ['#8FA6BA', '#A9B894', '#E6CDB0'][index] as string,
      { radius: 14 },
    );
  });
  void s;
};

const chopsticks = (c: Canvas, s: Subject): void => {
  const sticks = [-96, -64, -20, 14, 60, 92];
  c.group('transform="rotate(24)"', () => {
    sticks.forEach((x, index) => {
      const body = `M${x - 11} -330H${x + 11}L${x + 5} 320H${x - 5}Z`;
      c.path(body, '#2a1f1c', 'opacity=".22" transform="translate(14 12)"');
      c.path(
        body,
        c.linear(
          [
            [0, tone(s.colour, 0.3)],
            [0.4, s.colour],
            [1, tone(s.colour, -0.35)],
          ],
          0,
          0,
          1,
          0,
        ),
      );
      c.rect(x - 11, -332, 22, 44, index % 2 ? '#C9A25E' : '#B9BEC2');
    });
  });
};

const spatula = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 320, 100);
  const tool = (x: number, lean: number, head: string) =>
    c.group(`transform="translate(${x} -210) rotate(${lean})"`, () => {
      c.rect(
        -9,
        -250,
        18,
        270,
        c.linear(
          [
            [0, tone(wood, 0.3)],
            [1, tone(wood, -0.2)],
          ],
          0,
          0,
          1,
          0,
        ),
        8,
      );
      c.path(
        head,
        c.linear(
          [
            [0, tone(s.colour, 0.25)],
            [0.5, s.colour],
            [1, tone(s.colour, -0.25)],
          ],
          0,
          0,
          1,
          0.3,
        ),
      );
      c.line(head, tone(s.colour, 0.4), 2, 'opacity=".4"');
    });
  tool(-64, -16, 'M-44 -400Q-46 -420 -26 -420H26Q46 -420 44 -400L30 -268Q0 -238 -30 -268Z');
  tool(64, 15, 'M0 -420C52 -420 58 -300 14 -250H-14C-58 -300 -52 -420 0 -420Z');
  tool(-12, -3, 'M-36 -410Q-36 -434 0 -434T36 -410V-300Q36 -250 12 -244H-12Q-36 -250 -36 -300Z');
  lathe(
    c,
    cam,
    [
      [104, 0],
      [118, 12],
      [124, 240],
    ],
    '#EDE6DA',
    { finish: 'ceramic', wall: 10 },
  );
  c.clipped('M-125 -236h250v260h-250Z', () => mark(c, 0, -110, 60, '#A08C74', 0.6));
};

export const kitchenTools: Families = {
  knife: shape('flat', 'kitchen', [60, -60], knife),
  board: shape('table', 'kitchen', [60, -420], board),
  lunchbox: shape('table', 'kitchen', [60, -220], lunchbox),
  bento: shape('table', 'kitchen', [40, -240], bento),
  chopsticks: shape('flat', 'tea', [60, -200], chopsticks),
  spatula: shape('table', 'kitchen', [0, -440], spatula),
};
