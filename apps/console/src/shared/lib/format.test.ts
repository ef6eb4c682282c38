import { describe, expect, it } from 'vitest';
import { calendarDay, change, compact, compactMoney, money, parseYuan, since, time, yuanInput } from './format.ts';

describe('figures', () => {
  it('shows small figures whole and large ones in 万 and 亿', () => {
    expect([0, 999, 9_999, 10_000, 12_345, 1_234_567, 99_999_999, 123_456_789].map(compact)).toEqual([
      '0',
      '999',
      '9,999',
      '1万',
      '1.23万',
      '123.5万',
      '1亿',
      '1.23亿',
    ]);
  });

  it('keeps the sign of a negative figure', () => {
    expect(compact(-12_345)).toBe('-1.23万');
    expect(money(-150)).toBe('-¥1.50');
  });

  it('keeps fen under ¥10,000 and shortens above', () => {
    expect(compactMoney(999_999)).toBe('¥9,999.99');
    expect(compactMoney(1_000_000)).toBe('¥1万');
    expect(compactMoney(1_234_567_800)).toBe('¥1234.6万');
  });
});

describe('typed amounts', () => {
  it('reads yuan with at most two decimals into fen', () => {
    expect(['0', '12', '12.5', '0.29', '¥1,234.56'].map(parseYuan)).toEqual([0, 1200, 1250, 29, 123_456]);
  });

  it('refuses what is not an amount', () => {
    expect(['', '-1', '1.234', 'abc', '1e3', '12345678901'].map(parseYuan)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('writes fen back the way a person would type it', () => {
    expect([1200, 1250, 5].map(yuanInput)).toEqual(['12', '12.50', '0.05']);
  });
});

describe('times', () => {
  it('shows instants in Shanghai time', () => {
    expect(time('2026-03-01T16:30:00Z')).toBe('2026-03-02 00:30');
    expect(time(null)).toBe('—');
  });

  it('moves calendar days in Shanghai, not in UTC', () => {
    expect(calendarDay(new Date('2026-03-01T17:00:00Z'))).toBe('2026-03-02');
    expect(calendarDay(new Date('2026-03-01T17:00:00Z'), -1)).toBe('2026-03-01');
  });

  it('says how long ago', () => {
    const now = new Date('2026-03-01T12:00:00Z');
    expect(since('2026-03-01T11:59:30Z', now)).toBe('刚刚');
    expect(since('2026-03-01T11:15:00Z', now)).toBe('45 分钟前');
    expect(since('2026-02-28T11:00:00Z', now)).toBe('1 天前');
  });
});

describe('comparison', () => {
  it('gives direction and size', () => {
    expect(change(120, 100)).toEqual({ text: '20.0%', direction: 'up' });
    expect(change(75, 100)).toEqual({ text: '25.0%', direction: 'down' });
    expect(change(100, 100)).toEqual({ text: '持平', direction: 'flat' });
  });

  it('does not invent a percentage from nothing', () => {
    expect(change(5, 0)).toEqual({ text: '无可比', direction: 'none' });
    expect(change(0, 0)).toEqual({ text: '持平', direction: 'flat' });
  });
});
