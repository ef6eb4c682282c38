import { expect, it } from 'vitest';
import { figure, fill, lasted, spread } from './words.ts';

it('shows figures with their unit, small ones exactly', () => {
  expect([figure(1234.4, '毫秒'), figure(0.25, '秒'), figure(3, '条')]).toEqual(['1,234 毫秒', '0.3 秒', '3 条']);
});

it('says how long an alert lasted, or lasts', () => {
  const openedAt = '2026-11-22T00:00:00Z';
  const now = new Date('2026-11-22T02:05:00Z');
  expect(lasted({ openedAt, recoveredAt: '2026-11-22T00:00:20Z' }, now)).toBe('1 分钟');
  expect(lasted({ openedAt, recoveredAt: null }, now)).toBe('2 小时 5 分钟');
  expect(lasted({ openedAt, recoveredAt: '2026-11-23T04:00:00Z' }, now)).toBe('1 天 4 小时');
});

it('fills the bar up to the red line, and spreads slow calls by network', () => {
  expect([fill({ value: null, red: 800 }), fill({ value: 400, red: 800 }), fill({ value: 9_000, red: 800 })]).toEqual([
    0, 50, 100,
  ]);
  expect(spread({ wifi: 3, '4g': 12, '': 1 })).toBe('4G 12 · WiFi 3 · 未知 1');
});
