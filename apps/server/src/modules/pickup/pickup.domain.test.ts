import { describe, expect, it } from 'vitest';
import { dayMs, hourMs } from '#platform/clock.ts';
import {
  codeOfNumber,
  codeText,
  dayText,
  expiryOf,
  openingHours,
  readCode,
  windowsOf,
  windowText,
} from './pickup.domain.ts';

const rules = { prepareMinutes: 60, windowMinutes: 60, daysAhead: 1 };
/** 10:20 in Shanghai. */
const now = new Date('2026-11-30T02:20:00Z');

describe('windows of a store', () => {
  it('C01-TRD-07 begin after the time to prepare and end within opening hours, today and the days ahead', () => {
    const windows = windowsOf('09:00–21:30', now, rules);
    expect(windows[0]).toEqual({ from: new Date('2026-11-30T04:00:00Z'), until: new Date('2026-11-30T05:00:00Z') });
    expect(windows.filter(({ from }) => from < new Date('2026-11-30T16:00:00Z')).at(-1)?.until).toEqual(
      new Date('2026-11-30T13:00:00Z'),
    );
    expect(windows.at(-1)?.until).toEqual(new Date('2026-12-01T13:00:00Z'));
    expect(windows.every(({ from, until }) => until.getTime() - from.getTime() === hourMs)).toBe(true);
    expect(windowText(windows[0] as (typeof windows)[0], now)).toBe('今天 12:00–13:00');
  });

  it('late in the evening only tomorrow is left', () => {
    const [first] = windowsOf('09:00–21:30', new Date('2026-11-30T13:00:00Z'), rules);
    expect(first?.from).toEqual(new Date('2026-12-01T01:00:00Z'));
    expect(dayText(new Date('2026-12-04T03:00:00Z'), now)).toBe('12/4 周五');
  });

  it.each([
    ['09:00–21:30', 540, 1290],
    ['8:00-24:00', 480, 1440],
    ['全天', 540, 1260],
    ['22:00–06:00', 540, 1260],
  ])('reads %s', (hours, opens, closes) => {
    expect(openingHours(hours)).toEqual({ opens, closes });
  });
});

describe('codes and expiry', () => {
  it('reads what was scanned or typed, and nothing else', () => {
    const digits = codeOfNumber(12_345_678_901_234n);
    expect(digits).toBe('5678901234');
    expect(codeOfNumber(7n)).toBe('0000000007');
    for (const text of [digits, codeText(digits), '5678 901 234', '5678-901-234']) expect(readCode(text)).toBe(digits);
    for (const text of ['567890123', '56789012345', 'abc', 'xp-other:5678901234'])
      expect(readCode(text)).toBeUndefined();
  });

  it('waits from the end of the window, or from when it was ready', () => {
    const until = new Date('2026-11-30T05:00:00Z');
    expect(expiryOf(until, now, 3)).toEqual(new Date(until.getTime() + 3 * dayMs));
    const late = new Date('2026-12-02T05:00:00Z');
    expect(expiryOf(until, late, 3)).toEqual(new Date(late.getTime() + 3 * dayMs));
  });
});
