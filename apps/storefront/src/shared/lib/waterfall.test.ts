import { expect, it } from 'vitest';
import { cardHeight, emptyColumns, pictureRatio, placeCards } from './waterfall.ts';

const heights = (count: number, seed: number): number[] =>
  Array.from({ length: count }, (_, at) => 180 + (((at + 1) * 7919 * seed) % 140));

it('C04-TECH-03 keeps two columns within one card of each other, whatever the heights', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const cards = heights(57, seed);
    const columns = placeCards(emptyColumns<number>(), cards, (height) => height);
    expect(Math.abs(columns.leftHeight - columns.rightHeight)).toBeLessThanOrEqual(Math.max(...cards));
    expect(columns.left.length + columns.right.length).toBe(57);
  }
});

it('C04-TECH-03 never moves a placed card when the next page comes', () => {
  const cards = heights(60, 3).map((height, at) => ({ at, height }));
  const columns = placeCards(emptyColumns<(typeof cards)[number]>(), cards.slice(0, 20), (card) => card.height);
  const before = { left: columns.left.map((card) => card.at), right: columns.right.map((card) => card.at) };
  placeCards(columns, cards.slice(20), (card) => card.height);
  expect(columns.left.slice(0, before.left.length).map((card) => card.at)).toEqual(before.left);
  expect(columns.right.slice(0, before.right.length).map((card) => card.at)).toEqual(before.right);
  const whole = placeCards(emptyColumns<(typeof cards)[number]>(), cards, (card) => card.height);
  expect(columns.left).toEqual(whole.left);
});

it('starts at the left, so that the strongest card is at the upper left', () => {
  const columns = placeCards(emptyColumns<string>(), ['a', 'b', 'c'], () => 100);
  expect(columns.left).toEqual(['a', 'c']);
  expect(columns.right).toEqual(['b']);
});

it('counts a second title line and a tag row into the height', () => {
  const picture = { width: 100, height: 100 };
  const low = cardHeight({ title: '短标题', picture, tags: [] }, 180);
  const high = cardHeight({ title: '一个怎么也放不进一行里的很长很长的标题', picture, tags: ['hot'] }, 180);
  expect(high - low).toBe(20 + 22);
});

it('keeps very tall, very flat and unknown pictures in a sane box', () => {
  expect(pictureRatio({ width: 100, height: 900 })).toBe(1.34);
  expect(pictureRatio({ width: 900, height: 100 })).toBe(0.75);
  expect(pictureRatio({ width: 0, height: 0 })).toBe(1);
});
