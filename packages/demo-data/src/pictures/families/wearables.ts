import type { Canvas } from '../canvas.ts';
import { type Cloth, cloth, folds, weave } from '../cloth.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { contactShadow, lathe } from '../space.ts';
import { tone } from '../tone.ts';
import { hem, seam } from './apparel.ts';

const scarf = (c: Canvas, s: Subject): void => {
  contactShadow(c, 560, 150);
  const dressed: Cloth = { ...s, pattern: s.pattern === 'plain' ? 'fleece' : s.pattern };
  const tail = 'M40 -230C120 -210 170 -190 180 -150C196 -90 190 -30 200 40L70 50C66 -20 40 -100 0 -150Z';
  let fringe = '';
  for (let x = 74; x < 200; x += 10) fringe += `M${x} 44l2 44`;
  c.line(fringe, tone(s.colour, -0.06), 6);
  cloth(c, tail, dressed, [0.3, 0.1]);
  folds(c, tail, 20, 200, -230, 50, 3, s.seed, 0.7);
  for (const [rx, ry, y, w] of [
    [262, 106, -110, 96],
    [236, 92, -196, 90],
    [206, 78, -276, 80],
  ] as const) {
    const d = `M${-rx} ${y}A${rx} ${ry} 0 0 0 ${rx} ${y}A${rx} ${ry} 0 0 0 ${-rx} ${y}M${-rx + w} ${y - 12}A${rx - w} ${ry * 0.46} 0 0 1 ${rx - w} ${y - 12}A${rx - w} ${ry * 0.46} 0 0 1 ${-rx + w} ${y - 12}Z`;
    c.group('fill-rule="evenodd" clip-rule="evenodd"', () => cloth(c, d, dressed, [0.34, 0.2]));
    c.line(`M${-rx} ${y}A${rx} ${ry} 0 0 0 ${rx} ${y}`, tone(s.colour, -0.3), 4, 'opacity=".5"');
    c.ellipse(0, y - 12, rx - w, ry * 0.46, tone(s.colour, -0.34));
  }
};

const beanie = (c: Canvas, s: Subject): void => {
  contactShadow(c, 480, 110);
  const dome = 'M-220 -130C-224 -330 -120 -460 0 -460S224 -330 220 -130Z';
  cloth(c, dome, { ...s, pattern: 'cable' }, [0.34, 0.2]);
  const cuff = 'M-236 -170Q0 -210 236 -170C250 -110 250 -60 240 -16Q0 24 -240 -16C-250 -60 -250 -110 -236 -170Z';
  cloth(c, cuff, { ...s, colour: tone(s.colour, 0.08), pattern: 'plain' }, [0.34, 0.1]);
  c.path(
    cuff,
    c.pattern(
      20,
      20,
      '<path d="M6 0V20" stroke="#241a24" stroke-width="7" opacity=".14"/><path d="M14 0V20" stroke="#fff" stroke-width="5" opacity=".2"/>',
    ),
  );
  c.rect(96, -96, 66, 44, '#F4EFE6', 4);
};

const cap = (c: Canvas, s: Subject): void => {
  contactShadow(c, 560, 120);
  const crown = 'M-250 -110C-250 -300 -150 -400 -20 -400C110 -400 190 -290 190 -120Q-30 -50 -250 -110Z';
  cloth(c, crown, s, [0.34, 0.2]);
  seam(c, 'M-20 -400C-80 -300 -90 -200 -84 -92M-20 -400C50 -320 70 -210 68 -92', s.colour, 3);
  c.ellipse(-20, -402, 18, 10, tone(s.colour, -0.1));
  const brim = 'M-60 -92C60 -90 150 -110 192 -150C290 -140 340 -80 316 -40C250 0 60 0 -60 -40Z';
  c.path(brim, '#241a24', 'opacity=".2" transform="translate(4 14)"');
  cloth(c, brim, { ...s, colour: tone(s.colour, -0.06) }, [0.5, 0.1]);
  hem(c, 'M-50 -62C60 -40 240 -50 306 -76M-40 -76C60 -60 230 -74 286 -100', s.colour);
};

