import { type Canvas, n } from '../canvas.ts';
import { type Cloth, cloth, creases, foldedStack, folds } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { contactShadow } from '../space.ts';
import { luminance, mix, tone } from '../tone.ts';

export const hem = (c: Canvas, d: string, colour: string): void => {
  c.line(d, tone(colour, luminance(colour) < 0.4 ? 0.35 : -0.25), 2.5, 'stroke-dasharray="7 5" opacity=".6"');
};

export const seam = (c: Canvas, d: string, colour: string, width = 2.5): void =>
  c.line(d, tone(colour, luminance(colour) < 0.35 ? 0.3 : -0.26), width, 'opacity=".55"');

export const drop = (c: Canvas, d: string): void => c.path(d, '#2a1f1c', 'opacity=".2" transform="translate(12 20)"');

/** A garment lying flat: shadow, cloth, creases and an edge. */
export function lay(c: Canvas, d: string, dress: Cloth, seed: number, size = 1): void {
  drop(c, d);
  cloth(c, d, dress, [0.36, 0.22], size);
  creases(c, d, -220, -260, 400, 520, seed, 8);
  seam(c, d, dress.colour, 2);
}

const body = 'M-150 -250C-160 -60 -156 120 -158 292Q0 312 158 292C156 120 160 -60 150 -250L84 -292Q0 -250 -84 -292Z';

const sleeve = (side: 1 | -1, long: boolean): string => {
  const x = (value: number) => n(value * side);
  return long
    ? `M${x(88)} -292C${x(150)} -276 ${x(186)} -240 ${x(206)} -170C${x(240)} -40 ${x(262)} 80 ${x(272)} 210L${x(204)} 222C${x(190)} 120 ${x(172)} 0 ${x(150)} -90Z`
    : `M${x(88)} -292C${x(150)} -276 ${x(190)} -250 ${x(222)} -196L${x(300)} -60Q${x(260)} -20 ${x(212)} -8L${x(150)} -100Z`;
};

