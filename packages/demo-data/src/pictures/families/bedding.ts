import { type Canvas, n, roundPolygon } from '../canvas.ts';
import { type Cloth, cloth, creases, foldedStack, folds, plump, weave } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, grain } from '../space.ts';
import { mix, tone } from '../tone.ts';

const oak = '#C79A6B';

const linen = (colour: string): Cloth => ({ colour, accent: colour, pattern: 'plain' });

const reverse = (s: Subject): Cloth => ({
  colour: mix(s.colour, s.accent === s.colour ? '#F4EFE6' : s.accent, 0.55),
  accent: s.colour,
  pattern: 'plain',
});

/** A made bed from its foot: head board, pillows, cover with a turned-down edge, valance. */
export function bed(c: Canvas, s: Subject, options: { bare?: boolean; thick?: number } = {}): void {
  contactShadow(c, 760, 150, 0, -10);
  const board = 'M-300 -250V-560Q-300 -596 -264 -596H264Q300 -596 300 -560V-250Z';
  c.path(
    board,
    c.linear([
      [0, tone(oak, 0.2)],
      [1, tone(oak, -0.12)],
    ]),
  );
  c.clipped(board, () => c.group('transform="translate(-300 -596)"', () => grain(c, 600, 200, s.seed % 97, oak)));
  c.line('M-288 -584Q0 -590 288 -584', '#fff', 4, 'opacity=".4"');
  for (const x of [-318, 290]) c.rect(x, -70, 28, 70, tone(oak, -0.28), 5);
  c.rect(
    -326,
    -190,
    652,
    136,
    c.linear([
      [0, tone('#EDE6DA', 0)],
      [1, tone('#EDE6DA', -0.2)],
    ]),
    20,
  );
  const sheet = roundPolygon(
    [
      [-268, -388],
      [268, -388],
      [322, -160],
      [-322, -160],
    ],
    26,
  );
  cloth(c, sheet, linen('#F5F1E8'), [0.3, 0.2]);
  if (options.bare) return;
  const back = reverse(s);
  for (const x of [-142, 142]) plump(c, x, -430, 262, 150, back, x / 70);
  for (const x of [-138, 138]) plump(c, x, -378, 250, 138, s, x / -60);
  const top =
    'M-290 -336C-150 -356 150 -350 290 -336L336 -140C338 -70 346 -52 340 -22C300 -4 262 -34 214 -18C150 0 96 -30 40 -14C-30 4 -80 -30 -150 -14C-210 0 -280 -30 -340 -20C-348 -52 -338 -80 -336 -140Z';
  cloth(c, top, s, [0.3, 0.1]);
  c.clipped(top, () => {
    c.rect(
      -360,
      -150,
      720,
      150,
      c.linear([
        [0, '#241a24', 0],
        [0.25, '#241a24', 0.13],
        [1, '#241a24', 0.22],
      ]),
    );
  });
  folds(c, top, -340, 340, -150, 0, 9, s.seed, 0.75);
  creases(c, top, -280, -310, 560, 140, s.seed + 2, 9);
  const turn =
    'M-296 -352C-150 -372 150 -366 296 -352Q312 -316 304 -292C150 -308 -150 -312 -304 -290Q-312 -320 -296 -352Z';
  c.path(turn, '#241a24', 'opacity=".16" transform="translate(2 9)"');
  cloth(c, turn, back, [0.3, 0]);
  c.line('M-300 -296C-150 -316 150 -312 300 -298', tone(back.colour, -0.3), 2, 'opacity=".4"');
}

const bedset = (c: Canvas, s: Subject): void => {
  if (s.view === 'front') {
    bed(c, s);
    return;
  }
  const back = reverse(s);
  contactShadow(c, 620, 150);
  foldedStack(
    c,
    560,
    [
      { dress: linen('#F4EFE5'), h: 66 },
      { dress: back, h: 84 },
      { dress: s, h: 104 },
      { dress: s, h: 96 },
    ],
    220,
  );
  c.move(0, -392, 1, () => {
    plump(c, -20, -30, 400, 128, back, -2);
    plump(c, 10, -104, 380, 128, s, 3);
  });
};

