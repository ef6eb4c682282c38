import { type Canvas, n, roundPolygon } from '../canvas.ts';
import { cloth, creases } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { tone } from '../tone.ts';

const neckpillow = (c: Canvas, s: Subject): void => {
  contactShadow(c, 560, 150);
  const d =
    'M-280 -90C-300 -290 -160 -390 0 -390S300 -290 280 -90C276 -10 150 -10 150 -90C150 -200 90 -240 0 -240S-150 -200 -150 -90C-150 -10 -276 -10 -280 -90Z';
  cloth(c, d, { ...s, pattern: 'fleece' }, [0.34, 0.2]);
  c.line('M-214 -60C-230 -240 -130 -320 0 -320S230 -240 214 -60', tone(s.colour, -0.25), 4, 'opacity=".5"');
  const mask =
    'M-180 40Q-190 -40 -100 -44Q0 -50 100 -44Q190 -40 180 40Q160 90 90 80Q40 70 0 30Q-40 70 -90 80Q-160 90 -180 40Z';
  c.path(mask, '#241a24', 'opacity=".22" transform="translate(4 12)"');
  cloth(c, mask, { ...s, colour: tone(s.colour, -0.25), pattern: 'plain' });
  c.line('M-130 10Q-90 34 -50 10M50 10Q90 34 130 10', '#E6C374', 7);
};

const fortress = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 190);
  const stone = tone(s.colour, 0.35);
  const brick = (w: number, h: number) => {
    let d = '';
    for (let y = 34; y < h; y += 34) d += `M0 ${y}H${n(w)}`;
    for (let y = 0, r = 0; y < h; y += 34, r += 1) for (let x = r % 2 ? 30 : 60; x < w; x += 60) d += `M${x} ${y}v34`;
    c.line(d, tone(stone, -0.3), 3, 'opacity=".5"');
  };
  box(c, cam, { w: 400, h: 240, d: 280 }, stone, {
    front: (w, h) => {
      brick(w, h);
      c.path(`M${n(w / 2 - 54)} ${n(h)}V${n(h - 90)}A54 54 0 0 1 ${n(w / 2 + 54)} ${n(h - 90)}V${n(h)}Z`, '#3A2A22');
    },
    side: brick,
  });
  for (const [x, z] of [
    [-190, -130],
    [190, -130],
    [-190, 130],
    [190, 130],
  ] as const) {
    lathe(
      c,
      cam,
      [
        [66, 0],
        [62, 330],
        [74, 346],
        [74, 380],
      ],
      stone,
      { x, z },
    );
    lathe(
      c,
      cam,
      [
        [86, 0],
        [40, 76],
        [2, 140],
      ],
      s.colour,
      { x, z, y: 380 },
    );
  }
  c.path('M0 -250V-400L90 -370L0 -336', s.colour);
};

const mahjong = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 640, 200);
  box(c, cam, { w: 500, h: 120, d: 320 }, '#6E4B37', {
    radius: 14,
    wood: 5,
    top: (w, h) => c.rect(16, 16, w - 32, h - 32, '#3B5B48', 6),
  });
  const tile = (x: number, y: number, z: number, dot: number) =>
    box(c, cam, { x, y, z, w: 62, h: 30, d: 84 }, '#3F7A5A', {
      radius: 8,
      top: (w, h) => {
        c.rect(0, 0, w, h, '#FBF8EF', 8);
        const dots = (
          [
            [0.5, 0.5],
            [0.3, 0.3],
            [0.7, 0.7],
            [0.3, 0.7],
            [0.7, 0.3],
          ] as const
        ).slice(0, dot);
        for (const [dx, dy] of dots) {
          c.ellipse(w * dx, h * dy, 9, 9, dot % 2 ? '#C2322C' : '#2F5F8A');
          c.ellipse(w * dx, h * dy, 4, 4, '#FBF8EF');
        }
      },
    });
  for (let row = 0; row < 3; row += 1)
    for (let column = 0; column < 6; column += 1)
      tile(-180 + column * 72, 104, -96 + row * 94, ((row * 6 + column + s.seed) % 5) + 1);
  tile(-60, 0, 240, 5);
  tile(40, 0, 250, 1);
  tile(120, 0, 236, 3);
};

