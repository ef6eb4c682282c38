import { blob, type Canvas, n, type Point } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe, type Profile } from '../space.ts';
import { randomOf } from '../../seeded.ts';
import { mix, tone } from '../tone.ts';
import { mark } from './marks.ts';

const oak = '#C79A6B';
const brass = '#C9A25E';

/** A pool of warm light around a lamp. */
const glow = (c: Canvas, x: number, y: number, r: number, strength = 0.8): void =>
  c.ellipse(x, y, r, r, c.radial([[0, '#FFF3CF', strength], [0.35, '#FFE9B8', strength * 0.4], [1, '#FFE9B8', 0]]));

const shade = (c: Canvas, cam: Camera, y: number, low: number, high: number, h: number, colour: string): void => {
  lathe(c, cam, [[low, 0], [high, h]], colour, { y, sharp: true, cap: '#FFF6DC' });
  const [a, b] = [y * Math.cos(cam.pitch), (y + h) * Math.cos(cam.pitch)];
  c.path(`M${-low * 0.86} ${n(-a)}L${-high * 0.8} ${n(-b)}H${high * 0.8}L${low * 0.86} ${n(-a)}Z`, c.linear([[0, '#FFF3CF', 0.1], [0.6, '#FFF3CF', 0.5], [1, '#FFF3CF', 0.75]]));
};

const tablelamp = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 360, 110);
  if (/可调节|直杆/.test(s.title)) {
    lathe(c, cam, [[120, 0], [124, 10], [120, 22]], /木|日式/.test(s.title) ? oak : s.colour, { finish: 'matte' });
    c.line('M-30 -22L-90 -330', tone(s.colour, -0.3), 18);
    c.line('M-33 -24L-93 -330', tone(s.colour, 0.3), 7);
    c.line('M-90 -330L70 -520', tone(s.colour, -0.3), 16);
    c.line('M-93 -333L67 -523', tone(s.colour, 0.3), 6);
    c.ellipse(-90, -330, 19, 19, oak);
    glow(c, 130, -380, 220, 0.7);
    c.group('transform="translate(70 -520) rotate(-18)"', () => {
      c.path('M-40 -16C-46 -70 46 -70 40 -16L110 84H-110Z', c.linear([[0, tone(s.colour, 0.05)], [0.3, tone(s.colour, 0.4)], [1, tone(s.colour, -0.3)]], 0, 0, 1, 0));
      c.ellipse(0, 84, 110, 20, '#FFF3CF');
    });
    return;
  }
  lathe(c, cam, [[96, 0], [110, 12], [130, 90], [96, 190], [36, 240], [24, 270]], s.colour, { finish: 'ceramic' });
  lathe(c, cam, [[14, 0], [14, 40]], brass, { y: 270, finish: 'metal' });
  glow(c, 0, -410, 330, 0.6);
  shade(c, cam, 300, 210, 140, 230, '#F0E6D2');
};

const floorlamp = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 320, 100);
  for (const x of [-120, 120]) c.line(`M0 -360L${x} -4`, tone(oak, -0.2), 15);
  c.line('M0 -360L16 -34', tone(oak, -0.35), 14);
  c.line('M-3 -362L-122 -8', tone(oak, 0.3), 5);
  lathe(c, cam, [[20, 0], [20, 40]], brass, { y: 360, finish: 'metal' });
  glow(c, 0, -500, 320, 0.55);
  shade(c, cam, 400, 170, 120, 200, mix(s.colour, '#F4EAD6', 0.7));
};

const pendant = (c: Canvas, s: Subject): void => {
  c.line('M-90 -1500V-420M120 -1500V-300', '#4A4440', 5);
  for (const [x, y, r] of [[-90, -330, 130], [120, -220, 104]] as const) {
    glow(c, x, y, r * 2.1, 0.6);
    c.rect(x - 26, y - r - 40, 52, 44, c.linear([[0, tone(brass, 0.5)], [0.4, brass], [1, tone(brass, -0.4)]], 0, 0, 1, 0), 8);
    c.ellipse(x, y, r, r, c.radial([[0, '#FFFDF4'], [0.5, tone(s.colour, 0.6)], [0.9, tone(s.colour, 0.25)], [1, tone(s.colour, -0.1)]], 0.42, 0.4, 0.62));
    c.path(`M${x - r * 0.7} ${y - r * 0.2}A${r * 0.74} ${r * 0.74} 0 0 1 ${x - r * 0.1} ${y - r * 0.72}`, 'none', 'stroke="#fff" stroke-width="9" stroke-linecap="round" opacity=".8"');
  }
};

