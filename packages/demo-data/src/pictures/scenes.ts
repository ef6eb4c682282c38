import type { Canvas } from './canvas.ts';
import { branch } from './families/decor.ts';
import type { Family, Subject } from './family.ts';
import { drawIn, prop } from './frame.ts';
import { grain } from './space.ts';
import { type Ground, leafShadow, room, windowLight } from './stage.ts';
import { tone } from './tone.ts';

/** A table edge across the picture, from `y` down. */
function tabletop(c: Canvas, y: number, wood: string): void {
  c.rect(
    0,
    y,
    c.width,
    c.height - y,
    c.linear([
      [0, tone(wood, 0.28)],
      [1, tone(wood, -0.06)],
    ]),
  );
  c.group(`transform="translate(0 ${y})"`, () => grain(c, c.width, c.height - y, 11, wood));
  c.rect(0, y, c.width, 3, '#fff', 0, 'opacity=".5"');
  c.rect(
    0,
    y - 16,
    c.width,
    16,
    c.linear([
      [0, '#3a2a22', 0],
      [1, '#3a2a22', 0.1],
    ]),
  );
}

function tiles(c: Canvas, horizon: number, colour: string): void {
  let lines = '';
  for (let y = horizon % 96; y < horizon; y += 96) lines += `M0 ${y}H${c.width}`;
  for (let x = 40; x < c.width; x += 96) lines += `M${x} 0V${horizon}`;
  c.line(lines, tone(colour, -0.12), 3, 'opacity=".55"');
}

function hills(c: Canvas, horizon: number): void {
  const h = c.height;
  c.rect(
    0,
    0,
    c.width,
    h,
    c.linear([
      [0, '#CFE0E8'],
      [0.45, '#F3E9D6'],
      [1, '#F3E9D6'],
    ]),
  );
  c.ellipse(c.width * 0.74, horizon * 0.5, 86, 86, '#FFF6E0', 'opacity=".9"');
  c.path(`M0 ${horizon - 90}Q200 ${horizon - 240} 420 ${horizon - 110}T1000 ${horizon - 170}V${h}H0Z`, '#A9C0BC');
  c.path(`M0 ${horizon - 20}Q260 ${horizon - 150} 560 ${horizon - 40}T1000 ${horizon - 80}V${h}H0Z`, '#8FA98F');
  c.path(
    `M0 ${horizon + 20}Q500 ${horizon - 50} 1000 ${horizon + 10}V${h}H0Z`,
    c.linear([
      [0, '#A9B884'],
      [1, '#8A9C68'],
    ]),
  );
  let grass = '';
  for (let i = 0; i < 60; i += 1)
    grass += `M${(i * 137) % 1000} ${horizon + 50 + ((i * 71) % 300)}q4 -16 ${(i % 5) * 3 - 6} -26`;
  c.line(grass, '#6F8154', 4, 'opacity=".4"');
}

const papers = ['#EFE8DA', '#8FA6BA', '#BD6A4C', '#A9B894', '#C48F86'];
const wood = '#C9A277';

