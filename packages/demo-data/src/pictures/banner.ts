import { Canvas } from './canvas.ts';
import { branch } from './families/decor.ts';
import { cat } from './families/pet.ts';
import { drawIn, prop } from './frame.ts';
import { grain } from './space.ts';
import { arch, leafShadow, plinth, room, windowLight } from './stage.ts';
import { propSubject } from './subject.ts';
import { tone } from './tone.ts';

const W = 1600;
const H = 700;

/** The left third stays quiet: the storefront sets the words there. */
function quietLeft(c: Canvas, colour: string, strength = 0.85): void {
  c.rect(
    0,
    0,
    W * 0.5,
    H,
    c.linear(
      [
        [0, colour, strength],
        [0.6, colour, strength * 0.6],
        [1, colour, 0],
      ],
      0,
      0,
      1,
      0,
    ),
  );
}

function wooden(c: Canvas, y: number, colour = '#C9A277'): void {
  c.rect(
    0,
    y,
    W,
    H - y,
    c.linear([
      [0, tone(colour, 0.28)],
      [1, tone(colour, -0.08)],
    ]),
  );
  c.group(`transform="translate(0 ${y})"`, () => grain(c, W, H - y, 5, colour));
  c.rect(0, y, W, 3, '#fff', 0, 'opacity=".5"');
}