const desklamp = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 110);
  box(c, cam, { y: 40, w: 520, h: 320, d: 26 }, '#34363A', { radius: 14, front: (w, h) => { c.rect(14, 14, w - 28, h - 28, c.linear([[0, '#8FA6BA'], [0.5, '#DDB9B4'], [1, '#EDD58C']], 0, 0, 1, 1), 6); c.path(`M0 ${n(h * 0.8)}Q${n(w * 0.3)} ${n(h * 0.5)} ${n(w * 0.55)} ${n(h * 0.72)}T${n(w)} ${n(h * 0.6)}V${n(h)}H0Z`, '#34507E', 'opacity=".35"'); } });
  box(c, cam, { z: 10, w: 170, h: 14, d: 130 }, '#C8CCD0', { radius: 8 });
  glow(c, 0, -330, 260, 0.7);
  lathe(c, { ...cam, pitch: 0.1 }, [[22, 0], [24, 10], [24, 40]], s.colour, { y: 372 });
  c.rect(-230, -432, 460, 38, c.linear([[0, tone(s.colour, 0.4)], [0.5, s.colour], [1, tone(s.colour, -0.3)]]), 19);
  c.rect(-210, -398, 420, 8, '#FFF3CF', 4);
};

const lantern = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 300, 100);
  c.line('M-126 -300C-190 -620 190 -620 126 -300', tone(s.colour, -0.35), 12);
  lathe(c, cam, [[130, 0], [140, 14], [132, 70], [112, 96]], s.colour, { finish: 'metal' });
  glow(c, 0, -200, 260, 0.85);
  lathe(c, cam, [[100, 0], [126, 90], [100, 186]], '#F4E3B8', { y: 94, finish: 'glass' });
  c.ellipse(0, -170, 34, 60, c.radial([[0, '#fff'], [0.5, '#FFE39A'], [1, '#FFC964', 0]]));
  lathe(c, cam, [[104, 0], [116, 14], [84, 60], [36, 84]], s.colour, { y: 280, finish: 'metal' });
  for (const x of [-118, 118]) c.line(`M${x} -92V-290`, tone(s.colour, -0.2), 8);
};

/** A branch with leaves or blossoms from (x, y), leaning. */
export function branch(c: Canvas, x: number, y: number, length: number, lean: number, leaf: string, seed: number, bloom?: string): void {
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
        c.path(blob([[0, 0], [-size * 0.3, -size * 0.3], [-size * 0.16, -size * 0.66], [size * 0.16, -size * 0.66], [size * 0.3, -size * 0.3]]), c.radial([[0, tone(bloom, 0.5)], [1, bloom]], 0.5, 0.3, 0.7));
      } else {
        c.path(`M0 0C${n(size * 0.34)} ${n(-size * 0.3)} ${n(size * 0.24)} ${n(-size * 0.8)} 0 ${n(-size)}C${n(-size * 0.3)} ${n(-size * 0.74)} ${n(-size * 0.3)} ${n(-size * 0.3)} 0 0Z`, c.linear([[0, tone(leaf, 0.25)], [1, tone(leaf, -0.15)]], 0, 0, 1, 0));
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
    [[88, 0], [120, 40], [138, 130], [96, 240], [44, 280], [40, 312], [54, 324]],
    [[110, 0], [128, 20], [128, 220], [96, 280], [56, 296], [52, 316]],
    [[70, 0], [110, 60], [150, 150], [150, 190], [86, 260], [60, 312]],
  ];
  lathe(c, cam, profiles[s.seed % 3] as Profile, /清水|玻璃/.test(s.title) ? '#CFE0E2' : s.colour, { finish: /清水/.test(s.title) ? 'glass' : 'matte', wall: 8 });
};

