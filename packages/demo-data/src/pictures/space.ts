import { randomOf } from '../seeded.ts';
import { type Canvas, curveThrough, n, type Point, roundPolygon } from './canvas.ts';
import { luminance, tone } from './tone.ts';

/** A parallel projection: x right, y up, z towards the viewer; the origin stands on the ground at (0, 0). */
export interface Camera {
  yaw: number;
  pitch: number;
}
export const frontCamera: Camera = { yaw: -0.38, pitch: 0.26 };
export const angleCamera: Camera = { yaw: 0.62, pitch: 0.42 };
export type Vector = [number, number, number];

export function project({ yaw, pitch }: Camera, [x, y, z]: Vector): Point {
  const across = x * Math.cos(yaw) + z * Math.sin(yaw);
  const near = -x * Math.sin(yaw) + z * Math.cos(yaw);
  return [across, -y * Math.cos(pitch) + near * Math.sin(pitch)];
}

export interface Box {
  x?: number;
  y?: number;
  z?: number;
  w: number;
  h: number;
  d: number;
}

export interface BoxOptions {
  radius?: number;
  /** Painted on a face in its own plane: (0, 0) upper left, (w, h) lower right. */
  front?: (w: number, h: number) => void;
  top?: (w: number, h: number) => void;
  side?: (w: number, h: number) => void;
  wood?: number;
  gloss?: number;
  contrast?: number;
}

/** A box with x and z at its centre and y at its base. Light: top, then left and front, then right. */
export function box(c: Canvas, cam: Camera, at: Box, colour: string, options: BoxOptions = {}): void {
  const { w, h, d } = at;
  const [x0, y0, z0] = [(at.x ?? 0) - w / 2, at.y ?? 0, (at.z ?? 0) - d / 2];
  const [x1, y1, z1] = [x0 + w, y0 + h, z0 + d];
  const p = (x: number, y: number, z: number) => project(cam, [x, y, z]);
  const showsLeft = cam.yaw > 0;
  const sideX = showsLeft ? x0 : x1;
  const contrast = options.contrast ?? 1;
  const frontTone = (showsLeft ? -0.13 : -0.05) * contrast;
  const sideTone = (showsLeft ? -0.02 : -0.24) * contrast;
  const silhouette = showsLeft
    ? [p(x0, y1, z0), p(x1, y1, z0), p(x1, y1, z1), p(x1, y0, z1), p(x0, y0, z1), p(x0, y0, z0)]
    : [p(x0, y1, z1), p(x0, y1, z0), p(x1, y1, z0), p(x1, y0, z0), p(x1, y0, z1), p(x0, y0, z1)];
  const outline = roundPolygon(silhouette, options.radius ?? 3);
  const plane = (o: Point, u: Point, v: Point, uw: number, vh: number, draw: () => void) =>
    c.group(
      `transform="matrix(${[(u[0] - o[0]) / uw, (u[1] - o[1]) / uw, (v[0] - o[0]) / vh, (v[1] - o[1]) / vh].map((value) => value.toFixed(4)).join(' ')} ${n(o[0])} ${n(o[1])})"`,
      draw,
    );
  c.clipped(outline, () => {
    c.path(outline, colour);
    const face = (
      o: Point,
      u: Point,
      v: Point,
      uw: number,
      vh: number,
      shade: number,
      steep: number,
      paint?: (a: number, b: number) => void,
    ) =>
      plane(o, u, v, uw, vh, () => {
        const fill = c.linear(
          [
            [0, tone(colour, clampTone(shade + steep))],
            [1, tone(colour, clampTone(shade - steep))],
          ],
          0,
          0,
          0.25,
          1,
        );
        c.rect(-0.6, -0.6, uw + 1.2, vh + 1.2, fill);
        if (options.wood !== undefined) grain(c, uw, vh, options.wood + Math.round(uw), colour);
        paint?.(uw, vh);
      });
    const sideNear = showsLeft ? z0 : z1;
    const sideFar = showsLeft ? z1 : z0;
    face(p(sideX, y1, sideNear), p(sideX, y1, sideFar), p(sideX, y0, sideNear), d, h, sideTone, 0.05, options.side);
    face(p(x0, y1, z1), p(x1, y1, z1), p(x0, y0, z1), w, h, frontTone, 0.05, options.front);
    face(p(x0, y1, z0), p(x1, y1, z0), p(x0, y1, z1), w, d, 0.2 * contrast, 0.06, options.top);
    const edge = showsLeft
      ? [p(x0, y1, z1), p(x1, y1, z1), p(x0, y1, z1), p(x0, y0, z1)]
      : [p(x0, y1, z1), p(x1, y1, z1), p(x1, y1, z1), p(x1, y0, z1)];
    const [a, b, e, f] = edge as [Point, Point, Point, Point];
    c.line(
      `M${n(a[0])} ${n(a[1])}L${n(b[0])} ${n(b[1])}M${n(e[0])} ${n(e[1])}L${n(f[0])} ${n(f[1])}`,
      tone(colour, 0.55),
      2.2,
      'opacity=".55"',
    );
    if (options.gloss) {
      plane(p(x0, y1, z1), p(x1, y1, z1), p(x0, y0, z1), w, h, () =>
        c.path(
          `M${n(w * 0.1)} 0H${n(w * 0.42)}L${n(w * 0.16)} ${n(h)}H${n(-w * 0.1)}Z`,
          '#fff',
          `opacity="${options.gloss}"`,
        ),
      );
    }
  });
}

