import type { Canvas } from './canvas.ts';
import { type Extent, extents } from './extents.ts';
import { familyOf } from './families/index.ts';
import type { Subject } from './family.ts';
import { angleCamera, type Camera, frontCamera } from './space.ts';
import { propSubject } from './subject.ts';

export interface Frame {
  /** Middle of the shape, left to right. */
  x: number;
  /** Where it stands; or, with `middle`, its middle from top to bottom. */
  bottom?: number;
  middle?: number;
  w: number;
  h: number;
  /** How far a small shape may be enlarged. */
  most?: number;
  turn?: number;
}

/** Draws a shape so that its body, shadow aside, fits the frame. */
export function drawIn(c: Canvas, name: string, subject: Subject, frame: Frame, cam?: Camera): void {
  const family = familyOf(name);
  const [left, top, right, bottom]: Extent = extents[name]?.[subject.view] ?? [-320, -600, 320, 0];
  const scale = Math.min(frame.w / (right - left), frame.h / (bottom - top), frame.most ?? 1.5);
  const x = frame.x - ((left + right) / 2) * scale;
  const y =
    frame.bottom !== undefined ? frame.bottom - bottom * scale : (frame.middle ?? 500) - ((top + bottom) / 2) * scale;
  const camera = cam ?? (subject.view === 'front' ? frontCamera : angleCamera);
  c.move(
    x,
    y,
    scale,
    () => family.draw(c, subject, camera),
    frame.turn ? ` rotate(${frame.turn} 0 ${(top + bottom) / 2})` : '',
  );
}

/** A prop by name, colour and height on the picture. */
export function prop(
  c: Canvas,
  name: string,
  colour: string,
  x: number,
  bottom: number,
  h: number,
  title = '',
  pattern = 'plain',
  accent?: string,
): void {
  drawIn(c, name, propSubject(colour, title, pattern, accent), { x, bottom, w: h * 2.6, h, most: 3 });
}
