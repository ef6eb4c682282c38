import { randomOf } from '../../seeded.ts';
import { blob, type Canvas, n, type Point } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe, type Profile } from '../space.ts';
import { mix, tone } from '../tone.ts';

export const oak = '#C79A6B';

/** A pool of warm light around a lamp. */
export const glow = (c: Canvas, x: number, y: number, r: number, strength = 0.8): void =>
  c.ellipse(
    x,
    y,
    r,
    r,
    c.radial([
      [0, '#FFF3CF', strength],
      [0.35, '#FFE9B8', strength * 0.4],
      [1, '#FFE9B8', 0],
    ]),
  );

/** A branch with leaves or blossoms from (x, y), leaning. */
export function branch(
  c: Canvas,
  x: number,
  y: number,
  length: number,
  lean: number,
  leaf: string,
  seed: number,
  bloom?: string,
): void {
  const random = randomOf(seed);
  const tip: Point = [x + lean, y - length];
  const bend: Point = [x + lean * 0.2, y - length * 0.55];
  c.line(`M${n(x)} ${n(y)}Q${n(bend[0])} ${n(bend[1])} ${n(tip[0])} ${n(tip[1])}`, mix('#7A5338', leaf, 0.35), 6);
  for (let i = 0; i < 10; i += 1) {
    const t = 0.3 + (i / 10) * 0.7;
    const px = x * (1 - t) ** 2 + bend[0] * 2 * t * (1 - t) + tip[0] * t * t;
    const py = y * (1 - t) ** 2 + bend[1] * 2 * t * (1 - t) + tip[1] * t * t;
    const turn = (i % 2 ? 1 : -1) * random.between(30, 70) + (lean / length) * 60;
    c.group(`transform="translate(${n(px)} ${n(py)}) rotate(${n(turn)})"`, () => {
      const size = length * random.between(0.15, 0.21);
      if (bloom) {
        c.path(
          blob([
            [0, 0],
            [-size * 0.3, -size * 0.3],
            [-size * 0.16, -size * 0.66],
            [size * 0.16, -size * 0.66],
            [size * 0.3, -size * 0.3],
          ]),
          c.radial(
            [
              [0, tone(bloom, 0.5)],
              [1, bloom],
            ],
            0.5,
            0.3,
            0.7,
          ),
        );
      } else {
        c.path(
          `M0 0C${n(size * 0.34)} ${n(-size * 0.3)} ${n(size * 0.24)} ${n(-size * 0.8)} 0 ${n(-size)}C${n(-size * 0.3)} ${n(-size * 0.74)} ${n(-size * 0.3)} ${n(-size * 0.3)} 0 0Z`,
          c.linear(
            [
              [0, tone(leaf, 0.25)],
              [1, tone(leaf, -0.15)],
            ],
            0,
            0,
            1,
            0,
          ),
        );
        c.line(`M0 0V${n(-size * 0.8)}`, tone(leaf, 0.35), 1.5, 'opacity=".6"');
      }
    });
  }
}

const vase = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 330, 100);
  const silk = /月光曲/.test(s.title);
  const cotton = /木棉/.test(s.title);
  const leaf = '#7F9268';
  branch(c, 0, -300, 330, -120, leaf, s.seed, silk ? (cotton ? '#F3EFE8' : '#F7F2DA') : undefined);
  branch(c, 6, -300, 350, 90, leaf, s.seed + 3, silk ? (cotton ? '#F1E4DC' : '#FBF8EC') : undefined);
  if (silk) branch(c, 2, -300, 280, 10, leaf, s.seed + 5);
  const profiles: Profile[] = [
    [
      [88, 0],
      [120, 40],
      [138, 130],
      [96, 240],
      [44, 280],
      [40, 312],
      [54, 324],
    ],
    [
      [110, 0],
      [128, 20],
      [128, 220],
      [96, 280],
      [56, 296],
      [52, 316],
    ],
    [
      [70, 0],
      [110, 60],
      [150, 150],
      [150, 190],
      [86, 260],
      [60, 312],
    ],
  ];
  lathe(c, cam, profiles[s.seed % 3] as Profile, /清水|玻璃/.test(s.title) ? '#CFE0E2' : s.colour, {
    finish: /清水/.test(s.title) ? 'glass' : 'matte',
    wall: 8,
  });
};

