import { blob, type Canvas, n, type Point, roundPolygon } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe, type Profile } from '../space.ts';
import { randomOf } from '../../seeded.ts';
import { luminance, mix, tone } from '../tone.ts';
import { branch } from './decor.ts';
import { label, mark } from './marks.ts';

const paper = '#F7F1E6';

/** A round of baked dough, seen from the side a little above. */
function cake(c: Canvas, x: number, y: number, r: number, h: number, crust: string, top: string, decorate?: (cx: number, cy: number) => void): void {
  c.group(`transform="translate(${n(x)} ${n(y)})"`, () => {
    lathe(c, { yaw: 0, pitch: 0.5 }, [[r * 0.86, 0], [r, h * 0.2], [r, h * 0.75], [r * 0.86, h]], crust, { cap: top });
    decorate?.(0, -h * 0.88);
  });
}

const cookie = (c: Canvas, x: number, y: number, r: number, colour: string, kind: number): void => {
  c.group(`transform="translate(${n(x)} ${n(y)}) rotate(${kind * 37})"`, () => {
    c.ellipse(6, 10, r, r * 0.96, '#2a1f1c', 'opacity=".2"');
    if (kind % 3 === 0) {
      for (let i = 0; i < 8; i += 1) c.ellipse(Math.cos(i * 0.785) * r * 0.56, Math.sin(i * 0.785) * r * 0.56, r * 0.4, r * 0.34, c.radial([[0, tone(colour, 0.35)], [1, tone(colour, -0.12)]], 0.35, 0.3, 0.7));
      c.ellipse(0, 0, r * 0.3, r * 0.3, '#A9463C');
      c.ellipse(-r * 0.08, -r * 0.1, r * 0.1, r * 0.07, '#fff', 'opacity=".6"');
    } else if (kind % 3 === 1) {
      c.ellipse(0, 0, r, r, c.radial([[0, tone(colour, 0.25)], [0.8, colour], [1, tone(colour, -0.25)]], 0.38, 0.32, 0.75));
      for (const [dx, dy] of [[-0.4, -0.3], [0.3, -0.45], [0.42, 0.2], [-0.2, 0.4], [0, -0.02]] as const) c.ellipse(dx * r, dy * r, r * 0.14, r * 0.12, '#8C2F3A');
    } else {
      c.path(roundPolygon([[-r * 0.9, -r * 0.9], [r * 0.9, -r * 0.9], [r * 0.9, r * 0.9], [-r * 0.9, r * 0.9]], r * 0.3), c.radial([[0, tone(colour, 0.3)], [1, tone(colour, -0.15)]], 0.38, 0.32, 0.8));
      c.line(`M${n(-r * 0.6)} ${n(-r * 0.3)}H${n(r * 0.6)}M${n(-r * 0.6)} ${n(r * 0.06)}H${n(r * 0.6)}M${n(-r * 0.6)} ${n(r * 0.42)}H${n(r * 0.6)}`, tone(colour, -0.25), 5, 'opacity=".5"');
    }
  });
};

const cookies = (c: Canvas, s: Subject): void => {
  contactShadow(c, 640, 200);
  const tin = s.colour;
  lathe(c, { yaw: 0, pitch: 0.72 }, [[284, 0], [300, 8], [300, 96]], tin, { finish: 'metal', wall: 14, inside: '#C9A66E', sharp: true });
  const spots: Point[] = [[-150, -150], [0, -190], [150, -150], [-180, -60], [-60, -80], [70, -84], [190, -60], [-100, 20], [20, 26], [130, 14]];
  const doughs = ['#E0B36E', '#C98F4C', '#D9B98A', '#8A5A38', '#E6C58E'];
  c.group('transform="translate(0 -24) scale(1 .74)"', () => spots.forEach(([x, y], i) => cookie(c, x, y - 20, 62, doughs[(i + s.seed) % 5] as string, i + (s.seed % 3))));
};

