import type { Canvas } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { type Camera, contactShadow, lathe, type Profile, project, slice } from '../space.ts';
import { tone } from '../tone.ts';
import { mark } from './marks.ts';

export const steel = '#C3C8CC';

export const wood = '#B98A5C';

/** A bent bar with a light ridge: handles of cups and pots. */
export function handle(c: Canvas, d: string, colour: string, width: number): void {
  c.line(d, tone(colour, -0.26), width);
  c.line(d, tone(colour, 0.02), width * 0.72, 'transform="translate(-1.500 -1.500)"');
  c.line(d, tone(colour, 0.5), width * 0.2, 'transform="translate(-3 -3)" opacity=".8"');
}

const mug = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 400, 120);
  const right = cam.yaw > 0 ? -1 : 1;
  handle(c, `M${right * 165} -300C${right * 310} -320 ${right * 300} -110 ${right * 150} -105`, s.colour, 42);
  const profile: Profile = [
    [128, 0],
    [150, 14],
    [172, 120],
    [178, 250],
    [180, 350],
  ];
  lathe(c, cam, profile, s.colour, {
    finish: 'ceramic',
    wall: 13,
    inside: tone(s.colour, 0.4),
    content: { colour: '#6B4630', depth: 62 },
  });
};

const pot = (c: Canvas, s: Subject, cam: Camera, lidded = true): void => {
  contactShadow(c, 620, 170);
  for (const sign of [-1, 1])
    handle(c, `M${sign * 262} -235C${sign * 350} -262 ${sign * 350} -170 ${sign * 258} -180`, s.colour, 34);
  const body: Profile = [
    [215, 0],
    [248, 22],
    [268, 120],
    [272, 255],
  ];
  lathe(c, cam, body, s.colour, { finish: 'ceramic', wall: 14, inside: '#EFE9DE' });
  if (!lidded) return;
  lathe(
    c,
    cam,
    [
      [276, 0],
      [282, 16],
    ],
    tone(s.colour, -0.12),
    { y: 254, finish: 'ceramic' },
  );
  lathe(
    c,
    cam,
    [
      [276, 0],
      [262, 26],
      [180, 62],
      [60, 84],
      [4, 86],
    ],
    s.colour,
    { y: 268, finish: 'ceramic' },
  );
  lathe(
    c,
    cam,
    [
      [22, 0],
      [18, 14],
      [44, 40],
      [46, 52],
      [36, 62],
    ],
    '#C9A25E',
    { y: 350, finish: 'metal' },
  );
};

const pan = (c: Canvas, s: Subject, cam: Camera, deep = 70, rim = 268): void => {
  contactShadow(c, 640, 210, 0, -30);
  const flip = cam.yaw > 0 ? -1 : 1;
  const tilted: Camera = { yaw: cam.yaw, pitch: cam.pitch + 0.26 };
  const grip = (dx: number, w: number, colour: string) =>
    handle(
      c,
      `M${flip * (rim - 30)} ${-deep - 40 + dx}Q${flip * (rim + 60)} ${-deep - 92 + dx} ${flip * (rim + 190)} ${-deep - 130 + dx}`,
      colour,
      w,
    );
  c.group(`transform="translate(${-flip * 90} -30)"`, () => {
    grip(0, 34, wood);
    handle(c, `M${flip * (rim - 40)} ${-deep - 34}L${flip * (rim + 44)} ${-deep - 82}`, steel, 26);
    lathe(
      c,
      tilted,
      [
        [rim * 0.74, 0],
        [rim * 0.86, 10],
        [rim, deep],
      ],
      s.colour,
      { finish: 'ceramic', wall: 12, inside: tone(s.colour, -0.1) },
    );
    const [, y] = project(tilted, [0, deep * 0.2, 0]);
    c.ellipse(
      0,
      y - 18,
      rim * 0.72,
      rim * 0.72 * Math.sin(tilted.pitch),
      c.linear(
        [
          [0, tone(s.colour, -0.2), 0.8],
          [1, tone(s.colour, 0.24), 0.8],
        ],
        0,
        0,
        1,
        1,
      ),
    );
    c.ellipse(-rim * 0.2, y - 30, rim * 0.4, rim * 0.3 * Math.sin(tilted.pitch), '#fff', 'opacity=".1"');
  });
};

