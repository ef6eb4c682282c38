import { expect, it } from 'vitest';
import { endsOpen, moveSwipe, startSwipe } from './swipe.ts';

const width = 72;
const drag = (from: number, ...steps: [number, number][]) =>
  steps.reduce((swipe, [x, y]) => moveSwipe(swipe, x, y, width), startSwipe(200, 100, from));

it('C05-UI-05 follows a finger that goes left and opens past a third', () => {
  expect(drag(0, [180, 101]).offset).toBe(-20);
  expect(endsOpen(drag(0, [177, 100]), width)).toBe(false);
  expect(endsOpen(drag(0, [175, 100]), width)).toBe(true);
});

it('stays still for a finger that scrolls, even when it turns left later', () => {
  const scrolling = drag(0, [198, 120], [120, 140]);
  expect(scrolling).toMatchObject({ axis: 'y', offset: 0 });
  expect(endsOpen(scrolling, width)).toBe(false);
});

it('ignores a trembling finger', () => {
  expect(drag(0, [195, 103])).toMatchObject({ axis: 'unknown', offset: 0 });
});

it('never goes right of its place and only stretches past its end', () => {
  expect(drag(0, [260, 100]).offset).toBe(0);
  expect(drag(0, [200 - 72 - 40, 100]).offset).toBe(-82);
});

it('closes an open row when it is pushed back a third', () => {
  expect(endsOpen(drag(-72, [220, 100]), width)).toBe(true);
  expect(endsOpen(drag(-72, [226, 100]), width)).toBe(false);
  expect(endsOpen(startSwipe(0, 0, -72), width)).toBe(true);
});