/** A billowing folded duvet: three soft rolls with stitched channels. */
const duvet = (c: Canvas, s: Subject): void => {
  contactShadow(c, 660, 160);
  const dress: Cloth = { ...s, pattern: s.pattern === 'plain' ? 'quilt' : s.pattern };
  const roll = (y: number, w: number, h: number) => {
    const d = `M${n(-w / 2)} ${n(y - h * 0.42)}C${n(-w / 2 - 30)} ${n(y - h * 1.02)} ${n(-w * 0.2)} ${n(y - h * 1.06)} 0 ${n(y - h)}C${n(w * 0.24)} ${n(y - h * 1.08)} ${n(w / 2 + 24)} ${n(y - h)} ${n(w / 2 + 6)} ${n(y - h * 0.46)}C${n(w / 2 + 20)} ${n(y - h * 0.06)} ${n(w * 0.3)} ${n(y + 6)} 0 ${n(y)}C${n(-w * 0.3)} ${n(y + 8)} ${n(-w / 2 - 20)} ${n(y - h * 0.05)} ${n(-w / 2)} ${n(y - h * 0.42)}Z`;
    cloth(c, d, dress, [0.34, 0.12]);
    c.path(
      d,
      c.linear([
        [0, '#fff', 0.34],
        [0.42, '#fff', 0],
        [0.72, '#241a24', 0.04],
        [1, '#241a24', 0.3],
      ]),
    );
    creases(c, d, -w / 2, y - h, w * 0.9, h, s.seed + y, 5);
  };
  roll(0, 600, 190);
  roll(-142, 580, 186);
  roll(-282, 540, 190);
  c.path('M-250 -420C-140 -470 150 -474 262 -424C150 -448 -130 -446 -250 -420Z', '#fff', 'opacity=".4"');
  if (s.view === 'angle') c.move(150, -330, 1, () => band(c, 46, 300));
};

/** A paper band with the house leaf, around folded goods. */
function band(c: Canvas, w: number, h: number): void {
  c.rect(
    -w / 2,
    -h / 2,
    w,
    h,
    c.linear([
      [0, '#F7F1E6'],
      [1, '#D9CDB9'],
    ]),
    4,
  );
  c.path('M0 -24C16 -20 18 4 0 16C-18 4 -16 -20 0 -24Z', '#A08C74');
}

const quilt = (c: Canvas, s: Subject): void => {
  contactShadow(c, 640, 150);
  const dress: Cloth = { ...s, pattern: s.pattern === 'plain' ? 'quilt' : s.pattern };
  const back = reverse(s);
  if (s.view === 'angle') {
    foldedStack(
      c,
      540,
      [
        { dress: back, h: 70 },
        { dress, h: 96 },
        { dress: back, h: 70 },
        { dress, h: 110 },
      ],
      240,
      1.2,
    );
    return;
  }
  const d =
    'M-300 -30C-330 -160 -300 -330 -250 -420Q-60 -470 190 -440C300 -420 330 -300 318 -180C330 -110 340 -60 310 -18C200 10 -160 14 -300 -30Z';
  cloth(c, d, dress, [0.34, 0.2]);
  folds(c, d, -300, 320, -430, 0, 6, s.seed, 0.55);
  creases(c, d, -280, -380, 520, 330, s.seed, 10);
  const turn = 'M190 -440C300 -420 330 -300 318 -180C240 -200 170 -270 150 -350Q150 -410 190 -440Z';
  c.path(turn, '#241a24', 'opacity=".2" transform="translate(-12 12)"');
  cloth(c, turn, back, [0.5, 0.1]);
  c.line(d, tone(s.colour, -0.25), 3, 'opacity=".4"');
};

