import { type Canvas, n } from '../canvas.ts';
import { cloth, creases, plump } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { type Box, type BoxOptions, box, type Camera, contactShadow, lathe } from '../space.ts';
import { tone } from '../tone.ts';
import { bed } from './bedding.ts';

const woodOf = (s: Subject): string =>
  /胡桃/.test(s.title) ? '#7A5338' : s.colour === '#7A5338' ? '#7A5338' : '#CDA273';

/** Boxes drawn from the far to the near, so that nearer ones cover. */
function assemble(c: Canvas, cam: Camera, parts: (Box & { colour: string; options?: BoxOptions })[]): void {
  const depth = ({ x = 0, y = 0, z = 0 }: Box) => -x * Math.sin(cam.yaw) + z * Math.cos(cam.yaw) + y * 0.4;
  for (const part of [...parts].sort((a, b) => depth(a) - depth(b))) box(c, cam, part, part.colour, part.options ?? {});
}

const legs = (
  w: number,
  h: number,
  d: number,
  size: number,
  colour: string,
  inset = 14,
): (Box & { colour: string })[] =>
  [-1, 1].flatMap((sx) =>
    [-1, 1].map((sz) => ({ x: sx * (w / 2 - inset), z: sz * (d / 2 - inset), w: size, h, d: size, colour })),
  );

const table = (c: Canvas, s: Subject, cam: Camera): void => {
  const wood = woodOf(s);
  contactShadow(c, 820, 300, 0, 0, 0.7);
  assemble(c, cam, [...legs(600, 330, 320, 30, wood, 24)]);
  box(c, cam, { y: 296, w: 560, h: 34, d: 280 }, tone(wood, -0.12), { wood: 3 });
  box(c, cam, { y: 330, w: 640, h: 26, d: 350 }, wood, { wood: s.seed % 89, radius: 8 });
  if (/书桌/.test(s.title))
    box(c, cam, { x: 0, y: 300, z: 146, w: 240, h: 30, d: 8 }, tone(wood, 0.1), {
      wood: 5,
      front: (w, h) => c.ellipse(w / 2, h / 2, 8, 6, tone(wood, -0.5)),
    });
};

const roundtable = (c: Canvas, s: Subject, cam: Camera): void => {
  const wood = woodOf(s);
  contactShadow(c, 620, 220, 0, 0, 0.7);
  if (/立式/.test(s.title)) {
    lathe(
      c,
      cam,
      [
        [150, 0],
        [150, 16],
        [60, 30],
        [34, 60],
        [28, 300],
        [60, 350],
      ],
      wood,
      { finish: 'wood' },
    );
  } else assemble(c, cam, legs(380, 350, 380, 28, wood, 20));
  lathe(
    c,
    cam,
    [
      [292, 0],
      [306, 12],
      [300, 28],
    ],
    wood,
    { y: 348, finish: 'wood', sharp: true },
  );
};

const chair = (c: Canvas, s: Subject, cam: Camera): void => {
  const wood = woodOf(s);
  contactShadow(c, 460, 190, 0, 0, 0.8);
  const turned: Camera = { ...cam, yaw: cam.yaw > 0 ? cam.yaw : cam.yaw - 0.2 };
  assemble(c, turned, [
    ...legs(270, 260, 270, 24, wood),
    { y: 260, w: 290, h: 24, d: 290, colour: wood, options: { wood: 3, radius: 10 } },
    { x: -125, z: -125, y: 284, w: 22, h: 290, d: 22, colour: wood },
    { x: 125, z: -125, y: 284, w: 22, h: 290, d: 22, colour: wood },
    { z: -128, y: 470, w: 272, h: 96, d: 20, colour: wood, options: { wood: 9, radius: 10 } },
    { z: -128, y: 380, w: 240, h: 26, d: 14, colour: tone(wood, -0.1) },
  ]);
};

