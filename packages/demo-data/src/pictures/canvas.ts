export type Point = [number, number];
export type Stop = [offset: number, colour: string, opacity?: number];

export const n = (value: number): string => {
  const rounded = Math.round(value * 10) / 10;
  return Object.is(rounded, -0) ? '0' : String(rounded);
};

/**
 * `opacity` makes the renderer draw the shape on a layer of its own, as large as the picture; fill and stroke opacity look
 * the same on a single shape and cost nothing.
 */
const cheapOpacity = (extra: string): string =>
  extra ? ` ${extra.replace(/(^|\s)opacity="([^"]*)"/, '$1fill-opacity="$2" stroke-opacity="$2"')}` : '';

/** Collects shapes and shared definitions; equal definitions are written once. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  private readonly defs = new Map<string, string>();
  private readonly body: string[] = [];

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  add(svg: string): void {
    this.body.push(svg);
  }

  /** `make` gets the id the definition will have; returns `url(#id)`. */
  define(content: string, make: (id: string) => string): string {
    let id = this.defs.get(content)?.slice(0, this.defs.get(content)?.indexOf('|'));
    if (!id) {
      id = `d${this.defs.size + 1}`;
      this.defs.set(content, `${id}|${make(id)}`);
    }
    return `url(#${id})`;
  }

  /** Gradient over the shape's own box, from (x1, y1) to (x2, y2) in 0..1. */
  linear(stops: Stop[], x1 = 0, y1 = 0, x2 = 0, y2 = 1): string {
    const inner = stopsOf(stops);
    return this.define(
      `l${x1},${y1},${x2},${y2}${inner}`,
      (id) => `<linearGradient id="${id}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}">${inner}</linearGradient>`,
    );
  }

  radial(stops: Stop[], cx = 0.5, cy = 0.5, r = 0.5): string {
    const inner = stopsOf(stops);
    return this.define(
      `r${cx},${cy},${r}${inner}`,
      (id) => `<radialGradient id="${id}" cx="${cx}" cy="${cy}" r="${r}">${inner}</radialGradient>`,
    );
  }

  pattern(width: number, height: number, content: string, transform = ''): string {
    return this.define(
      `p${width},${height}${transform}${content}`,
      (id) =>
        `<pattern id="${id}" width="${width}" height="${height}" patternUnits="userSpaceOnUse"${transform ? ` patternTransform="${transform}"` : ''}>${content}</pattern>`,
    );
  }

  clip(content: string): string {
    return this.define(`c${content}`, (id) => `<clipPath id="${id}">${content}</clipPath>`);
  }

  path(d: string, fill: string, extra = ''): void {
    this.add(`<path d="${d}" fill="${fill}"${cheapOpacity(extra)}/>`);
  }

  line(d: string, stroke: string, width: number, extra = ''): void {
    this.add(
      `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${n(width)}" stroke-linecap="round" stroke-linejoin="round"${cheapOpacity(extra)}/>`,
    );
  }

  rect(x: number, y: number, w: number, h: number, fill: string, rx = 0, extra = ''): void {
    this.add(
      `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}"${rx ? ` rx="${n(rx)}"` : ''} fill="${fill}"${cheapOpacity(extra)}/>`,
    );
  }

  ellipse(cx: number, cy: number, rx: number, ry: number, fill: string, extra = ''): void {
    this.add(`<ellipse cx="${n(cx)}" cy="${n(cy)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}"${cheapOpacity(extra)}/>`);
  }

  group(attributes: string, draw: () => void): void {
    this.add(`<g ${attributes}>`);
    draw();
    this.add('</g>');
  }

  move(x: number, y: number, scale: number, draw: () => void, extra = ''): void {
    this.group(`transform="translate(${n(x)} ${n(y)}) scale(${Math.round(scale * 1000) / 1000})${extra}"`, draw);
  }

  clipped(d: string, draw: () => void): void {
    this.group(`clip-path="${this.clip(`<path d="${d}"/>`)}"`, draw);
  }

  toString(): string {
    const defs = [...this.defs.values()].map((value) => value.slice(value.indexOf('|') + 1)).join('');
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}"><defs>${defs}</defs>${this.body.join('')}</svg>`;
  }
}

const stopsOf = (stops: Stop[]): string =>
  stops
    .map(
      ([offset, colour, opacity]) =>
        `<stop offset="${Math.round(offset * 1000) / 1000}" stop-color="${colour}"${opacity === undefined ? '' : ` stop-opacity="${opacity}"`}/>`,
    )
    .join('');

/** A smooth line through points (Catmull–Rom as cubic Béziers), without the leading M. */
export function curveThrough(points: Point[], tension = 6): string {
  let d = '';
  for (let i = 0; i < points.length - 1; i += 1) {
    const p0 = points[i - 1] ?? (points[i] as Point);
    const p1 = points[i] as Point;
    const p2 = points[i + 1] as Point;
    const p3 = points[i + 2] ?? p2;
    d += `C${n(p1[0] + (p2[0] - p0[0]) / tension)} ${n(p1[1] + (p2[1] - p0[1]) / tension)} ${n(p2[0] - (p3[0] - p1[0]) / tension)} ${n(p2[1] - (p3[1] - p1[1]) / tension)} ${n(p2[0])} ${n(p2[1])}`;
  }
  return d;
}

export const smooth = (points: Point[], tension?: number): string =>
  `M${n((points[0] as Point)[0])} ${n((points[0] as Point)[1])}${curveThrough(points, tension)}`;

/** A closed smooth outline through the points. */
export function blob(points: Point[], tension = 6): string {
  const count = points.length;
  const at = (i: number) => points[(i + count) % count] as Point;
  let d = `M${n(at(0)[0])} ${n(at(0)[1])}`;
  for (let i = 0; i < count; i += 1) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    d += `C${n(p1[0] + (p2[0] - p0[0]) / tension)} ${n(p1[1] + (p2[1] - p0[1]) / tension)} ${n(p2[0] - (p3[0] - p1[0]) / tension)} ${n(p2[1] - (p3[1] - p1[1]) / tension)} ${n(p2[0])} ${n(p2[1])}`;
  }
  return `${d}Z`;
}

/** A polygon with its corners rounded by `radius`. */
export function roundPolygon(points: Point[], radius: number): string {
  const count = points.length;
  let d = '';
  for (let i = 0; i < count; i += 1) {
    const before = points[(i + count - 1) % count] as Point;
    const corner = points[i] as Point;
    const after = points[(i + 1) % count] as Point;
    const towards = (to: Point): Point => {
      const length = Math.hypot(to[0] - corner[0], to[1] - corner[1]) || 1;
      const share = Math.min(radius, length / 2) / length;
      return [corner[0] + (to[0] - corner[0]) * share, corner[1] + (to[1] - corner[1]) * share];
    };
    const [start, end] = [towards(before), towards(after)];
    d += `${i === 0 ? 'M' : 'L'}${n(start[0])} ${n(start[1])}Q${n(corner[0])} ${n(corner[1])} ${n(end[0])} ${n(end[1])}`;
  }
  return `${d}Z`;
}