const flowerdome = (c: Canvas, s: Subject, cam: Camera): void => {
  const tints = /罗马|怦然/.test(s.title) ? ['#C9506A', '#E9A3B0', '#7C2F3A'] : /海洋/.test(s.title) ? ['#5E86B8', '#9FC3E0', '#DDE9F2'] : ['#E9BFC0', '#DCC7A1', '#A9B894'];
  contactShadow(c, 440, 130);
  lathe(c, cam, [[196, 0], [206, 12], [206, 40], [190, 54]], '#7A5338', { finish: 'wood' });
  const rose = (x: number, y: number, r: number, colour: string) => {
    c.ellipse(x, y, r, r * 0.96, c.radial([[0, tone(colour, -0.25)], [0.5, colour], [1, tone(colour, 0.2)]], 0.5, 0.55, 0.6));
    for (let i = 0; i < 3; i += 1) {
      const q = r * (0.84 - i * 0.26);
      c.path(`M${n(x - q)} ${n(y)}A${n(q)} ${n(q)} 0 0 1 ${n(x + q * 0.8)} ${n(y - q * 0.4)}M${n(x + q)} ${n(y + q * 0.2)}A${n(q)} ${n(q)} 0 0 1 ${n(x - q * 0.7)} ${n(y + q * 0.5)}`, 'none', `stroke="${tone(colour, i % 2 ? 0.4 : -0.35)}" stroke-width="5" stroke-linecap="round" opacity=".75"`);
    }
  };
  for (const [x, y, turn] of [[-110, -120, -50], [110, -130, 48], [0, -90, 4], [-60, -84, -30], [70, -90, 32]] as const)
    c.group(`transform="translate(${x} ${y}) rotate(${turn})"`, () => c.path('M0 20C40 -10 40 -70 0 -110C-40 -70 -40 -10 0 20Z', c.linear([[0, '#A9B894'], [1, '#5F7350']], 0, 0, 1, 0)));
  rose(-70, -210, 66, tints[0] as string);
  rose(76, -200, 60, tints[1] as string);
  rose(4, -290, 70, tints[1] as string);
  rose(0, -150, 56, tints[2] as string);
  rose(-104, -130, 40, tints[1] as string);
  rose(108, -126, 38, tints[0] as string);
  const dome = 'M-180 -56V-330C-180 -470 -90 -540 0 -540S180 -470 180 -330V-56A180 46 0 0 1 -180 -56Z';
  c.path(dome, c.linear([[0, '#fff', 0.5], [0.16, '#fff', 0.08], [0.8, '#fff', 0.02], [1, '#C9D6DC', 0.5]], 0, 0, 1, 0));
  c.line(dome, '#fff', 4, 'opacity=".75"');
  c.path('M-150 -110V-330C-150 -420 -110 -470 -66 -496C-110 -440 -122 -400 -122 -320V-120Z', '#fff', 'opacity=".5"');
  c.ellipse(0, -550, 16, 16, '#EAF0F2');
};

const wallclock = (c: Canvas, s: Subject): void => {
  const square = /方圆/.test(s.title);
  const rim = /木/.test(s.title) ? oak : s.colour;
  const frame = (grow: number, fill: string, extra = '') => (square ? c.rect(-250 - grow, -580 - grow, 500 + grow * 2, 500 + grow * 2, fill, 90, extra) : c.ellipse(0, -330, 260 + grow, 260 + grow, fill, extra));
  frame(0, '#2a1f1c', 'opacity=".2" transform="translate(22 30)"');
  frame(10, c.linear([[0, tone(rim, 0.4)], [1, tone(rim, -0.25)]], 0, 0, 1, 1));
  frame(-20, tone(rim, -0.3));
  frame(-24, c.linear([[0, '#EFEAE0'], [1, '#FFFDF8']], 0, 0, 1, 1));
  for (let i = 0; i < 12; i += 1) c.group(`transform="translate(0 -330) rotate(${i * 30})"`, () => c.rect(-4, -196, 8, i % 3 ? 18 : 40, i % 3 ? '#B7AFA2' : '#4A4440', 4));
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
      c.rect(38, 38, w - 76, h - 76, c.linear([[0, '#D5DDD3'], [1, '#BFC9BD']]), 16);
      const seg = (x: number, on: string) => {
        const [sw, sh] = [46, 100];
        const y = 74;
        const lines: Record<string, string> = { a: `M${x + 6} ${y}h${sw - 12}`, b: `M${x + sw} ${y + 6}v${sh / 2 - 12}`, c: `M${x + sw} ${y + sh / 2 + 6}v${sh / 2 - 12}`, d: `M${x + 6} ${y + sh}h${sw - 12}`, e: `M${x} ${y + sh / 2 + 6}v${sh / 2 - 12}`, f: `M${x} ${y + 6}v${sh / 2 - 12}`, g: `M${x + 6} ${y + sh / 2}h${sw - 12}` };
        c.line([...on].map((key) => lines[key]).join(''), '#2F3437', 11);
      };
      seg(92, 'bc'); seg(168, 'abcdef'); seg(276, 'abged'); seg(352, 'afgcd');
      c.ellipse(245, 104, 7, 7, '#2F3437');
      c.ellipse(245, 146, 7, 7, '#2F3437');
    },
  });
};