const officechair = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 170);
  const metal = '#C9CDD1';
  for (const [x, y] of [
    [-190, -36],
    [190, -36],
    [-120, 6],
    [120, 6],
    [0, -70],
  ] as const) {
    c.line(`M0 -96L${x} ${y}`, tone(metal, -0.3), 22);
    c.line(`M0 -98L${x} ${y - 3}`, tone(metal, 0.2), 12);
    c.ellipse(x, y + 12, 17, 19, '#3A3C40');
  }
  lathe(
    c,
    cam,
    [
      [16, 0],
      [16, 130],
    ],
    metal,
    { y: 90, finish: 'metal' },
  );
  const back =
    'M-146 -300C-176 -420 -160 -600 -110 -628C-60 -646 60 -646 110 -628C160 -600 176 -420 146 -300C80 -278 -80 -278 -146 -300Z';
  c.path(
    back,
    c.linear(
      [
        [0, tone(s.colour, 0.16)],
        [1, tone(s.colour, -0.2)],
      ],
      0,
      0,
      1,
      0.6,
    ),
  );
  c.path(back, c.pattern(12, 12, '<path d="M0 0L12 12M12 0L0 12" stroke="#fff" stroke-width="1.500" opacity=".16"/>'));
  c.line(back, tone(s.colour, -0.35), 12);
  c.line('M-112 -420Q0 -386 112 -420', tone(s.colour, -0.3), 10, 'opacity=".7"');
  const seat = 'M-186 -262Q-190 -300 -140 -304Q0 -320 140 -304Q190 -300 186 -262Q180 -206 0 -204T-186 -262Z';
  cloth(c, seat, s, [0.3, 0.1]);
  for (const x of [-204, 204]) {
    c.line(`M${x} -250V-372`, '#4A4C50', 18);
    c.line(`M${x - 26} -380H${x + 30}`, '#3A3C40', 26);
    c.line(`M${x - 26} -385H${x + 30}`, '#6A6C70', 6);
  }
};

/** A sofa from the front, `seats` cushions wide. */
const sofa = (c: Canvas, s: Subject, seats = 3, fabric = s.pattern): void => {
  const dress = { ...s, pattern: fabric };
  const half = seats === 1 ? 215 : 330;
  contactShadow(c, half * 2.3, 150);
  for (const x of [-half + 44, half - 44])
    c.path(
      `M${x - 13} -60H${x + 13}L${x + 7} 0H${x - 7}Z`,
      c.linear(
        [
          [0, '#B98A5C'],
          [1, '#7E5836'],
        ],
        0,
        0,
        1,
        0,
      ),
    );
  const back = `M${-half + 26} -120V${-360}Q${-half + 26} -420 ${-half + 90} -424Q0 -440 ${half - 90} -424Q${half - 26} -420 ${half - 26} -360V-120Z`;
  cloth(c, back, { ...dress, colour: tone(s.colour, -0.06) }, [0.36, 0.1]);
  const w = ((half - 60) * 2) / seats;
  for (let i = 0; i < seats; i += 1) {
    const x = -half + 60 + i * w;
    const b = `M${n(x + 4)} -210V-350Q${n(x + 4)} -392 ${n(x + 46)} -392H${n(x + w - 46)}Q${n(x + w - 4)} -392 ${n(x + w - 4)} -350V-210Z`;
    cloth(c, b, { ...dress, colour: tone(s.colour, 0.06) }, [0.36, 0.2]);
    c.line(b, tone(s.colour, -0.24), 2.5, 'opacity=".5"');
    const seat = `M${n(x)} -224Q${n(x + w / 2)} -252 ${n(x + w)} -224V-160Q${n(x + w)} -136 ${n(x + w - 22)} -136H${n(x + 22)}Q${n(x)} -136 ${n(x)} -160Z`;
    cloth(c, seat, { ...dress, colour: tone(s.colour, 0.14) }, [0.4, 0]);
    c.path(
      seat,
      c.linear([
        [0, '#fff', 0.2],
        [0.4, '#fff', 0],
        [1, '#241a24', 0.24],
      ]),
    );
  }
  c.path(
    `M${-half + 30} -150H${half - 30}V-70Q${half - 30} -54 ${half - 50} -54H${-half + 50}Q${-half + 30} -54 ${-half + 30} -70Z`,
    tone(s.colour, -0.1),
  );
  c.path(
    `M${-half + 30} -150H${half - 30}V-70Q${half - 30} -54 ${half - 50} -54H${-half + 50}Q${-half + 30} -54 ${-half + 30} -70Z`,
    c.linear([
      [0, '#241a24', 0.3],
      [0.4, '#241a24', 0.05],
      [1, '#241a24', 0.2],
    ]),
  );
  for (const side of [-1, 1]) {
    const x = side * (half - 34);
    const arm = `M${x - 38} -56V-270Q${x - 40} -316 ${x} -316T${x + 38} -270V-56Z`;
    cloth(c, arm, dress, [0.3, 0.1]);
    c.path(
      arm,
      c.linear(
        [
          [0, '#241a24', side > 0 ? 0.02 : 0.1],
          [0.3, '#fff', 0.18],
          [1, '#241a24', 0.24],
        ],
        0,
        0,
        1,
        0,
      ),
    );
  }
  creases(c, back, -half + 60, -380, half * 2 - 120, 200, s.seed, 6);
  if (seats > 1) {
    plump(
      c,
      -190,
      -284,
      130,
      126,
      { colour: s.accent === s.colour ? '#C48F86' : s.accent, accent: s.colour, pattern: 'plain' },
      -10,
    );
    plump(c, 206, -284, 122, 120, { colour: '#EFE8DA', accent: s.colour, pattern: 'stripe' }, 9);
  }
};

