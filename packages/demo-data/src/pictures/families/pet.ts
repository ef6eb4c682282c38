import { blob, type Canvas, n } from '../canvas.ts';
import { cloth, weave } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe } from '../space.ts';
import { tone } from '../tone.ts';

/** A paw print, the one sign allowed on pet goods. */
export const paw = (c: Canvas, x: number, y: number, size: number, colour: string, opacity = 0.7): void =>
  c.add(
    `<g transform="translate(${n(x)} ${n(y)}) scale(${n(size)} ${n(size)})" fill="${colour}" opacity="${opacity}"><path d="M0 -4C9 -4 16 5 15 12C13 19 5 16 0 16S-13 19 -15 12C-16 5 -9 -4 0 -4Z"/><ellipse cx="-15" cy="-6" rx="5.500" ry="7"/><ellipse cx="15" cy="-6" rx="5.500" ry="7"/><ellipse cx="-6" cy="-15" rx="5.500" ry="7.500"/><ellipse cx="6" cy="-15" rx="5.500" ry="7.500"/></g>`,
  );

/** A sleeping cat, curled; it makes beds and trees read at once. */
export function cat(c: Canvas, x: number, y: number, k: number, fur = '#D9A066'): void {
  c.move(x, y, k, () => {
    const fill = c.radial(
      [
        [0, tone(fur, 0.45)],
        [0.6, fur],
        [1, tone(fur, -0.25)],
      ],
      0.4,
      0.25,
      0.85,
    );
    c.path(
      blob([
        [-170, -20],
        [-150, -110],
        [-40, -150],
        [90, -130],
        [170, -60],
        [140, 10],
        [0, 24],
      ]),
      fill,
    );
    c.line('M150 -40C200 10 120 50 20 30C-20 24 -60 26 -90 10', tone(fur, -0.12), 36);
    c.line(
      'M-20 -140Q0 -110 -8 -86M34 -142Q50 -112 44 -90M84 -130Q100 -100 92 -80',
      tone(fur, -0.3),
      9,
      'opacity=".5"',
    );
    c.path('M-180 -86L-176 -150L-128 -118ZM-70 -128L-40 -164L-22 -108Z', tone(fur, -0.1));
    c.ellipse(-104, -68, 92, 74, fill);
    c.line('M-150 -66Q-134 -54 -118 -66M-84 -66Q-68 -54 -52 -66', '#4A3A2C', 6);
    c.path('M-112 -46Q-102 -52 -92 -46Q-96 -36 -102 -36T-112 -46Z', '#C2695A');
    c.line('M-180 -40L-130 -44M-178 -24L-130 -34M-20 -40L-72 -44M-24 -24L-72 -34', '#fff', 3, 'opacity=".7"');
  });
}

const petbed = (c: Canvas, s: Subject): void => {
  contactShadow(c, 640, 180);
  if (/封闭|房型|方形/.test(s.title)) {
    const roof = /房型/.test(s.title);
    const d = roof
      ? 'M-260 -20V-260L0 -470L260 -260V-20Q260 0 236 0H-236Q-260 0 -260 -20Z'
      : 'M-260 -30V-380Q-260 -430 -210 -430H210Q260 -430 260 -380V-30Q260 0 230 0H-230Q-260 0 -260 -30Z';
    cloth(c, d, s, [0.3, 0.2]);
    if (roof) c.line('M-290 -240L0 -476L290 -240', tone(s.colour, -0.2), 36);
    c.path('M-130 0V-170C-130 -260 -70 -300 0 -300S130 -260 130 -170V0Z', tone(s.colour, -0.5));
    c.clipped('M-130 0V-170C-130 -260 -70 -300 0 -300S130 -260 130 -170V0Z', () => cat(c, 30, -20, 0.72));
    c.line('M-130 0V-170C-130 -260 -70 -300 0 -300S130 -260 130 -170V0', tone(s.colour, 0.35), 14);
    return;
  }
  if (/南瓜|贝壳/.test(s.title)) {
    for (let i = -3; i <= 3; i += 1) {
      const d = `M0 -420C${i * 90} -440 ${i * 130 - 60} -120 ${i * 84 - 46} 0H${i * 84 + 46}C${i * 130 + 60} -120 ${i * 90} -440 0 -420Z`;
      cloth(c, d, { ...s, colour: tone(s.colour, i % 2 ? -0.04 : 0.08) }, [0.4, 0.2]);
    }
    c.path('M-120 -20C-140 -180 -70 -240 0 -240S140 -180 120 -20Q0 10 -120 -20Z', tone(s.colour, -0.45));
    cat(c, 20, -40, 0.66);
    c.line('M-120 -20C-140 -180 -70 -240 0 -240S140 -180 120 -20', tone(s.colour, 0.35), 12);
    return;
  }
  const rim = 'M-320 -110C-320 -230 -180 -290 0 -290S320 -230 320 -110C320 -30 180 20 0 20S-320 -30 -320 -110Z';
  cloth(c, rim, s, [0.36, 0.2]);
  c.ellipse(0, -150, 222, 88, tone(s.colour, -0.3));
  c.ellipse(
    0,
    -136,
    210,
    78,
    c.radial(
      [
        [0, '#FBF6EC'],
        [1, '#E2D6C2'],
      ],
      0.4,
      0.3,
      0.7,
    ),
  );
  c.ellipse(0, -136, 210, 78, weave(c, 'fleece', '#F4EFE6', '#F4EFE6', 0.7)[0] as string);
  cat(c, 10, -132, 0.86, s.seed % 2 ? '#D9A066' : '#A9ADAF');
  const lip =
    'M-320 -110C-300 -60 -180 -40 -120 -54Q0 -74 120 -54C180 -40 300 -60 320 -110C320 -30 180 20 0 20S-320 -30 -320 -110Z';
  cloth(c, lip, { ...s, colour: tone(s.colour, 0.1) }, [0.36, 0]);
};

