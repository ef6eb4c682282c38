import { categoryTree } from '../catalogue/categories.ts';
import { buildShops } from '../catalogue/shops.ts';
import { randomOf, seedOf } from '../seeded.ts';
import type { DemoSpu } from '../types.ts';
import { Canvas } from './canvas.ts';
import { familyOf } from './families/index.ts';
import { drawIn, prop } from './frame.ts';
import { grain } from './space.ts';
import { groundFor, windowLight } from './stage.ts';
import { propSubject, subjectOf } from './subject.ts';
import { mix, tone } from './tone.ts';

const logoMarks: Record<string, string> = {
  // A roof over a bed line; a sprout; a cube with a smile.
  yishe: 'M92 214L200 118L308 214M128 196V282H272V196M128 248H272M164 248V230Q164 218 176 218H200',
  qinghe:
    'M200 300V170M200 210C200 150 150 118 96 122C96 178 140 214 200 210ZM200 178C200 128 240 96 304 98C304 150 262 184 200 178ZM140 300H260',
  wanwu: 'M200 104L290 152V252L200 300L110 252V152ZM110 152L200 200L290 152M200 200V300M228 246Q246 252 262 232',
};

export function drawShopLogo(code: string): string {
  const shop = buildShops().find((candidate) => candidate.code === code);
  const strokes = logoMarks[code];
  if (!shop || !strokes) throw new Error(`no shop called ${code}`);
  const c = new Canvas(400, 400);
  c.rect(
    0,
    0,
    400,
    400,
    c.linear(
      [
        [0, tone(shop.brandColour, 0.16)],
        [1, tone(shop.brandColour, -0.12)],
      ],
      0,
      0,
      1,
      1,
    ),
  );
  c.ellipse(
    120,
    90,
    240,
    190,
    c.radial([
      [0, '#fff', 0.2],
      [1, '#fff', 0],
    ]),
  );
  c.line(strokes, '#FFFDF8', 17);
  return c.toString();
}

/** A round head with one of a few hair shapes, or a small still life: no real face. */
export function drawAvatar(seed: number): string {
  const random = randomOf(`avatar:${seed}`);
  const c = new Canvas(200, 200);
  const papers = ['#DCE6EC', '#E9E2D2', '#E6D3CB', '#D6E0CF', '#DDD8E6', '#EADFC4'];
  const paper = random.pick(papers);
  c.rect(
    0,
    0,
    200,
    200,
    c.linear([
      [0, tone(paper, 0.3)],
      [1, tone(paper, -0.06)],
    ]),
  );
  if (random.chance(0.4)) {
    const names = ['vase', 'plush', 'mug', 'figure', 'petbed', 'cushion', 'teapot', 'fruitbox'];
    drawIn(
      c,
      random.pick(names),
      propSubject(random.pick(['#8FA6BA', '#C48F86', '#A9B894', '#D9B98A', '#EFE8DA']), '脐橙'),
      { x: 100, middle: 104, w: 130, h: 130 },
    );
    return c.toString();
  }
  const skin = random.pick(['#F1D2B8', '#EBC5A6', '#F4DCC8']);
  const hair = random.pick(['#3A302C', '#54413A', '#2B2B30', '#6E4B37']);
  const shirt = random.pick(['#8FA6BA', '#BD6A4C', '#A9B894', '#C48F86', '#35507A', '#D3A243', '#F2EDE2']);
  const style = random.integer(0, 3);
  if (style === 0) c.path('M52 92C46 40 154 40 148 92V158H52Z', hair);
  c.path(
    'M34 206C34 158 70 146 100 146S166 158 166 206Z',
    c.linear([
      [0, tone(shirt, 0.15)],
      [1, tone(shirt, -0.12)],
    ]),
  );
  c.path('M84 120H116V150Q100 166 84 150Z', tone(skin, -0.1));
  c.ellipse(100, 96, 41, 46, skin);
  if (style === 0)
    c.path('M58 96C56 50 84 44 100 44C126 44 146 56 142 98C134 78 116 72 92 70C84 82 68 86 58 96Z', hair);
  else if (style === 1)
    c.path('M57 92C50 48 80 38 104 40C134 40 150 62 142 92C138 78 130 70 120 66C100 74 74 70 66 68Q58 78 57 92Z', hair);
  else if (style === 2) {
    c.ellipse(100, 42, 22, 20, hair);
    c.path('M58 96C54 56 76 46 100 46S146 56 142 96C136 76 120 66 100 66S64 76 58 96Z', hair);
  } else {
    c.path('M50 84C50 40 150 40 150 84Q100 70 50 84Z', tone(shirt, -0.2));
    c.path('M50 84Q100 66 150 84L168 94Q110 80 50 92Z', tone(shirt, -0.35));
  }
  c.ellipse(84, 104, 3.5, 4, '#3A302C');
  c.ellipse(116, 104, 3.5, 4, '#3A302C');
  c.line('M92 120Q100 127 108 120', '#A8604E', 3);
  c.ellipse(76, 116, 8, 5, '#E9A48E', 'opacity=".5"');
  c.ellipse(124, 116, 8, 5, '#E9A48E', 'opacity=".5"');
  return c.toString();
}

