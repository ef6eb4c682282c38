import { type Canvas, n, roundPolygon } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe, type Profile } from '../space.ts';
import { luminance, mix, tone } from '../tone.ts';
import { mark } from './marks.ts';

const gold = '#CFAE78';
const inkFor = (colour: string) => (luminance(colour) > 0.55 ? tone(colour, -0.5) : tone(colour, 0.7));
const soft = (colour: string) => mix(colour, '#FFFFFF', 0.25);

const serum = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 280, 90);
  const body: Profile = [[100, 0], [110, 10], [110, 250], [84, 290], [44, 302], [42, 330]];
  lathe(c, cam, [[100, 10], [102, 200]], tone(s.colour, 0.1), { opacity: 0.9 });
  lathe(c, cam, body, s.colour, { finish: 'glass' });
  lathe(c, cam, body, s.colour, { finish: 'ceramic', opacity: 0.5 });
  lathe(c, cam, [[48, 0], [50, 6], [50, 70]], gold, { y: 326, finish: 'metal' });
  lathe(c, cam, [[32, 0], [36, 40], [34, 96], [20, 118]], '#F4EFE8', { y: 394, finish: 'ceramic' });
  c.rect(-64, -230, 128, 150, '#FFFDF8', 4, 'opacity=".94"');
  mark(c, 0, -158, 76, tone(s.colour, -0.45));
};

const cream = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 480, 140);
  lathe(c, cam, [[188, 0], [204, 14], [204, 150], [196, 164]], soft(s.colour), { finish: 'ceramic' });
  lathe(c, cam, [[206, 0], [210, 6], [210, 96], [200, 108]], gold, { y: 164, finish: 'metal', cap: tone(gold, 0.2) });
  mark(c, 0, -60, 76, inkFor(s.colour), 0.7);
};

const opened = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 620, 170);
  c.group('transform="translate(-90 0)"', () => {
    lathe(c, { ...cam, pitch: cam.pitch + 0.16 }, [[188, 0], [204, 14], [204, 150]], soft(s.colour), { finish: 'ceramic', wall: 18, inside: '#FBF6EC', content: { colour: '#FFFBF2', depth: 16 } });
    c.path('M-96 -164C-60 -210 40 -206 70 -172C110 -150 20 -130 -30 -140C-60 -146 -80 -150 -96 -164Z', '#FFFFFF', 'opacity=".85"');
    c.path('M-40 -176Q10 -196 50 -170', 'none', 'stroke="#E9E0D0" stroke-width="6" stroke-linecap="round"');
  });
  c.group('transform="translate(190 10) rotate(12)"', () => lathe(c, { yaw: 0, pitch: 0.9 }, [[150, 0], [154, 30]], gold, { finish: 'metal', cap: tone(gold, 0.3) }));
};

const pump = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 320, 100);
  const body: Profile = [[118, 0], [130, 12], [130, 330], [110, 368], [56, 380], [54, 396]];
  lathe(c, cam, body, soft(s.colour), { finish: 'ceramic' });
  lathe(c, cam, [[58, 0], [60, 6], [60, 50], [30, 60], [18, 66], [18, 110]], '#F4EFE8', { y: 392, finish: 'ceramic' });
  const flip = cam.yaw > 0 ? 1 : -1;
  c.path(`M${-flip * 60} -500H${flip * 130}Q${flip * 156} -500 ${flip * 156} -470L${flip * 150} -452H${flip * 128}L${flip * 122} -470H${-flip * 60}Q${-flip * 74} -484 ${-flip * 60} -500Z`, c.linear([[0, '#FFFFFF'], [1, '#CFC7BB']]));
  c.rect(-80, -300, 160, 200, '#FFFDF8', 6, 'opacity=".95"');
  mark(c, 0, -222, 84, tone(s.colour, -0.45));
  c.rect(-50, -140, 100, 6, tone(s.colour, -0.3), 3);
  c.rect(-34, -124, 68, 5, tone(s.colour, -0.3), 3, 'opacity=".6"');
};