const bowl = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 150);
  const steel = /不锈钢/.test(s.title);
  const shell = steel ? '#C8CCD0' : s.colour;
  const tilt = { yaw: cam.yaw, pitch: cam.pitch + 0.2 };
  c.group(/倾斜/.test(s.title) ? 'transform="rotate(-7)"' : '', () => {
    lathe(
      c,
      tilt,
      [
        [250, 0],
        [258, 10],
        [216, 130],
        [206, 150],
      ],
      shell,
      { finish: steel ? 'metal' : 'ceramic', wall: 18, inside: steel ? '#C8CCD0' : tone(s.colour, 0.5) },
    );
    const y = -150 * Math.cos(tilt.pitch);
    const k = Math.sin(tilt.pitch);
    c.ellipse(0, y + 26, 178, 178 * k * 0.8, '#8A5A38');
    for (let i = 0; i < 60; i += 1) {
      const a = i * 2.4;
      const r = Math.sqrt(i / 60) * 168;
      c.ellipse(
        Math.cos(a) * r,
        y + 18 + Math.sin(a) * r * k * 0.8,
        16,
        11,
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
    }
    paw(c, 0, -40, 2.2, steel ? '#8F959B' : tone(s.colour, -0.35));
  });
};

const leash = (c: Canvas, s: Subject): void => {
  const rope =
    'M-230 250C-330 60 -240 -190 -20 -220C200 -246 290 -60 190 70C100 180 -90 150 -110 10C-124 -100 30 -150 110 -80';
  const dots = /波点/.test(s.title);
  c.line(rope, '#2a1f1c', 38, 'opacity=".16" transform="translate(8 16)"');
  c.line(rope, tone(s.colour, -0.22), 36);
  c.line(rope, tone(s.colour, 0.1), 26, 'transform="translate(-2 -3)"');
  c.line(
    rope,
    tone(s.colour, dots ? 0.7 : 0.4),
    dots ? 11 : 20,
    dots ? 'stroke-dasharray="1 30"' : 'stroke-dasharray="6 14" opacity=".45"',
  );
  if (/夜间/.test(s.title)) c.line(rope, '#F6F0D8', 6, 'opacity=".9"');
  const metal = c.linear(
    [
      [0, '#F4F5F6'],
      [0.4, '#B9BEC3'],
      [1, '#7E858C'],
    ],
    0,
    0,
    1,
    1,
  );
  c.group('transform="translate(112 -80) rotate(30)"', () => {
    c.rect(-22, -8, 44, 50, metal, 12);
    c.ellipse(0, 74, 38, 46, 'none', `stroke="${metal}" stroke-width="15"`);
  });
  c.line('M-230 250C-290 300 -150 330 -150 260C-150 210 -200 190 -230 250', tone(s.colour, -0.05), 30);
};

const retractable = (c: Canvas, s: Subject): void => {
  contactShadow(c, 460, 100);
  const d =
    'M-230 -190C-230 -330 -110 -400 30 -390C190 -380 270 -270 250 -150C236 -60 160 0 20 -4C-130 -4 -230 -70 -230 -190Z';
  c.path(d, tone(s.colour, -0.3), 'transform="translate(8 8)"');
  cloth(c, d, /木纹/.test(s.title) ? { ...s, colour: '#C79A6B' } : s, [0.36, 0.22]);
  if (/木纹/.test(s.title))
    c.line(
      'M-200 -250Q0 -300 220 -230M-210 -190Q0 -230 230 -170M-190 -120Q20 -160 210 -100',
      '#7A5338',
      4,
      'opacity=".4"',
    );
  c.path(
    'M-150 -230C-140 -310 -60 -340 20 -334C110 -330 170 -290 176 -240C100 -260 -60 -260 -150 -230Z',
    tone(s.colour, -0.55),
  );
  c.ellipse(40, -130, 80, 80, tone(s.colour, 0.3), 'opacity=".8"');
  paw(c, 40, -128, 2.6, tone(s.colour, -0.3));
  c.rect(-120, -420, 90, 46, '#3A3C40', 18, 'transform="rotate(-16 -80 -400)"');
  c.line('M240 -120C330 -120 290 20 330 60', '#F4EFE6', 15);
  c.line('M330 60V110', '#9EA6AC', 18);
};