/** Shapes that speak for the level-1 categories, two each. */
const faces: Record<string, [family: string, colour: string, title?: string]> = {
  bedding: ['bedset', '#B9C7D3'],
  living: ['sofa', '#A9693C'],
  kitchen: ['pot', '#CF4A38'],
  food: ['cookies', '#8FA6BA'],
  apparel: ['shirt', '#9FC3C6'],
  care: ['serum', '#C48F86'],
  baby: ['plush', '#D9B98A', '熊'],
  pet: ['petbed', '#8FA6BA'],
  digital: ['headphones', '#EFE8DA'],
  outdoor: ['tent', '#EFE4CF'],
  fruit: ['fruitbox', '#EE9534', '脐橙'],
  snack: ['nutjar', '#A9693C'],
  stationery: ['notebook', '#8FA6BA'],
  decor: ['vase', '#BD6A4C'],
  audio: ['earphones', '#F2EDE2'],
  makeup: ['lipstick', '#BF2F3B'],
  babywear: ['babydress', '#E9BFC0'],
  hobby: ['mahjong', '#35523F'],
  tea: ['teatin', '#6F7D56', '茶'],
  festival: ['giftbox', '#2F4160', '月饼'],
  wearable: ['hat', '#D9B98A'],
  charging: ['powerbank', '#8FA6BA', '磁吸'],
  petcare: ['petbrush', '#A9B894'],
  seating: ['armchair', '#6F7D56'],
  furniture: ['drawers', '#CDA273', '五斗'],
  cooktool: ['spatula', '#35523F'],
  nursery: ['pram', '#A9ADAF'],
  bag: ['backpack', '#35523F'],
};

/** The goods alone on a soft round ground; the corners stay clear so that the picture sits on any surface. */
export function drawCategory(key: string): string {
  const child = categoryTree.flatMap(({ children }) => children).find((candidate) => candidate.key === key);
  const [family, colour, title = ''] = faces[key] ?? [
    child?.family ?? '',
    ['#8FA6BA', '#C48F86', '#A9B894', '#D9B98A', '#BD6A4C', '#EFE8DA'][seedOf(key) % 6] as string,
  ];
  const c = new Canvas(600, 600);
  const ground = groundFor(seedOf(key) % 360, colour);
  c.ellipse(
    300,
    300,
    290,
    290,
    c.linear([
      [0, tone(ground.wall, 0.2)],
      [1, ground.floor],
    ]),
  );
  c.ellipse(
    220,
    190,
    200,
    180,
    c.radial([
      [0, '#fff', 0.6],
      [1, '#fff', 0],
    ]),
  );
  c.group(`clip-path="${c.clip('<circle cx="300" cy="300" r="290"/>')}"`, () =>
    drawIn(c, family, propSubject(colour, title), { x: 300, middle: 306, w: 400, h: 370, most: 1.4 }),
  );
  return c.toString();
}

/** A buyer's own snapshot: table or floor at home, a leaning camera, warm indoor light, a corner cut off. */
export function drawReviewPhoto({
  spu,
  colour,
  shot,
}: {
  spu: DemoSpu;
  colour?: string | undefined;
  shot: string;
}): string {
  const random = randomOf(`${spu.id}:${shot}`);
  const c = new Canvas(1000, 1000);
  const subject = subjectOf(spu, colour ?? spu.look.colours[0] ?? '燕麦', random.chance(0.5) ? 'angle' : 'front');
  const family = familyOf(spu.look.family);
  const wood = random.pick(['#B98A5C', '#8A6A4A', '#D2B08A', '#A98D6E']);
  const wall = random.pick(['#D9D2C4', '#CFD3D0', '#E0D3C2', '#C9CDD3']);
  c.group(`transform="rotate(${random.integer(-6, 6)} 500 500) translate(-60 -60) scale(1.12)"`, () => {
    if (family.stand === 'flat') {
      c.rect(-100, -100, 1200, 1200, random.pick(['#E9E4DA', '#CBBBA4', '#D5DADD']));
      for (let i = 0; i < 5; i += 1)
        c.line(
          `M-100 ${i * 260 + random.integer(-60, 60)}Q400 ${i * 260 + random.integer(-140, 140)} 1100 ${i * 260 + random.integer(-60, 60)}`,
          '#241a24',
          26,
          'opacity=".04"',
        );
    } else {
      c.rect(-100, -100, 1200, 760, tone(wall, -0.06));
      if (random.chance(0.5)) {
        c.rect(random.integer(40, 200), -40, 300, 470, '#EEF3F4', 4);
        c.line('M60 -40', '#fff', 2);
      } else prop(c, 'frame', '#CDA273', random.integer(180, 820), 440, 300);
      c.rect(-100, 620, 1200, 520, tone(wood, 0.1));
      c.group('transform="translate(-100 620)"', () => grain(c, 1200, 520, random.integer(0, 99), wood));
      prop(
        c,
        random.pick(['mug', 'vase', 'notebook', 'thermos'].filter((name) => name !== 'notebook')),
        random.pick(['#8FA6BA', '#EFE8DA', '#BD6A4C']),
        random.chance(0.5) ? 900 : 110,
        760,
        240,
      );
    }
    const x = 500 + random.integer(-70, 70);
    const size = random.integer(600, 760);
    drawIn(
      c,
      spu.look.family,
      subject,
      family.stand === 'flat' || family.stand === 'wall'
        ? { x, middle: 510, w: size + 80, h: size, turn: random.integer(-14, 14) }
        : { x, bottom: 890, w: size + 60, h: size, most: 1.6 },
    );
  });
  c.rect(0, 0, 1000, 1000, '#E8A860', 0, `opacity="${random.pick(['.05', '.08', '.1'])}"`);
  c.rect(
    0,
    0,
    1000,
    1000,
    c.radial(
      [
        [0, '#fff', 0.1],
        [0.6, '#241a14', 0.02],
        [1, '#241a14', 0.36],
      ],
      random.between(0.3, 0.7),
      0.4,
      0.8,
    ),
  );
  return c.toString();
}

