/** Where bars stand on the calendar's rows. Pure: days are Shanghai days, places are parts of the shown time. */

const dayMs = 86_400_000;
const shanghaiShiftMs = 8 * 3_600_000;

export const midnightOf = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);
export const dayOf = (at: number): string => new Date(at + shanghaiShiftMs).toISOString().slice(0, 10);
export const shiftDay = (day: string, days: number): string => dayOf(midnightOf(day) + days * dayMs);

export interface Span {
  from: string;
  to: string;
}
/** The month, or the week from Monday, that a day is in. */
export function spanOf(day: string, scale: 'month' | 'week'): Span {
  if (scale === 'month') {
    const next = shiftDay(`${day.slice(0, 7)}-01`, 31).slice(0, 7);
    return { from: `${day.slice(0, 7)}-01`, to: shiftDay(`${next}-01`, -1) };
  }
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
  return { from: shiftDay(day, 1 - weekday), to: shiftDay(day, 7 - weekday) };
}
export const moved = ({ from, to }: Span, scale: 'month' | 'week', by: -1 | 1): Span =>
  spanOf(by === 1 ? shiftDay(to, 1) : shiftDay(from, -1), scale);

export interface Day {
  day: string;
  number: number;
  weekday: string;
  isWeekend: boolean;
}
export function daysOf({ from, to }: Span): Day[] {
  const days: Day[] = [];
  for (let at = midnightOf(from); at <= midnightOf(to); at += dayMs) {
    const day = dayOf(at);
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    days.push({
      day,
      number: Number(day.slice(8)),
      weekday: '日一二三四五六'[weekday] ?? '',
      isWeekend: weekday % 6 === 0,
    });
  }
  return days;
}

/** Left and width in percent; null when nothing of it is shown. What is very short stays wide enough to be seen and hit. */
export function place(
  { startsAt, endsAt }: { startsAt: string; endsAt: string },
  { from, to }: Span,
  leastPercent = 0.8,
): { left: number; width: number; isCutLeft: boolean; isCutRight: boolean } | null {
  const [first, last] = [midnightOf(from), midnightOf(to) + dayMs];
  const [start, end] = [Date.parse(startsAt), Date.parse(endsAt)];
  if (end <= first || start >= last) return null;
  const percent = (at: number) => ((Math.min(last, Math.max(first, at)) - first) * 100) / (last - first);
  const left = Math.min(percent(start), 100 - leastPercent);
  return {
    left,
    width: Math.max(leastPercent, percent(end) - left),
    isCutLeft: start < first,
    isCutRight: end > last,
  };
}