const pouch = (c: Canvas, s: Subject): void => {
  contactShadow(c, 380, 100);
  const d = 'M-150 -30C-180 -160 -150 -290 -110 -330H110C150 -290 180 -160 150 -30Q0 30 -150 -30Z';
  cloth(c, d, s, [0.34, 0.2]);
  c.line('M-120 -300H120', tone(s.colour, -0.35), 14);
  c.line('M0 -330C-80 -460 80 -460 0 -340', '#9EA6AC', 13);
  paw(c, 0, -150, 4, tone(s.colour, -0.35));
  c.path('M60 -40C140 -30 170 20 220 30C190 60 120 40 80 10Z', '#A9C7B4', 'opacity=".9"');
};

const scratcher = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 640, 180);
  if (/碗|圆钵/.test(s.title)) {
    lathe(
      c,
      { ...cam, pitch: 0.42 },
      [
        [180, 0],
        [250, 60],
        [304, 150],
      ],
      '#CBA878',
      { wall: 40, inside: '#B9925E' },
    );
    cat(c, 20, -110, 0.96, '#A9ADAF');
    return;
  }
  const card = (w: number, h: number) => {
    let d = '';
    for (let x = 8; x < w; x += 11) d += `M${x} 4Q${x + 5} ${n(h / 2)} ${x} ${n(h - 4)}`;
    c.line(d, '#8D6238', 3, 'opacity=".5"');
    c.rect(0, 0, w, 12, '#D9B98A');
    c.rect(0, h - 12, w, 12, '#D9B98A');
  };
  box(c, { ...cam, pitch: cam.pitch + 0.2 }, { w: 600, h: 74, d: 250 }, '#CBA472', { radius: 8, wood: 5, top: card });
  c.group('transform="translate(-40 -130)"', () => cat(c, 0, 30, 0.9));
  void s;
};

const waterer = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 130);
  if (/圆球|便携/.test(s.title)) {
    c.ellipse(
      0,
      -240,
      176,
      176,
      c.radial(
        [
          [0, '#FFFFFF', 0.9],
          [0.6, '#CFE0E6', 0.7],
          [1, '#9FB8C2', 0.9],
        ],
        0.36,
        0.3,
        0.8,
      ),
    );
    c.path('M-172 -220A176 176 0 0 0 172 -220Q90 -250 0 -220T-172 -220Z', '#8FBCD0', 'opacity=".6"');
    c.path(
      'M-190 -330C-190 -460 190 -460 190 -330Q0 -280 -190 -330Z',
      c.linear([
        [0, tone(s.colour, 0.3)],
        [1, tone(s.colour, -0.2)],
      ]),
    );
    c.line('M-150 -390C-200 -560 200 -560 150 -390', tone(s.colour, -0.2), 20);
    lathe(
      c,
      cam,
      [
        [120, 0],
        [150, 60],
      ],
      s.colour,
      { finish: 'ceramic', wall: 14 },
    );
    return;
  }
  lathe(
    c,
    cam,
    [
      [270, 0],
      [280, 14],
      [284, 90],
    ],
    s.colour,
    { finish: 'ceramic', wall: 26, inside: tone(s.colour, 0.3), content: { colour: '#BFDCE6', depth: 34 } },
  );
  lathe(
    c,
    cam,
    [
      [130, 60],
      [140, 90],
      [140, 330],
      [110, 390],
      [60, 410],
    ],
    '#D5E4E8',
    { finish: 'glass' },
  );
  lathe(
    c,
    cam,
    [
      [128, 70],
      [132, 240],
    ],
    '#9CC8D8',
    { opacity: 0.4 },
  );
  lathe(
    c,
    cam,
    [
      [64, 0],
      [66, 50],
    ],
    s.colour,
    { y: 402, finish: 'ceramic' },
  );
};

export const pet: Families = {
  petbed: shape('floor', 'living', [-60, -160], petbed),
  petbowl: shape('table', 'living', [0, -130], bowl),
  leash: shape('flat', 'outdoor', [90, -60], leash),
  retractable: shape('table', 'outdoor', [40, -180], retractable),
  petpouch: shape('table', 'outdoor', [0, -180], pouch),
  scratcher: shape('floor', 'living', [-60, -110], scratcher),
  waterer: shape('table', 'living', [0, -200], waterer),
};
