/** Periods and proration: pure, in Shanghai calendar days. */
import { dayMs, shanghaiDay } from '#platform/clock.ts';

const offsetMs = 8 * 3_600_000;
const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate();

export const dayOfMonth = (at: Date): number => Number(shanghaiDay(at).slice(8));

/** `months` later on the anchor day, or on the last day of a shorter month; the time of day stays (C13-SUB-02). */
export function addMonths(from: Date, months: number, anchorDay: number): Date {
  const local = new Date(from.getTime() + offsetMs);
  const target = local.getUTCMonth() + months;
  const year = local.getUTCFullYear() + Math.floor(target / 12);
  const month = ((target % 12) + 12) % 12;
  const day = Math.min(anchorDay, daysIn(year, month));
  const time = local.getTime() % dayMs;
  return new Date(Date.UTC(year, month, day) + time - offsetMs);
}

/** What the unused part of a paid period is worth, in whole days begun counting as used, never more than was paid. */
export function unusedWorth(paid: number, { startsAt, endsAt }: { startsAt: Date; endsAt: Date }, at: Date): number {
  const total = Math.round((endsAt.getTime() - startsAt.getTime()) / dayMs);
  const left = Math.floor((endsAt.getTime() - at.getTime()) / dayMs);
  if (total <= 0 || left <= 0) return 0;
  return Math.floor((paid * Math.min(left, total)) / total);
}