export function top(
  c: Canvas,
  s: Subject,
  options: {
    long: boolean;
    collar?: boolean;
    hood?: boolean;
    open?: boolean;
    knit?: boolean;
    cut?: (c: Canvas) => void;
  },
): void {
  const dress: Cloth = options.knit && s.pattern === 'plain' ? { ...s, pattern: 'knit' } : s;
  if (s.view === 'angle' && !options.cut) {
    const other: Cloth = { ...dress, colour: s.accent };
    c.group('transform="translate(0 230) scale(1 .98)"', () => {
      contactShadow(c, 560, 150);
      foldedStack(
        c,
        440,
        [
          { dress: other, h: 78 },
          { dress, h: 78 },
          { dress: { ...dress, colour: tone(s.colour, 0.3) }, h: 74 },
          { dress, h: 86 },
        ],
        330,
        0.9,
      );
    });
    c.path('M-70 -236Q0 -200 70 -236Q40 -262 0 -262T-70 -236Z', tone(s.colour, -0.3), 'transform="translate(0 20)"');
    return;
  }
  for (const side of [-1, 1] as const) lay(c, sleeve(side, options.long), dress, s.seed + side);
  lay(c, body, dress, s.seed);

  if (options.knit) {
    const rib = c.pattern(9, 9, '<path d="M2 0V9" stroke="#241a24" stroke-width="3" opacity=".2"/>');
    c.path('M-157 256Q0 276 157 256L158 292Q0 312 -158 292Z', rib);
  } else hem(c, 'M-154 276Q0 296 154 276', s.colour);
  if (options.hood) {
    const hood = 'M-100 -280C-120 -360 -60 -390 0 -390S120 -360 100 -280Q60 -220 0 -220T-100 -280Z';
    cloth(c, hood, { ...dress, colour: tone(s.colour, -0.1) });
    c.path('M-64 -290C-70 -340 -30 -356 0 -356S70 -340 64 -290Q34 -250 0 -250T-64 -290Z', tone(s.colour, -0.36));
    c.line('M-30 -238V-130M30 -238V-120', '#F4EFE6', 6);
    c.path('M-90 130H90L116 240H-116Z', tone(s.colour, -0.06), 'opacity=".7"');
    seam(c, 'M-90 130H90L116 240M-90 130L-116 240', s.colour, 3);
  } else if (options.collar) {
    c.path('M-84 -292Q0 -226 84 -292L60 -304Q0 -280 -60 -304Z', tone(s.colour, -0.34));
    for (const side of [-1, 1]) {
      const d = `M${side * 80} -298L${side * 96} -222L${side * 30} -206L0 -256L${side * 40} -304Z`;
      c.path(d, '#241a24', 'opacity=".14" transform="translate(2 6)"');
      cloth(c, d, { ...s, colour: tone(s.colour, 0.14) });
      seam(c, d, s.colour, 2);
    }
    c.path('M-14 -250H14V300H-14Z', tone(s.colour, 0.12), 'opacity=".6"');
    seam(c, 'M-14 -246V298M14 -246V300', s.colour, 2);
    for (let i = 0; i < 6; i += 1) {
      c.ellipse(0, -190 + i * 84, 7, 7, luminance(s.colour) > 0.6 ? '#D9CDB9' : '#F4EFE6');
      c.ellipse(-2, -192 + i * 84, 2, 2, '#fff');
    }
    const pocket = 'M44 -130H120V-54Q82 -34 44 -54Z';
    c.path(pocket, tone(s.colour, 0.08), 'opacity=".5"');
    seam(c, pocket, s.colour, 2);
  } else if (options.open) {
    c.path('M-60 -282Q0 -120 0 -60Q0 -120 60 -282L30 -300Q0 -280 -30 -300Z', tone(s.colour, -0.4));
    seam(c, 'M-64 -284C-40 -190 -8 -130 0 -50V300', s.colour, 4);
    c.line('M66 -284C40 -190 16 -130 14 -50V300', tone(s.colour, -0.14), 22, 'opacity=".5"');
    for (let i = 0; i < 4; i += 1) c.ellipse(12, 0 + i * 76, 12, 12, '#6E4B37');
  } else {
    c.path('M-84 -292Q0 -196 84 -292L64 -304Q0 -276 -64 -304Z', tone(s.colour, -0.34));
    c.path('M-84 -292Q0 -196 84 -292L66 -300Q0 -226 -66 -300Z', tone(s.colour, options.knit ? -0.08 : 0.1));
    seam(c, 'M-84 -292Q0 -196 84 -292', s.colour, 2);
  }
  options.cut?.(c);
}

const trousers = (c: Canvas, s: Subject, denim = false): void => {
  if (s.view === 'angle') {
    c.group('transform="translate(0 220)"', () => {
      contactShadow(c, 520, 140);
      foldedStack(
        c,
        420,
        [
          { dress: { ...s, colour: s.accent }, h: 84 },
          { dress: s, h: 88 },
          { dress: s, h: 92 },
        ],
        320,
        0.8,
      );
    });
    return;
  }
  const d =
    'M-138 -310H138C150 -180 168 40 176 310H42C36 140 22 10 2 -110C-20 10 -36 140 -42 310H-176C-168 40 -150 -180 -138 -310Z';
  lay(c, d, s, s.seed);

  if (denim)
    for (const x of [-104, 104])
      c.ellipse(
        x,
        40,
        40,
        190,
        c.radial([
          [0, '#fff', 0.26],
          [1, '#fff', 0],
        ]),
      );
  c.path('M-138 -310H138L140 -262H-140Z', tone(s.colour, -0.1));
  seam(c, 'M-140 -262H140M2 -262V-110', s.colour);
  for (const x of [-90, -40, 40, 90]) c.rect(x - 6, -316, 12, 60, tone(s.colour, -0.06), 3);
  hem(
    c,
    `M-136 -250Q-100 -180 -150 -150M136 -250Q100 -180 150 -150M-172 290H-44M44 290H172${denim ? 'M-20 -255Q-30 -170 0 -140' : ''}`,
    denim ? '#D3A243' : s.colour,
  );
  c.ellipse(2, -286, 10, 10, denim ? '#B98A5C' : '#F4EFE6');
};