/** A soft tube standing on its cap. */
function tube(c: Canvas, x: number, colour: string, h: number, w: number, turn = 0): void {
  c.group(`transform="translate(${n(x)} 0) rotate(${turn})"`, () => {
    c.rect(-w * 0.36, -70, w * 0.72, 70, c.linear([[0, '#D9D2C6'], [0.25, '#FFFFFF'], [1, '#BDB4A6']], 0, 0, 1, 0), 8);
    const d = `M${n(-w * 0.4)} -66C${n(-w * 0.46)} ${n(-h * 0.5)} ${n(-w / 2)} ${n(-h * 0.8)} ${n(-w / 2)} ${n(-h)}H${n(w / 2)}C${n(w / 2)} ${n(-h * 0.8)} ${n(w * 0.46)} ${n(-h * 0.5)} ${n(w * 0.4)} -66Z`;
    c.path(d, c.linear([[0, tone(colour, -0.14)], [0.2, tone(colour, 0.5)], [0.5, colour], [1, tone(colour, -0.22)]], 0, 0, 1, 0));
    c.rect(-w / 2, -h, w, 34, c.linear([[0, '#fff', 0.4], [1, '#241a24', 0.1]]));
    let crimp = '';
    for (let i = 1; i < 14; i += 1) crimp += `M${n(-w / 2 + (w * i) / 14)} ${n(-h + 4)}v26`;
    c.line(crimp, tone(colour, -0.3), 2, 'opacity=".35"');
    mark(c, 0, -h * 0.56, w * 0.5, inkFor(colour), 0.75);
  });
}

const tubeFamily = (c: Canvas, s: Subject): void => { contactShadow(c, 260, 90); tube(c, 0, soft(s.colour), 540, 230); };
const handcream = (c: Canvas, s: Subject): void => {
  contactShadow(c, 520, 120);
  tube(c, -170, '#E9BFC0', 400, 150, -4);
  tube(c, 170, '#A9B894', 400, 150, 4);
  tube(c, 0, tone(s.colour, 0.2), 440, 160);
};
const toothpaste = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 130);
  c.group('transform="translate(60 -120)"', () => box(c, cam, { w: 480, h: 110, d: 100 }, '#F7F4EC', { front: (w, h) => { c.path(`M0 ${n(h)}V${n(h * 0.5)}Q${n(w * 0.3)} ${n(h * 0.2)} ${n(w * 0.5)} ${n(h * 0.6)}T${n(w)} ${n(h * 0.4)}V${n(h)}Z`, s.colour); mark(c, w * 0.2, h * 0.36, 54, tone(s.colour, -0.4)); } }));
  c.group('transform="translate(-250 6) rotate(84)"', () => tube(c, 0, s.colour, 460, 130));
};

const sunscreen = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 280, 80);
  box(c, cam, { w: 210, h: 380, d: 84 }, tone(s.colour, 0.3), { radius: 54, gloss: 0.3, front: (w, h) => { c.ellipse(w / 2, h * 0.4, 44, 44, '#FFFDF8'); for (let i = 0; i < 8; i += 1) c.group(`transform="translate(${n(w / 2)} ${n(h * 0.4)}) rotate(${i * 45})"`, () => c.rect(-4, -74, 8, 20, '#FFFDF8', 4)); c.rect(w / 2 - 46, h * 0.66, 92, 7, '#FFFDF8', 3); c.rect(w / 2 - 28, h * 0.7, 56, 6, '#FFFDF8', 3); } });
  box(c, cam, { y: 382, w: 130, h: 104, d: 70 }, '#F7F2E8', { radius: 30, gloss: 0.3 });
};

const maskpack = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 520, 150);
  box(c, cam, { x: 30, z: -60, w: 330, h: 400, d: 90 }, soft(s.colour), { radius: 4, front: (w, h) => { mark(c, w / 2, h * 0.36, 130, inkFor(s.colour)); c.rect(0, h * 0.7, w, h * 0.3, tone(s.colour, -0.16)); } });
  c.group('transform="translate(-170 20) rotate(-9)"', () => {
    const d = roundPolygon([[-100, -300], [100, -300], [100, 0], [-100, 0]], 8);
    c.path(d, '#2a1f1c', 'opacity=".2" transform="translate(8 8)"');
    c.path(d, c.linear([[0, tone(s.colour, 0.6)], [0.5, tone(s.colour, 0.25)], [1, s.colour]], 0, 0, 1, 1));
    c.line('M-96 -270H96', '#fff', 3, 'opacity=".7"');
    c.path('M0 -210C60 -210 76 -150 66 -100C56 -50 30 -26 0 -26S-56 -50 -66 -100C-76 -150 -60 -210 0 -210Z', '#FFFDF8', 'opacity=".9"');
    for (const x of [-26, 26]) c.ellipse(x, -140, 15, 8, tone(s.colour, 0.1));
    c.ellipse(0, -72, 18, 8, tone(s.colour, 0.1));
  });
};

