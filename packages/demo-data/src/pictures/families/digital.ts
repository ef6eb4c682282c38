import { type Canvas, roundPolygon } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { luminance, tone } from '../tone.ts';
import { mark } from './marks.ts';

export const metalDark = '#3A3C40';

export const inkOf = (colour: string) => (luminance(colour) > 0.55 ? tone(colour, -0.45) : tone(colour, 0.55));

const powerbank = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 480, 150);
  box(c, cam, { w: 300, h: 460, d: 76 }, s.colour, {
    radius: 40,
    gloss: 0.16,
    front: (w, h) => {
      if (/磁吸/.test(s.title)) {
        c.ellipse(w / 2, h * 0.42, 92, 92, 'none', `stroke="${inkOf(s.colour)}" stroke-width="11" opacity=".3"`);
        c.rect(w / 2 - 6, h * 0.42 + 118, 12, 46, inkOf(s.colour), 6, 'opacity=".3"');
      } else mark(c, w / 2, h * 0.4, 90, inkOf(s.colour), 0.5);
      for (let i = 0; i < 4; i += 1) c.ellipse(w / 2 - 36 + i * 24, h - 40, 5, 5, i < 3 ? '#FFFDF8' : inkOf(s.colour));
    },
  });
  if (/自带线/.test(s.title)) {
    c.line('M-60 -440C-60 -560 120 -580 150 -480S120 -380 190 -360', tone(s.colour, -0.25), 18);
    c.rect(176, -384, 62, 40, '#D9DCDF', 8);
  }
};

const charger = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 150);
  box(c, cam, { w: 270, h: 300, d: 240 }, s.colour, {
    radius: 50,
    front: (w, h) => {
      const ports = /双口|桌面/.test(s.title) ? [0.36, 0.6] : [0.48];
      for (const at of ports) {
        c.rect(w / 2 - 54, h * at, 108, 36, tone(s.colour, -0.3), 18);
        c.rect(w / 2 - 42, h * at + 9, 84, 18, '#4A4C50', 9);
      }
      mark(c, w / 2, h * 0.18, 44, inkOf(s.colour), 0.5);
      c.ellipse(w - 40, h - 40, 5, 5, '#1F9D61');
    },
    gloss: 0.14,
  });
  for (const x of [-34, 44]) box(c, cam, { x, y: 302, w: 26, h: 84, d: 12 }, '#C8CCD0', { radius: 4 });
};

const cable = (c: Canvas, s: Subject): void => {
  const braid = /编织/.test(s.title);
  const loop =
    'M-250 200C-330 40 -200 -200 20 -210C240 -216 300 -20 180 90C70 190 -120 130 -120 0C-120 -110 40 -150 120 -80C200 0 120 100 20 100C-20 100 -30 130 40 240';
  c.line(loop, '#2a1f1c', 34, 'opacity=".16" transform="translate(8 16)"');
  c.line(loop, tone(s.colour, -0.2), 32);
  c.line(loop, tone(s.colour, 0.12), 22, 'transform="translate(-2 -3)"');
  c.line(
    loop,
    braid ? tone(s.colour, 0.4) : '#fff',
    braid ? 14 : 6,
    braid ? 'stroke-dasharray="5 9" opacity=".6"' : 'transform="translate(-5 -7)" opacity=".5"',
  );
  const plug = (x: number, y: number, turn: number) =>
    c.group(`transform="translate(${x} ${y}) rotate(${turn})"`, () => {
      c.rect(
        -28,
        -10,
        56,
        104,
        c.linear(
          [
            [0, tone(s.colour, 0.4)],
            [0.4, s.colour],
            [1, tone(s.colour, -0.25)],
          ],
          0,
          0,
          1,
          0,
        ),
        16,
      );
      c.rect(
        -21,
        92,
        42,
        48,
        c.linear(
          [
            [0, '#F4F5F6'],
            [0.5, '#C4C8CC'],
            [1, '#8F959B'],
          ],
          0,
          0,
          1,
          0,
        ),
        8,
      );
    });
  plug(-250, 196, 28);
  plug(40, 236, -30);
  if (/三合一/.test(s.title)) {
    c.line('M40 240C100 250 160 220 210 230', s.colour, 24);
    plug(210, 226, -60);
  }
};

