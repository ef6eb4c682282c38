/** Pure rules of a member day: on which days it runs, and how it is said. */
import { dayMs, shanghaiDay } from '#platform/clock.ts';

export interface DayRule {
  dayId: string;
  shopId: string;
  name: string;
  payRate: number;
  tiers: string[];
  spuIds: string[];
  monthDays: number[];
  weekdays: number[];
  startsAt: Date;
  endsAt: Date;
  paused: boolean;
  updatedBy: string;
}

/** How far ahead the next day is looked for: every day of a month comes within two months. */
const horizonDays = 62;
const weekNames = ['一', '二', '三', '四', '五', '六', '日'];

const midnight = (day: string): Date => new Date(`${day}T00:00:00+08:00`);

/** `day`: 2026-11-08. */
export function isNamedDay({ monthDays, weekdays }: Pick<DayRule, 'monthDays' | 'weekdays'>, day: string): boolean {
  if (monthDays.length === 0 && weekdays.length === 0) return true;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  return monthDays.includes(Number(day.slice(8))) || weekdays.includes(weekday);
}

export const isRunning = (rule: DayRule, now: Date): boolean =>
  !rule.paused && rule.startsAt <= now && now < rule.endsAt && isNamedDay(rule, shanghaiDay(now));

/** The part of the calendar it runs in now, or next. */
export function nextWindow(rule: DayRule, now: Date): { startsAt: Date; endsAt: Date } | undefined {
  if (rule.paused) return undefined;
  const from = Math.max(now.getTime(), rule.startsAt.getTime());
  for (let ahead = 0; ahead < horizonDays; ahead += 1) {
    const day = shanghaiDay(new Date(from + ahead * dayMs));
    if (!isNamedDay(rule, day)) continue;
    const startsAt = new Date(Math.max(midnight(day).getTime(), rule.startsAt.getTime()));
    const endsAt = new Date(Math.min(midnight(day).getTime() + dayMs, rule.endsAt.getTime()));
    return startsAt < endsAt && endsAt > now ? { startsAt, endsAt } : undefined;
  }
  return undefined;
}

/** Every run of days it names in a time; days that follow each other are one window. */
export function windowsWithin(
  rule: Pick<DayRule, 'monthDays' | 'weekdays' | 'startsAt' | 'endsAt'>,
  from: Date,
  until: Date,
): { startsAt: Date; endsAt: Date }[] {
  const [first, last] = [
    Math.max(from.getTime(), rule.startsAt.getTime()),
    Math.min(until.getTime(), rule.endsAt.getTime()),
  ];
  const windows: { startsAt: Date; endsAt: Date }[] = [];
  for (let at = midnight(shanghaiDay(new Date(first))).getTime(); at < last; at += dayMs) {
    if (!isNamedDay(rule, shanghaiDay(new Date(at)))) continue;
    const [startsAt, endsAt] = [new Date(Math.max(at, first)), new Date(Math.min(at + dayMs, last))];
    const before = windows.at(-1);
    if (before?.endsAt.getTime() === startsAt.getTime()) before.endsAt = endsAt;
    else windows.push({ startsAt, endsAt });
  }
  return windows;
}

export function textOf({
  payRate,
  monthDays,
  weekdays,
  spuIds,
}: Pick<DayRule, 'payRate' | 'monthDays' | 'weekdays' | 'spuIds'>): string {
  const days = [
    ...(monthDays.length > 0 ? [`每月 ${[...monthDays].sort((a, b) => a - b).join('、')} 日`] : []),
    ...(weekdays.length > 0
      ? [
          `每周${[...weekdays]
            .sort((a, b) => a - b)
            .map((day) => weekNames[day - 1])
            .join('、')}`,
        ]
      : []),
  ];
  return `${days.length > 0 ? days.join('和') : '活动期间'}${spuIds.length > 0 ? '部分商品' : '全店'} ${payRate / 1_000} 折`;
}

export const runsFor = (rule: DayRule, { shopId, spuId }: { shopId: string; spuId: string }): boolean =>
  rule.shopId === shopId && (rule.spuIds.length === 0 || rule.spuIds.includes(spuId));