const frame = (c: Canvas, s: Subject): void => {
  contactShadow(c, 420, 100);
  c.group('transform="rotate(-3)"', () => {
    c.rect(-186, -520, 400, 520, '#2a1f1c', 6, 'opacity=".2"');
    c.rect(-200, -530, 400, 520, c.linear([[0, tone(s.colour, 0.3)], [1, tone(s.colour, -0.2)]], 0, 0, 1, 1), 6);
    c.rect(-166, -496, 332, 452, '#FBF8F1');
    c.rect(-120, -440, 240, 330, c.linear([[0, '#C9DBE6'], [0.55, '#F3E3CC'], [1, '#E6C6A0']]));
    c.ellipse(50, -330, 40, 40, '#FFF7E2');
    c.path('M-120 -220Q-50 -290 20 -230T120 -250V-110H-120Z', '#8FA6A0');
    c.path('M-120 -170Q-20 -230 60 -170T120 -180V-110H-120Z', '#5F7350');
    c.path('M-166 -300L-20 -496H60L-166 -190Z', '#fff', 'opacity=".28"');
  });
};

const ornament = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 130);
  if (/天鹅/.test(s.title)) {
    c.path('M-220 -120C-230 -20 -100 0 40 0S280 -40 290 -190C220 -130 160 -150 90 -150C20 -150 -40 -180 -90 -120C-120 -90 -180 -90 -220 -120Z', c.linear([[0, tone(s.colour, 0.5)], [0.5, tone(s.colour, 0.1)], [1, tone(s.colour, -0.25)]], 0, 0, 0.4, 1));
    c.line('M-170 -100C-110 -180 -250 -260 -200 -380C-176 -440 -100 -440 -92 -390', tone(s.colour, -0.15), 46);
    c.line('M-176 -104C-116 -182 -256 -262 -206 -380C-180 -436 -110 -436 -100 -396', tone(s.colour, 0.35), 26);
    c.path('M-104 -400L-40 -370L-106 -362Z', '#D3A243');
    c.ellipse(-120, -400, 6, 6, '#34363A');
    c.line('M0 -130Q120 -90 250 -160M20 -90Q120 -50 230 -100', tone(s.colour, -0.3), 4, 'opacity=".4"');
    return;
  }
  lathe(c, { yaw: 0, pitch: 0.5 }, [[200, 0], [256, 18], [270, 56]], oak, { wall: 16, finish: 'matte' });
  const pumpkin = (x: number, y: number, r: number, colour: string) => {
    for (const [dx, w] of [[-0.55, 0.5], [0.55, 0.5], [-0.28, 0.55], [0.28, 0.55], [0, 0.5]] as const) c.ellipse(x + dx * r, y, r * w, r * 0.8, c.radial([[0, tone(colour, 0.45)], [0.6, colour], [1, tone(colour, -0.3)]], 0.35, 0.25, 0.8));
    c.path(`M${n(x - 9)} ${n(y - r * 0.7)}Q${n(x)} ${n(y - r * 1.2)} ${n(x + 24)} ${n(y - r * 1.16)}L${n(x + 20)} ${n(y - r)}Q${n(x + 8)} ${n(y - r)} ${n(x + 10)} ${n(y - r * 0.7)}Z`, '#6F7D56');
  };
  pumpkin(-90, -160, 104, '#D98F4E');
  pumpkin(110, -130, 84, '#E6CDB0');
  pumpkin(10, -96, 66, '#A9B894');
};

const fan = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 300, 100);
  lathe(c, cam, [[120, 0], [126, 10], [118, 30], [40, 46], [26, 70], [24, 150]], s.colour, { finish: 'ceramic' });
  c.ellipse(10, -360, 226, 226, tone(s.colour, -0.25));
  c.ellipse(0, -364, 226, 226, c.radial([[0, tone(s.colour, 0.2)], [1, tone(s.colour, -0.05)]], 0.35, 0.3, 0.8));
  c.ellipse(0, -364, 200, 200, tone(s.colour, -0.34));
  for (let i = 0; i < 5; i += 1) c.group(`transform="translate(0 -364) rotate(${i * 72})"`, () => c.path('M0 0C60 -50 90 -130 40 -184C-10 -190 -60 -150 0 0Z', c.linear([[0, tone(s.colour, 0.6), 0.9], [1, tone(s.colour, 0.1), 0.6]], 0, 0, 1, 0)));
  let grill = '';
  for (let i = 0; i < 36; i += 1) { const a = (i / 36) * Math.PI * 2; grill += `M${n(Math.cos(a) * 46)} ${n(-364 + Math.sin(a) * 46)}L${n(Math.cos(a + 0.3) * 206)} ${n(-364 + Math.sin(a + 0.3) * 206)}`; }
  c.line(grill, tone(s.colour, 0.55), 3, 'opacity=".85"');
  c.ellipse(0, -364, 50, 50, c.radial([[0, tone(s.colour, 0.5)], [1, s.colour]], 0.35, 0.3, 0.8));
};

