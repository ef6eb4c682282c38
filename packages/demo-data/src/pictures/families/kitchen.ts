import type { Canvas } from '../canvas.ts';
import { type Families, type Subject, shape } from '../family.ts';
import { box, type Camera, contactShadow, lathe, type Profile, project, slice } from '../space.ts';
import { tone } from '../tone.ts';
import { mark } from './marks.ts';

const steel = '#C3C8CC';
const wood = '#B98A5C';

/** A bent bar with a light ridge: handles of cups and pots. */
export function handle(c: Canvas, d: string, colour: string, width: number): void {
  c.line(d, tone(colour, -0.26), width);
  c.line(d, tone(colour, 0.02), width * 0.72, 'transform="translate(-1.500 -1.500)"');
  c.line(d, tone(colour, 0.5), width * 0.2, 'transform="translate(-3 -3)" opacity=".8"');
}

const mug = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 400, 120);
  const right = cam.yaw > 0 ? -1 : 1;
  handle(c, `M${right * 165} -300C${right * 310} -320 ${right * 300} -110 ${right * 150} -105`, s.colour, 42);
  const profile: Profile = [[128, 0], [150, 14], [172, 120], [178, 250], [180, 350]];
  lathe(c, cam, profile, s.colour, { finish: 'ceramic', wall: 13, inside: tone(s.colour, 0.4), content: { colour: '#6B4630', depth: 62 } });
};

const pot = (c: Canvas, s: Subject, cam: Camera, lidded = true): void => {
  contactShadow(c, 620, 170);
  for (const sign of [-1, 1]) handle(c, `M${sign * 262} -235C${sign * 350} -262 ${sign * 350} -170 ${sign * 258} -180`, s.colour, 34);
  const body: Profile = [[215, 0], [248, 22], [268, 120], [272, 255]];
  lathe(c, cam, body, s.colour, { finish: 'ceramic', wall: 14, inside: '#EFE9DE' });
  if (!lidded) return;
  lathe(c, cam, [[276, 0], [282, 16]], tone(s.colour, -0.12), { y: 254, finish: 'ceramic' });
  lathe(c, cam, [[276, 0], [262, 26], [180, 62], [60, 84], [4, 86]], s.colour, { y: 268, finish: 'ceramic' });
  lathe(c, cam, [[22, 0], [18, 14], [44, 40], [46, 52], [36, 62]], '#C9A25E', { y: 350, finish: 'metal' });
};

const pan = (c: Canvas, s: Subject, cam: Camera, deep = 70, rim = 268): void => {
  contactShadow(c, 640, 210, 0, -30);
  const flip = cam.yaw > 0 ? -1 : 1;
  const tilted: Camera = { yaw: cam.yaw, pitch: cam.pitch + 0.26 };
  const grip = (dx: number, w: number, colour: string) =>
    handle(c, `M${flip * (rim - 30)} ${-deep - 40 + dx}Q${flip * (rim + 60)} ${-deep - 92 + dx} ${flip * (rim + 190)} ${-deep - 130 + dx}`, colour, w);
  c.group(`transform="translate(${-flip * 90} -30)"`, () => {
    grip(0, 34, wood);
    handle(c, `M${flip * (rim - 40)} ${-deep - 34}L${flip * (rim + 44)} ${-deep - 82}`, steel, 26);
    lathe(c, tilted, [[rim * 0.74, 0], [rim * 0.86, 10], [rim, deep]], s.colour, { finish: 'ceramic', wall: 12, inside: tone(s.colour, -0.1) });
    const [, y] = project(tilted, [0, deep * 0.2, 0]);
    c.ellipse(0, y - 18, rim * 0.72, rim * 0.72 * Math.sin(tilted.pitch), c.linear([[0, tone(s.colour, -0.2), 0.8], [1, tone(s.colour, 0.24), 0.8]], 0, 0, 1, 1));
    c.ellipse(-rim * 0.2, y - 30, rim * 0.4, rim * 0.3 * Math.sin(tilted.pitch), '#fff', 'opacity=".1"');
  });
};

const bowl = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 470, 150);
  const profile: Profile = [[92, 0], [96, 26], [150, 60], [226, 140], [262, 236]];
  lathe(c, { ...cam, pitch: cam.pitch + 0.12 }, profile, s.colour, { finish: 'ceramic', wall: 12, inside: tone(s.colour, 0.5), content: { colour: '#F6F1E4', depth: 74 } });
};

