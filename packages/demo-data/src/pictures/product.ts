import { colourOf } from '../colours.ts';
import type { DemoSpu } from '../types.ts';
import { Canvas } from './canvas.ts';
import { extents } from './extents.ts';
import { familyOf } from './families/index.ts';
import type { Family, Subject } from './family.ts';
import { drawIn, type Frame } from './frame.ts';
import { dressScene } from './scenes.ts';
import { angleCamera } from './space.ts';
import { arch, type Ground, groundFor, plinth, room, sweep } from './stage.ts';
import { subjectOf } from './subject.ts';
import { mix, tone } from './tone.ts';

interface ProductPicture {
  spu: DemoSpu;
  view: string;
  /** A colour name of the SKU; the first colour of the product without it. */
  colour?: string | undefined;
}

/** The framing of a single product on a square of side `side` at (x, y). */
export function heroFrame(family: Family, name: string, side = 1000, x = 0, y = 0): Frame {
  const unit = side / 1000;
  const frame = { x: x + 500 * unit, w: 700 * unit, h: 620 * unit, most: 1.55 * unit };
  if (family.stand === 'flat' || family.stand === 'wall')
    return { ...frame, middle: y + (family.stand === 'flat' ? 505 : 480) * unit, h: 690 * unit };
  const [left, top, right, bottom] = extents[name]?.front ?? [-320, -600, 320, 0];
  const scale = Math.min(frame.w / (right - left), frame.h / (bottom - top), frame.most);
  return { ...frame, bottom: y + 525 * unit + ((bottom - top) * scale) / 2 + 26 * unit };
}

function angle(c: Canvas, family: Family, name: string, subject: Subject, ground: Ground): void {
  const turned: Subject = { ...subject, view: 'angle' };
  if (family.stand === 'table') {
    room(c, ground, 650);
    arch(c, ground.wall, 560, 650, 580, 590);
    plinth(c, mix(ground.floor, '#FFFFFF', 0.35), 500, 776, 410, 104, 66);
    drawIn(c, name, turned, { x: 500, bottom: 806, w: 620, h: 560, most: 1.3 });
  } else if (family.stand === 'flat') {
    sweep(c, { wall: ground.floor, floor: ground.wall });
    c.rect(150, -80, 560, 1160, tone(ground.wall, 0.34), 0, 'transform="rotate(14 500 500)" opacity=".75"');
    drawIn(c, name, turned, { x: 505, middle: 505, w: 740, h: 720, most: 1.4, turn: -9 });
  } else {
    room(c, ground, family.stand === 'wall' ? 830 : 640);
    drawIn(
      c,
      name,
      turned,
      family.stand === 'wall'
        ? { x: 500, middle: 470, w: 760, h: 700 }
        : { x: 500, bottom: 850, w: 760, h: 640, most: 1.5 },
    );
  }
}

function closeUp(c: Canvas, family: Family, subject: Subject, ground: Ground): void {
  sweep(c, ground);
  const scale = 2.1;
  const [fx, fy] = family.focus;
  c.move(500 - fx * scale, 500 - fy * scale, scale, () => family.draw(c, subject, angleCamera));
  c.rect(
    0,
    0,
    1000,
    1000,
    c.radial(
      [
        [0, '#fff', 0.14],
        [0.6, '#fff', 0],
        [1, '#2a1f1c', 0.16],
      ],
      0.34,
      0.3,
      0.8,
    ),
  );
}

