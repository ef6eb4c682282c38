import { expect, it } from 'vitest';
import { countdownParts } from './countdown-text.ts';
import { dayText, timeText } from './day-text.ts';

it('counts down to zero and not past it', () => {
  expect(countdownParts(872_000)).toEqual({ days: 0, hours: '00', minutes: '14', seconds: '32' });
  expect(countdownParts(90_061_000)).toEqual({ days: 1, hours: '01', minutes: '01', seconds: '01' });
  expect(countdownParts(-5)).toEqual({ days: 0, hours: '00', minutes: '00', seconds: '00' });
  expect(countdownParts(1)).toMatchObject({ seconds: '01' });
});

it('says days in the shop’s time zone, whatever the phone’s', () => {
  const now = Date.parse('2026-11-22T16:30:00Z'); // 00:30 on the 23rd in Shanghai
  expect(dayText('2026-11-22T16:00:00Z', now)).toBe('今天');
  expect(dayText('2026-11-22T15:59:00Z', now)).toBe('昨天');
  expect(dayText('2026-03-01T00:00:00Z', now)).toBe('3月1日');
  expect(dayText('2025-12-31T17:00:00Z', now)).toBe('1月1日');
  expect(dayText('2025-12-31T15:00:00Z', now)).toBe('2025年12月31日');
  expect(timeText('2026-11-22T16:05:00Z', now)).toBe('今天 00:05');
});