const plate = (c: Canvas, s: Subject, cam: Camera): void => {
  const tilted: Camera = { yaw: 0, pitch: cam.pitch + 0.4 };
  contactShadow(c, 640, 300, 0, -20);
  for (const [lift, grow] of [[0, 300], [40, 300]] as const) {
    lathe(c, tilted, [[170, 0], [200, 8], [grow, 44]], s.colour, { y: lift, finish: 'ceramic', wall: 10, inside: tone(s.colour, 0.2) });
  }
  const [, y] = project(tilted, [0, 66, 0]);
  const k = Math.sin(tilted.pitch);
  c.ellipse(0, y, 206, 206 * k, c.linear([[0, tone(s.colour, -0.1)], [1, tone(s.colour, 0.26)]], 0, 0, 1, 1));
  c.ellipse(0, y, 206, 206 * k, 'none', `stroke="${tone(s.colour, -0.22)}" stroke-width="2.500" opacity=".5"`);
};

const bottle = (c: Canvas, s: Subject, cam: Camera, sport = false): void => {
  contactShadow(c, 290, 90);
  const body: Profile = sport
    ? [[112, 0], [124, 12], [124, 180], [108, 250], [124, 320], [122, 400], [92, 440]]
    : [[112, 0], [122, 10], [124, 30], [124, 400], [112, 440], [86, 470]];
  lathe(c, cam, body, s.colour, { finish: sport ? 'ceramic' : 'metal' });
  if (!sport) lathe(c, cam, slice(body, 0, 26, 0.4), steel, { finish: 'metal', band: true });
  const top = sport ? 440 : 470;
  lathe(c, cam, [[84, 0], [86, 16]], steel, { y: top - 4, finish: 'metal' });
  lathe(c, cam, [[96, 0], [100, 10], [98, 92], [78, 112]], sport ? tone(s.colour, -0.4) : tone(s.colour, -0.1), { y: top + 12, finish: 'ceramic' });
  handle(c, `M-62 ${-(top + 100) * 0.97}C-70 ${-(top + 190) * 0.97} 70 ${-(top + 190) * 0.97} 62 ${-(top + 100) * 0.97}`, tone(s.colour, -0.3), 20);
  mark(c, 0, -230, 52, tone(s.colour, s.colour > '#9' ? -0.45 : 0.6), 0.6);
};

const glass = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 130, 0, 0, 0.6);
  const one = (x: number, z: number, tint: string | null) => {
    lathe(c, cam, [[84, 0], [90, 10], [112, 300]], s.colour, { x, z, finish: 'glass', wall: 6 });
    if (tint) lathe(c, cam, [[82, 12], [96, 180]], tint, { x, z, opacity: 0.55 });
    lathe(c, cam, [[80, 2], [84, 14]], '#FFFFFF', { x, z, opacity: 0.28 });
  };
  one(-120, -90, null);
  one(130, -60, '#E9B872');
  one(-10, 90, null);
};

const kettle = (c: Canvas, s: Subject, cam: Camera): void => {
  const flip = cam.yaw > 0 ? -1 : 1;
  contactShadow(c, 480, 140);
  handle(c, `M${-flip * 120} -345C${-flip * 330} -370 ${-flip * 300} -120 ${-flip * 180} -130`, wood, 34);
  const spout = `M${flip * 165} -120C${flip * 290} -150 ${flip * 210} -330 ${flip * 330} -372`;
  handle(c, spout, s.colour, 26);
  lathe(c, cam, [[196, 0], [206, 12], [190, 120], [140, 290], [124, 330]], s.colour, { finish: 'metal' });
  lathe(c, cam, [[126, 0], [116, 18], [40, 32]], tone(s.colour, -0.08), { y: 330, finish: 'metal' });
  lathe(c, cam, [[14, 0], [12, 16], [30, 34], [28, 52]], wood, { y: 358, finish: 'wood' });
};

