/** When a parcel should arrive (C05-PATH-10): an honest range of days, in the words people use. */
import { dayMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import { type Distance, distanceBetween, findProvince } from './logistics.regions.ts';

export interface ArrivalRules {
  /** Orders from this hour (Asia/Shanghai) on leave the next day. */
  cutOffHour: number;
  /** Added for busy seasons. */
  extraDays: number;
}
export interface Arrival {
  earliest: string;
  latest: string;
  text: string;
}

const travelDays: Record<Distance, readonly [earliest: number, latest: number]> = {
  same_province: [1, 1],
  near: [2, 2],
  far: [3, 4],
  remote: [5, 7],
};

export function estimateArrival(
  { cutOffHour, extraDays }: ArrivalRules,
  { shipsFrom, province, now }: { shipsFrom: string; province: string; now: Date },
): Arrival {
  const today = shanghaiDay(now);
  const hour = Math.floor((now.getTime() - startOfShanghaiDay(today).getTime()) / 3_600_000);
  const leavesIn = (hour >= cutOffHour ? 1 : 0) + extraDays;
  const [fewest, most] = travelDays[distanceBetween(findProvince(shipsFrom), findProvince(province))];
  const earliest = dayAfter(today, leavesIn + fewest);
  const latest = dayAfter(today, leavesIn + most);
  return { earliest, latest, text: describe(today, earliest, latest) };
}

const dayAfter = (day: string, days: number): string =>
  shanghaiDay(new Date(startOfShanghaiDay(day).getTime() + days * dayMs));

const nearNames = ['今天', '明天', '后天'];
function describe(today: string, earliest: string, latest: string): string {
  if (earliest !== latest) return `预计${monthDay(earliest)}至${monthDay(latest)}送达`;
  const ahead = Math.round((startOfShanghaiDay(earliest).getTime() - startOfShanghaiDay(today).getTime()) / dayMs);
  const name = nearNames[ahead];
  return name ? `预计${name}（${monthDay(earliest)}）送达` : `预计${monthDay(earliest)}送达`;
}
function monthDay(day: string): string {
  const [, month, date] = day.split('-').map(Number);
  return `${month}月${date}日`;
}
