import type { Canvas, Point } from './canvas.ts';
import type { Cloth } from './cloth.ts';
import type { Camera } from './space.ts';

/** What a shape is drawn from: its colour, cloth and the seed of its small differences. */
export interface Subject extends Cloth {
  seed: number;
  title: string;
  view: 'front' | 'angle';
}

/**
 * A shape. It is drawn around the origin, which is the middle of its foot; it reaches about 330 to each side and 640 up.
 * `flat` shapes lie on a surface seen from above and are drawn around the origin in all directions.
 */
export interface Family {
  stand: 'table' | 'floor' | 'flat' | 'wall';
  scene: Scene;
  draw(c: Canvas, subject: Subject, cam: Camera): void;
  /** Where a close-up looks, in the shape's own coordinates. */
  focus: Point;
}
export type Scene = 'kitchen' | 'living' | 'bedroom' | 'bath' | 'desk' | 'outdoor' | 'floor' | 'tea';
export type Families = Record<string, Family>;

export const shape = (stand: Family['stand'], scene: Scene, focus: Point, draw: Family['draw']): Family => ({
  stand,
  scene,
  focus,
  draw,
});