const pastry = (c: Canvas, s: Subject): void => {
  contactShadow(c, 660, 190);
  lathe(c, { yaw: 0, pitch: 0.5 }, [[220, 0], [240, 8], [320, 40]], '#EDE6DA', { finish: 'ceramic', wall: 10, inside: '#F6F1E7' });
  const bean = /绿豆/.test(s.title);
  const square = /凤梨|绿豆/.test(s.title);
  const crust = bean ? '#D9C77A' : /绿茶|抹茶/.test(s.title) ? '#A9B27A' : /花/.test(s.title) ? '#EBD3AE' : '#DFAF68';
  const one = (x: number, y: number) => {
    if (square) {
      c.group(`transform="translate(${x} ${y})"`, () => box(c, { yaw: -0.4, pitch: 0.5 }, { w: 150, h: 74, d: 110 }, crust, { radius: 14, top: (w, h) => c.rect(14, 14, w - 28, h - 28, 'none', 8, `stroke="${tone(crust, -0.25)}" stroke-width="4" opacity=".6"`) }));
    } else {
      cake(c, x, y, 98, 84, crust, tone(crust, 0.12), (_cx, cy) => {
        if (/星云/.test(s.title)) for (let i = 1; i < 5; i += 1) c.ellipse(0, cy, i * 20, i * 9, 'none', `stroke="${i % 2 ? '#A68FB0' : '#F5E8EC'}" stroke-width="7"`);
        else if (/花/.test(s.title)) { c.ellipse(0, cy, 26, 13, '#B8455A', 'opacity=".85"'); for (let i = 0; i < 5; i += 1) c.ellipse(Math.cos(i * 1.257) * 22, cy + Math.sin(i * 1.257) * 10, 13, 6, '#C9607A', 'opacity=".7"'); }
        else for (let i = 0; i < 9; i += 1) c.ellipse(Math.cos(i * 2.4) * (10 + i * 4), cy + Math.sin(i * 2.4) * (5 + i * 2), 5, 3, '#4A3A2C');
      });
    }
  };
  one(-130, -92); one(120, -96); one(-8, -42);
  // One is cut: the filling says what it is.
  c.group('transform="translate(16 -150)"', () => {
    c.path('M-104 0A104 78 0 0 1 104 0V30Q0 62 -104 30Z', c.linear([[0, tone(crust, 0.2)], [1, tone(crust, -0.12)]]));
    const filling = bean ? '#C9B765' : /凤梨/.test(s.title) ? '#E0A23C' : /花/.test(s.title) ? '#A83E54' : /茶/.test(s.title) ? '#7F8F4E' : '#B9778C';
    c.ellipse(0, 22, 78, 24, filling);
    c.ellipse(0, 22, 42, 15, /蛋黄|星云/.test(s.title) ? '#E88A32' : tone(filling, 0.3));
    c.ellipse(-12, 17, 16, 5, '#fff', 'opacity=".35"');
  });
};

const bakedCake = (c: Canvas, s: Subject): void => {
  contactShadow(c, 620, 190);
  lathe(c, { yaw: 0, pitch: 0.44 }, [[120, 0], [60, 20], [40, 70], [300, 96], [306, 110]], '#F4EFE6', { finish: 'ceramic' });
  c.group('transform="translate(0 -100)"', () => lathe(c, { yaw: 0, pitch: 0.44 }, [[220, 0], [232, 20], [236, 130], [216, 166]], mix(s.colour, '#C9B27A', 0.35), { cap: mix('#5A4022', s.colour, 0.3) }));
  c.path('M0 -250L150 -196V-60L0 -96Z', tone('#E9E3B9', -0.02));
  c.path('M0 -250L150 -196V-60L0 -96Z', c.linear([[0, '#4a3a20', 0.4], [0.12, '#fff', 0], [1, '#6b7a3a', 0.25]]));
  c.path('M150 -196V-60Q200 -90 222 -130V-250Q200 -214 150 -196Z', '#F4EFE6', 'opacity=".0"');
};

