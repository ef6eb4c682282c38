import { colourOf } from '../colours.ts';
import type { DemoSpu } from '../types.ts';
import type { Subject } from './family.ts';

/** What a shape is drawn from when a product is shown in one of its colours. */
export function subjectOf(spu: DemoSpu, colourName: string, view: Subject['view'] = 'front'): Subject {
  const { look } = spu;
  const colour = colourOf(colourName);
  const other = look.colours.find((name) => name !== colourName) ?? colourName;
  return { colour, accent: colourOf(other), pattern: look.pattern, seed: look.seed, title: spu.title, view };
}

/** A shape used as a prop: no product behind it. */
export const propSubject = (colour: string, title = '', pattern = 'plain', accent = colour): Subject => ({
  colour,
  accent,
  pattern,
  seed: 7,
  title,
  view: 'front',
});