export const dress = (c: Canvas, s: Subject): void => {
  const skirtD = 'M-96 -60C-140 60 -220 200 -256 300Q-130 340 0 322T256 300C220 200 140 60 96 -60Z';
  for (const side of [-1, 1] as const)
    lay(
      c,
      `M${side * 84} -300C${side * 140} -300 ${side * 190} -260 ${side * 216} -180Q${side * 186} -140 ${side * 136} -140L${side * 108} -200Z`,
      s,
      s.seed + side,
    );
  lay(c, skirtD, s, s.seed);
  folds(c, skirtD, -250, 250, -60, 330, 7, s.seed, 0.85);
  const bodice = 'M-88 -304Q0 -210 88 -304C120 -260 124 -180 104 -60H-104C-124 -180 -120 -260 -88 -304Z';
  lay(c, bodice, s, s.seed + 2);
  c.path('M-106 -78H106V-44H-106Z', tone(s.colour, -0.16));
  c.line('M-104 -62Q-150 -40 -140 40M-104 -62Q-170 -60 -190 0', tone(s.colour, -0.2), 10);
  c.line('M-88 -304Q0 -210 88 -304', tone(s.colour, 0.4), 7);
  for (let i = 0; i < 4; i += 1) c.ellipse(0, -216 + i * 38, 6, 6, '#F4EFE6');
};

const skirt = (c: Canvas, s: Subject): void => {
  const d = 'M-120 -290H120C150 -100 210 140 246 300Q0 344 -246 300C-210 140 -150 -100 -120 -290Z';
  lay(c, d, s, s.seed);
  let pleats = '';
  for (let i = -4; i <= 4; i += 1) pleats += `M${i * 26} -240Q${i * 36} 20 ${i * 54} ${316 - Math.abs(i) * 3}`;
  c.line(pleats, '#241a24', 9, 'opacity=".12"');
  c.line(pleats, '#fff', 5, 'opacity=".18" transform="translate(-9 0)"');
  c.path('M-122 -300H122L126 -244H-126Z', tone(s.colour, -0.14));
  seam(c, 'M-126 -244H126', s.colour);
};

const pants = (c: Canvas, s: Subject, cut: 'boxer' | 'brief'): void => {
  const d =
    cut === 'boxer'
      ? 'M-196 -140H196C204 -30 230 60 246 150Q150 190 54 176Q40 110 0 80Q-40 110 -54 176Q-150 190 -246 150C-230 60 -204 -30 -196 -140Z'
      : 'M-230 -130Q0 -100 230 -130C226 -70 200 -20 150 10C100 40 70 90 56 150Q0 166 -56 150C-70 90 -100 40 -150 10C-200 -20 -226 -70 -230 -130Z';
  const one = (dress: Cloth) => {
    lay(c, d, dress, s.seed);
    if (cut === 'boxer') {
      c.path('M-196 -156H196L200 -98H-200Z', tone(dress.colour, luminance(dress.colour) < 0.4 ? 0.2 : -0.2));
      c.line(
        'M-196 -128H196',
        tone(dress.colour, luminance(dress.colour) < 0.4 ? 0.6 : -0.45),
        7,
        'stroke-dasharray="26 14" opacity=".7"',
      );
      seam(
        c,
        'M-60 -98C-76 0 -66 60 0 80C66 60 76 0 60 -98M-228 128Q-150 162 -58 152M228 128Q150 162 58 152',
        dress.colour,
      );
    } else {
      c.line('M-230 -130Q0 -100 230 -130', tone(dress.colour, 0.4), 10, 'opacity=".8"');
      c.line(
        'M-150 10C-100 40 -70 90 -56 150M150 10C100 40 70 90 56 150',
        tone(dress.colour, 0.45),
        9,
        'stroke-dasharray="3 9"',
      );
      c.path('M0 -112q-22 -20 -26 0q4 16 26 8q22 8 26 -8q-4 -20 -26 0Z', tone(dress.colour, -0.2));
    }
  };
  if (s.view === 'angle') {
    const others = [mix(s.colour, '#F4EFE6', 0.6), s.accent];
    others.forEach((colour, i) => {
      c.move(-120 + i * 80, -150 + i * 130, 0.74, () => one({ ...s, colour }));
    });
    c.move(60, 130, 0.74, () => one(s));
  } else c.move(0, 0, 1.22, () => one(s));
};