const flowerdome = (c: Canvas, s: Subject, cam: Camera): void => {
  const tints = /罗马|怦然/.test(s.title)
    ? ['#C9506A', '#E9A3B0', '#7C2F3A']
    : /海洋/.test(s.title)
      ? ['#5E86B8', '#9FC3E0', '#DDE9F2']
      : ['#E9BFC0', '#DCC7A1', '#A9B894'];
  contactShadow(c, 440, 130);
  lathe(
    c,
    cam,
    [
      [196, 0],
      [206, 12],
      [206, 40],
      [190, 54],
    ],
    '#7A5338',
    { finish: 'wood' },
  );
  const rose = (x: number, y: number, r: number, colour: string) => {
    c.ellipse(
      x,
      y,
      r,
      r * 0.96,
      c.radial(
        [
          [0, tone(colour, -0.25)],
          [0.5, colour],
          [1, tone(colour, 0.2)],
        ],
        0.5,
        0.55,
        0.6,
      ),
    );
    for (let i = 0; i < 3; i += 1) {
      const q = r * (0.84 - i * 0.26);
      c.path(
        `M${n(x - q)} ${n(y)}A${n(q)} ${n(q)} 0 0 1 ${n(x + q * 0.8)} ${n(y - q * 0.4)}M${n(x + q)} ${n(y + q * 0.2)}A${n(q)} ${n(q)} 0 0 1 ${n(x - q * 0.7)} ${n(y + q * 0.5)}`,
        'none',
        `stroke="${tone(colour, i % 2 ? 0.4 : -0.35)}" stroke-width="5" stroke-linecap="round" opacity=".75"`,
      );
    }
  };
  for (const [x, y, turn] of [
    [-110, -120, -50],
    [110, -130, 48],
    [0, -90, 4],
    [-60, -84, -30],
    [70, -90, 32],
  ] as const)
    c.group(`transform="translate(${x} ${y}) rotate(${turn})"`, () =>
      c.path(
        'M0 20C40 -10 40 -70 0 -110C-40 -70 -40 -10 0 20Z',
        c.linear(
          [
            [0, '#A9B894'],
            [1, '#5F7350'],
          ],
          0,
          0,
          1,
          0,
        ),
      ),
    );
  rose(-70, -210, 66, tints[0] as string);
  rose(76, -200, 60, tints[1] as string);
  rose(4, -290, 70, tints[1] as string);
  rose(0, -150, 56, tints[2] as string);
  rose(-104, -130, 40, tints[1] as string);
  rose(108, -126, 38, tints[0] as string);
  const dome = 'M-180 -56V-330C-180 -470 -90 -540 0 -540S180 -470 180 -330V-56A180 46 0 0 1 -180 -56Z';
  c.path(
    dome,
    c.linear(
      [
        [0, '#fff', 0.5],
        [0.16, '#fff', 0.08],
        [0.8, '#fff', 0.02],
        [1, '#C9D6DC', 0.5],
      ],
      0,
      0,
      1,
      0,
    ),
  );
  c.line(dome, '#fff', 4, 'opacity=".75"');
  c.path('M-150 -110V-330C-150 -420 -110 -470 -66 -496C-110 -440 -122 -400 -122 -320V-120Z', '#fff', 'opacity=".5"');
  c.ellipse(0, -550, 16, 16, '#EAF0F2');
};