const zongzi = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 680, 200);
  giftCase(c, s, cam, 0.8, -70, -120);
  const one = (x: number, y: number, k: number) => c.move(x, y, k, () => {
    const leaf = '#6F8A4A';
    c.path('M0 -190Q26 -190 40 -160L130 -20Q136 0 110 0H-110Q-136 0 -130 -20L-40 -160Q-26 -190 0 -190Z', c.linear([[0, tone(leaf, 0.3)], [0.6, leaf], [1, tone(leaf, -0.35)]], 0, 0, 1, 1));
    c.path('M0 -190L-20 0H-110Q-136 0 -130 -20L-40 -160Z', tone(leaf, 0.24), 'opacity=".6"');
    c.line('M-10 -180L-70 -10M4 -180L50 -10M10 -176L100 -14', tone(leaf, -0.3), 3, 'opacity=".4"');
    c.line('M-92 -60L96 -60M-72 -96L74 -92M-30 -4L-46 -150M34 -4L30 -160', '#E9DDBF', 7);
  });
  one(-190, 0, 0.9); one(40, 20, 1.05); one(220, 0, 0.86);
};

function giftCase(c: Canvas, s: Subject, cam: Camera, k = 1, x = 0, y = 0): void {
  const gold = '#D6B36A';
  c.move(x, y, k, () => {
    box(c, cam, { w: 480, h: 120, d: 340 }, s.colour, { radius: 8, front: (w, h) => c.rect(0, h * 0.44, w, h * 0.12, gold) });
    box(c, cam, { y: 120, w: 492, h: 56, d: 352 }, tone(s.colour, 0.06), {
      radius: 8,
      top: (w, h) => {
        c.rect(18, 18, w - 36, h - 36, 'none', 4, `stroke="${gold}" stroke-width="4"`);
        c.ellipse(w / 2, h / 2, 92, 92, tone(s.colour, -0.2), `stroke="${gold}" stroke-width="5"`);
        c.path(`M${n(w / 2 - 86)} ${n(h / 2 + 26)}q30 -40 60 0t60 0t52 0A92 92 0 0 1 ${n(w / 2 - 86)} ${n(h / 2 + 26)}Z`, gold, 'opacity=".85"');
        c.ellipse(w / 2 + 24, h / 2 - 30, 26, 26, gold);
        c.line(`M40 40h60M40 40v60M${n(w - 40)} ${n(h - 40)}h-60M${n(w - 40)} ${n(h - 40)}v-60`, gold, 5);
      },
      front: (w, h) => c.line(`M0 ${n(h - 4)}H${n(w)}`, tone(s.colour, -0.4), 5),
    });
  });
}

const giftbox = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 680, 230);
  giftCase(c, s, cam, 0.96, -10, -60);
  if (/月饼/.test(s.title)) for (const [x, y] of [[-150, 10], [60, 30]] as const) cake(c, x, y, 92, 76, '#C07A36', '#CF8A42', (_x, cy) => { for (let i = 0; i < 8; i += 1) c.ellipse(Math.cos(i * 0.785) * 54, cy + Math.sin(i * 0.785) * 26, 13, 7, '#A8622A'); c.ellipse(0, cy, 24, 12, '#A8622A'); });
  else for (const [x, y, nut] of [[-190, 20, '#A9693C'], [-110, 40, '#C99A5E'], [-20, 30, '#8A5A38'], [70, 46, '#D2A878'], [150, 28, '#B98A5C']] as const) c.path(blob([[x - 30, y], [x, y - 34], [x + 32, y - 4], [x, y + 22]]), c.radial([[0, tone(nut, 0.4)], [1, tone(nut, -0.2)]], 0.35, 0.3, 0.8));
};