/** The front of one of the physical stores, in the shop's colour. */
export function drawStore(key: string): string {
  const c = new Canvas(1600, 900);
  const brand = buildShops().find(({ code }) => code === 'qinghe')?.brandColour ?? '#3F7A4F';
  const brick = { xihu: '#D8CFC3', shangcheng: '#C9B8A4', gongshu: '#B9A08C' }[key] ?? '#D8CFC3';
  c.rect(
    0,
    0,
    1600,
    900,
    c.linear([
      [0, '#CFE0E8'],
      [1, '#F1E9DD'],
    ]),
  );
  c.rect(
    180,
    60,
    1240,
    720,
    c.linear([
      [0, tone(brick, 0.14)],
      [1, tone(brick, -0.08)],
    ]),
  );
  let courses = '';
  for (let y = 96; y < 780; y += 36) courses += `M180 ${y}H1420`;
  c.line(courses, tone(brick, -0.16), 2.5, 'opacity=".5"');
  c.rect(240, 130, 1120, 96, brand, 6);
  c.move(300, 108, 0.34, () => c.line(logoMarks.qinghe as string, '#FFFDF8', 18));
  for (let i = 0; i < 3; i += 1) c.rect(1010 + i * 92, 164, 70, 28, '#FFFDF8', 14, 'opacity=".85"');
  const glass = c.linear([
    [0, '#F7EFD9'],
    [1, '#E3D3B4'],
  ]);
  for (const [x, w] of [
    [250, 440],
    [910, 440],
  ] as const) {
    c.rect(x - 12, 298, w + 24, 404, '#4A4038', 6);
    c.rect(x, 310, w, 380, glass);
    c.rect(x, 560, w, 14, '#8A6A4A');
    c.path(`M${x} 690L${x + 160} 310H${x + 230}L${x + 70} 690Z`, '#fff', 'opacity=".25"');
  }
  prop(c, 'fruitbox', '#EE9534', 360, 690, 116, '脐橙');
  prop(c, 'teatin', '#6F7D56', 560, 690, 104, '茶');
  prop(c, 'vase', '#BD6A4C', 330, 560, 150);
  prop(c, 'honeyjar', '#E0A030', 470, 560, 110);
  prop(c, 'giftbox', '#C2322C', 610, 560, 80, '礼');
  prop(c, 'towel', '#A9B894', 1010, 690, 100);
  prop(c, 'plush', '#D9B98A', 1200, 690, 112, '熊');
  prop(c, 'serum', '#C48F86', 980, 560, 130);
  prop(c, 'shampoo', '#8FA6BA', 1100, 560, 140);
  prop(c, 'mug', '#EFE8DA', 1240, 560, 84);
  c.rect(720, 290, 160, 490, '#4A4038', 6);
  c.rect(
    734,
    304,
    132,
    476,
    c.linear([
      [0, '#F2E6CA'],
      [1, '#C9B48E'],
    ]),
  );
  c.rect(846, 520, 10, 70, '#C9A25E', 5);
  for (let i = 0; i < 14; i += 1)
    c.path(
      `M${230 + i * 82} 226H${312 + i * 82}L${320 + i * 82} 290Q${276 + i * 82} 316 ${232 + i * 82} 290Z`,
      i % 2 ? '#F7F2E6' : mix(brand, '#FFFFFF', 0.08),
    );
  c.rect(
    0,
    776,
    1600,
    124,
    c.linear([
      [0, '#CFC6B8'],
      [1, '#B5AA9A'],
    ]),
  );
  c.rect(0, 776, 1600, 16, '#3a2a22', 0, 'opacity=".14"');
  prop(c, 'vase', '#5E6266', 170, 850, 300);
  prop(c, 'vase', '#BD6A4C', 1440, 850, 320);
  windowLight(c, 1120, 60, 200, 160, 0.2);
  return c.toString();
}