const wallclock = (c: Canvas, s: Subject): void => {
  const square = /方圆/.test(s.title);
  const rim = /木/.test(s.title) ? oak : s.colour;
  const frame = (grow: number, fill: string, extra = '') =>
    square
      ? c.rect(-250 - grow, -580 - grow, 500 + grow * 2, 500 + grow * 2, fill, 90, extra)
      : c.ellipse(0, -330, 260 + grow, 260 + grow, fill, extra);
  frame(0, '#2a1f1c', 'opacity=".2" transform="translate(22 30)"');
  frame(
    10,
    c.linear(
      [
        [0, tone(rim, 0.4)],
        [1, tone(rim, -0.25)],
      ],
      0,
      0,
      1,
      1,
    ),
  );
  frame(-20, tone(rim, -0.3));
  frame(
    -24,
    c.linear(
      [
        [0, '#EFEAE0'],
        [1, '#FFFDF8'],
      ],
      0,
      0,
      1,
      1,
    ),
  );
  for (let i = 0; i < 12; i += 1)
    c.group(`transform="translate(0 -330) rotate(${i * 30})"`, () =>
      c.rect(-4, -196, 8, i % 3 ? 18 : 40, i % 3 ? '#B7AFA2' : '#4A4440', 4),
    );
  c.line('M0 -330L-86 -402', '#3A3632', 13);
  c.line('M0 -330L92 -446', '#3A3632', 8);
  c.line('M-14 -310L40 -206', '#E63B2E', 4);
  c.ellipse(0, -330, 12, 12, '#E63B2E');
};

const deskclock = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 130);
  box(c, cam, { w: 500, h: 250, d: 130 }, s.colour, {
    radius: 40,
    front: (w, h) => {
      c.rect(30, 30, w - 60, h - 60, '#2F3437', 22);
      c.rect(
        38,
        38,
        w - 76,
        h - 76,
        c.linear([
          [0, '#D5DDD3'],
          [1, '#BFC9BD'],
        ]),
        16,
      );
      const seg = (x: number, on: string) => {
        const [sw, sh] = [46, 100];
        const y = 74;
        const lines: Record<string, string> = {
          a: `M${x + 6} ${y}h${sw - 12}`,
          b: `M${x + sw} ${y + 6}v${sh / 2 - 12}`,
          c: `M${x + sw} ${y + sh / 2 + 6}v${sh / 2 - 12}`,
          d: `M${x + 6} ${y + sh}h${sw - 12}`,
          e: `M${x} ${y + sh / 2 + 6}v${sh / 2 - 12}`,
          f: `M${x} ${y + 6}v${sh / 2 - 12}`,
          g: `M${x + 6} ${y + sh / 2}h${sw - 12}`,
        };
        c.line([...on].map((key) => lines[key]).join(''), '#2F3437', 11);
      };
      seg(92, 'bc');
      seg(168, 'abcdef');
      seg(276, 'abged');
      seg(352, 'afgcd');
      c.ellipse(245, 104, 7, 7, '#2F3437');
      c.ellipse(245, 146, 7, 7, '#2F3437');
    },
  });
};

const frame = (c: Canvas, s: Subject): void => {
  contactShadow(c, 420, 100);
  c.group('transform="rotate(-3)"', () => {
    c.rect(-186, -520, 400, 520, '#2a1f1c', 6, 'opacity=".2"');
    c.rect(
      -200,
      -530,
      400,
      520,
      c.linear(
        [
          [0, tone(s.colour, 0.3)],
          [1, tone(s.colour, -0.2)],
        ],
        0,
        0,
        1,
        1,
      ),
      6,
    );
    c.rect(-166, -496, 332, 452, '#FBF8F1');
    c.rect(
      -120,
      -440,
      240,
      330,
      c.linear([
        [0, '#C9DBE6'],
        [0.55, '#F3E3CC'],
        [1, '#E6C6A0'],
      ]),
    );
    c.ellipse(50, -330, 40, 40, '#FFF7E2');
    c.path('M-120 -220Q-50 -290 20 -230T120 -250V-110H-120Z', '#8FA6A0');
    c.path('M-120 -170Q-20 -230 60 -170T120 -180V-110H-120Z', '#5F7350');
    c.path('M-166 -300L-20 -496H60L-166 -190Z', '#fff', 'opacity=".28"');
  });
};

export const decor: Families = {
  vase: shape('table', 'living', [0, -240], vase),
  flowerdome: shape('table', 'living', [0, -230], flowerdome),
  wallclock: shape('wall', 'living', [0, -360], wallclock),
  deskclock: shape('table', 'desk', [0, -140], deskclock),
  frame: shape('table', 'living', [0, -300], frame),
};