const yogamat = (c: Canvas, s: Subject): void => {
  contactShadow(c, 680, 170);
  const sheet = 'M-60 -60L330 -120L320 10L-30 60Z';
  c.path(sheet, tone(s.colour, -0.3), 'transform="translate(0 12)"');
  c.path(
    sheet,
    c.linear(
      [
        [0, tone(s.colour, 0.25)],
        [1, s.colour],
      ],
      0,
      0,
      1,
      0,
    ),
  );
  c.line('M0 -52L20 40M90 -68L100 26', tone(s.colour, 0.5), 4, 'opacity=".6"');
  const tube = 'M-260 -250L130 -300A112 150 0 0 1 130 -20L-230 50Z';
  c.path(
    tube,
    c.linear([
      [0, tone(s.colour, 0.4)],
      [0.35, s.colour],
      [1, tone(s.colour, -0.35)],
    ]),
  );
  c.path(
    tube,
    c.pattern(
      14,
      14,
      '<circle cx="4" cy="4" r="1.800" fill="#241a24" opacity=".16"/><circle cx="11" cy="11" r="1.800" fill="#fff" opacity=".2"/>',
    ),
  );
  c.ellipse(-236, -98, 112, 152, tone(s.colour, -0.1));
  let spiral = '';
  for (let i = 0; i < 70; i += 1) {
    const a = i * 0.42;
    const r = (i / 70) * 148;
    spiral += `${i ? 'L' : 'M'}${n(-236 + Math.cos(a) * r * 0.72)} ${n(-98 + Math.sin(a) * r)}`;
  }
  c.line(spiral, tone(s.colour, -0.42), 6, 'opacity=".65"');
  for (const x of [-120, 50])
    c.line(`M${x} ${-268 - x * 0.13}C${x + 44} ${-180} ${x + 50} ${-60} ${x + 20} ${12 - x * 0.1}`, '#F4EFE6', 20);
};

const dumbbell = (c: Canvas, s: Subject): void => {
  contactShadow(c, 640, 150);
  const one = (x: number, y: number, k: number, turn: number) =>
    c.group(`transform="translate(${x} ${y}) scale(${k}) rotate(${turn})"`, () => {
      c.rect(
        -130,
        -128,
        260,
        52,
        c.linear([
          [0, '#F4F5F6'],
          [0.4, '#B4BAC0'],
          [1, '#6E757C'],
        ]),
        10,
      );
      let knurl = '';
      for (let i = -90; i < 100; i += 12) knurl += `M${i} -126l12 48M${i + 12} -126l-12 48`;
      c.line(knurl, '#6E757C', 1.6, 'opacity=".5"');
      for (const side of [-1, 1]) {
        const hex = roundPolygon(
          [
            [side * 120, -170],
            [side * 250, -190],
            [side * 290, -100],
            [side * 250, -8],
            [side * 120, -30],
          ],
          16,
        );
        c.path(
          hex,
          c.linear([
            [0, tone(s.colour, 0.35)],
            [0.45, s.colour],
            [1, tone(s.colour, -0.4)],
          ]),
        );
        c.path(
          roundPolygon(
            [
              [side * 120, -170],
              [side * 156, -176],
              [side * 156, -26],
              [side * 120, -30],
            ],
            8,
          ),
          tone(s.colour, -0.2),
          'opacity=".7"',
        );
        c.ellipse(side * 214, -100, 30, 34, tone(s.colour, 0.2), 'opacity=".6"');
      }
    });
  one(50, -130, 0.86, 4);
  one(-20, 10, 1, -6);
};

const jumprope = (c: Canvas, s: Subject): void => {
  const rope =
    'M-180 180C-300 -60 -160 -260 20 -240C220 -220 280 20 120 60C-20 90 -110 -40 0 -110C110 -160 200 -40 190 180';
  c.line(rope, '#2a1f1c', 22, 'opacity=".16" transform="translate(8 14)"');
  c.line(rope, tone(s.colour, -0.1), 20);
  c.line(rope, '#F4EFE6', 18, 'stroke-dasharray="6 40"');
  for (const [x, t] of [
    [-180, 14],
    [190, -10],
  ] as const)
    c.group(`transform="translate(${x} 170) rotate(${t})"`, () => {
      c.rect(
        -26,
        0,
        52,
        180,
        c.linear(
          [
            [0, tone(s.colour, 0.4)],
            [0.5, s.colour],
            [1, tone(s.colour, -0.3)],
          ],
          0,
          0,
          1,
          0,
        ),
        22,
      );
      c.rect(-26, 50, 52, 70, '#3A3C40', 6, 'opacity=".3"');
      c.rect(-18, -22, 36, 32, '#4A4C50', 8);
    });
};