const lipstick = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 110);
  const bullet = s.colour;
  if (/唇釉/.test(s.title)) {
    c.group('transform="translate(-70 0)"', () => { box(c, cam, { w: 100, h: 250, d: 100 }, bullet, { radius: 18, gloss: 0.45 }); box(c, cam, { y: 252, w: 96, h: 230, d: 96 }, '#2F2A2C', { radius: 12, gloss: 0.25 }); });
  } else {
    c.group('transform="translate(-76 0)"', () => {
      lathe(c, cam, [[74, 0], [76, 6], [76, 210]], '#2F2A2C', { finish: 'metal' });
      lathe(c, cam, [[64, 0], [64, 90]], gold, { y: 208, finish: 'metal' });
      lathe(c, cam, [[52, 0], [52, 110]], bullet, { y: 296, finish: 'ceramic' });
      c.path('M-52 -394C-52 -450 -20 -508 40 -520Q54 -500 52 -394A52 13 0 0 1 -52 -394Z', c.linear([[0, tone(bullet, -0.1)], [0.3, tone(bullet, 0.35)], [1, tone(bullet, -0.2)]], 0, 0, 1, 0));
      c.path('M-46 -420C-40 -470 -6 -508 40 -518C20 -470 -10 -430 -46 -420Z', tone(bullet, 0.3), 'opacity=".7"');
    });
    c.group('transform="translate(130 14)"', () => { lathe(c, cam, [[78, 0], [80, 6], [80, 250]], '#2F2A2C', { finish: 'metal' }); mark(c, 0, -120, 56, gold); });
  }
  c.path('M60 60C120 30 240 30 300 56C260 84 120 90 60 60Z', bullet, 'opacity=".9"');
  c.path('M90 54C140 42 220 42 260 54', 'none', `stroke="${tone(bullet, 0.5)}" stroke-width="5" stroke-linecap="round" opacity=".7"`);
};

/** A round or square compact, lid open behind. */
const compact = (c: Canvas, s: Subject, fill: (c: Canvas) => void, square = false): void => {
  contactShadow(c, 560, 170);
  const shell = '#EFE4DA';
  if (square) {
    c.path(roundPolygon([[-230, -560], [230, -560], [250, -270], [-250, -270]], 24), c.linear([[0, tone(shell, 0.3)], [1, tone(shell, -0.12)]]));
    c.path(roundPolygon([[-206, -540], [206, -540], [222, -292], [-222, -292]], 14), c.linear([[0, '#DCE6EC'], [0.5, '#F7FAFB'], [1, '#C4D0D8']], 0, 0, 1, 1));
  } else {
    c.ellipse(0, -410, 226, 190, c.linear([[0, tone(shell, 0.3)], [1, tone(shell, -0.14)]]));
    c.ellipse(0, -410, 198, 164, c.linear([[0, '#DCE6EC'], [0.5, '#F7FAFB'], [1, '#C4D0D8']], 0, 0, 1, 1));
    c.path('M-120 -440L-30 -560H30L-110 -380Z', '#fff', 'opacity=".6"');
  }
  c.rect(-60, -262, 120, 26, gold, 8);
  if (square) { c.path(roundPolygon([[-250, -250], [250, -250], [320, 0], [-320, 0]], 30), tone(shell, -0.24), 'transform="translate(0 26)"'); c.path(roundPolygon([[-250, -250], [250, -250], [320, 0], [-320, 0]], 30), c.linear([[0, tone(shell, 0.1)], [1, tone(shell, 0.35)]])); } else { c.ellipse(0, -92, 240, 136, tone(shell, -0.26)); c.ellipse(0, -118, 240, 136, c.linear([[0, tone(shell, 0.05)], [1, tone(shell, 0.35)]])); }
  fill(c);
};

const perfume = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 400, 120);
  box(c, cam, { w: 260, h: 280, d: 120 }, mix(s.colour, '#EAF0E6', 0.55), { radius: 20, gloss: 0.5, contrast: 0.8, front: (w, h) => { c.rect(18, h * 0.22, w - 36, h * 0.72, mix(s.colour, '#D9C27A', 0.5), 10, 'opacity=".5"'); c.rect(w / 2 - 62, h * 0.36, 124, 120, '#FFFDF8', 3); mark(c, w / 2, h * 0.36 + 58, 66, tone(s.colour, -0.4)); } });
  lathe(c, cam, [[34, 0], [34, 34]], gold, { y: 280, finish: 'metal' });
  lathe(c, cam, [[66, 0], [70, 6], [70, 104], [64, 112]], '#5A3A26', { y: 312, finish: 'wood' });
};

const soap = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 170);
  box(c, cam, { w: 400, h: 100, d: 240 }, '#E2C89E', { radius: 30, contrast: 0.8 });
  box(c, cam, { x: -20, y: 100, w: 360, h: 96, d: 220 }, tone(s.colour, 0.25), { radius: 30, contrast: 0.8, top: (w, h) => { mark(c, w / 2, h / 2, 110, tone(s.colour, -0.4), 0.5); for (let i = 0; i < 18; i += 1) c.ellipse((i * 73) % w, (i * 41) % h, 5, 3, '#7A6A3A', 'opacity=".4"'); } });
  box(c, cam, { x: 20, y: 196, w: 330, h: 90, d: 210 }, '#F0E4CF', { radius: 30, contrast: 0.8, front: (w, h) => c.rect(w * 0.3, -4, w * 0.4, h + 8, paperBand), top: (w, h) => { c.rect(w * 0.3, -4, w * 0.4, h + 8, paperBand); mark(c, w / 2, h / 2, 84, '#7A6A3A'); } });
};
const paperBand = '#FBF8F1';

