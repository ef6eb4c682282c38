import { type Canvas, n } from '../canvas.ts';
import { cloth, creases } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { luminance, tone } from '../tone.ts';
import { mark } from './marks.ts';

const inkOf = (colour: string) => (luminance(colour) > 0.55 ? tone(colour, -0.4) : tone(colour, 0.5));

const suitcase = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 140);
  const metal = /铝/.test(s.title);
  const game = /魔兽/.test(s.title);
  for (const [x, z] of [
    [-120, -60],
    [120, -60],
    [-120, 70],
    [120, 70],
  ] as const)
    lathe(
      c,
      cam,
      [
        [15, 0],
        [20, 8],
        [20, 28],
        [12, 36],
      ],
      '#3A3C40',
      { x, z },
    );
  c.line('M-58 -430V-610H72V-440', '#9EA6AC', 15);
  c.line('M-62 -430V-612H68', '#E9ECEE', 5);
  c.rect(-74, -634, 160, 34, '#3A3C40', 17);
  const face = (w: number, h: number) => {
    let ribs = '';
    for (let i = 1; i < 8; i += 1) ribs += `M${n((w * i) / 8)} 18V${n(h - 18)}`;
    c.line(ribs, tone(s.colour, -0.3), 5, 'opacity=".5"');
    c.line(ribs, '#fff', 4, 'opacity=".35" transform="translate(-5 0)"');
    if (metal)
      for (const [x, y] of [
        [0, 0],
        [w - 52, 0],
        [0, h - 52],
        [w - 52, h - 52],
      ] as const)
        c.rect(x, y, 52, 52, tone('#C8CCD0', 0.2), 12, 'opacity=".9"');
    if (game) {
      c.path(
        `M${n(w / 2)} ${n(h * 0.26)}L${n(w * 0.76)} ${n(h * 0.4)}L${n(w * 0.68)} ${n(h * 0.66)}L${n(w / 2)} ${n(h * 0.78)}L${n(w * 0.32)} ${n(h * 0.66)}L${n(w * 0.24)} ${n(h * 0.4)}Z`,
        '#C9A25E',
        'opacity=".85"',
      );
    } else c.rect(w / 2 - 30, h * 0.12, 60, 16, inkOf(s.colour), 4, 'opacity=".7"');
  };
  box(c, cam, { y: 34, w: 330, h: 420, d: 190 }, s.colour, {
    radius: 46,
    front: face,
    gloss: 0.12,
    side: (w, h) => {
      c.rect(w / 2 - 5, 0, 10, h, tone(s.colour, -0.4));
      c.rect(w / 2 - 26, h * 0.42, 52, 44, '#C8CCD0', 6);
    },
    top: (w, h) => {
      c.rect(0, h / 2 - 5, w, 10, tone(s.colour, -0.4));
      c.rect(w / 2 - 50, h / 2 - 16, 100, 32, '#4A4C50', 16);
    },
  });
};

const backpack = (c: Canvas, s: Subject): void => {
  contactShadow(c, 480, 120);
  c.line('M-60 -560C-70 -640 70 -640 60 -560', tone(s.colour, -0.3), 20);
  for (const side of [-1, 1])
    cloth(
      c,
      `M${side * 150} -470C${side * 250} -440 ${side * 260} -160 ${side * 206} -60L${side * 170} -70C${side * 200} -200 ${side * 190} -380 ${side * 150} -420Z`,
      { ...s, colour: tone(s.colour, -0.25), pattern: 'plain' },
    );
  const d =
    'M-200 -60C-216 -240 -210 -420 -170 -500C-140 -570 -60 -590 0 -590S140 -570 170 -500C210 -420 216 -240 200 -60Q196 0 130 4H-130Q-196 0 -200 -60Z';
  cloth(c, d, s, [0.34, 0.2]);
  creases(c, d, -170, -520, 330, 300, s.seed, 6);
  c.line('M-176 -420C-160 -510 -80 -540 0 -540S160 -510 176 -420', tone(s.colour, -0.4), 7);
  const pocket =
    'M-160 -270Q0 -310 160 -270C176 -180 176 -90 166 -40Q160 -14 120 -14H-120Q-160 -14 -166 -40C-176 -90 -176 -180 -160 -270Z';
  c.path(pocket, '#241a24', 'opacity=".2" transform="translate(2 -6)"');
  cloth(c, pocket, { ...s, colour: tone(s.colour, 0.08) }, [0.34, 0.1]);
  c.line('M-150 -240Q0 -278 150 -240', tone(s.colour, -0.45), 7);
  c.rect(126, -250, 12, 46, '#B98A5C', 5);
  c.rect(-36, -420, 72, 72, '#B98A5C', 8);
  mark(c, 0, -386, 46, '#F4EFE6');
};