const roller = (c: Canvas, s: Subject): void => {
  contactShadow(c, 660, 150);
  const d = 'M-230 -260L210 -300A96 136 0 0 1 210 -28L-230 10Z';
  c.path(
    d,
    c.linear([
      [0, tone(s.colour, 0.4)],
      [0.35, s.colour],
      [1, tone(s.colour, -0.4)],
    ]),
  );
  for (let x = -190; x < 230; x += 70)
    for (let y = 0; y < 4; y += 1)
      c.rect(
        x,
        -250 - (x + 190) * 0.09 + y * 62,
        52,
        40,
        tone(s.colour, y < 1 ? 0.3 : y > 2 ? -0.4 : -0.1),
        12,
        'opacity=".75"',
      );
  c.ellipse(-230, -125, 96, 136, tone(s.colour, -0.15));
  c.ellipse(-230, -125, 62, 92, '#2B2D31');
  c.ellipse(-226, -122, 54, 82, '#3F4247');
};

const tent = (c: Canvas, s: Subject): void => {
  contactShadow(c, 760, 130);
  const fly = 'M-330 0C-250 -180 -150 -400 0 -440C150 -400 250 -180 330 0Z';
  cloth(c, fly, s, [0.34, 0.2]);
  c.path('M0 -440C150 -400 250 -180 330 0H150C140 -160 90 -340 0 -440Z', '#241a24', 'opacity=".14"');
  const door = 'M-130 0C-120 -150 -60 -300 0 -340C60 -300 120 -150 130 0Z';
  c.path(
    door,
    c.linear([
      [0, '#6B5A44'],
      [1, '#C79A5E'],
    ]),
  );
  c.ellipse(
    0,
    -60,
    120,
    90,
    c.radial([
      [0, '#FFE7A8', 0.9],
      [1, '#FFE7A8', 0],
    ]),
  );
  for (const side of [-1, 1]) {
    const flap = `M0 -340C${side * 60} -300 ${side * 120} -150 ${side * 130} 0H${side * 60}C${side * 100} -100 ${side * 60} -240 0 -340Z`;
    cloth(c, flap, { ...s, colour: tone(s.colour, 0.15) });
  }
  c.line('M0 -440C-120 -380 -240 -180 -330 0M0 -440C120 -380 240 -180 330 0', tone(s.colour, -0.35), 6, 'opacity=".6"');
  c.line('M-240 -150L-380 10M240 -150L380 10', '#E9DDBF', 4);
  c.path('M-70 -10C-40 -40 50 -40 80 -10V0H-70Z', '#BD6A4C');
};

const campchair = (c: Canvas, s: Subject): void => {
  contactShadow(c, 520, 130);
  c.line('M-170 -4L150 -330M170 -4L-150 -330M-110 -30L190 -250', '#6E757C', 16);
  c.line('M-173 -6L147 -332M167 -6L-153 -332', '#C8CCD0', 5);
  const back = 'M-210 -610Q0 -660 210 -610C216 -460 200 -340 170 -260Q0 -200 -170 -260C-200 -340 -216 -460 -210 -610Z';
  cloth(c, back, s, [0.34, 0.2]);
  const seat = 'M-176 -300Q0 -230 176 -300C240 -250 250 -200 220 -160Q0 -90 -220 -160C-250 -200 -240 -250 -176 -300Z';
  cloth(c, seat, { ...s, colour: tone(s.colour, 0.12) }, [0.4, 0.2]);
  creases(c, back, -170, -560, 320, 280, s.seed, 6);
  c.line('M-206 -604Q0 -652 206 -604', tone(s.colour, -0.3), 14);
  for (const x of [-210, 210]) c.rect(x - 26, -640, 52, 62, tone(s.colour, -0.35), 12);
};

export const outdoor: Families = {
  neckpillow: shape('table', 'bedroom', [-140, -200], neckpillow),
  fortress: shape('table', 'desk', [-100, -260], fortress),
  mahjong: shape('table', 'tea', [0, -180], mahjong),
  yogamat: shape('floor', 'floor', [-160, -140], yogamat),
  dumbbell: shape('floor', 'floor', [120, -120], dumbbell),
  jumprope: shape('flat', 'floor', [60, -60], jumprope),
  foamroller: shape('floor', 'floor', [-100, -150], roller),
  tent: shape('floor', 'outdoor', [-60, -240], tent),
  campchair: shape('floor', 'outdoor', [0, -360], campchair),
};
