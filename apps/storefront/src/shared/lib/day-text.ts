/** Instants as a shopper says them, in the shop's own time zone (UTC+8, no summer time). */
const shanghaiOffsetMs = 8 * 3_600_000;
const dayMs = 86_400_000;

const parts = (instant: string | number) => {
  const date = new Date(new Date(instant).getTime() + shanghaiOffsetMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: String(date.getUTCHours()).padStart(2, '0'),
    minute: String(date.getUTCMinutes()).padStart(2, '0'),
    dayNumber: Math.floor(date.getTime() / dayMs),
  };
};

export function dayText(instant: string, now: number = Date.now()): string {
  const then = parts(instant);
  const today = parts(now);
  const ago = today.dayNumber - then.dayNumber;
  if (ago === 0) return '今天';
  if (ago === 1) return '昨天';
  if (then.year === today.year) return `${then.month}月${then.day}日`;
  return `${then.year}年${then.month}月${then.day}日`;
}

export function timeText(instant: string, now: number = Date.now()): string {
  const { hour, minute } = parts(instant);
  return `${dayText(instant, now)} ${hour}:${minute}`;
}
