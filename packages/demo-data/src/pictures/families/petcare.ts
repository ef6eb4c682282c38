import type { Canvas } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { tone } from '../tone.ts';
import { mark } from './marks.ts';
import { cat, paw } from './pet.ts';

const brush = (c: Canvas, s: Subject): void => {
  const tool = (x: number, turn: number, head: () => void) =>
    c.group(`transform="translate(${x} 20) rotate(${turn})"`, () => {
      c.path(
        'M-26 300Q-34 100 -22 -60H22Q34 100 26 300Q0 330 -26 300Z',
        '#2a1f1c',
        'opacity=".2" transform="translate(10 16)"',
      );
      c.path(
        'M-26 300Q-34 100 -22 -60H22Q34 100 26 300Q0 330 -26 300Z',
        c.linear(
          [
            [0, tone(s.colour, 0.35)],
            [0.5, s.colour],
            [1, tone(s.colour, -0.25)],
          ],
          0,
          0,
          1,
          0,
        ),
      );
      c.ellipse(0, 276, 11, 11, '#fff', 'opacity=".6"');
      head();
    });
  tool(-130, -12, () => {
    c.rect(-110, -260, 220, 200, tone(s.colour, -0.1), 60);
    c.rect(-92, -244, 184, 168, '#F4EFE6', 46);
    for (let y = 0; y < 5; y += 1)
      for (let x = 0; x < 6; x += 1) c.ellipse(-70 + x * 28, -222 + y * 31, 6, 6, tone(s.colour, -0.3));
  });
  tool(130, 10, () => {
    if (/指甲|清洁|护理/.test(s.title)) {
      c.path(
        'M-30 -60L-70 -240Q-60 -290 -20 -290L0 -60ZM30 -60L70 -240Q60 -290 20 -290L0 -60Z',
        c.linear(
          [
            [0, '#F4F5F6'],
            [0.5, '#B4BAC0'],
            [1, '#868E95'],
          ],
          0,
          0,
          1,
          1,
        ),
      );
      c.ellipse(0, -90, 13, 13, '#6A7078');
    } else {
      c.rect(-16, -280, 32, 230, '#C8CCD0', 6);
      let teeth = '';
      for (let y = -270; y < -80; y += 13) teeth += `M14 ${y}H92`;
      c.line(teeth, '#A9AFB5', 6);
    }
  });
};

const litterbox = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 640, 190);
  if (/封闭/.test(s.title)) {
    box(c, cam, { w: 460, h: 130, d: 360 }, tone(s.colour, -0.06), { radius: 40 });
    box(c, cam, { y: 130, w: 450, h: 260, d: 350 }, tone(s.colour, 0.1), {
      radius: 70,
      front: (w, h) => {
        c.ellipse(w / 2, h * 0.6, 110, 110, tone(s.colour, -0.55));
        c.ellipse(w / 2, h * 0.6, 110, 110, 'none', `stroke="${tone(s.colour, -0.2)}" stroke-width="14"`);
      },
    });
    paw(c, 0, -80, 2, tone(s.colour, -0.4));
    return;
  }
  lathe(
    c,
    { ...cam, pitch: 0.46 },
    [
      [230, 0],
      [262, 14],
      [300, 160],
    ],
    s.colour,
    { finish: 'ceramic', wall: 20, inside: tone(s.colour, 0.2), content: { colour: '#E2D8C6', depth: 52 } },
  );
  c.line('M150 -200L300 -400', tone(s.colour, -0.3), 26);
  c.path('M60 -120L130 -220L190 -180L130 -90Z', tone(s.colour, -0.12));
};

const dogtoy = (c: Canvas, s: Subject): void => {
  const rope = (d: string, colour: string) => {
    c.line(d, '#2a1f1c', 60, 'opacity=".14" transform="translate(8 16)"');
    c.line(d, tone(colour, -0.2), 56);
    c.line(d, colour, 44, 'transform="translate(-3 -4)"');
    c.line(d, tone(colour, 0.5), 30, 'stroke-dasharray="12 22" opacity=".6"');
  };
  rope('M-220 -160C-100 -220 40 -200 200 -110', s.colour);
  for (const [x, y, t] of [
    [-230, -156, -30],
    [206, -104, 30],
  ] as const)
    c.group(`transform="translate(${x} ${y}) rotate(${t})"`, () => {
      c.ellipse(0, 0, 52, 50, tone(s.colour, -0.06));
      const dir = x < 0 ? -1 : 1;
      for (let i = -3; i <= 3; i += 1)
        c.line(`M${dir * 30} ${i * 8}L${dir * 110} ${i * 16}`, tone(s.colour, i % 2 ? 0.5 : 0.1), 9);
    });
  c.line(
    'M-130 150C-130 40 40 40 40 150S-130 260 -130 150Z',
    '#2a1f1c',
    56,
    'opacity=".14" transform="translate(8 16)"',
  );
  c.line('M-130 150C-130 40 40 40 40 150S-130 260 -130 150Z', s.accent, 50);
  c.line(
    'M-130 150C-130 40 40 40 40 150S-130 260 -130 150Z',
    tone(s.accent, 0.5),
    28,
    'stroke-dasharray="12 20" opacity=".6"',
  );
  c.ellipse(196, 152, 84, 84, '#2a1f1c', 'opacity=".16"');
  c.ellipse(
    186,
    140,
    84,
    84,
    c.radial(
      [
        [0, '#F2E6A8'],
        [0.6, '#D9CB6A'],
        [1, '#A89A40'],
      ],
      0.35,
      0.3,
      0.8,
    ),
  );
  c.line('M120 100Q190 130 196 222M170 58Q200 120 268 130', '#FFFDF0', 8);
};

