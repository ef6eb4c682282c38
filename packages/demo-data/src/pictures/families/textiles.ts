import { type Canvas, n, roundPolygon } from '../canvas.ts';
import { type Cloth, cloth, foldedStack, folds, plump, weave } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { tone } from '../tone.ts';

const cushion = (c: Canvas, s: Subject): void => {
  if (/太鼓|圆/.test(s.title)) {
    contactShadow(c, 560, 140);
    const d = 'M-280 -170C-280 -290 -160 -350 0 -350S280 -290 280 -170S160 0 0 0S-280 -50 -280 -170Z';
    cloth(c, d, s, [0.34, 0.24]);
    c.line('M-274 -150Q0 -60 274 -150', tone(s.colour, -0.25), 5, 'opacity=".5"');
    c.ellipse(0, -262, 26, 12, tone(s.colour, -0.22));
    return;
  }
  contactShadow(c, 500, 110);
  if (s.view === 'angle') plump(c, 110, -300, 420, 420, { colour: s.accent, accent: s.colour, pattern: 'plain' }, 9);
  plump(c, s.view === 'angle' ? -60 : 0, -270, 500, 500, s, s.view === 'angle' ? -7 : -3, 1.1);
};

const seatpad = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 600, 200);
  if (/腰靠/.test(s.title)) {
    plump(c, 0, -210, 480, 400, s, 0);
    c.line('M-200 -300Q0 -250 200 -300M-200 -130Q0 -170 200 -130', '#241a24', 8, 'opacity=".14"');
    return;
  }
  if (/午睡枕|手枕|手卷/.test(s.title)) {
    lathe(
      c,
      { yaw: 0, pitch: 0.3 },
      [
        [150, 0],
        [184, 30],
        [190, 110],
        [176, 190],
        [150, 214],
      ],
      s.colour,
      { wall: 64, inside: tone(s.colour, -0.2) },
    );
    plump(c, 20, -300, 330, 190, s, 3);
    return;
  }
  if (/长毛/.test(s.title)) {
    const points: string[] = [];
    for (let i = 0; i < 52; i += 1) {
      const a = (i / 52) * Math.PI * 2;
      const r = (i % 2 ? 1 : 0.9) + Math.sin(i * 2.3) * 0.03;
      points.push(`${n(Math.cos(a) * 320 * r)} ${n(-170 + Math.sin(a) * 170 * r)}`);
    }
    cloth(c, `M${points.join('L')}Z`, { ...s, pattern: 'fleece' }, [0.4, 0.2], 1.4);
    return;
  }
  const round = /圆|蒲团/.test(s.title);
  if (round) {
    const straw = /蔺草/.test(s.title) ? '#BFB884' : s.colour;
    lathe(
      c,
      { yaw: 0, pitch: 0.52 },
      [
        [286, 0],
        [312, 24],
        [312, 66],
        [286, 92],
      ],
      straw,
      {},
    );
    for (const r of [250, 205, 160, 115, 70])
      c.ellipse(0, -92 * 0.87, r, r * 0.5, 'none', `stroke="${tone(straw, -0.28)}" stroke-width="4" opacity=".4"`);
    return;
  }
  const [fill] = weave(c, s.pattern, s.colour, s.accent);
  for (const y of [0, 92]) {
    box(c, { ...cam, pitch: cam.pitch + 0.16 }, { y, w: 420, h: 84, d: 420 }, y ? s.colour : tone(s.accent, 0.1), {
      radius: 46,
      contrast: 0.8,
      top: (w, h) => {
        c.rect(0, 0, w, h, fill as string);
        for (const x of [0.3, 0.7])
          for (const z of [0.3, 0.7])
            c.ellipse(
              w * x,
              h * z,
              16,
              16,
              c.radial([
                [0, '#241a24', 0.4],
                [1, '#241a24', 0],
              ]),
            );
      },
      front: (w, h) => c.line(`M0 ${n(h * 0.5)}H${n(w)}`, tone(s.colour, -0.25), 4, 'opacity=".5"'),
    });
  }
};

const rugPlan = (s: Subject): Cloth => ({ ...s, pattern: s.pattern === 'plain' ? 'geo' : s.pattern });

