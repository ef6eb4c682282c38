import type { Canvas } from './canvas.ts';
import type { Family, Subject } from './family.ts';
import { frontCamera } from './space.ts';
import { type Ground, leafShadow, room, windowLight } from './stage.ts';

/** The goods where they are used, with two or three props. */
export function dressScene(c: Canvas, family: Family, subject: Subject, ground: Ground): void {
  const h = c.height;
  room(c, ground, h * 0.62);
  windowLight(c, 120, 60, 380, 480);
  leafShadow(c, 760, 40, 420, subject.seed);
  const flat = family.stand === 'flat';
  c.move(500, flat ? h * 0.6 : h * 0.84, 0.86, () => family.draw(c, subject, frontCamera));
}