/** A stand-up bag with crimped top; `window` shows what is in it. */
function pouch(c: Canvas, colour: string, options: { window?: (c: Canvas) => void; valve?: boolean; kraft?: boolean } = {}): void {
  const d = 'M-190 -20C-206 -180 -200 -380 -186 -560H186C200 -380 206 -180 190 -20C140 10 -140 10 -190 -20Z';
  c.path(d, colour);
  c.path(d, c.linear([[0, '#241a24', 0.26], [0.1, '#fff', 0.3], [0.26, '#fff', 0.08], [0.5, '#241a24', 0.02], [0.62, '#fff', 0.16], [0.8, '#241a24', 0.1], [1, '#241a24', 0.34]], 0, 0, 1, 0));
  c.rect(-186, -560, 372, 46, c.linear([[0, '#fff', 0.35], [1, '#241a24', 0.12]]));
  let crimp = '';
  for (let x = -178; x < 184; x += 11) crimp += `M${x} -558V-516`;
  c.line(crimp, tone(colour, -0.25), 2, 'opacity=".4"');
  c.line('M-188 -506H188', tone(colour, -0.35), 3, 'opacity=".5"');
  c.path('M-190 -20C-120 -60 120 -60 190 -20C140 10 -140 10 -190 -20Z', '#241a24', 'opacity=".14"');
  label(c, 0, -380, 230, 190, options.kraft ? '#2F2A26' : paper, options.kraft ? '#E9DDBF' : tone(colour, luminance(colour) > 0.6 ? -0.5 : -0.1));
  if (options.valve) c.ellipse(120, -470, 12, 12, tone(colour, -0.4));
  options.window?.(c);
}

/** What spills out in front of a bag, by the words of the title. */
function morsels(c: Canvas, s: Subject): void {
  const random = randomOf(s.seed);
  const t = s.title;
  const piece = (x: number, y: number) => {
    const turn = random.between(0, 360);
    c.ellipse(x + 4, y + 10, 30, 12, '#2a1f1c', 'opacity=".2"');
    c.group(`transform="translate(${n(x)} ${n(y)}) rotate(${n(/海苔|肉脯/.test(t) ? turn / 12 - 15 : turn)})"`, () => {
      if (/爆米花/.test(t)) { for (const [dx, dy, r] of [[0, 0, 22], [-18, -8, 17], [16, -12, 18], [4, 16, 16]] as const) c.ellipse(dx, dy, r, r, c.radial([[0, '#FFFDF2'], [0.7, '#F4DFA8'], [1, '#D9A54C']], 0.4, 0.35, 0.7)); }
      else if (/草莓/.test(t)) { c.path('M0 34C-34 14 -38 -22 -18 -28Q0 -32 18 -28C38 -22 34 14 0 34Z', c.radial([[0, '#E86A6A'], [1, '#B82E38']], 0.4, 0.3, 0.8)); for (const [dx, dy] of [[-10, -8], [8, -10], [0, 6], [-8, 14], [10, 10]] as const) c.ellipse(dx, dy, 2.5, 3.5, '#F7DF9A'); c.path('M-16 -28L0 -40L16 -28L0 -20Z', '#6F8A4A'); }
      else if (/肉脯/.test(t)) { c.path(roundPolygon([[-46, -26], [44, -30], [48, 24], [-44, 28]], 8), c.linear([[0, '#B5523A'], [1, '#7E2A22']], 0, 0, 1, 1)); c.line('M-30 -8q20 8 60 -4M-26 10q30 -8 58 2', '#E0906A', 3, 'opacity=".5"'); }
      else if (/海苔/.test(t)) { c.rect(-46, -16, 92, 32, '#2F4A34', 5); c.rect(-46, -6, 92, 12, '#E6D3A0', 3); }
      else { const nut = ['#A9693C', '#C99A5E', '#8A5A38', '#D9B98A'][random.integer(0, 3)] as string; c.path('M0 34C-30 24 -30 -18 0 -36C30 -18 30 24 0 34Z', c.radial([[0, tone(nut, 0.4)], [1, tone(nut, -0.2)]], 0.35, 0.3, 0.8)); c.line('M-8 20Q-14 0 -4 -22M8 22Q14 0 4 -24', tone(nut, -0.35), 2, 'opacity=".5"'); }
    });
  };
  for (const [x, y] of [[-250, 0], [-190, 30], [-110, 22], [-30, 40], [60, 26], [140, 38], [220, 10], [270, 24]] as const) piece(x, y);
}