const clampTone = (value: number) => Math.max(-0.8, Math.min(0.8, value));

/** Wood: a few long wavering lines and a broad lighter band; cheaper and calmer than noise. */
export function grain(c: Canvas, w: number, h: number, seed: number, colour: string): void {
  const random = randomOf(seed);
  const along = w >= h;
  const [length, across] = along ? [w, h] : [h, w];
  const count = Math.max(3, Math.min(12, Math.round(across / 14)));
  let d = '';
  for (let i = 0; i < count; i += 1) {
    const base = ((i + random.between(0.2, 0.8)) / count) * across;
    const points = [0, 0.33, 0.66, 1].map((share): Point => {
      const off = base + random.between(-1, 1) * Math.min(6, across * 0.05);
      return along ? [share * length, off] : [off, share * length];
    });
    d += `M${n((points[0] as Point)[0])} ${n((points[0] as Point)[1])}${curveThrough(points)}`;
  }
  c.line(d, tone(colour, -0.35), 1.6, 'opacity=".28"');
}

export type Profile = Point[];

export interface LatheOptions {
  x?: number;
  y?: number;
  z?: number;
  finish?: 'matte' | 'ceramic' | 'metal' | 'glass' | 'wood';
  /** Open at the top: wall thickness in units; the inside is drawn. */
  wall?: number;
  inside?: string;
  /** Something in the vessel: colour and depth below the rim. */
  content?: { colour: string; depth: number };
  sharp?: boolean;
  opacity?: number;
  cap?: string;
  /** A strip around a body: no lid of its own. */
  band?: boolean;
}

/** Points along the profile close enough that the outline can be computed from neighbours. */
function densify(profile: Profile, sharp: boolean): Profile {
  const steps = sharp ? 4 : 8;
  const out: Profile = [];
  for (let i = 0; i < profile.length - 1; i += 1) {
    const p1 = profile[i] as Point;
    const p2 = profile[i + 1] as Point;
    const p0 = profile[i - 1] ?? p1;
    const p3 = profile[i + 2] ?? p2;
    for (let step = 0; step < steps; step += 1) {
      const t = step / steps;
      const blend = (k: 0 | 1): number =>
        sharp
          ? p1[k] + (p2[k] - p1[k]) * t
          : 0.5 *
            (2 * p1[k] +
              (p2[k] - p0[k]) * t +
              (2 * p0[k] - 5 * p1[k] + 4 * p2[k] - p3[k]) * t * t +
              (3 * p1[k] - p0[k] - 3 * p2[k] + p3[k]) * t ** 3);
      out.push([Math.max(0, blend(0)), blend(1)]);
    }
  }
  out.push(profile[profile.length - 1] as Point);
  return out;
}

