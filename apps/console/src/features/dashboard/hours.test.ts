import { expect, it } from 'vitest';
import { cumulate, hourOf } from './hours.ts';

it('adds up the day and stops today at the current hour', () => {
  const hours = [
    { hour: 0, today: 100, yesterday: 50 },
    { hour: 1, today: 200, yesterday: 0 },
    { hour: 2, today: 0, yesterday: 25 },
  ];
  expect(cumulate(hours, 1)).toEqual([
    { hour: 0, today: 100, yesterday: 50 },
    { hour: 1, today: 300, yesterday: 50 },
    { hour: 2, today: null, yesterday: 75 },
  ]);
});

it('counts hours in Shanghai', () => {
  expect(hourOf('2026-03-01T15:59:00Z')).toBe(23);
  expect(hourOf('2026-03-01T16:00:00Z')).toBe(0);
});