const wireless = (c: Canvas, s: Subject): void => {
  contactShadow(c, 600, 160);
  lathe(
    c,
    { yaw: 0, pitch: 0.5 },
    [
      [262, 0],
      [276, 12],
      [276, 44],
      [264, 56],
    ],
    '#E9E4DA',
    { cap: s.colour },
  );
  c.ellipse(
    0,
    -49,
    250,
    120,
    c.pattern(8, 8, '<path d="M0 0L8 8M8 0L0 8" stroke="#241a24" stroke-width="1.500" opacity=".16"/>'),
  );
  c.group('transform="translate(0 -78)"', () => {
    const d = roundPolygon(
      [
        [-90, -110],
        [170, -70],
        [90, 70],
        [-180, 26],
      ],
      34,
    );
    c.path(d, '#2a1f1c', 'opacity=".25" transform="translate(6 22)"');
    c.path(d, '#2F3236', 'transform="translate(0 12)"');
    c.path(
      d,
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
    );
    c.line(d, '#3A3C40', 8);
    c.path('M-60 -80L40 -66L-60 40L-140 20Z', '#fff', 'opacity=".18"');
  });
};

const phoneBack = (c: Canvas, s: Subject): void => {
  const one = (x: number, turn: number, colour: string) =>
    c.group(`transform="translate(${x} -310) rotate(${turn})"`, () => {
      c.rect(-146, -290, 300, 600, '#2a1f1c', 52, 'opacity=".2" transform="translate(10 14)"');
      c.rect(-150, -300, 300, 600, tone(colour, -0.22), 52);
      c.rect(
        -145,
        -297,
        290,
        594,
        c.linear(
          [
            [0, tone(colour, 0.28)],
            [0.5, colour],
            [1, tone(colour, -0.1)],
          ],
          0,
          0,
          1,
          1,
        ),
        48,
      );
      c.rect(-122, -272, 138, 138, tone(colour, -0.12), 40);
      for (const [dx, dy] of [
        [-88, -236],
        [-20, -236],
        [-88, -170],
      ] as const) {
        c.ellipse(dx, dy, 28, 28, '#2B2D31');
        c.ellipse(dx, dy, 17, 17, '#11141A');
        c.ellipse(dx - 6, dy - 7, 5, 5, '#8FA6BA');
      }
      c.ellipse(-20, -170, 9, 9, '#F6EBCB');
      if (/磁吸/.test(s.title)) {
        c.ellipse(0, 40, 86, 86, 'none', `stroke="#fff" stroke-width="11" opacity=".5"`);
        c.rect(-6, 146, 12, 44, '#fff', 6, 'opacity=".5"');
      }
      c.path('M-145 -120L80 -297H110L-145 -60Z', '#fff', 'opacity=".16"');
    });
  if (s.view === 'angle') one(110, 14, s.accent);
  one(s.view === 'angle' ? -70 : 0, s.view === 'angle' ? -8 : -4, s.colour);
};

const phonestand = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 150);
  box(c, cam, { w: 250, h: 20, d: 220 }, s.colour, { radius: 20 });
  box(c, cam, { z: -60, y: 20, w: 70, h: 200, d: 22 }, tone(s.colour, -0.06), { radius: 10 });
  c.group('transform="translate(0 -150) rotate(-4)"', () => {
    c.rect(-126, -330, 252, 420, '#2F3236', 36);
    c.rect(
      -114,
      -318,
      228,
      396,
      c.linear(
        [
          [0, '#C9DBE6'],
          [0.6, '#F3E3CC'],
          [1, '#E6C6A0'],
        ],
        0,
        0,
        0.4,
        1,
      ),
      28,
    );
    c.path('M-114 -40Q-40 -110 30 -60T114 -90V78H-114Z', '#8FA6A0', 'opacity=".8"');
    c.path('M-114 -200L20 -318H70L-114 -140Z', '#fff', 'opacity=".3"');
  });
  box(c, cam, { z: 70, y: 18, w: 200, h: 34, d: 30 }, tone(s.colour, 0.1), { radius: 10 });
};