const rug = (c: Canvas, s: Subject): void => {
  const dress = rugPlan(s);
  const d =
    s.view === 'angle'
      ? roundPolygon(
          [
            [-170, -330],
            [330, -250],
            [250, 40],
            [-330, -70],
          ],
          10,
        )
      : roundPolygon(
          [
            [-240, -300],
            [240, -300],
            [330, 0],
            [-330, 0],
          ],
          10,
        );
  c.path(d, '#2a1f1c', 'opacity=".22" transform="translate(10 16)"');
  c.line(d, tone(s.colour, -0.2), 10);
  const across = s.view === 'angle' ? 'skewX(-14) rotate(9)' : 'scale(1 .62)';
  c.path(d, s.colour);
  c.clipped(d, () =>
    c.group(`transform="${across}"`, () => {
      const big = 'M-700 -900H700V300H-700Z';
      cloth(c, big, dress, [0.4, 0.4], 1.5);
      if (dress.pattern === 'geo') {
        c.rect(-200, -430, 400, 380, 'none', 0, `stroke="${tone(s.colour, 0.55)}" stroke-width="14" opacity=".8"`);
        c.rect(
          -170,
          -400,
          340,
          320,
          'none',
          0,
          `stroke="${s.accent === s.colour ? tone(s.colour, -0.35) : s.accent}" stroke-width="6" opacity=".7"`,
        );
      }
    }),
  );
  let tassels = '';
  const [a, b, y0, y1] = s.view === 'angle' ? [-330, 250, -70, 40] : [-330, 330, 0, 0];
  for (let i = 0; i <= 44; i += 1) {
    const x = a + ((b - a) * i) / 44;
    const y = y0 + ((y1 - y0) * i) / 44;
    tassels += `M${n(x)} ${n(y)}l${(i % 3) - 1} 22`;
  }
  c.line(tassels, tone(s.colour, 0.45), 5);
  c.path(
    d,
    c.linear(
      [
        [0, '#fff', 0.16],
        [0.5, '#fff', 0],
        [1, '#241a24', 0.16],
      ],
      0,
      0,
      1,
      1,
    ),
  );
};

const bathmat = (c: Canvas, s: Subject): void => {
  const d = roundPolygon(
    [
      [-230, -260],
      [230, -260],
      [320, 0],
      [-320, 0],
    ],
    60,
  );
  c.path(d, '#2a1f1c', 'opacity=".24" transform="translate(10 18)"');
  c.path(d, tone(s.colour, -0.25), 'transform="translate(0 12)"');
  cloth(c, d, { ...s, pattern: s.pattern === 'plain' ? 'fleece' : s.pattern }, [0.36, 0.3]);
  c.line(
    roundPolygon(
      [
        [-206, -232],
        [206, -232],
        [282, -30],
        [-282, -30],
      ],
      50,
    ),
    tone(s.colour, 0.5),
    6,
    'opacity=".6"',
  );
};

const curtain = (c: Canvas, s: Subject): void => {
  const sheer = /纱帘/.test(s.title);
  c.rect(
    -250,
    -600,
    500,
    540,
    c.linear([
      [0, '#DDEAF2'],
      [0.7, '#F3F2E6'],
      [1, '#E6E4CF'],
    ]),
    6,
  );
  c.rect(-250, -600, 500, 540, 'none', 6, 'stroke="#FBF8F1" stroke-width="20"');
  c.line('M0 -600V-60M-250 -330H250', '#FBF8F1', 12);
  c.rect(
    -330,
    -640,
    660,
    15,
    c.linear([
      [0, '#D8B27A'],
      [1, '#8F6A3E'],
    ]),
    7,
  );
  for (const x of [-336, 336]) c.ellipse(x, -632, 15, 15, '#C79A5E');
  const drape = (x0: number, x1: number, tied: boolean, sign: number) => {
    const edge = tied
      ? `C${x1} -420 ${x1 - sign * 60} -330 ${x1 - sign * 116} -290C${x1 - sign * 70} -200 ${x1 - sign * 40} -100 ${x1 - sign * 50} 0`
      : `L${x1} 0`;
    const d = `M${x0} -626H${x1}${edge}L${x0} 0Z`;
    c.path(d, '#241a24', `opacity=".12" transform="translate(${sign * -10} 8)"`);
    if (sheer) c.group('opacity=".74"', () => cloth(c, d, s, [0.5, 0.1]));
    else cloth(c, d, s, [0.5, 0.1]);
    folds(c, d, Math.min(x0, x1), Math.max(x0, x1), -630, 0, 5, s.seed + x0, sheer ? 0.6 : 1);
    if (tied) c.line(`M${x0} -300Q${(x0 + x1) / 2} -262 ${x1 - sign * 104} -292`, tone(s.colour, -0.35), 12);
  };
  drape(-322, -70, s.view === 'front', -1 * -1);
  drape(322, 70, s.view === 'front', -1);
};