const diffuser = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 280, 90);
  for (const [x, y] of [[-120, -560], [-60, -600], [10, -620], [76, -596], [130, -550]] as const) c.line(`M${x * 0.12} -260L${x} ${y}`, '#B98A5C', 8);
  const body: Profile = [[112, 0], [120, 12], [120, 190], [70, 240], [46, 256], [46, 300]];
  lathe(c, cam, [[108, 8], [114, 130]], tone(s.colour, 0.2), { opacity: 0.75 });
  lathe(c, cam, body, '#D9E2DC', { finish: 'glass' });
  c.rect(-66, -176, 132, 96, '#FBF8F1', 5);
  mark(c, 0, -128, 66, tone(s.colour, -0.3));
};

const candle = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 340, 110);
  glow(c, 0, -390, 240, 0.7);
  lathe(c, cam, [[142, 0], [150, 10], [150, 270]], s.colour, { finish: 'ceramic', wall: 10, content: { colour: '#FBF3DF', depth: 30 } });
  c.line('M0 -246V-300', '#4A4440', 6);
  c.path('M0 -390C34 -340 26 -296 0 -292C-26 -296 -34 -340 0 -390Z', c.radial([[0, '#FFFBE6'], [0.5, '#FFD772'], [1, '#F0A03C']], 0.5, 0.75, 0.7));
  c.rect(-70, -176, 140, 104, '#FBF8F1', 4);
  mark(c, 0, -124, 68, tone(s.colour, -0.4));
};

const figure = (c: Canvas, s: Subject): void => {
  contactShadow(c, 440, 120);
  const animal = (x: number, y: number, k: number, colour: string, ears: 'long' | 'round') => c.move(x, y, k, () => {
    const fill = c.radial([[0, tone(colour, 0.5)], [0.6, colour], [1, tone(colour, -0.25)]], 0.35, 0.25, 0.85);
    if (ears === 'long') for (const side of [-1, 1]) c.path(`M${side * 40} -330C${side * 20} -470 ${side * 90} -480 ${side * 96} -330Z`, fill);
    else for (const side of [-1, 1]) c.ellipse(side * 100, -340, 46, 46, fill);
    c.path('M-130 -40C-150 -150 -110 -200 0 -200S150 -150 130 -40Q120 0 0 0T-130 -40Z', fill);
    c.ellipse(0, -260, 150, 128, fill);
    for (const side of [-1, 1]) { c.ellipse(side * 56, -262, 12, 14, '#4A4440'); c.ellipse(side * 88, -226, 24, 14, '#E9A48E', 'opacity=".5"'); }
    c.path('M-12 -236Q0 -222 12 -236Q6 -246 0 -246T-12 -236Z', '#7A5338');
    c.ellipse(-60, -330, 46, 18, '#fff', 'opacity=".55" transform="rotate(-24 -60 -330)"');
  });
  animal(-140, -30, 0.72, s.accent === s.colour ? '#E9BFC0' : s.accent, 'round');
  animal(110, 0, 1, s.colour, 'long');
};

export const decor: Families = {
  tablelamp: shape('table', 'desk', [40, -420], tablelamp),
  floorlamp: shape('floor', 'floor', [0, -480], floorlamp),
  pendant: shape('wall', 'living', [-90, -330], pendant),
  desklamp: shape('table', 'desk', [0, -360], desklamp),
  lantern: shape('table', 'outdoor', [0, -220], lantern),
  vase: shape('table', 'living', [0, -240], vase),
  flowerdome: shape('table', 'living', [0, -230], flowerdome),
  wallclock: shape('wall', 'living', [0, -360], wallclock),
  deskclock: shape('table', 'desk', [0, -140], deskclock),
  frame: shape('table', 'living', [0, -300], frame),
  ornament: shape('table', 'living', [0, -160], ornament),
  fan: shape('table', 'desk', [40, -380], fan),
  diffuser: shape('table', 'living', [0, -200], diffuser),
  candle: shape('table', 'living', [0, -240], candle),
  figure: shape('table', 'desk', [110, -260], figure),
};