const earphones = (c: Canvas, s: Subject): void => {
  contactShadow(c, 460, 140);
  const shell = c.linear(
    [
      [0, tone(s.colour, 0.35)],
      [0.5, s.colour],
      [1, tone(s.colour, -0.22)],
    ],
    0,
    0,
    1,
    1,
  );
  c.path('M-190 -160C-196 -330 -120 -400 0 -400S196 -330 190 -160Z', tone(s.colour, -0.08));
  c.path(
    'M-170 -166C-176 -320 -110 -382 0 -382S176 -320 170 -166Z',
    c.linear([
      [0, tone(s.colour, -0.16)],
      [1, tone(s.colour, 0.1)],
    ]),
  );
  c.path('M-190 -166Q0 -130 190 -166C200 -40 150 0 0 0S-200 -40 -190 -166Z', shell);
  c.ellipse(0, -160, 188, 34, tone(s.colour, 0.2));
  c.ellipse(0, -158, 168, 26, tone(s.colour, -0.24));
  c.ellipse(0, -60, 7, 7, '#1F9D61');
  c.path('M-160 -110C-150 -40 -120 -20 -80 -16C-120 -40 -136 -80 -138 -120Z', '#fff', 'opacity=".5"');
  const bud = (x: number, y: number, side: number) =>
    c.group(`transform="translate(${x} ${y}) scale(${side} 1)"`, () => {
      c.rect(
        -22,
        -20,
        44,
        150,
        c.linear(
          [
            [0, tone(s.colour, 0.4)],
            [0.5, s.colour],
            [1, tone(s.colour, -0.25)],
          ],
          0,
          0,
          1,
          0,
        ),
        22,
      );
      c.ellipse(
        -14,
        -46,
        68,
        60,
        c.radial(
          [
            [0, tone(s.colour, 0.5)],
            [0.6, s.colour],
            [1, tone(s.colour, -0.26)],
          ],
          0.35,
          0.3,
          0.8,
        ),
      );
      c.ellipse(-62, -36, 26, 34, metalDark, 'transform="rotate(18 -62 -36)"');
      c.ellipse(-64, -38, 17, 24, '#6A6C70', 'transform="rotate(18 -62 -36)"');
      c.ellipse(-6, -76, 24, 10, '#fff', 'opacity=".6" transform="rotate(-16)"');
    });
  bud(-84, -250, 1);
  bud(84, -250, -1);
};

const headphones = (c: Canvas, s: Subject): void => {
  contactShadow(c, 560, 110);
  c.line('M-216 -230C-230 -500 -110 -610 0 -610S230 -500 216 -230', tone(s.colour, -0.25), 46);
  c.line(
    'M-216 -230C-230 -500 -110 -610 0 -610S230 -500 216 -230',
    tone(s.colour, 0.1),
    32,
    'transform="translate(-3 -3)"',
  );
  c.line('M-150 -520C-110 -590 -50 -600 0 -600S110 -590 150 -520', tone(s.colour, -0.14), 52);
  for (const side of [-1, 1]) {
    c.rect(side * 216 - 12, -330, 24, 120, '#C8CCD0', 8);
    c.ellipse(side * 176, -170, 74, 144, '#3A3634');
    c.ellipse(side * 190, -170, 72, 142, tone('#4A4440', 0.1));
    c.ellipse(
      side * 222,
      -170,
      88,
      150,
      c.linear(
        [
          [0, tone(s.colour, 0.32)],
          [0.5, s.colour],
          [1, tone(s.colour, -0.28)],
        ],
        0,
        0,
        1,
        1,
      ),
    );
    c.ellipse(
      side * 232,
      -170,
      58,
      112,
      c.linear(
        [
          [0, tone(s.colour, -0.1)],
          [1, tone(s.colour, 0.2)],
        ],
        0,
        0,
        1,
        1,
      ),
    );
    mark(c, side * 236, -166, 56, inkOf(s.colour), 0.4);
  }
  if (/有线/.test(s.title)) c.line('M-222 -24C-222 60 -100 40 0 50S220 30 290 60', metalDark, 9);
};

export const digital: Families = {
  powerbank: shape('table', 'desk', [0, -260], powerbank),
  charger: shape('table', 'desk', [0, -200], charger),
  cable: shape('flat', 'desk', [60, 60], cable),
  wireless: shape('table', 'desk', [0, -90], wireless),
  phonecase: shape('table', 'desk', [-40, -440], phoneBack),
  phonestand: shape('table', 'desk', [0, -200], phonestand),
  earphones: shape('table', 'desk', [0, -220], earphones),
  headphones: shape('table', 'desk', [200, -200], headphones),
};