/** The goods where they are used, with two or three props. */
export function dressScene(c: Canvas, family: Family, name: string, subject: Subject, ground: Ground): void {
  const h = c.height;
  const horizon = Math.round(h * 0.64);
  const pick = (offset: number) => papers[(subject.seed + offset) % papers.length] as string;
  const even = subject.seed % 2 === 0;
  const side = even ? 1 : -1;
  const at = (x: number) => 500 + side * x;
  if (family.stand === 'flat') {
    c.rect(
      0,
      0,
      c.width,
      h,
      c.linear(
        [
          [0, tone(wood, 0.36)],
          [1, tone(wood, 0.08)],
        ],
        0,
        0,
        1,
        1,
      ),
    );
    for (let x = 0; x < 5; x += 1)
      c.group(`transform="translate(${x * 200} 0)"`, () => {
        grain(c, 200, h, x + subject.seed, wood);
        c.line(`M0 0V${h}`, tone(wood, -0.3), 3, 'opacity=".4"');
      });
    c.rect(
      at(-300) - 230,
      h * 0.06,
      520,
      h * 0.9,
      '#F7F2E8',
      6,
      `transform="rotate(${side * 9} 500 500)" opacity=".92"`,
    );
    drawIn(c, name, subject, { x: 500, middle: h * 0.5, w: 660, h: 680, most: 1.3, turn: side * 6 });
    c.move(at(330), h * 0.98, 1, () => branch(c, 0, 0, 360, side * -60, '#7F9268', subject.seed));
    leafShadow(c, at(-330), -40, 460, subject.seed + 3);
    return;
  }
  if (family.scene === 'outdoor') {
    hills(c, horizon);
    const small = family.stand === 'table';
    if (small) tabletop(c, h * 0.74, wood);
    else prop(c, 'campchair', '#C9B48E', at(360), h * 0.8, 240);
    drawIn(c, name, subject, {
      x: 500 - side * 40,
      bottom: h * (small ? 0.86 : 0.88),
      w: 660,
      h: small ? 520 : 560,
      most: 1.3,
    });
    if (small) prop(c, 'lantern', '#35523F', at(350), h * 0.83, 220);
    return;
  }
  const tableScene = family.stand === 'table';
  room(c, ground, tableScene ? h * 0.72 : horizon, c.width, h, !tableScene && family.scene !== 'bath');
  if (family.scene === 'kitchen' || family.scene === 'bath') tiles(c, tableScene ? h * 0.72 : horizon, ground.wall);
  windowLight(c, even ? 80 : 420, 40, 420, h * 0.42);
  leafShadow(c, even ? 760 : 160, -20, 460, subject.seed);
  if (family.stand === 'wall') {
    drawIn(c, name, subject, { x: 500, middle: h * 0.36, w: 620, h: 520 });
    prop(c, 'tvcabinet', '#CDA273', 500, h * 0.9, 190, '茶几');
    prop(c, 'vase', pick(1), at(170), h * 0.77, 200);
    return;
  }
  if (!tableScene) {
    if (family.scene === 'floor' || family.scene === 'living') {
      if (!/rug|woodbed|sofa/.test(name)) c.ellipse(500, h * 0.87, 430, 100, tone(pick(2), 0.45), 'opacity=".8"');
      prop(c, 'floorlamp', '#EFE8DA', at(330), h * 0.78, 520);
      if (name !== 'mirror') prop(c, 'frame', '#CDA273', at(-270), h * 0.34, 180);
    } else if (family.scene === 'bedroom') {
      prop(c, 'nightstand', '#CDA273', at(370), h * 0.8, 210);
      prop(c, 'tablelamp', '#EFE8DA', at(370), h * 0.62, 190);
    } else prop(c, 'vase', pick(1), at(340), h * 0.76, 330);
    drawIn(c, name, subject, { x: 500 - side * 40, bottom: h * 0.88, w: 700, h: 560, most: 1.4 });
    return;
  }
  tabletop(c, h * 0.72, family.scene === 'bath' ? '#E9E2D6' : wood);
  const back = h * 0.775;
  const near = h * 0.93;
  switch (family.scene) {
    case 'kitchen':
      prop(c, 'board', '#CDA273', at(300), back, 360);
      prop(c, 'bowl', pick(0), at(370), near - 60, 110);
      break;
    case 'tea':
      prop(c, 'vase', pick(1), at(310), back, 380);
      prop(c, 'mug', pick(3), at(-360), near - 70, 130);
      break;
    case 'desk':
      prop(c, 'tablelamp', '#35523F', at(300), back, 400, '直杆');
      prop(c, 'vase', pick(2), at(-350), back, 240);
      break;
    case 'bath':
      prop(c, 'towel', pick(0), at(310), back + 10, 170);
      prop(c, 'diffuser', '#A9B894', at(-330), back, 280);
      break;
    default:
      prop(c, 'tablelamp', pick(2), at(310), back, 390);
      prop(c, 'vase', pick(1), at(-350), back, 250);
  }
  drawIn(c, name, subject, { x: 500 - side * 30, bottom: h * 0.87, w: 540, h: 470, most: 1.2 });
}