const socks = (c: Canvas, s: Subject): void => {
  const one = (colour: string) => {
    const d =
      'M-70 -300H70C72 -160 66 -60 74 0C110 60 190 90 240 130C280 164 270 230 210 236C120 244 20 210 -40 150C-92 100 -78 40 -76 -40C-74 -140 -70 -220 -70 -300Z';
    const dress: Cloth = { colour, accent: colour, pattern: s.pattern === 'plain' ? 'knit' : s.pattern };
    drop(c, d);
    cloth(c, d, dress, [0.3, 0.3], 0.8);
    c.path(
      'M-70 -300H70L71 -226H-71Z',
      c.pattern(10, 10, '<path d="M3 0V10" stroke="#241a24" stroke-width="4" opacity=".18"/>'),
    );
    c.path(
      'M214 108C280 150 284 230 210 236Q170 238 134 230Q190 180 214 108Z',
      tone(colour, luminance(colour) < 0.4 ? 0.25 : -0.2),
      'opacity=".75"',
    );
    c.path(
      'M-76 20C-84 90 -70 130 -30 160Q30 110 20 40Q-30 10 -76 20Z',
      tone(colour, luminance(colour) < 0.4 ? 0.25 : -0.2),
      'opacity=".5"',
    );
  };
  c.move(-150, 10, 0.84, () =>
    c.group('transform="rotate(10)"', () => one(s.accent === s.colour ? '#EFE8DA' : s.accent)),
  );
  c.move(40, 0, 0.92, () => c.group('transform="rotate(-4)"', () => one(s.colour)));
};

/** A shoe in profile; `kind` decides upper and sole. */
function shoe(c: Canvas, s: Subject, kind: 'runner' | 'court' | 'loafer' | 'slipper'): void {
  const upper =
    kind === 'slipper'
      ? 'M-40 -60C10 -190 120 -200 210 -140C276 -100 312 -80 316 -50L-40 -50Z'
      : kind === 'loafer'
        ? 'M-296 -60C-310 -150 -306 -220 -280 -236C-220 -220 -150 -196 -80 -190C10 -184 90 -170 170 -130C250 -110 306 -90 310 -56Z'
        : 'M-296 -70C-312 -180 -300 -256 -270 -270C-246 -266 -230 -250 -190 -250C-150 -250 -120 -282 -86 -290C-50 -240 10 -200 90 -170C180 -140 300 -140 312 -70Z';
  const sole =
    kind === 'runner'
      ? 'M-316 -84C-240 -60 200 -60 322 -84C340 -40 326 -8 270 -4H-270C-320 -6 -330 -50 -316 -84Z'
      : 'M-306 -64H316C332 -36 326 -8 292 -6H-280C-312 -6 -318 -36 -306 -64Z';
  contactShadow(c, 640, 70);
  const dressed: Cloth = { ...s, pattern: kind === 'runner' ? 'knit' : 'plain' };
  if (kind === 'slipper') c.path('M-310 -62Q-300 -104 -240 -96Q-120 -82 -20 -84V-50H-310Z', tone(s.colour, 0.35));
  cloth(c, upper, dressed, [0.3, 0.2], 0.7);
  c.path(
    upper,
    c.linear([
      [0, '#fff', 0.2],
      [0.5, '#fff', 0],
      [1, '#241a24', 0.22],
    ]),
  );
  if (kind === 'runner' || kind === 'court') {
    c.path(
      'M-86 -290C-50 -240 10 -200 90 -170L40 -150C-20 -170 -90 -210 -130 -262Z',
      tone(s.colour, kind === 'court' ? -0.08 : 0.2),
    );
    for (let i = 0; i < 4; i += 1)
      c.line(`M${-96 + i * 44} ${-250 + i * 24}L${-60 + i * 44} ${-222 + i * 18}`, '#FFFDF8', 13);
    c.path(
      'M-262 -262C-230 -240 -210 -244 -190 -248C-160 -250 -130 -276 -110 -288C-140 -300 -230 -300 -262 -262Z',
      tone(s.colour, -0.4),
    );
    const heel = luminance(s.colour) > 0.8 ? '#6F7D56' : tone(s.colour, -0.3);
    c.path('M-298 -90C-310 -180 -300 -250 -274 -268L-236 -254C-256 -190 -256 -130 -246 -84Z', heel);
    if (kind === 'runner')
      c.path(
        'M-180 -90C-60 -110 60 -150 120 -160C60 -100 0 -80 -60 -74Z',
        mix(s.colour, '#E63B2E', luminance(s.colour) > 0.8 ? 0.14 : 0.02),
        'opacity=".7"',
      );
    else c.line('M-200 -100L-90 -170M-160 -90L-50 -160', heel, 12);
    c.path('M200 -70C210 -120 250 -136 290 -124C306 -106 312 -90 312 -70Z', tone(s.colour, -0.12), 'opacity=".8"');
  } else if (kind === 'loafer') {
    c.path('M-262 -226C-200 -214 -130 -192 -70 -188C-100 -214 -200 -250 -262 -226Z', tone(s.colour, -0.5));
    c.path('M-30 -184C40 -176 100 -160 160 -132C140 -110 60 -110 0 -130Z', tone(s.colour, 0.12));
    seam(c, 'M-30 -184C-20 -140 60 -110 176 -126', s.colour, 4);
    c.path('M-10 -190Q50 -190 100 -158L84 -132Q30 -158 -26 -160Z', tone(s.colour, -0.14));
  } else {
    c.line('M-20 -70Q120 -130 300 -66', tone(s.colour, 0.4), 6, 'opacity=".6"');
  }
  const soleColour = kind === 'loafer' ? '#4A3428' : '#F7F3EA';
  c.path(
    sole,
    c.linear([
      [0, tone(soleColour, 0.2)],
      [1, tone(soleColour, -0.2)],
    ]),
  );
  c.line(
    kind === 'runner' ? 'M-300 -46C-200 -28 200 -28 310 -46' : 'M-300 -40H310',
    tone(soleColour, -0.25),
    3,
    'opacity=".6"',
  );
}