function group(c: Canvas, family: Family, spu: DemoSpu, ground: Ground): void {
  sweep(c, ground);
  const [first = '燕麦', second, third] = spu.look.colours;
  const lift = family.stand === 'flat' || family.stand === 'wall' ? -40 : 0;
  const put = (colour: string, x: number, bottom: number, size: number, view: Subject['view'] = 'front') =>
    drawIn(c, spu.look.family, subjectOf(spu, colour, view), {
      x,
      bottom: bottom + lift,
      w: size * 1.1,
      h: size,
      most: 1.2,
    });
  if (!second) {
    put(first, 320, 640, 390, 'angle');
    put(first, 600, 860, 470);
  } else if (!third) {
    put(second, 300, 640, 400);
    put(first, 640, 860, 460);
  } else {
    put(second, 250, 600, 360);
    put(third, 745, 620, 360);
    put(first, 500, 890, 420);
  }
}

/** Every colour on its own paper, side by side. */
function swatches(c: Canvas, family: Family, spu: DemoSpu, ground: Ground): void {
  const names = spu.look.colours.slice(0, 4);
  const columns = names.length === 1 ? 1 : 2;
  const rows = Math.ceil(names.length / columns);
  const [w, h] = [1000 / columns, 1000 / rows];
  names.forEach((name, index) => {
    const [x, y] = [(index % columns) * w, Math.floor(index / columns) * h];
    const wide = index === names.length - 1 && names.length % 2 === 1 && columns === 2;
    const width = wide ? 1000 : w;
    const paper = names.length === 1 ? ground : groundFor((spu.look.hue + index * 90) % 360, colourOf(name));
    c.group(`clip-path="${c.clip(`<rect x="${x}" y="${y}" width="${width}" height="${h}"/>`)}"`, () =>
      c.group(`transform="translate(${x} ${y})"`, () => {
        sweep(c, paper, width, h);
        const side = Math.min(width, h);
        drawIn(
          c,
          spu.look.family,
          subjectOf(spu, name),
          heroFrame(family, spu.look.family, side, (width - side) / 2, (h - side) / 2),
        );
      }),
    );
  });
}

/** One picture of a product: `view` is a gallery view, a detail picture or the video still. */
export function drawProductPicture({ spu, view, colour }: ProductPicture): string {
  const { look } = spu;
  const family = familyOf(look.family);
  const name = colour ?? look.colours[0] ?? '燕麦';
  const subject = subjectOf(spu, name);
  const ground = groundFor(look.hue, subject.colour);
  const tall = view === 'detail-cover' || view === 'detail-scene';
  const c = new Canvas(1000, tall ? 1333 : 1000);
  switch (view) {
    case 'front':
      sweep(c, ground);
      drawIn(c, look.family, subject, heroFrame(family, look.family));
      break;
    case 'angle':
      angle(c, family, look.family, subject, ground);
      break;
    case 'detail':
      closeUp(c, family, subject, ground);
      break;
    case 'scene':
      dressScene(c, family, look.family, subject, ground);
      break;
    case 'group':
      group(c, family, spu, ground);
      break;
    case 'detail-cover':
      room(c, ground, 980);
      arch(c, ground.wall, 500, 980, 700, 840);
      drawIn(
        c,
        look.family,
        subject,
        family.stand === 'flat' || family.stand === 'wall'
          ? { x: 500, middle: 640, w: 780, h: 820, most: 1.5 }
          : { x: 500, bottom: 1120, w: 780, h: 780, most: 1.6 },
      );
      break;
    case 'detail-material': {
      const second = subjectOf(spu, look.colours[1] ?? name);
      closeUp(c, family, { ...second, view: 'angle' }, groundFor((look.hue + 120) % 360, second.colour));
      break;
    }
    case 'detail-scene':
      dressScene(c, family, look.family, subject, groundFor((look.hue + 60) % 360, subject.colour));
      break;
    case 'detail-colours':
      swatches(c, family, spu, ground);
      break;
    case 'video':
      dressScene(c, family, look.family, subject, ground);
      c.rect(
        0,
        0,
        1000,
        1000,
        c.linear([
          [0, '#1a1420', 0.02],
          [1, '#1a1420', 0.26],
        ]),
      );
      break;
    default:
      throw new Error(`no view called ${view}`);
  }
  return c.toString();
}