const pillow = (c: Canvas, s: Subject): void => {
  contactShadow(c, 620, 130);
  const wave = /波浪|颈|记忆|荞麦|夜交藤/.test(s.title);
  if (wave && !/双人/.test(s.title)) {
    const d =
      'M-316 -60C-330 -170 -290 -232 -200 -230C-110 -228 -90 -176 0 -178C90 -180 120 -252 214 -250C300 -246 330 -160 316 -60Q312 -6 250 -4H-250Q-310 -4 -316 -60Z';
    cloth(c, d, s, [0.3, 0.16]);
    c.path(
      d,
      c.linear([
        [0, '#fff', 0.25],
        [0.4, '#fff', 0],
        [1, '#241a24', 0.26],
      ]),
    );
    const top =
      'M-206 -228C-110 -228 -90 -178 0 -178C90 -180 120 -250 214 -250L150 -330C90 -330 60 -270 0 -268C-60 -268 -80 -312 -160 -310Q-230 -300 -206 -228Z';
    cloth(c, top, { ...s, colour: tone(s.colour, 0.2) }, [0.4, 0.2]);
    c.line('M-312 -92Q0 -70 314 -92', tone(s.colour, -0.3), 3, 'opacity=".35"');
    c.line('M-312 -86Q0 -64 314 -86', '#fff', 2, 'opacity=".5"');
    return;
  }
  plump(c, 20, -280, 520, 300, { ...s, colour: tone(s.colour, -0.06) }, 4);
  plump(c, -14, -160, 600, 330, s, -2);
};

const mattress = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 760, 240);
  const [quilted] = weave(c, 'quilt', s.colour, s.accent, 0.8);
  const panel = (w: number, h: number) => {
    c.rect(0, h * 0.36, w, h * 0.3, '#fff', 0, 'opacity=".35"');
    c.line(`M0 ${n(h * 0.14)}H${n(w)}M0 ${n(h * 0.88)}H${n(w)}`, tone(s.colour, -0.24), 5);
    c.line(`M0 ${n(h * 0.11)}H${n(w)}M0 ${n(h * 0.85)}H${n(w)}`, '#fff', 2.5, 'opacity=".7"');
  };
  box(c, cam, { w: 560, h: 130, d: 420 }, tone(s.colour, 0.1), {
    radius: 40,
    contrast: 0.75,
    front: panel,
    side: panel,
    top: (w, h) => {
      c.rect(0, 0, w, h, quilted as string);
      c.rect(12, 12, w - 24, h - 24, 'none', 30, 'stroke="#fff" stroke-width="5" opacity=".5"');
    },
  });
  if (s.view === 'front') plump(c, -70, -246, 230, 96, linen('#F7F4ED'), 3);
};

const sheet = (c: Canvas, s: Subject): void => {
  contactShadow(c, 600, 150);
  if (s.view === 'angle') {
    bed(c, { ...s, pattern: s.pattern }, {});
    return;
  }
  foldedStack(
    c,
    540,
    [
      { dress: s, h: 64 },
      { dress: s, h: 64 },
      { dress: { ...s, colour: tone(s.colour, 0.1) }, h: 64 },
      { dress: s, h: 64 },
      { dress: s, h: 66 },
    ],
    260,
    0.8,
  );
  c.move(-120, -190, 1, () => band(c, 60, 300));
};

export const bedding: Families = {
  bedset: shape('floor', 'bedroom', [-80, -340], bedset),
  sheet: shape('table', 'bedroom', [100, -240], sheet),
  duvet: shape('table', 'bedroom', [100, -300], duvet),
  quilt: shape('table', 'bedroom', [120, -260], quilt),
  pillow: shape('table', 'bedroom', [-120, -200], pillow),
  mattress: shape('floor', 'bedroom', [60, -160], mattress),
};
