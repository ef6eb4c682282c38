import { colourOf } from '../colours.ts';
import type { DemoSpu } from '../types.ts';
import { Canvas } from './canvas.ts';
import { familyOf } from './families/index.ts';
import type { Family, Subject } from './family.ts';
import { dressScene } from './scenes.ts';
import { angleCamera, type Camera, frontCamera } from './space.ts';
import { arch, type Ground, groundFor, plinth, room, sweep } from './stage.ts';
import { mix, tone } from './tone.ts';

interface ProductPicture {
  spu: DemoSpu;
  view: string;
  /** A colour name of the SKU; the first colour of the product without it. */
  colour?: string | undefined;
}

export function subjectOf(spu: DemoSpu, colourName: string, view: Subject['view'] = 'front'): Subject {
  const { look } = spu;
  const colour = colourOf(colourName);
  const other = look.colours.find((name) => name !== colourName) ?? colourName;
  return { colour, accent: colourOf(other), pattern: look.pattern, seed: look.seed, title: spu.title, view };
}

/** Where the foot of the shape stands on a 1000 square, and how large it is. */
function place(c: Canvas, family: Family, x: number, foot: number, scale: number, draw: () => void): void {
  c.move(x, family.stand === 'flat' ? foot - 330 * scale : foot, scale, draw);
}

function front(c: Canvas, family: Family, subject: Subject, ground: Ground): void {
  sweep(c, ground);
  place(c, family, 500, 830, 1, () => family.draw(c, subject, frontCamera));
}

function angle(c: Canvas, family: Family, subject: Subject, ground: Ground): void {
  const turned: Subject = { ...subject, view: 'angle' };
  if (family.stand === 'table') {
    room(c, ground, 640);
    arch(c, ground.wall, 560, 640, 560, 560);
    plinth(c, mix(ground.floor, '#FFFFFF', 0.35), 500, 770, 400, 112, 70);
    place(c, family, 500, 780, 0.86, () => family.draw(c, turned, angleCamera));
  } else if (family.stand === 'flat') {
    sweep(c, { wall: ground.floor, floor: ground.wall });
    c.rect(150, -40, 560, 1080, tone(ground.wall, 0.3), 0, 'transform="rotate(14 500 500)" opacity=".75"');
    c.move(510, 500, 0.96, () => c.group('transform="rotate(-11)"', () => family.draw(c, turned, angleCamera)));
  } else {
    room(c, ground, 660);
    place(c, family, 500, 850, 0.98, () => family.draw(c, turned, angleCamera));
  }
}

function closeUp(c: Canvas, family: Family, subject: Subject, ground: Ground): void {
  sweep(c, ground);
  const scale = 2.15;
  const [fx, fy] = family.focus;
  c.move(500 - fx * scale, 500 - fy * scale, scale, () => family.draw(c, subject, angleCamera));
  c.rect(0, 0, 1000, 1000, c.radial([[0, '#fff', 0.14], [0.6, '#fff', 0], [1, '#2a1f1c', 0.16]], 0.34, 0.3, 0.8));
}

function group(c: Canvas, family: Family, spu: DemoSpu, ground: Ground): void {
  sweep(c, ground);
  const names = spu.look.colours;
  const draw = (name: string, x: number, foot: number, scale: number, cam: Camera) =>
    place(c, family, x, foot, scale, () => family.draw(c, subjectOf(spu, name), cam));
  const [first = '燕麦', second, third] = names;
  if (!second) {
    draw(first, 350, 690, 0.6, angleCamera);
    draw(first, 620, 870, 0.68, frontCamera);
  } else if (!third) {
    draw(second, 330, 690, 0.6, frontCamera);
    draw(first, 630, 870, 0.66, frontCamera);
  } else {
    draw(second, 280, 640, 0.5, frontCamera);
    draw(third, 720, 660, 0.5, frontCamera);
    draw(first, 500, 890, 0.58, frontCamera);
  }
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
    case 'front': front(c, family, subject, ground); break;
    case 'angle': angle(c, family, subject, ground); break;
    case 'detail': closeUp(c, family, subject, ground); break;
    case 'scene': dressScene(c, family, subject, ground); break;
    case 'group': group(c, family, spu, ground); break;
    case 'detail-cover': {
      room(c, ground, 980);
      arch(c, ground.wall, 500, 980, 640, 820);
      place(c, family, 500, 1140, 1.08, () => family.draw(c, subject, frontCamera));
      break;
    }
    case 'detail-material': {
      const second = subjectOf(spu, look.colours[1] ?? name);
      closeUp(c, family, { ...second, view: 'angle' }, groundFor((look.hue + 120) % 360, second.colour));
      break;
    }
    case 'detail-scene': dressScene(c, family, subject, groundFor((look.hue + 60) % 360, subject.colour)); break;
    case 'detail-colours': swatches(c, family, spu, ground); break;
    case 'video': {
      dressScene(c, family, subject, ground);
      c.rect(0, 0, 1000, 1000, c.linear([[0, '#1a1420', 0.05], [1, '#1a1420', 0.3]]));
      break;
    }
    default: throw new Error(`no view called ${view}`);
  }
  return c.toString();
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
    const paper = names.length === 1 ? ground : groundFor(spu.look.hue + index * 90, colourOf(name));
    c.group(`clip-path="${c.clip(`<rect x="${x}" y="${y}" width="${width}" height="${h}"/>`)}"`, () =>
      c.group(`transform="translate(${x} ${y})"`, () => {
        sweep(c, paper, width, h);
        const scale = Math.min(width, h) / 1000;
        place(c, family, width / 2, h * 0.84, scale * 0.98, () => family.draw(c, subjectOf(spu, name), frontCamera));
      }),
    );
  });
}