const towel = (c: Canvas, s: Subject): void => {
  const terry: Cloth = { ...s, pattern: s.pattern === 'plain' ? 'waffle' : s.pattern };
  if (s.view === 'angle') {
    contactShadow(c, 520, 170);
    const roll = (x: number, y: number, r: number, dress: Cloth) => {
      c.path(`M${x} ${y - r}H${x + 230}A${r} ${r} 0 0 1 ${x + 230} ${y + r}H${x}Z`, dress.colour);
      c.path(
        `M${x} ${y - r}H${x + 230}A${r} ${r} 0 0 1 ${x + 230} ${y + r}H${x}Z`,
        weave(c, dress.pattern, dress.colour, dress.accent, 0.7)[0] as string,
      );
      c.path(
        `M${x} ${y - r}H${x + 230}A${r} ${r} 0 0 1 ${x + 230} ${y + r}H${x}Z`,
        c.linear([
          [0, '#fff', 0.4],
          [0.4, '#fff', 0],
          [1, '#241a24', 0.35],
        ]),
      );
      c.ellipse(x, y, r * 0.72, r, tone(dress.colour, 0.1));
      let spiral = '';
      for (let i = 0; i < 40; i += 1) {
        const a = i * 0.5;
        const q = (i / 40) * r * 0.9;
        spiral += `${i ? 'L' : 'M'}${n(x + Math.cos(a) * q * 0.72)} ${n(y + Math.sin(a) * q)}`;
      }
      c.line(spiral, tone(dress.colour, -0.26), 5, 'opacity=".6"');
    };
    const other: Cloth = { ...terry, colour: s.accent === s.colour ? '#F3EEE4' : s.accent };
    roll(-260, -78, 78, terry);
    roll(-40, -78, 78, other);
    roll(-160, -206, 78, terry);
    return;
  }
  contactShadow(c, 540, 140);
  const light: Cloth = { ...terry, colour: tone(s.colour, 0.45) };
  foldedStack(
    c,
    480,
    [
      { dress: terry, h: 74 },
      { dress: light, h: 74 },
      { dress: { ...terry, colour: s.accent === s.colour ? '#EFE8DA' : s.accent }, h: 72 },
      { dress: terry, h: 76 },
    ],
    240,
    0.7,
  );
  c.line('M-170 -330L150 -330', tone(s.colour, 0.5), 7, 'opacity=".7"');
};

const bathtowel = (c: Canvas, s: Subject): void => {
  const terry: Cloth = { ...s, pattern: s.pattern === 'plain' ? 'waffle' : s.pattern };
  if (s.view === 'angle') {
    towel(c, s);
    return;
  }
  contactShadow(c, 420, 60, 0, 0, 0.5);
  c.rect(
    -320,
    -632,
    640,
    18,
    c.linear([
      [0, '#F1E3C8'],
      [0.5, '#C9A56A'],
      [1, '#8F6A3E'],
    ]),
    9,
  );
  const back = 'M-170 -624H240V-190Q40 -176 -170 -190Z';
  cloth(c, back, { ...terry, colour: tone(s.colour, -0.14) });
  const d =
    'M-240 -630Q-20 -646 190 -630C196 -420 186 -200 196 -40C60 -24 -120 -28 -246 -40C-236 -240 -248 -440 -240 -630Z';
  c.path(d, '#241a24', 'opacity=".18" transform="translate(12 10)"');
  cloth(c, d, terry, [0.3, 0.1]);
  folds(c, d, -246, 196, -630, -30, 4, s.seed, 0.8);
  for (const y of [-150, -124])
    c.line(`M-244 ${y}Q-20 ${y + 14} 194 ${y}`, tone(s.colour, y === -150 ? -0.2 : 0.5), 9, 'opacity=".65"');
};

const muslin = (c: Canvas, s: Subject): void => {
  contactShadow(c, 520, 140);
  foldedStack(
    c,
    480,
    [
      { dress: { ...s, pattern: 'crinkle' }, h: 84 },
      { dress: { ...s, pattern: 'sprig', colour: tone(s.colour, 0.5) }, h: 84 },
      { dress: { ...s, pattern: 'crinkle' }, h: 88 },
    ],
    240,
    1.4,
  );
};

export const textiles: Families = {
  cushion: shape('table', 'living', [-60, -300], cushion),
  seatpad: shape('floor', 'living', [60, -140], seatpad),
  rug: shape('floor', 'floor', [60, -120], rug),
  bathmat: shape('floor', 'bath', [60, -120], bathmat),
  curtain: shape('wall', 'living', [-200, -380], curtain),
  towel: shape('table', 'bath', [80, -200], towel),
  bathtowel: shape('wall', 'bath', [40, -160], bathtowel),
  muslin: shape('table', 'bedroom', [80, -170], muslin),
};