const snackbag = (c: Canvas, s: Subject): void => {
  contactShadow(c, 520, 130);
  c.group('transform="rotate(-2)"', () => pouch(c, s.colour));
  morsels(c, s);
};

const nutjar = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 440, 130);
  const jar: Profile = [[150, 0], [164, 14], [166, 300], [150, 340], [136, 350]];
  const random = randomOf(s.seed);
  const clip = 'M-158 -300H158V-8Q0 52 -158 -8Z';
  c.path(clip, '#8A5A38');
  c.clipped(clip, () => {
    for (let i = 0; i < 64; i += 1) {
      const nut = ['#A9693C', '#C99A5E', '#8A5A38', '#D9B98A', '#7C2F3A', '#E6CDB0'][random.integer(0, 5)] as string;
      c.group(`transform="translate(${n(random.between(-160, 160))} ${n(random.between(-300, 26))}) rotate(${n(random.between(0, 180))})"`, () => c.ellipse(0, 0, 33, 20, c.radial([[0, tone(nut, 0.35)], [1, tone(nut, -0.28)]], 0.35, 0.3, 0.8)));
    }
  });
  lathe(c, cam, jar, '#E3E4DC', { finish: 'glass' });
  lathe(c, cam, [[146, 0], [150, 6], [150, 64], [140, 74]], '#C79A6B', { y: 348, finish: 'wood' });
  label(c, 0, -150, 190, 150, paper, '#7A5338');
};

const honeyjar = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 420, 120);
  const jar: Profile = [[130, 0], [150, 14], [168, 120], [150, 250], [120, 290], [118, 310]];
  lathe(c, cam, jar, '#E0A030', { finish: 'ceramic', opacity: 0.95 });
  c.ellipse(-40, -190, 70, 110, '#FFE39A', 'opacity=".35"');
  lathe(c, cam, [[126, 0], [132, 6], [132, 70], [124, 78]], '#F2EDE2', { y: 308 });
  const cloth = 'M-150 -330C-120 -440 120 -440 150 -330C120 -312 90 -340 60 -318C30 -338 0 -312 -30 -322C-70 -338 -110 -312 -150 -330Z';
  c.path(cloth, '#EFE3CB');
  c.path(cloth, c.pattern(26, 26, '<path d="M0 0H26M0 0V26" stroke="#BD6A4C" stroke-width="5" opacity=".4"/>'));
  c.line('M-128 -340Q0 -316 128 -340', '#B98A5C', 8);
  label(c, 0, -140, 170, 130, paper, '#A9693C');
  void s;
};

const teatin = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 420, 130);
  lathe(c, cam, [[140, 0], [144, 6], [144, 330]], s.colour, { finish: 'ceramic' });
  lathe(c, cam, [[149, 0], [150, 4], [150, 92], [144, 104]], tone(s.colour, -0.1), { y: 300, finish: 'metal' });
  c.rect(-66, -280, 132, 200, paper, 4);
  c.path('M-46 -120q24 -50 46 -10t46 -16V-96H-46Z', tone(s.colour, -0.1), 'opacity=".7"');
  c.ellipse(18, -230, 20, 20, '#D6B36A');
  mark(c, 0, -180, 46, tone(s.colour, -0.3));
  const heap = blob([[170, 10], [220, -46], [280, -30], [310, 14], [240, 34]]);
  c.path(heap, tone('#55603A', s.colour === '#7C2F3A' ? -0.3 : 0));
  for (let i = 0; i < 22; i += 1) c.line(`M${n(186 + ((i * 37) % 110))} ${n(-26 + ((i * 23) % 48))}q8 -10 20 -4`, s.colour === '#7C2F3A' ? '#5A3326' : '#8A9A5E', 5);
};