const bowl = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 470, 150);
  const profile: Profile = [
    [92, 0],
    [96, 26],
    [150, 60],
    [226, 140],
    [262, 236],
  ];
  lathe(c, { ...cam, pitch: cam.pitch + 0.12 }, profile, s.colour, {
    finish: 'ceramic',
    wall: 12,
    inside: tone(s.colour, 0.5),
    content: { colour: '#F6F1E4', depth: 74 },
  });
};

const plate = (c: Canvas, s: Subject, cam: Camera): void => {
  const tilted: Camera = { yaw: 0, pitch: cam.pitch + 0.4 };
  contactShadow(c, 640, 300, 0, -20);
  for (const [lift, grow] of [
    [0, 300],
    [40, 300],
  ] as const) {
    lathe(
      c,
      tilted,
      [
        [170, 0],
        [200, 8],
        [grow, 44],
      ],
      s.colour,
      { y: lift, finish: 'ceramic', wall: 10, inside: tone(s.colour, 0.2) },
    );
  }
  const [, y] = project(tilted, [0, 66, 0]);
  const k = Math.sin(tilted.pitch);
  c.ellipse(
    0,
    y,
    206,
    206 * k,
    c.linear(
      [
        [0, tone(s.colour, -0.1)],
        [1, tone(s.colour, 0.26)],
      ],
      0,
      0,
      1,
      1,
    ),
  );
  c.ellipse(0, y, 206, 206 * k, 'none', `stroke="${tone(s.colour, -0.22)}" stroke-width="2.500" opacity=".5"`);
};

const bottle = (c: Canvas, s: Subject, cam: Camera, sport = false): void => {
  contactShadow(c, 290, 90);
  const body: Profile = sport
    ? [
        [112, 0],
        [124, 12],
        [124, 180],
        [108, 250],
        [124, 320],
        [122, 400],
        [92, 440],
      ]
    : [
        [112, 0],
        [122, 10],
        [124, 30],
        [124, 400],
        [112, 440],
        [86, 470],
      ];
  lathe(c, cam, body, s.colour, { finish: sport ? 'ceramic' : 'metal' });
  if (!sport) lathe(c, cam, slice(body, 0, 26, 0.4), steel, { finish: 'metal', band: true });
  const top = sport ? 440 : 470;
  lathe(
    c,
    cam,
    [
      [84, 0],
      [86, 16],
    ],
    steel,
    { y: top - 4, finish: 'metal' },
  );
  lathe(
    c,
    cam,
    [
      [96, 0],
      [100, 10],
      [98, 92],
      [78, 112],
    ],
    sport ? tone(s.colour, -0.4) : tone(s.colour, -0.1),
    { y: top + 12, finish: 'ceramic' },
  );
  handle(
    c,
    `M-62 ${-(top + 100) * 0.97}C-70 ${-(top + 190) * 0.97} 70 ${-(top + 190) * 0.97} 62 ${-(top + 100) * 0.97}`,
    tone(s.colour, -0.3),
    20,
  );
  mark(c, 0, -230, 52, tone(s.colour, s.colour > '#9' ? -0.45 : 0.6), 0.6);
};

const glass = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 130, 0, 0, 0.6);
  const one = (x: number, z: number, tint: string | null) => {
    lathe(
      c,
      cam,
      [
        [84, 0],
        [90, 10],
        [112, 300],
      ],
      s.colour,
      { x, z, finish: 'glass', wall: 6 },
    );
    if (tint)
      lathe(
        c,
        cam,
        [
          [82, 12],
          [96, 180],
        ],
        tint,
        { x, z, opacity: 0.55 },
      );
    lathe(
      c,
      cam,
      [
        [80, 2],
        [84, 14],
      ],
      '#FFFFFF',
      { x, z, opacity: 0.28 },
    );
  };
  one(-120, -90, null);
  one(130, -60, '#E9B872');
  one(-10, 90, null);
};

