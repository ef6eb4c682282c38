import { describe, expect, it } from 'vitest';
import { dueOccurrence, minuteOf, nextStart, timeOf } from './group-buy.daily.domain.ts';

describe('daily occurrences', () => {
  const ten = { startsMinute: 600, runsHours: 4 };
  it.each([
    ['2026-11-30T09:59:59+08:00', undefined],
    ['2026-11-30T10:00:00+08:00', '2026-11-30'],
    ['2026-11-30T13:59:59+08:00', '2026-11-30'],
    ['2026-11-30T14:00:00+08:00', undefined],
  ])('C08-COM-04 at %s the one that is due is of %s', (now, day) => {
    expect(dueOccurrence(ten, new Date(now))?.day).toBe(day);
  });

  it('runs past midnight as yesterday’s, and a whole day joins the next', () => {
    const late = { startsMinute: 22 * 60, runsHours: 6 };
    expect(dueOccurrence(late, new Date('2026-12-01T03:00:00+08:00'))).toEqual({
      day: '2026-11-30',
      startsAt: new Date('2026-11-30T22:00:00+08:00'),
      endsAt: new Date('2026-12-01T04:00:00+08:00'),
    });
    const whole = { startsMinute: 0, runsHours: 24 };
    expect(dueOccurrence(whole, new Date('2026-12-01T00:00:00+08:00'))?.day).toBe('2026-12-01');
  });

  it('says when the next one begins', () => {
    expect(nextStart(ten, new Date('2026-11-30T09:00:00+08:00'))).toEqual(new Date('2026-11-30T10:00:00+08:00'));
    expect(nextStart(ten, new Date('2026-11-30T10:00:00+08:00'))).toEqual(new Date('2026-12-01T10:00:00+08:00'));
    expect([minuteOf('07:05'), timeOf(425)]).toEqual([425, '07:05']);
  });
});