const toothbrush = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 360, 100);
  lathe(c, cam, [[120, 0], [124, 8], [110, 30]], '#F4F1EA', { finish: 'ceramic' });
  lathe(c, cam, [[54, 0], [60, 20], [64, 160], [54, 330], [34, 360]], s.colour, { y: 26, finish: 'ceramic' });
  c.ellipse(0, -230, 18, 26, tone(s.colour, -0.12), 'opacity=".8"');
  c.ellipse(0, -230, 9, 9, '#FFFDF8');
  for (let i = 0; i < 3; i += 1) c.ellipse(0, -150 + i * 22, 4, 4, i ? '#CFC7BB' : '#1F9D61');
  lathe(c, cam, [[22, 0], [15, 60], [12, 150], [16, 170]], '#F7F4EC', { y: 384, finish: 'ceramic' });
  c.rect(-24, -640, 48, 96, c.linear([[0, '#FFFFFF'], [1, '#DAD3C7']], 0, 0, 1, 0), 20);
  c.rect(-38, -632, 20, 78, s.colour === '#F7F6F2' ? '#8FA6BA' : tone(s.colour, 0.2), 5);
  c.line('M-36 -620H-20M-36 -604H-20M-36 -588H-20M-36 -572H-20', '#fff', 4, 'opacity=".7"');
};

const blush = (s: Subject): string[] => [s.colour, '#E9CBB0', '#B98A6A', '#8A5A44', '#D9B08C', '#C48F86', '#6E4B37', '#F0DEC8', '#A9693C'];

export const care: Families = {
  serum: shape('table', 'bath', [0, -220], serum),
  cream: shape('table', 'bath', [40, -160], (c, s, cam) => (s.view === 'angle' ? opened(c, s, cam) : cream(c, s, cam))),
  lotion: shape('table', 'bath', [0, -280], pump),
  shampoo: shape('table', 'bath', [0, -280], pump),
  tube: shape('table', 'bath', [0, -300], tubeFamily),
  handcream: shape('table', 'bath', [0, -260], handcream),
  toothpaste: shape('table', 'bath', [0, -120], toothpaste),
  sunscreen: shape('table', 'outdoor', [0, -240], sunscreen),
  maskpack: shape('table', 'bath', [-60, -220], maskpack),
  lipstick: shape('table', 'bath', [-60, -400], lipstick),
  cushionfoundation: shape('table', 'bath', [0, -150], (c, s) => compact(c, s, () => { c.ellipse(0, -120, 190, 104, tone(s.colour, -0.08)); c.ellipse(0, -124, 186, 100, c.pattern(12, 12, `<rect width="12" height="12" fill="${s.colour}"/><circle cx="3" cy="3" r="1.500" fill="${tone(s.colour, -0.2)}"/><circle cx="9" cy="9" r="1.500" fill="${tone(s.colour, -0.2)}"/>`)); c.ellipse(60, -150, 104, 58, '#FFFDF8', 'opacity=".95"'); c.ellipse(60, -156, 104, 56, c.linear([[0, '#FFFFFF'], [1, '#EADFD2']])); })),
  blush: shape('table', 'bath', [0, -150], (c, s) => compact(c, s, () => { c.ellipse(0, -118, 190, 104, tone(s.colour, -0.12)); c.ellipse(0, -122, 186, 100, c.radial([[0, tone(s.colour, 0.3)], [1, s.colour]], 0.4, 0.4, 0.7)); c.ellipse(0, -122, 60, 32, 'none', `stroke="${tone(s.colour, 0.4)}" stroke-width="6" opacity=".6"`); })),
  palette: shape('table', 'bath', [0, -120], (c, s) => compact(c, s, () => { blush(s).forEach((colour, i) => { const row = Math.floor(i / 3); const w = 130 + row * 18; const x = ((i % 3) - 1) * (w + 10); const y = -208 + row * 70; c.rect(x - w / 2, y - 28, w, 58, tone(colour, -0.2), 8); c.rect(x - w / 2, y - 25, w, 56, c.radial([[0, tone(colour, 0.3)], [1, colour]], 0.35, 0.3, 0.8), 8); }); }, true)),
  perfume: shape('table', 'bath', [0, -220], perfume),
  soap: shape('table', 'bath', [0, -200], soap),
  toothbrush: shape('table', 'bath', [0, -400], toothbrush),
};
