/** When an alert opens, moves and ends. A figure that flaps near its line makes one alert and one recovery (C09-KPI-06). */
import { type Level, nextLevel } from '#platform/lines.ts';

export interface OpenAlert {
  level: 'yellow' | 'red';
  calmSince: Date | null;
}

export type Verdict =
  | { move: 'none' }
  | { move: 'open'; level: 'yellow' | 'red' }
  /** Still there; perhaps at another level, perhaps calming down. */
  | { move: 'keep'; level: 'yellow' | 'red'; calmSince: Date | null }
  | { move: 'recover' };

/** Clearly below its line for this long ends an alert. */
export const calmMs = 60_000;

export function judge(
  alert: OpenAlert | undefined,
  value: number,
  { yellow, red }: { yellow: number; red: number },
  now: Date,
): Verdict {
  const level: Level = nextLevel(alert?.level ?? 'green', value, { yellow, red });
  if (!alert) return level === 'green' ? { move: 'none' } : { move: 'open', level };
  if (level !== 'green') return { move: 'keep', level, calmSince: null };
  const calmSince = alert.calmSince ?? now;
  if (now.getTime() - calmSince.getTime() >= calmMs) return { move: 'recover' };
  // Not over yet: it keeps the level it had.
  return { move: 'keep', level: alert.level, calmSince };
}