/** A turned body: profile of [radius, height] from the base up. */
export function lathe(c: Canvas, cam: Camera, profile: Profile, colour: string, options: LatheOptions = {}): void {
  const k = Math.sin(cam.pitch);
  const at = (height: number) => project(cam, [options.x ?? 0, (options.y ?? 0) + height, options.z ?? 0]);
  const finish = options.finish ?? 'matte';
  const dense = densify(profile, options.sharp ?? false);
  // The outline runs where the surface turns away from the eye: at sin(angle) = r' tan(pitch) on each ring. Rings with no
  // such point lie wholly inside the outline of their neighbours.
  const rings: { r: number; height: number; sin: number }[] = [];
  dense.forEach(([r, height], index) => {
    const before = dense[Math.max(0, index - 1)] as Point;
    const after = dense[Math.min(dense.length - 1, index + 1)] as Point;
    const rise = after[1] - before[1];
    const slope = rise === 0 ? Math.sign(after[0] - before[0]) * 9 : (after[0] - before[0]) / rise;
    const sin = slope * Math.tan(cam.pitch);
    const edge = index === dense.length - 1;
    if (Math.abs(sin) < 0.985 || edge) rings.push({ r, height, sin: Math.max(-0.985, Math.min(0.985, sin)) });
  });
  const side = (sign: number, scale = 1): Point[] =>
    rings.map(({ r, height, sin }) => {
      const [x, y] = at(height);
      return [x + sign * r * scale * Math.sqrt(1 - sin * sin), y + r * sin * k];
    });
  const run = (points: Point[]) =>
    points
      .slice(1)
      .map((point) => `L${n(point[0])} ${n(point[1])}`)
      .join('');
  const [bottomR, bottomH] = [(rings[0] as (typeof rings)[0]).r, (rings[0] as (typeof rings)[0]).height];
  const [topR, topH] = profile[profile.length - 1] as Point;
  const left = side(-1);
  const right = side(1).reverse();
  const first = left[0] as Point;
  const arc = (r: number, to: Point, large: boolean) =>
    r > 0.5 ? `A${n(r)} ${n(r * k)} 0 ${large ? 1 : 0} 1 ${n(to[0])} ${n(to[1])}` : '';
  const top = rings[rings.length - 1] as (typeof rings)[0];
  const body = `M${n(first[0])} ${n(first[1])}${run(left)}${arc(topR, right[0] as Point, top.sin > 0)}${run(right)}${arc(bottomR, first, (rings[0] as typeof top).sin < 0)}Z`;
  const alpha = options.opacity === undefined ? '' : `opacity="${options.opacity}"`;
  c.path(body, c.linear(stopsFor(finish, colour), 0, 0, 1, 0), alpha);
  if (finish === 'wood')
    c.clipped(body, () => {
      const widest = Math.max(...profile.map(([r]) => r));
      c.group(`transform="translate(${n(at(topH)[0] - widest)} ${n(at(topH)[1])})"`, () =>
        grain(c, widest * 2, at(bottomH)[1] - at(topH)[1] + bottomR * k, 7, colour),
      );
    });
  if (finish !== 'glass')
    c.path(
      body,
      c.linear([
        [0, '#fff', 0.1],
        [0.5, '#fff', 0],
        [0.82, '#1a1420', 0],
        [1, '#1a1420', 0.2],
      ]),
    );
  if (finish === 'ceramic' || finish === 'glass' || finish === 'metal') {
    const inner = side(-1, finish === 'metal' ? 0.66 : 0.72).slice(0);
    const outer = side(-1, finish === 'metal' ? 0.54 : 0.58).reverse();
    const strip = `M${n((inner[0] as Point)[0])} ${n((inner[0] as Point)[1])}${run(inner)}L${n((outer[0] as Point)[0])} ${n((outer[0] as Point)[1])}${run(outer)}Z`;
    c.clipped(body, () =>
      c.path(
        strip,
        c.linear([
          [0, '#fff', 0.1],
          [0.15, '#fff', 0.55],
          [0.7, '#fff', 0.3],
          [1, '#fff', 0],
        ]),
      ),
    );
    c.clipped(body, () => {
      const a = side(1, 0.95);
      const b = side(1, 0.9).reverse();
      c.path(
        `M${n((a[0] as Point)[0])} ${n((a[0] as Point)[1])}${run(a)}L${n((b[0] as Point)[0])} ${n((b[0] as Point)[1])}${run(b)}Z`,
        '#fff',
        'opacity=".22"',
      );
    });
  }
  const [cx, cy] = at(topH);
  if (options.wall !== undefined) {
    const innerR = Math.max(1, topR - options.wall);
    c.ellipse(
      cx,
      cy,
      topR,
      topR * k,
      c.linear([
        [0, tone(colour, 0.1)],
        [1, tone(colour, 0.45)],
      ]),
      alpha,
    );
    const inside = options.inside ?? colour;
    const innerFill = c.linear(
      [
        [0, tone(inside, -0.42)],
        [0.55, tone(inside, -0.2)],
        [1, tone(inside, -0.04)],
      ],
      0,
      0,
      0.5,
      1,
    );
    c.ellipse(
      cx,
      cy + options.wall * k * 0.3,
      innerR,
      innerR * k,
      innerFill,
      finish === 'glass' ? 'opacity=".35"' : '',
    );
    if (options.content) {
      const clip = c.clip(
        `<ellipse cx="${n(cx)}" cy="${n(cy + options.wall * k * 0.3)}" rx="${n(innerR)}" ry="${n(innerR * k)}"/>`,
      );
      const { colour: liquid, depth } = options.content;
      c.group(`clip-path="${clip}"`, () =>
        c.ellipse(
          cx,
          cy + depth * Math.cos(cam.pitch),
          innerR * 0.99,
          innerR * k,
          c.linear(
            [
              [0, tone(liquid, -0.15)],
              [1, tone(liquid, 0.12)],
            ],
            0,
            0,
            1,
            1,
          ),
        ),
      );
    }
  } else if (topR > 1 && !options.band) {
    c.ellipse(
      cx,
      cy,
      topR,
      topR * k,
      c.linear(
        [
          [0, tone(options.cap ?? colour, 0.08)],
          [1, tone(options.cap ?? colour, 0.36)],
        ],
        1,
        0,
        0,
        1,
      ),
      alpha,
    );
  }
}