const beanbag = (c: Canvas, s: Subject): void => {
  contactShadow(c, 600, 150);
  const d =
    'M-300 -90C-320 -190 -230 -240 -200 -330C-176 -420 -110 -470 -20 -470C80 -470 120 -400 160 -320C220 -240 320 -210 306 -96C296 -14 180 4 10 4S-290 -14 -300 -90Z';
  cloth(c, d, s, [0.36, 0.2]);

  const dip = 'M-196 -250C-120 -190 90 -190 190 -250C150 -150 60 -120 0 -120S-160 -150 -196 -250Z';
  c.path(dip, '#241a24', 'opacity=".12"');
  c.line('M-190 -252C-110 -186 90 -186 186 -250', tone(s.colour, -0.3), 3.5, 'opacity=".5"');
  c.line('M-20 -468C-40 -400 -30 -320 0 -206', tone(s.colour, -0.25), 3, 'opacity=".4"');
  creases(c, d, -240, -180, 460, 150, s.seed, 8);
};

const drawerFront =
  (c: Canvas, wood: string, rows: number, columns: number) =>
  (w: number, h: number): void => {
    const [dw, dh] = [(w - 20) / columns, (h - 20) / rows];
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const [x, y] = [10 + column * dw + 4, 10 + row * dh + 4];
        c.rect(x, y, dw - 8, dh - 8, tone(wood, 0.1), 4, `stroke="${tone(wood, -0.42)}" stroke-width="3"`);
        c.line(`M${n(x + 4)} ${n(y + 3)}H${n(x + dw - 12)}`, '#fff', 2, 'opacity=".35"');
        c.path(`M${n(x + dw / 2 - 26)} ${n(y + 2)}h44q-4 16 -22 16t-22 -16Z`, tone(wood, -0.55));
      }
    }
  };

const cabinet = (
  c: Canvas,
  s: Subject,
  cam: Camera,
  at: { w: number; h: number; d: number },
  rows: number,
  columns: number,
): void => {
  const wood = woodOf(s);
  contactShadow(c, at.w * 1.3, at.d * 0.8, 0, 0, 0.8);
  assemble(c, cam, legs(at.w, 60, at.d, 24, tone(wood, -0.2), 30));
  box(c, cam, { y: 58, ...at }, wood, { wood: s.seed % 71, front: drawerFront(c, wood, rows, columns) });
  box(c, cam, { y: 58 + at.h, w: at.w + 20, h: 16, d: at.d + 16 }, tone(wood, 0.06), { wood: 8, radius: 6 });
};

