import { describe, expect, it } from 'vitest';
import { createApiLine, createWindow, nextLevel } from './lines.ts';

const lines = { yellow: 600, red: 800 };

describe('red and yellow lines', () => {
  it.each([
    ['green', 600, 'green'],
    ['green', 601, 'yellow'],
    ['green', 801, 'red'],
    ['yellow', 800, 'yellow'],
    ['yellow', 801, 'red'],
    ['red', 800, 'red'],
    ['red', 720, 'red'],
    ['red', 719, 'yellow'],
    ['red', 100, 'green'],
    ['yellow', 540, 'yellow'],
    ['yellow', 539, 'green'],
  ] as const)('C09-KPI-05 %s at %i ms is %s', (from, value, to) => {
    expect(nextLevel(from, value, lines)).toBe(to);
  });

  let at = Date.parse('2026-11-22T00:00:00Z');
  const open = () => createApiLine({ policies: { get: ({ defaultValue }) => defaultValue }, now: () => at });

  it('C09-KPI-05 p95 of 801 ms over five minutes is a red alert, 800 ms is not', () => {
    for (const [ms, to] of [
      [801, 'red'],
      [800, 'yellow'],
    ] as const) {
      const line = open();
      for (let second = 0; second < 300; second += 1) {
        at += 1_000;
        line.add(second % 10 === 0 ? ms : 5);
      }
      expect(line.look()).toEqual({ from: 'green', to, value: ms });
      expect(line.look()).toBeUndefined();
    }
  });

  it('C09-KPI-06 a value that flaps near the line makes one alert and one recovery', () => {
    const line = open();
    const told: string[] = [];
    const minutes = [810, 790, 805, 795, 820, 780, 300, 310];
    for (const ms of minutes) {
      // Six quiet minutes between, so that each value stands alone in its window.
      at += 360_000;
      for (let count = 0; count < 100; count += 1) line.add(ms);
      const change = line.look();
      if (change) told.push(`${change.from}→${change.to}`);
    }
    expect(told).toEqual(['green→red', 'red→green']);
  });

  it('forgets what is older than five minutes, and says nothing of a handful', () => {
    const window = createWindow(() => at);
    for (let count = 0; count < 19; count += 1) window.add(1_000);
    expect(window.p95()).toBeUndefined();
    window.add(9_999);
    expect(window.p95()).toBe(1_000);
    at += 310_000;
    expect(window.p95()).toBeUndefined();
    for (let count = 0; count < 20; count += 1) window.add(3.2);
    expect(window.p95()).toBe(4);
  });
});
