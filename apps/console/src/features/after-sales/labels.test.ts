import { expect, it } from 'vitest';
import { leftText } from './labels.ts';

it('says how long a step still lasts, and when it is over', () => {
  const now = new Date('2026-11-22T00:00:00Z');
  const after = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();
  expect(leftText(after(2 * 1_440 + 185), now)).toBe('剩 2 天 3 小时');
  expect(leftText(after(185), now)).toBe('剩 3 小时 5 分');
  expect(leftText(after(5), now)).toBe('剩 5 分钟');
  expect(leftText(after(0), now)).toBe('已到期');
});