const shelf = (c: Canvas, s: Subject, cam: Camera): void => {
  const wood = woodOf(s);
  contactShadow(c, 520, 190, 0, 0, 0.8);
  const parts: (Box & { colour: string; options?: BoxOptions })[] = [];
  for (const y of [30, 170, 310, 450, 590])
    parts.push({ y, w: 400, h: 18, d: 190, colour: wood, options: { wood: y } });
  for (const y of parts) box(c, cam, y, y.colour, y.options ?? {});
  const books = (y: number, x: number, colours: string[]) =>
    colours.forEach((colour, i) => {
      box(c, cam, { x: x + i * 30, y: y + 18, w: 26, h: 92 - (i % 3) * 12, d: 110 }, colour);
    });
  books(30, -150, ['#8FA6BA', '#EFE8DA', '#BD6A4C', '#35523F']);
  books(170, 40, ['#D3A243', '#F2EDE2', '#5E6266', '#C48F86']);
  books(310, -160, ['#A9B894', '#2F4160', '#EFE8DA']);
  box(c, cam, { x: 90, y: 328, w: 120, h: 62, d: 110 }, '#D8C4A0', { radius: 8 });
  lathe(
    c,
    cam,
    [
      [30, 0],
      [46, 30],
      [30, 74],
      [20, 90],
    ],
    '#F2EDE2',
    { y: 468, x: 100, finish: 'ceramic', wall: 4 },
  );
  for (const x of [-200, 200])
    for (const z of [-86, 86]) box(c, cam, { x, z, w: 18, h: 626, d: 18 }, tone(wood, -0.04));
};

const mirror = (c: Canvas, s: Subject): void => {
  const wood = woodOf(s);
  contactShadow(c, 360, 90);
  const round = /圆角/.test(s.title) ? 90 : 22;
  c.group('transform="skewX(-3)"', () => {
    c.path('M90 -60L170 -4L196 -4L130 -120Z', tone(wood, -0.35));
    c.rect(-160, -632, 330, 630, tone(wood, -0.36), round);
    c.rect(
      -170,
      -636,
      330,
      632,
      c.linear(
        [
          [0, tone(wood, 0.24)],
          [1, tone(wood, -0.1)],
        ],
        0,
        0,
        1,
        1,
      ),
      round,
    );
    c.rect(
      -148,
      -614,
      286,
      588,
      c.linear(
        [
          [0, '#F5F8FA'],
          [0.45, '#D7E1E7'],
          [0.55, '#EDF2F4'],
          [1, '#C1CED6'],
        ],
        0,
        0,
        1,
        1,
      ),
      Math.max(6, round - 18),
    );
    const d = 'M-148 -300L60 -614H112L-148 -220Z';
    c.path(d, '#fff', 'opacity=".55"');
    c.path('M-148 -180L138 -560V-520L-148 -130Z', '#fff', 'opacity=".3"');
  });
};

const woodbed = (c: Canvas, s: Subject): void => {
  bed(c, { ...s, colour: '#E9E2D5', accent: '#A9B894', pattern: 'crinkle' });
};

export const furniture: Families = {
  table: shape('floor', 'floor', [60, -320], table),
  roundtable: shape('floor', 'floor', [60, -340], roundtable),
  chair: shape('floor', 'floor', [-20, -360], chair),
  officechair: shape('floor', 'desk', [20, -420], officechair),
  sofa: shape('floor', 'floor', [-160, -280], (c, s) => sofa(c, s, 3)),
  armchair: shape('floor', 'floor', [-60, -280], (c, s) =>
    sofa(c, s, 1, /羊羔|绒/.test(s.title) ? 'fleece' : s.pattern),
  ),
  beanbag: shape('floor', 'floor', [0, -280], beanbag),
  woodbed: shape('floor', 'floor', [-120, -460], woodbed),
  nightstand: shape('floor', 'floor', [0, -260], (c, s, cam) => cabinet(c, s, cam, { w: 330, h: 300, d: 260 }, 2, 1)),
  drawers: shape('floor', 'floor', [0, -360], (c, s, cam) =>
    cabinet(
      c,
      s,
      cam,
      /五斗/.test(s.title) ? { w: 400, h: 480, d: 240 } : { w: 540, h: 380, d: 240 },
      /五斗/.test(s.title) ? 5 : 4,
      /五斗/.test(s.title) ? 1 : 2,
    ),
  ),
  tvcabinet: shape('floor', 'floor', [60, -180], (c, s, cam) =>
    cabinet(
      c,
      s,
      cam,
      /茶几/.test(s.title) ? { w: 500, h: 170, d: 300 } : { w: 640, h: 170, d: 200 },
      1,
      /茶几/.test(s.title) ? 2 : 4,
    ),
  ),
  shelf: shape('floor', 'floor', [-40, -420], shelf),
  mirror: shape('floor', 'floor', [-60, -480], mirror),
};