const kettle = (c: Canvas, s: Subject, cam: Camera): void => {
  const flip = cam.yaw > 0 ? -1 : 1;
  contactShadow(c, 480, 140);
  handle(c, `M${-flip * 120} -345C${-flip * 330} -370 ${-flip * 300} -120 ${-flip * 180} -130`, wood, 34);
  const spout = `M${flip * 165} -120C${flip * 290} -150 ${flip * 210} -330 ${flip * 330} -372`;
  handle(c, spout, s.colour, 26);
  lathe(
    c,
    cam,
    [
      [196, 0],
      [206, 12],
      [190, 120],
      [140, 290],
      [124, 330],
    ],
    s.colour,
    { finish: 'metal' },
  );
  lathe(
    c,
    cam,
    [
      [126, 0],
      [116, 18],
      [40, 32],
    ],
    tone(s.colour, -0.08),
    { y: 330, finish: 'metal' },
  );
  lathe(
    c,
    cam,
    [
      [14, 0],
      [12, 16],
      [30, 34],
      [28, 52],
    ],
    wood,
    { y: 358, finish: 'wood' },
  );
};

const teapot = (c: Canvas, s: Subject, cam: Camera): void => {
  const flip = cam.yaw > 0 ? -1 : 1;
  contactShadow(c, 520, 150);
  handle(c, `M${-flip * 190} -250C${-flip * 350} -290 ${-flip * 330} -70 ${-flip * 190} -90`, s.colour, 30);
  c.path(
    `M${flip * 180} -70C${flip * 270} -100 ${flip * 270} -220 ${flip * 330} -280L${flip * 296} -296C${flip * 240} -270 ${flip * 230} -220 ${flip * 160} -190Z`,
    c.linear([
      [0, tone(s.colour, 0.25)],
      [1, tone(s.colour, -0.25)],
    ]),
  );
  const body: Profile = [
    [110, 0],
    [140, 14],
    [218, 90],
    [226, 170],
    [170, 262],
    [104, 290],
  ];
  lathe(c, cam, body, s.colour, { finish: 'ceramic' });
  lathe(
    c,
    cam,
    [
      [108, 0],
      [100, 16],
      [36, 40],
    ],
    s.colour,
    { y: 288, finish: 'ceramic' },
  );
  lathe(
    c,
    cam,
    [
      [14, 0],
      [28, 20],
      [20, 42],
      [2, 46],
    ],
    s.colour,
    { y: 326, finish: 'ceramic' },
  );
  const crackle =
    'M-140 -180l40 30 18 50 60 10M-20 -240l-12 46 44 40 60-8M120 -220l-30 50 20 60-46 40M-90 -90l50-20 30 40 70-10';
  c.line(crackle, tone(s.colour, -0.3), 1.6, 'opacity=".35"');
};

export const kitchen: Families = {
  mug: shape('table', 'kitchen', [40, -240], mug),
  pot: shape('table', 'kitchen', [80, -300], pot),
  pan: shape('table', 'kitchen', [90, -120], pan),
  wok: shape('table', 'kitchen', [60, -150], (c, s, cam) => pan(c, s, cam, 120, 280)),
  cookset: shape('table', 'kitchen', [-60, -260], (c, s, cam) => {
    c.move(130, -130, 0.72, () => pot(c, s, cam));
    c.move(-120, 0, 0.74, () => pan(c, s, cam));
  }),
  bowl: shape('table', 'tea', [-60, -190], bowl),
  plate: shape('table', 'kitchen', [120, -120], plate),
  thermos: shape('table', 'desk', [0, -420], (c, s, cam) => bottle(c, s, cam)),
  sportbottle: shape('table', 'outdoor', [0, -420], (c, s, cam) => bottle(c, s, cam, true)),
  glass: shape('table', 'kitchen', [0, -220], glass),
  kettle: shape('table', 'kitchen', [80, -250], kettle),
  teapot: shape('table', 'tea', [60, -240], teapot),
};