const carton = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 460, 150);
  box(c, cam, { w: 300, h: 380, d: 160 }, s.colour, {
    radius: 4,
    front: (w, h) => { c.rect(0, h * 0.62, w, h * 0.38, tone(s.colour, -0.18)); label(c, w / 2, h * 0.4, 200, 190, paper, tone(s.colour, -0.4)); c.path(`M0 ${n(h * 0.8)}q${n(w * 0.25)} -60 ${n(w * 0.5)} -10t${n(w * 0.5)} -30V${n(h)}H0Z`, tone(s.colour, 0.3), 'opacity=".5"'); },
    side: (w, h) => c.rect(0, h * 0.62, w, h * 0.38, tone(s.colour, -0.3), 0, 'opacity=".6"'),
  });
  const bag = (x: number, y: number, turn: number) => c.group(`transform="translate(${x} ${y}) rotate(${turn})"`, () => {
    c.path('M0 -110L72 10H-72Z', '#2a1f1c', 'opacity=".18" transform="translate(6 8)"');
    c.path('M0 -110L72 10H-72Z', c.linear([[0, '#FFFDF6'], [1, '#E4DAC6']], 0, 0, 1, 1));
    c.path('M0 -40L40 4H-40Z', /桂花|挂耳/.test(s.title) ? '#8A5A2C' : '#7F8F4E', 'opacity=".6"');
    c.line('M0 -110V-150', '#D9CDB9', 3);
    c.rect(-15, -178, 30, 30, s.colour, 4);
  });
  bag(-220, 6, -8); bag(236, 26, 14);
};

const coffeebag = (c: Canvas, s: Subject): void => {
  contactShadow(c, 520, 130);
  pouch(c, s.colour, { valve: true });
  for (const [x, y, t] of [[-250, 10, 20], [-200, 34, 80], [-130, 26, 140], [180, 34, 40], [240, 16, 100], [120, 44, 10], [280, 36, 60]] as const) c.group(`transform="translate(${x} ${y}) rotate(${t})"`, () => { c.ellipse(3, 6, 28, 19, '#2a1f1c', 'opacity=".25"'); c.ellipse(0, 0, 28, 19, c.radial([[0, '#8A5A38'], [1, '#4A2C1A']], 0.35, 0.3, 0.8)); c.line('M-24 0Q0 -9 24 2', '#2E1A10', 4); });
};

const fruits: Record<string, { colour: string; blush: string; leaf: boolean }> = {
  脐橙: { colour: '#EE9534', blush: '#F6B858', leaf: true }, 苹果: { colour: '#C93A36', blush: '#EFA15A', leaf: true },
  香梨: { colour: '#C6C468', blush: '#E2B66A', leaf: true }, 草莓: { colour: '#D43A42', blush: '#EE6A66', leaf: true }, 葡萄: { colour: '#B5C966', blush: '#DDE7A6', leaf: false },
};

