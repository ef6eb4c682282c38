/** Pure rules: which day's activity is due now, and when the next begins. */
import { dayMs, hourMs, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';

export interface DailyTimes {
  startsMinute: number;
  runsHours: number;
}
export interface Occurrence {
  day: string;
  startsAt: Date;
  endsAt: Date;
}

function occurrenceOf({ startsMinute, runsHours }: DailyTimes, day: string): Occurrence {
  const startsAt = new Date(startOfShanghaiDay(day).getTime() + startsMinute * minuteMs);
  return { day, startsAt, endsAt: new Date(startsAt.getTime() + runsHours * hourMs) };
}

/**
 * The one that should be running now, if any: today's, or yesterday's that runs past midnight. A worker that was away makes
 * it late with its own hours; one whose hours are over is never made.
 */
export function dueOccurrence(times: DailyTimes, now: Date): Occurrence | undefined {
  return [now, new Date(now.getTime() - dayMs)]
    .map((at) => occurrenceOf(times, shanghaiDay(at)))
    .find(({ startsAt, endsAt }) => startsAt <= now && now < endsAt);
}

export function nextStart(times: DailyTimes, now: Date): Date {
  const today = occurrenceOf(times, shanghaiDay(now)).startsAt;
  return today > now ? today : occurrenceOf(times, shanghaiDay(new Date(now.getTime() + dayMs))).startsAt;
}

export const minuteOf = (at: string): number => Number(at.slice(0, 2)) * 60 + Number(at.slice(3));
export const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