function stopsFor(finish: NonNullable<LatheOptions['finish']>, colour: string): [number, string, number?][] {
  const dark = luminance(colour) < 0.35;
  if (finish === 'metal') {
    return [
      [0, tone(colour, -0.42)],
      [0.08, tone(colour, -0.12)],
      [0.2, tone(colour, 0.62)],
      [0.32, tone(colour, 0.1)],
      [0.55, tone(colour, -0.22)],
      [0.72, tone(colour, 0.08)],
      [0.88, tone(colour, -0.36)],
      [1, tone(colour, -0.1)],
    ];
  }
  if (finish === 'glass') {
    return [
      [0, tone(colour, -0.2), 0.75],
      [0.1, tone(colour, 0.3), 0.42],
      [0.5, tone(colour, 0.5), 0.24],
      [0.88, tone(colour, 0.1), 0.45],
      [1, tone(colour, -0.28), 0.8],
    ];
  }
  return [
    [0, tone(colour, dark ? 0.06 : -0.12)],
    [0.22, tone(colour, dark ? 0.22 : 0.26)],
    [0.5, tone(colour, 0.02)],
    [0.84, tone(colour, -0.24)],
    [1, tone(colour, -0.14)],
  ];
}

/** The part of a profile between two heights, for bands, labels and caps on a turned body. */
export function slice(profile: Profile, from: number, to: number, grow = 0): Profile {
  const radiusAt = (height: number): number => {
    for (let i = 0; i < profile.length - 1; i += 1) {
      const [r0, h0] = profile[i] as Point;
      const [r1, h1] = profile[i + 1] as Point;
      if (height >= h0 && height <= h1) return h1 === h0 ? r1 : r0 + ((r1 - r0) * (height - h0)) / (h1 - h0);
    }
    return (profile[profile.length - 1] as Point)[0];
  };
  const middle = profile.filter(([, h]) => h > from && h < to);
  return ([[radiusAt(from), from], ...middle, [radiusAt(to), to]] as Profile).map(([r, h]) => [r + grow, h]);
}

/** Soft contact shadow of something `w` wide and `d` deep that stands at the origin. */
export function contactShadow(c: Canvas, w: number, d: number, x = 0, y = 0, strength = 1): void {
  const soft = c.radial([
    [0, '#2a1f1c', 0.42 * strength],
    [0.55, '#2a1f1c', 0.2 * strength],
    [1, '#2a1f1c', 0],
  ]);
  const wide = c.radial([
    [0, '#2a1f1c', 0.2 * strength],
    [1, '#2a1f1c', 0],
  ]);
  c.ellipse(x + w * 0.16, y + d * 0.1, w * 0.82, d * 0.95, wide);
  c.ellipse(x + w * 0.02, y, w * 0.56, d * 0.56, soft);
}