const teapot = (c: Canvas, s: Subject, cam: Camera): void => {
  const flip = cam.yaw > 0 ? -1 : 1;
  contactShadow(c, 520, 150);
  handle(c, `M${-flip * 190} -250C${-flip * 350} -290 ${-flip * 330} -70 ${-flip * 190} -90`, s.colour, 30);
  c.path(`M${flip * 180} -70C${flip * 270} -100 ${flip * 270} -220 ${flip * 330} -280L${flip * 296} -296C${flip * 240} -270 ${flip * 230} -220 ${flip * 160} -190Z`, c.linear([[0, tone(s.colour, 0.25)], [1, tone(s.colour, -0.25)]]));
  const body: Profile = [[110, 0], [140, 14], [218, 90], [226, 170], [170, 262], [104, 290]];
  lathe(c, cam, body, s.colour, { finish: 'ceramic' });
  lathe(c, cam, [[108, 0], [100, 16], [36, 40]], s.colour, { y: 288, finish: 'ceramic' });
  lathe(c, cam, [[14, 0], [28, 20], [20, 42], [2, 46]], s.colour, { y: 326, finish: 'ceramic' });
  const crackle = 'M-140 -180l40 30 18 50 60 10M-20 -240l-12 46 44 40 60-8M120 -220l-30 50 20 60-46 40M-90 -90l50-20 30 40 70-10';
  c.line(crackle, tone(s.colour, -0.3), 1.6, 'opacity=".35"');
};

const knife = (c: Canvas, s: Subject): void => {
  c.group('transform="rotate(-28)"', () => {
    c.path('M-330 6L70 -62Q84 -40 84 26L70 30Q-180 70 -330 6Z', '#2a1f1c', 'opacity=".2" transform="translate(16 22)"');
    c.path('M-330 0L70 -66Q84 -40 84 20L70 24Q-180 62 -330 0Z', c.linear([[0, '#F4F6F7'], [0.45, '#C6CCD1'], [0.52, '#EEF1F3'], [1, '#9EA6AC']]));
    c.line('M-320 4Q-170 52 70 18', '#fff', 4, 'opacity=".8"');
    c.path('M-240 -4q60 18 280 6', 'none', 'stroke="#8C959B" stroke-width="1.400" opacity=".4"');
    c.rect(78, -62, 22, 84, c.linear([[0, '#E9ECEE'], [1, '#8F979D']]), 5);
    c.path('M98 -56Q210 -70 322 -44Q344 -20 326 14Q220 20 98 16Z', c.linear([[0, '#7A5338'], [0.4, '#5A3A26'], [1, '#38241A']]));
    for (const x of [140, 208, 276]) c.ellipse(x, -22, 9, 9, steel);
    c.line('M108 -46Q210 -58 310 -38', '#fff', 4, 'opacity=".25"');
  });
  void s;
};

const board = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 560, 160);
  c.group('transform="rotate(-5)"', () => {
    const d = 'M-210 0H210Q232 0 232 -24V-470Q232 -500 204 -500H70V-560Q70 -590 0 -590T-70 -560V-500H-204Q-232 -500 -232 -470V-24Q-232 0 -210 0Z';
    c.path(d, tone(s.colour, -0.3), 'transform="translate(14 4)"');
    c.path(d, c.linear([[0, tone('#B98A5C', 0.24)], [1, tone('#B98A5C', -0.06)]], 0, 0, 1, 1));
    c.clipped(d, () => {
      let lines = '';
      for (let i = 0; i < 15; i += 1) lines += `M${-230 + i * 33} 10Q${-238 + i * 33 + (i % 3) * 8} -300 ${-226 + i * 33} -600`;
      c.line(lines, '#7A5338', 2, 'opacity=".32"');
      c.rect(-150, -600, 62, 620, '#8D5E3A', 0, 'opacity=".3"');
      c.rect(70, -600, 34, 620, '#F0D5AE', 0, 'opacity=".35"');
    });
    c.ellipse(0, -545, 22, 22, tone('#B98A5C', -0.5), 'opacity=".75"');
    c.line(d, tone('#B98A5C', 0.5), 2, 'opacity=".6"');
  });
  void cam;
};

const lunchbox = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 620, 210);
  box(c, cam, { w: 440, h: 130, d: 270 }, steel, { radius: 34, gloss: 0.22 });
  box(c, cam, { y: 132, w: 440, h: 130, d: 270 }, steel, { radius: 34, gloss: 0.22 });
  box(c, cam, { y: 264, w: 456, h: 40, d: 284 }, s.colour, { radius: 20, top: (w, h) => mark(c, w / 2, h / 2, 80, tone(s.colour, -0.3), 0.5) });
  const clip = (x: number) => box(c, cam, { x, y: 190, z: 0, w: 20, h: 110, d: 70 }, tone(s.colour, -0.15), { radius: 8 });
  if (cam.yaw > 0) clip(-228); else clip(228);
};