const fruitbox = (c: Canvas, s: Subject, cam: Camera): void => {
  const name = Object.keys(fruits).find((key) => s.title.includes(key)) ?? '脐橙';
  const { colour, blush } = fruits[name] as (typeof fruits)[string];
  contactShadow(c, 680, 200);
  const one = (x: number, y: number, r: number) => c.group(`transform="translate(${n(x)} ${n(y)})"`, () => {
    const fill = c.radial([[0, tone(blush, 0.45)], [0.35, blush], [0.75, colour], [1, tone(colour, -0.3)]], 0.36, 0.3, 0.78);
    if (name === '草莓') { c.path(`M0 ${r}C${-r * 1.05} ${r * 0.4} ${-r * 1.1} ${-r * 0.8} 0 ${-r * 0.8}S${r * 1.05} ${r * 0.4} 0 ${r}Z`, fill); for (let i = 0; i < 12; i += 1) c.ellipse(((i * 29) % 90 - 45) * r * 0.013, ((i * 41) % 100 - 50) * r * 0.012, 3, 4.5, '#F7DF9A'); c.path(`M0 ${-r * 1.02}L${r * 0.5} ${-r * 0.66}L${r * 0.12} ${-r * 0.6}L0 ${-r * 0.36}L${-r * 0.12} ${-r * 0.6}L${-r * 0.5} ${-r * 0.66}Z`, '#6F8A4A'); return; }
    if (name === '香梨') c.path(`M${-r * 0.3} ${-r}C0 ${-r * 1.3} ${r * 0.3} ${-r} ${r * 0.36} ${-r * 0.7}C${r} ${-r * 0.2} ${r * 0.9} ${r} 0 ${r}S${-r} ${-r * 0.2} ${-r * 0.4} ${-r * 0.7}Z`, fill);
    else c.ellipse(0, 0, r, r * 0.95, fill);
    if (name === '脐橙') c.ellipse(0, -r * 0.74, r * 0.12, r * 0.07, tone(colour, -0.3));
    if (name === '苹果' || name === '香梨') { c.ellipse(0, -r * 0.72, r * 0.26, r * 0.1, tone(colour, -0.3), name === '香梨' ? 'opacity="0"' : 'opacity=".6"'); c.line(`M0 ${n(-r * 0.76)}q6 -24 18 -36`, '#6E4B37', 6); }
    c.ellipse(-r * 0.34, -r * 0.42, r * 0.2, r * 0.12, '#fff', 'opacity=".5" transform="rotate(-30)"');
  });
  const r = name === '葡萄' ? 46 : name === '草莓' ? 62 : 86;
  const rows: Point[] = [];
  const per = Math.round(560 / (r * 1.7));
  for (let row = 0; row < 3; row += 1) for (let i = 0; i < per - (row % 2); i += 1) rows.push([-270 + r * 0.8 + (i + (row % 2) * 0.5) * ((560 - r) / (per - 0.6)), -330 + row * r * 0.9]);
  for (const [x, y] of rows) one(x, y, r);
  if (name === '葡萄') c.line('M-200 -380q60 -60 120 -20', '#7A6A3A', 9);
  const slat = (y: number, h: number) => { c.rect(-310, y, 620, h, c.linear([[0, '#E2BE8C'], [1, '#BF9460']]), 5); c.line(`M-300 ${y + h * 0.35}Q0 ${y + h * 0.2} 300 ${y + h * 0.4}`, '#9A7146', 2, 'opacity=".4"'); c.line(`M-306 ${y + 3}H306`, '#fff', 3, 'opacity=".35"'); };
  slat(-196, 88); slat(-98, 92);
  for (const x of [-310, 276]) c.rect(x, -216, 34, 214, c.linear([[0, '#D2A878'], [1, '#A87C4C']]), 4);
  mark(c, 0, -52, 72, '#7A5338', 0.75);
  one(-250, -20 + r * 0.2, r * 0.9); one(276, -10 + r * 0.2, r * 0.84);
  if (name !== '葡萄') branch(c, 140, -380, 120, 90, '#6F8A4A', s.seed);
  void cam;
};

export const food: Families = {
  cookies: shape('table', 'tea', [-40, -110], cookies),
  cake: shape('table', 'tea', [60, -200], bakedCake),
  pastry: shape('table', 'tea', [0, -140], pastry),
  zongzi: shape('table', 'tea', [20, -80], zongzi),
  giftbox: shape('table', 'tea', [0, -200], giftbox),
  snackbag: shape('table', 'tea', [0, -330], snackbag),
  nutjar: shape('table', 'kitchen', [40, -220], nutjar),
  honeyjar: shape('table', 'kitchen', [0, -200], honeyjar),
  teatin: shape('table', 'tea', [0, -240], teatin),
  teabox: shape('table', 'tea', [-20, -260], carton),
  driptea: shape('table', 'tea', [-20, -260], carton),
  coffeebag: shape('table', 'kitchen', [0, -330], coffeebag),
  fruitbox: shape('table', 'kitchen', [0, -270], fruitbox),
};
