import { describe, expect, it } from 'vitest';
import { daysOf, moved, place, spanOf } from './timeline.ts';

describe('the calendar’s timeline', () => {
  it('shows whole months and weeks from Monday, over years and leap days', () => {
    expect(spanOf('2028-02-10', 'month')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
    expect(spanOf('2026-11-29', 'week')).toEqual({ from: '2026-11-23', to: '2026-11-29' });
    expect(moved(spanOf('2026-12-15', 'month'), 'month', 1)).toEqual({ from: '2027-01-01', to: '2027-01-31' });
    expect(moved(spanOf('2026-11-23', 'week'), 'week', -1)).toEqual({ from: '2026-11-16', to: '2026-11-22' });
    expect(
      daysOf(spanOf('2026-11-23', 'week'))
        .map(({ weekday }) => weekday)
        .join(''),
    ).toBe('一二三四五六日');
  });

  it('places bars by Shanghai days, cut at the edges, never too small to hit', () => {
    const span = { from: '2026-11-01', to: '2026-11-10' };
    const day = { startsAt: '2026-11-01T16:00:00Z', endsAt: '2026-11-02T16:00:00Z' }; // the 2nd in Shanghai
    expect(place(day, span)).toEqual({ left: 10, width: 10, isCutLeft: false, isCutRight: false });
    expect(place({ startsAt: '2026-10-01T00:00:00Z', endsAt: '2026-12-01T00:00:00Z' }, span)).toEqual({
      ...{ left: 0, width: 100, isCutLeft: true, isCutRight: true },
    });
    expect(place({ startsAt: '2026-11-10T15:59:00Z', endsAt: '2026-11-10T16:00:00Z' }, span)?.left).toBeLessThan(100);
    expect(place({ startsAt: '2026-11-10T16:00:00Z', endsAt: '2026-11-11T16:00:00Z' }, span)).toBeNull();
  });
});