const catwand = (c: Canvas, s: Subject): void => {
  c.line('M-260 270L60 -120', '#2a1f1c', 16, 'opacity=".18" transform="translate(8 14)"');
  c.line('M-260 270L60 -120', '#B98A5C', 14);
  c.line('M-260 270L-170 160', s.colour, 24);
  c.line('M60 -120C120 -200 200 -150 170 -60', '#7A6A5A', 4);
  for (const [t, colour] of [
    [-34, s.colour],
    [0, tone(s.colour, 0.5)],
    [34, s.accent],
    [68, '#F4EFE6'],
  ] as const)
    c.group(`transform="translate(170 -60) rotate(${t})"`, () => {
      c.path(
        'M0 0C60 50 70 160 20 250C-40 190 -50 80 0 0Z',
        c.linear(
          [
            [0, tone(colour, 0.3)],
            [1, tone(colour, -0.2)],
          ],
          0,
          0,
          1,
          0,
        ),
      );
      c.line('M0 0Q26 120 20 240', tone(colour, -0.3), 3, 'opacity=".6"');
    });
  c.ellipse(
    170,
    -56,
    24,
    24,
    c.radial(
      [
        [0, '#FBE9B0'],
        [1, '#C79A3E'],
      ],
      0.35,
      0.3,
      0.8,
    ),
  );
};

const cattree = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 180);
  const sisal = (x: number, y: number, h: number, z = 0) => {
    lathe(
      c,
      cam,
      [
        [34, 0],
        [34, h],
      ],
      '#D2B98A',
      { x, y, z },
    );
  };
  box(c, cam, { w: 420, h: 34, d: 330 }, s.colour, { radius: 20 });
  sisal(-120, 34, 220, -60);
  sisal(110, 34, 330, -40);
  box(c, cam, { x: -100, y: 250, z: -40, w: 250, h: 30, d: 220 }, s.colour, { radius: 20 });
  c.group('transform="translate(-110 -264)"', () => cat(c, 0, 10, 0.56));
  sisal(20, 280, 190, -70);
  box(c, cam, { x: 80, y: 360, z: -40, w: 200, h: 30, d: 200 }, tone(s.colour, 0.1), { radius: 20 });
  sisal(90, 390, 150, -40);
  lathe(
    c,
    cam,
    [
      [120, 0],
      [140, 20],
      [146, 70],
    ],
    s.colour,
    { x: 90, y: 540, z: -40, wall: 24, inside: '#F4EFE6' },
  );
  c.line('M-160 -240V-150', '#B98A5C', 4);
  c.ellipse(-160, -136, 22, 22, '#D98F7C');
};

const petfood = (c: Canvas, s: Subject): void => {
  contactShadow(c, 480, 130);
  const d = 'M-190 -20C-200 -200 -196 -400 -186 -580H186C196 -400 200 -200 190 -20Q0 16 -190 -20Z';
  c.path(d, s.colour);
  c.path(
    d,
    c.linear(
      [
        [0, '#241a24', 0.26],
        [0.12, '#fff', 0.3],
        [0.3, '#fff', 0.04],
        [0.62, '#fff', 0.14],
        [1, '#241a24', 0.34],
      ],
      0,
      0,
      1,
      0,
    ),
  );
  c.rect(-186, -580, 372, 40, '#fff', 0, 'opacity=".25"');
  c.ellipse(0, -330, 140, 140, '#F4EFE6');
  c.move(10, -300, 0.66, () => cat(c, 0, 30, 1));
  c.rect(-120, -150, 240, 14, '#F4EFE6', 7);
  c.rect(-70, -116, 140, 10, '#F4EFE6', 5, 'opacity=".7"');
  for (let i = 0; i < 12; i += 1)
    c.ellipse(
      -220 + ((i * 83) % 470),
      8 + ((i * 29) % 40),
      20,
      15,
      c.radial(
        [
          [0, '#C08A54'],
          [1, '#7E4F2C'],
        ],
        0.35,
        0.3,
        0.8,
      ),
    );
  mark(c, 0, -500, 56, '#F4EFE6');
};

export const petcare: Families = {
  petbrush: shape('flat', 'bath', [-130, -140], brush),
  litterbox: shape('floor', 'living', [0, -200], litterbox),
  dogtoy: shape('flat', 'living', [-100, -120], dogtoy),
  catwand: shape('flat', 'living', [180, 40], catwand),
  cattree: shape('floor', 'living', [-60, -300], cattree),
  petfood: shape('table', 'kitchen', [0, -320], petfood),
};