const tote = (c: Canvas, s: Subject): void => {
  contactShadow(c, 520, 120);
  for (const [dy, shade] of [
    [-26, -0.3],
    [0, -0.12],
  ] as const)
    c.line(`M-110 ${-400 + dy}C-110 ${-620 + dy} 110 ${-620 + dy} 110 ${-400 + dy}`, tone(s.colour, shade), 26);
  const d = 'M-220 -420H220C232 -280 236 -120 226 -20Q0 14 -226 -20C-236 -120 -232 -280 -220 -420Z';
  cloth(c, d, s, [0.34, 0.2]);
  creases(c, d, -190, -380, 360, 330, s.seed, 8);
  c.line(
    'M-220 -386H220',
    tone(s.colour, luminance(s.colour) < 0.4 ? 0.4 : -0.3),
    3,
    'stroke-dasharray="9 6" opacity=".7"',
  );
  mark(c, 0, -210, 150, inkOf(s.colour), 0.75);
};

const crossbody = (c: Canvas, s: Subject): void => {
  contactShadow(c, 520, 110);
  c.line('M-210 -290C-230 -640 230 -640 210 -290', tone(s.colour, -0.25), 22);
  c.line('M-214 -292C-234 -640 226 -640 206 -292', tone(s.colour, 0.3), 5, 'opacity=".6"');
  const d = 'M-250 -300Q0 -324 250 -300C262 -200 260 -90 246 -20Q0 12 -246 -20C-260 -90 -262 -200 -250 -300Z';
  cloth(c, d, { ...s, pattern: 'plain' }, [0.3, 0.2]);
  const flap = 'M-254 -310Q0 -340 254 -310C258 -230 230 -150 190 -130Q0 -100 -190 -130C-230 -150 -258 -230 -254 -310Z';
  c.path(flap, '#241a24', 'opacity=".25" transform="translate(0 10)"');
  cloth(c, flap, { ...s, colour: tone(s.colour, 0.1), pattern: 'plain' }, [0.3, 0.1]);
  c.line(
    'M-240 -300C-244 -230 -220 -160 -186 -144Q0 -116 186 -144C220 -160 244 -230 240 -300',
    tone(s.colour, luminance(s.colour) < 0.4 ? 0.4 : -0.3),
    3,
    'stroke-dasharray="8 6" opacity=".6"',
  );
  c.rect(
    -32,
    -150,
    64,
    54,
    c.linear(
      [
        [0, '#F2E0B4'],
        [0.5, '#C9A25E'],
        [1, '#8F6A3E'],
      ],
      0,
      0,
      1,
      1,
    ),
    12,
  );
  c.ellipse(0, -122, 9, 9, '#8F6A3E');
};

const umbrella = (c: Canvas, s: Subject): void => {
  contactShadow(c, 500, 90);
  c.line('M10 -560V-60C10 20 110 20 110 -50', tone('#7A5338', -0.2), 18);
  c.line('M7 -560V-60', '#C9A25E', 5);
  const d =
    'M-320 -300C-300 -520 -150 -620 0 -620S300 -520 320 -300Q260 -350 200 -300Q130 -356 66 -300Q0 -356 -66 -300Q-130 -356 -200 -300Q-260 -350 -320 -300Z';
  cloth(c, d, s, [0.34, 0.16]);
  c.line(
    'M0 -620C-100 -520 -190 -420 -200 -300M0 -620C-40 -520 -64 -420 -66 -300M0 -620C40 -520 64 -420 66 -300M0 -620C100 -520 190 -420 200 -300',
    tone(s.colour, -0.35),
    4,
    'opacity=".6"',
  );
  c.line(
    'M-320 -300Q-260 -350 -200 -300Q-130 -356 -66 -300Q0 -356 66 -300Q130 -356 200 -300Q260 -350 320 -300',
    '#C9A25E',
    6,
  );
  c.rect(-7, -660, 14, 46, '#C9A25E', 6);
};

export const bags: Families = {
  suitcase: shape('floor', 'floor', [40, -330], suitcase),
  backpack: shape('table', 'desk', [0, -300], backpack),
  tote: shape('table', 'living', [0, -250], tote),
  crossbody: shape('table', 'living', [0, -200], crossbody),
  umbrella: shape('floor', 'floor', [0, -430], umbrella),
};
