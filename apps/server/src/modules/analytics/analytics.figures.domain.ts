/** Days, hours of the day and plays out of the figures of hours. Pure. */
import type { Dashboard } from '@xiaopu/contracts/console';
import { dayMs, hourMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { HourFigures, Play, Sold } from '../orders/index.ts';

export interface DayFigures {
  day: string;
  gmv: number;
  orders: number;
  payers: number;
  refunds: number;
}

export const sparkDays = 14;
/** Of plays and best sellers: the last days, today included. */
export const weekDays = 7;
export const bestSellerCount = 8;

/** The beginning of the Shanghai day so many days ago. */
export const dayStart = (now: Date, back: number): Date =>
  startOfShanghaiDay(shanghaiDay(new Date(now.getTime() - back * dayMs)));
export const hourStart = (at: Date): Date => new Date(Math.floor(at.getTime() / hourMs) * hourMs);

/** The last `days` days, oldest first, today last; quiet days are zeros. */
export function daysOf(hours: readonly HourFigures[], now: Date, days: number): DayFigures[] {
  const byDay = new Map<string, DayFigures>();
  for (let back = days - 1; back >= 0; back -= 1) {
    const day = shanghaiDay(dayStart(now, back));
    byDay.set(day, { day, gmv: 0, orders: 0, payers: 0, refunds: 0 });
  }
  for (const { hour, gmv, orders, newPayers, refunds } of hours) {
    const day = byDay.get(shanghaiDay(hour));
    if (!day) continue;
    day.gmv += gmv;
    day.orders += orders;
    day.payers += newPayers;
    day.refunds += refunds;
  }
  return [...byDay.values()];
}

/**
 * A day as it stood at this time of day: what a day that is not over can fairly be compared with.
 * @param begun what that day's hour, which is now half over, had brought by then
 */
export function daySoFar(
  hours: readonly HourFigures[],
  begun: readonly HourFigures[],
  now: Date,
  back: number,
): DayFigures {
  const untilHour = hourStart(new Date(now.getTime() - back * dayMs));
  const before = [...hours.filter(({ hour }) => hour < untilHour), ...begun];
  return daysOf(before, untilHour, 1)[0] as DayFigures;
}

/** 24 hours, today beside yesterday. */
export function hoursOfDay(hours: readonly HourFigures[], now: Date): Dashboard['byHour'] {
  const [today, yesterday] = [dayStart(now, 0).getTime(), dayStart(now, 1).getTime()];
  const table = Array.from({ length: 24 }, (_, hour) => ({ hour, today: 0, yesterday: 0 }));
  for (const { hour, gmv } of hours) {
    const since = (start: number) => Math.floor((hour.getTime() - start) / hourMs);
    const [ofToday, ofYesterday] = [table[since(today)], table[since(yesterday)]];
    if (ofToday) ofToday.today += gmv;
    else if (ofYesterday) ofYesterday.yesterday += gmv;
  }
  return table;
}

/** By how it was sold, the largest first; freight stands apart, so that the parts sum to what was paid. */
export function playsOf(hours: readonly HourFigures[], from: Date): Dashboard['byPlay'] {
  const sums = new Map<Play | 'freight', { gmv: number; orders: number }>();
  const add = (play: Play | 'freight', gmv: number, orders: number) => {
    const sum = sums.get(play) ?? { gmv: 0, orders: 0 };
    sums.set(play, { gmv: sum.gmv + gmv, orders: sum.orders + orders });
  };
  for (const { hour, gmv, plays } of hours) {
    if (hour < from) continue;
    let ofLines = 0;
    for (const [play, figures] of Object.entries(plays) as [Play, { gmv: number; orders: number }][]) {
      add(play, figures.gmv, figures.orders);
      ofLines += figures.gmv;
    }
    add('freight', gmv - ofLines, 0);
  }
  return [...sums]
    .map(([play, figures]) => ({ play, ...figures }))
    .filter(({ gmv }) => gmv > 0)
    .sort((a, b) => b.gmv - a.gmv || (a.play < b.play ? -1 : 1));
}

/** What sold most of two spans together. @param recent the later one: its title and picture are shown */
export function mostSold(earlier: readonly Sold[], recent: readonly Sold[], count: number): Sold[] {
  const sums = new Map(earlier.map((sold) => [sold.spuId, sold]));
  for (const sold of recent) {
    const { units = 0, sales = 0 } = sums.get(sold.spuId) ?? {};
    sums.set(sold.spuId, { ...sold, units: units + sold.units, sales: sales + sold.sales });
  }
  return [...sums.values()]
    .sort((a, b) => b.units - a.units || b.sales - a.sales || (a.spuId < b.spuId ? -1 : 1))
    .slice(0, count);
}