const pair =
  (kind: 'runner' | 'court' | 'loafer' | 'slipper') =>
  (c: Canvas, s: Subject): void => {
    c.move(60, -130, 0.84, () => shoe(c, { ...s, colour: tone(s.colour, -0.05) }, kind));
    c.move(-20, 0, 1, () =>
      c.group(s.view === 'angle' ? 'transform="scale(-1 1) rotate(-3)"' : '', () => shoe(c, s, kind)),
    );
  };

export const apparel: Families = {
  tee: shape('flat', 'bedroom', [0, -220], (c, s) => top(c, s, { long: /长袖/.test(s.title) })),
  shirt: shape('flat', 'bedroom', [30, -190], (c, s) => top(c, s, { long: true, collar: true })),
  sweater: shape('flat', 'bedroom', [0, -200], (c, s) =>
    top(c, s, { long: true, knit: true, open: /开衫/.test(s.title) }),
  ),
  hoodie: shape('flat', 'bedroom', [0, -220], (c, s) => top(c, s, { long: true, hood: true })),
  trousers: shape('flat', 'bedroom', [0, -220], (c, s) => trousers(c, s)),
  jeans: shape('flat', 'bedroom', [0, -220], (c, s) => trousers(c, s, true)),
  dress: shape('flat', 'bedroom', [0, -180], dress),
  skirt: shape('flat', 'bedroom', [0, -180], skirt),
  briefs: shape('flat', 'bedroom', [0, -100], (c, s) => pants(c, s, 'boxer')),
  panties: shape('flat', 'bedroom', [0, -60], (c, s) => pants(c, s, 'brief')),
  socks: shape('flat', 'bedroom', [40, -100], socks),
  shoes: shape('floor', 'floor', [-60, -190], (c, s) => pair(/板鞋/.test(s.title) ? 'court' : 'runner')(c, s)),
  slippers: shape('floor', 'floor', [60, -120], pair('slipper')),
  loafers: shape('floor', 'floor', [40, -150], pair('loafer')),
};