const bento = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 600, 200);
  [[440, 0], [360, 134], [280, 254]].forEach(([w, y], index) => {
    const width = w as number;
    box(c, cam, { y: y as number, w: width, h: 92, d: width * 0.66 }, tone('#CFE0DF', 0.2), { radius: 26, gloss: 0.45 });
    box(c, cam, { y: (y as number) + 92, w: width + 14, h: 28, d: width * 0.66 + 12 }, ['#8FA6BA', '#A9B894', '#E6CDB0'][index] as string, { radius: 14 });
  });
  void s;
};

const chopsticks = (c: Canvas, s: Subject): void => {
  const sticks = [-96, -64, -20, 14, 60, 92];
  c.group('transform="rotate(24)"', () => {
    sticks.forEach((x, index) => {
      const body = `M${x - 11} -330H${x + 11}L${x + 5} 320H${x - 5}Z`;
      c.path(body, '#2a1f1c', 'opacity=".22" transform="translate(14 12)"');
      c.path(body, c.linear([[0, tone(s.colour, 0.3)], [0.4, s.colour], [1, tone(s.colour, -0.35)]], 0, 0, 1, 0));
      c.rect(x - 11, -332, 22, 44, index % 2 ? '#C9A25E' : '#B9BEC2');
    });
  });
};

const spatula = (c: Canvas, s: Subject, cam: Camera): void => {
  contactShadow(c, 320, 100);
  const tool = (x: number, lean: number, head: string) => c.group(`transform="translate(${x} -210) rotate(${lean})"`, () => {
    c.rect(-9, -250, 18, 270, c.linear([[0, tone(wood, 0.3)], [1, tone(wood, -0.2)]], 0, 0, 1, 0), 8);
    c.path(head, c.linear([[0, tone(s.colour, 0.25)], [0.5, s.colour], [1, tone(s.colour, -0.25)]], 0, 0, 1, 0.3));
    c.line(head, tone(s.colour, 0.4), 2, 'opacity=".4"');
  });
  tool(-64, -16, 'M-44 -400Q-46 -420 -26 -420H26Q46 -420 44 -400L30 -268Q0 -238 -30 -268Z');
  tool(64, 15, 'M0 -420C52 -420 58 -300 14 -250H-14C-58 -300 -52 -420 0 -420Z');
  tool(-12, -3, 'M-36 -410Q-36 -434 0 -434T36 -410V-300Q36 -250 12 -244H-12Q-36 -250 -36 -300Z');
  lathe(c, cam, [[104, 0], [118, 12], [124, 240]], '#EDE6DA', { finish: 'ceramic', wall: 10 });
  c.clipped('M-125 -236h250v260h-250Z', () => mark(c, 0, -110, 60, '#A08C74', 0.6));
};

export const kitchen: Families = {
  mug: shape('table', 'kitchen', [40, -240], mug),
  pot: shape('table', 'kitchen', [80, -300], pot),
  pan: shape('table', 'kitchen', [90, -120], pan),
  wok: shape('table', 'kitchen', [60, -150], (c, s, cam) => pan(c, s, cam, 120, 280)),
  cookset: shape('table', 'kitchen', [-60, -260], (c, s, cam) => {
    c.move(130, -130, 0.72, () => pot(c, s, cam));
    c.move(-120, 0, 0.74, () => pan(c, s, cam));
  }),
  bowl: shape('table', 'tea', [-60, -190], bowl),
  plate: shape('table', 'kitchen', [120, -120], plate),
  thermos: shape('table', 'desk', [0, -420], (c, s, cam) => bottle(c, s, cam)),
  sportbottle: shape('table', 'outdoor', [0, -420], (c, s, cam) => bottle(c, s, cam, true)),
  glass: shape('table', 'kitchen', [0, -220], glass),
  kettle: shape('table', 'kitchen', [80, -250], kettle),
  teapot: shape('table', 'tea', [60, -240], teapot),
  knife: shape('flat', 'kitchen', [60, -60], knife),
  board: shape('table', 'kitchen', [60, -420], board),
  lunchbox: shape('table', 'kitchen', [60, -220], lunchbox),
  bento: shape('table', 'kitchen', [40, -240], bento),
  chopsticks: shape('flat', 'tea', [60, -200], chopsticks),
  spatula: shape('table', 'kitchen', [0, -440], spatula),
};