const scenes: Record<string, (c: Canvas) => void> = {
  'winter-bed': (c) => {
    room(c, { wall: '#EADFD2', floor: '#CFA981' }, 500, W, H, true);
    windowLight(c, 620, 20, 300, 330, 0.6);
    leafShadow(c, 1380, -40, 380, 4);
    prop(c, 'floorlamp', '#EFE8DA', 690, 590, 430);
    drawIn(c, 'bedset', propSubject('#B9C7D3', '', 'plain', '#F1E6D6'), {
      x: 1090,
      bottom: 640,
      w: 680,
      h: 560,
      most: 1.3,
    });
    prop(c, 'blanket', '#BE9468', 1440, 660, 200, '', 'cable');
    prop(c, 'nightstand', '#CDA273', 1480, 560, 150);
    prop(c, 'vase', '#BD6A4C', 1470, 412, 170);
    c.ellipse(770, 650, 130, 26, '#2a1f1c', 'opacity=".12"');
    c.move(770, 648, 0.6, () => cat(c, 0, 0, 1, '#D9A066'));
    quietLeft(c, '#EADFD2');
  },
  'slow-kitchen': (c) => {
    room(c, { wall: '#E3E9E0', floor: '#D6DECA' }, 480, W, H);
    let lines = '';
    for (let y = 0; y < 480; y += 80) lines += `M0 ${y}H${W}`;
    for (let x = 20; x < W; x += 80) lines += `M${x} 0V480`;
    c.line(lines, '#CBD5C8', 3, 'opacity=".7"');
    windowLight(c, 720, 10, 320, 300, 0.5);
    wooden(c, 480);
    prop(c, 'board', '#CDA273', 1330, 540, 350);
    prop(c, 'kettle', '#34363A', 720, 560, 250);
    drawIn(c, 'pot', propSubject('#CF4A38'), { x: 1060, bottom: 620, w: 430, h: 330, most: 1.3 });
    prop(c, 'bowl', '#EFE8DA', 1330, 640, 130);
    prop(c, 'spatula', '#35523F', 1490, 580, 300);
    prop(c, 'mug', '#8FA6BA', 800, 652, 130);
    quietLeft(c, '#E6EBE2');
  },
  'tea-time': (c) => {
    c.rect(
      0,
      0,
      W,
      H,
      c.linear([
        [0, '#3F5444'],
        [1, '#2E4035'],
      ]),
    );
    c.ellipse(
      1080,
      300,
      330,
      330,
      c.radial([
        [0, '#F1E2B8', 0.95],
        [0.7, '#E8D29A', 0.8],
        [1, '#E8D29A', 0.35],
      ]),
    );
    c.move(1520, 60, 1, () => c.group('transform="rotate(200)"', () => branch(c, 0, 0, 420, 160, '#7F9268', 9)));
    wooden(c, 500, '#7A5A3E');
    prop(c, 'teatin', '#6F7D56', 760, 570, 260, '龙井');
    drawIn(c, 'teapot', propSubject('#B9D0CE'), { x: 1040, bottom: 600, w: 360, h: 300, most: 1.4 });
    drawIn(c, 'pastry', propSubject('#A9B894', '绿茶蛋黄酥'), { x: 1350, bottom: 640, w: 360, h: 240, most: 1.2 });
    prop(c, 'bowl', '#EFE8DA', 870, 648, 90);
    prop(c, 'bowl', '#EFE8DA', 1120, 664, 84);
    quietLeft(c, '#334639', 0.7);
  },
  'desk-tidy': (c) => {
    room(c, { wall: '#E4E9F0', floor: '#CBD6E4' }, 490, W, H);
    windowLight(c, 660, 10, 330, 320, 0.6);
    leafShadow(c, 1420, -50, 380, 8);
    wooden(c, 490, '#D2B08A');
    prop(c, 'tablelamp', '#35523F', 740, 560, 380, '直杆');
    drawIn(c, 'laptopstand', propSubject('#C8CCD0'), { x: 1060, bottom: 580, w: 420, h: 350, most: 1.3 });
    prop(c, 'vase', '#F2EDE2', 1500, 570, 330);
    prop(c, 'speaker', '#D98F7C', 1340, 580, 180);
    drawIn(c, 'keyboard', propSubject('#F2EDE2'), { x: 1010, bottom: 672, w: 380, h: 150, most: 1.2 });
    prop(c, 'mouse', '#F2EDE2', 1270, 662, 62);
    prop(c, 'mug', '#8FA6BA', 1420, 656, 120);
    quietLeft(c, '#E6EBF1');
  },
  'go-outside': (c) => {
    c.rect(
      0,
      0,
      W,
      H,
      c.linear([
        [0, '#31506A'],
        [0.45, '#8FA2A8'],
        [0.68, '#E8C79A'],
        [1, '#E8C79A'],
      ]),
    );
    c.ellipse(1250, 300, 80, 80, '#FFF1CE', 'opacity=".95"');
    c.ellipse(
      1250,
      300,
      240,
      240,
      c.radial([
        [0, '#FFF1CE', 0.5],
        [1, '#FFF1CE', 0],
      ]),
    );
    c.path('M0 400Q220 250 470 380T980 330T1600 300V700H0Z', '#6F8A92');
    c.path('M0 470Q300 340 700 440T1300 400T1600 420V700H0Z', '#526F66');
    c.path(
      'M0 540Q500 470 1000 520T1600 500V700H0Z',
      c.linear([
        [0, '#5F7A50'],
        [1, '#3E5638'],
      ]),
    );
    for (const [x, y, k] of [
      [640, 470, 1],
      [720, 486, 0.8],
      [1480, 460, 1.1],
      [1560, 480, 0.9],
    ] as const)
      c.path(
        `M${x} ${y - 150 * k}L${x + 46 * k} ${y}H${x - 46 * k}ZM${x} ${y - 100 * k}L${x + 58 * k} ${y + 46 * k}H${x - 58 * k}Z`,
        '#2F4A3C',
      );
    drawIn(c, 'tent', propSubject('#EFE4CF'), { x: 1060, bottom: 630, w: 520, h: 330, most: 1.4 });
    prop(c, 'campchair', '#C9B48E', 1400, 650, 210);
    prop(c, 'lantern', '#35523F', 760, 650, 150);
    prop(c, 'thermos', '#35523F', 1510, 660, 130);
    quietLeft(c, '#31485A', 0.55);
  },
  yishe: (c) => {
    room(c, { wall: '#EFE3D6', floor: '#CFA981' }, 500, W, H, true);
    windowLight(c, 240, 20, 320, 330, 0.6);
    drawIn(c, 'sofa', propSubject('#B9A58C', '', 'plain', '#BD6A4C'), {
      x: 760,
      bottom: 630,
      w: 620,
      h: 420,
      most: 1.3,
    });
    prop(c, 'floorlamp', '#EFE8DA', 1250, 630, 470);
    prop(c, 'vase', '#BD6A4C', 260, 620, 330);
    leafShadow(c, 1400, -30, 380, 3);
  },
  qinghe: (c) => {
    room(c, { wall: '#E6EEDF', floor: '#D6DECA' }, 480, W, H);
    arch(c, '#E6EEDF', 800, 480, 520, 440);
    wooden(c, 480);
    drawIn(c, 'fruitbox', propSubject('#EE9534', '脐橙'), { x: 520, bottom: 640, w: 420, h: 320, most: 1.2 });
    prop(c, 'teatin', '#6F7D56', 900, 620, 260, '茶');
    prop(c, 'honeyjar', '#E0A030', 1130, 620, 220);
    prop(c, 'towel', '#A9B894', 1370, 630, 190);
  },
  wanwu: (c) => {
    room(c, { wall: '#E3E9F1', floor: '#CBD6E4' }, 500, W, H);
    plinth(c, '#F1F4F8', 760, 560, 300, 60, 50);
    drawIn(c, 'headphones', propSubject('#35507A'), { x: 760, bottom: 590, w: 420, h: 420 });
    prop(c, 'plush', '#D9B98A', 1180, 640, 300, '熊');
    prop(c, 'suitcase', '#BD6A4C', 380, 640, 420);
    prop(c, 'figure', '#A6CDBB', 1420, 640, 190);
  },
};

/** A campaign picture, 16:7, or the cover of a shop. */
export function drawBanner(key: string): string {
  const scene = scenes[key];
  if (!scene) throw new Error(`no banner called ${key}`);
  const c = new Canvas(W, H);
  scene(c);
  return c.toString();
}