const strawhat = (c: Canvas, s: Subject): void => {
  const straw = s.colour === '#F2EDE2' ? '#EFE4C8' : '#D9B67E';
  const rings = c.pattern(
    14,
    9,
    `<path d="M0 2H14" stroke="${tone(straw, -0.3)}" stroke-width="2.500" opacity=".4"/><path d="M4 4l6 5" stroke="#fff" stroke-width="2" opacity=".4"/>`,
  );
  contactShadow(c, 640, 170);
  c.ellipse(0, -100, 320, 116, tone(straw, -0.2), 'transform="translate(0 14)"');
  c.ellipse(
    0,
    -100,
    320,
    116,
    c.linear([
      [0, tone(straw, -0.05)],
      [1, tone(straw, 0.3)],
    ]),
  );
  c.ellipse(0, -100, 320, 116, rings);
  const crown = 'M-170 -120C-176 -260 -120 -330 0 -330S176 -260 170 -120Q0 -60 -170 -120Z';
  c.path(
    crown,
    c.linear(
      [
        [0, tone(straw, -0.1)],
        [0.3, tone(straw, 0.35)],
        [1, tone(straw, -0.25)],
      ],
      0,
      0,
      1,
      0,
    ),
  );
  c.path(crown, rings);
  c.path('M-172 -170Q0 -112 172 -170L170 -118Q0 -58 -170 -118Z', '#34363A');
  c.path('M150 -150L230 -120L216 -96L190 -104L176 -80L140 -124Z', '#34363A');
};

const sunglasses = (c: Canvas, s: Subject): void => {
  contactShadow(c, 640, 80, 0, 0, 0.7);
  c.line('M-290 -190C-200 -330 -120 -360 -40 -366M290 -190C330 -300 250 -350 190 -366', tone(s.colour, -0.1), 16);
  for (const side of [-1, 1]) {
    const d = `M${side * 34} -210Q${side * 40} -232 ${side * 70} -234H${side * 270}Q${side * 304} -230 ${side * 300} -190C${side * 296} -80 ${side * 250} -30 ${side * 170} -30S${side * 46} -90 ${side * 34} -210Z`;
    c.path(
      d,
      c.linear([
        [0, '#4A4E58'],
        [0.6, '#7E8694'],
        [1, '#B6BCC6'],
      ]),
      'opacity=".92"',
    );
    c.clipped(d, () =>
      c.path(
        `M${side * 150 - 80} -240L${side * 150 + 10} -240L${side * 150 - 60} -20H${side * 150 - 150}Z`,
        '#fff',
        'opacity=".22"',
      ),
    );
    c.line(d, s.colour, 20);
    c.line(d, tone(s.colour, 0.4), 4, 'transform="translate(-3 -4)" opacity=".6"');
  }
  c.line('M-38 -196Q0 -226 38 -196', s.colour, 18);
};

const wristband = (c: Canvas, s: Subject): void => {
  contactShadow(c, 420, 130);
  const cam = { yaw: 0, pitch: 0.42 };
  lathe(
    c,
    cam,
    [
      [184, 0],
      [194, 40],
      [194, 190],
      [184, 226],
    ],
    s.colour,
    { wall: 34, inside: tone(s.colour, -0.15) },
  );
  const d = 'M-192 -200V-20C-150 90 150 90 192 -20V-200C150 -100 -150 -100 -192 -200Z';
  c.path(d, weave(c, 'fleece', s.colour, s.accent, 0.8)[0] as string);
  c.path('M-60 -106Q0 -96 60 -106V30Q0 44 -60 30Z', tone(s.colour, 0.55), 'opacity=".9"');
  c.path('M0 -84L34 -40L0 14L-34 -40Z', tone(s.colour, -0.2));
};

export const wearables: Families = {
  scarf: shape('table', 'bedroom', [0, -180], scarf),
  hat: shape('table', 'bedroom', [40, -200], beanie),
  cap: shape('table', 'outdoor', [0, -240], cap),
  strawhat: shape('table', 'outdoor', [40, -200], strawhat),
  sunglasses: shape('table', 'outdoor', [-140, -150], sunglasses),
  wristband: shape('table', 'desk', [0, -120], wristband),
};
