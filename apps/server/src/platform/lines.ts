/**
 * Red and yellow lines (C09-KPI-05, C09-KPI-06): a figure over the last minutes against two lines. A line that is crossed is told once;
 * it is over when the figure has fallen clearly below, so that one that flaps near the line makes one alert and one recovery.
 */
import { definePolicy, type Policies } from './policy.ts';

export const apiRedMs = definePolicy({
  key: 'health.api_p95_red_ms',
  title: '接口耗时红线（近 5 分钟 p95）',
  unit: '毫秒',
  defaultValue: 800,
  minimum: 50,
  maximum: 1_900,
  scope: 'install',
});
export const apiYellowMs = definePolicy({
  key: 'health.api_p95_yellow_ms',
  title: '接口耗时黄线（近 5 分钟 p95）',
  unit: '毫秒',
  defaultValue: 600,
  minimum: 50,
  maximum: 1_900,
  scope: 'install',
});

export type Level = 'green' | 'yellow' | 'red';
const rank: Record<Level, number> = { green: 0, yellow: 1, red: 2 };

/** The level after `value`: up at once, down only below `recover` of the line it stands on. */
export function nextLevel(
  current: Level,
  value: number,
  { yellow, red, recover = 0.9 }: { yellow: number; red: number; recover?: number },
): Level {
  const reached: Level = value > red ? 'red' : value > yellow ? 'yellow' : 'green';
  if (rank[reached] >= rank[current]) return reached;
  const line = current === 'red' ? red : yellow;
  return value < line * recover ? reached : current;
}

const slotMs = 10_000;
const slots = 30;

/**
 * The 95th percentile of the last five minutes, exact to the millisecond, in memory that does not grow: one count a
 * millisecond, and what takes longer than `longestMs` counts as that much.
 */
export function createWindow(now: () => number, longestMs = 2_000) {
  const counts = Array.from({ length: slots }, () => new Uint32Array(longestMs + 1));
  const starts = new Array<number>(slots).fill(Number.NEGATIVE_INFINITY);
  const slotAt = (at: number) => Math.floor(at / slotMs);
  return {
    add(ms: number): void {
      const slot = slotAt(now());
      const index = slot % slots;
      const held = counts[index] as Uint32Array;
      if (starts[index] !== slot) {
        held.fill(0);
        starts[index] = slot;
      }
      const at = Math.min(longestMs, Math.ceil(ms));
      held[at] = (held[at] ?? 0) + 1;
    },
    /** @returns undefined with fewer than `least` requests: a handful says nothing */
    p95(least = 20): number | undefined {
      const oldest = slotAt(now()) - slots;
      const live = counts.filter((_held, index) => (starts[index] ?? 0) > oldest);
      let total = 0;
      for (const held of live) for (const count of held) total += count;
      if (total < least) return undefined;
      let rest = Math.ceil(total * 0.95);
      for (let ms = 0; ms <= longestMs; ms += 1) {
        for (const held of live) rest -= held[ms] ?? 0;
        if (rest <= 0) return ms;
      }
      return longestMs;
    },
  };
}

export interface LineChange {
  from: Level;
  to: Level;
  value: number;
}

export function createApiLine({ policies, now }: { policies: Pick<Policies, 'get'>; now: () => number }) {
  const window = createWindow(now);
  let level: Level = 'green';
  return {
    add: window.add,
    level: () => level,
    p95: () => window.p95(),
    /** @returns the change to tell, if there is one */
    look(): LineChange | undefined {
      const value = window.p95() ?? 0;
      const from = level;
      level = nextLevel(level, value, { yellow: policies.get(apiYellowMs), red: policies.get(apiRedMs) });
      return level === from ? undefined : { from, to: level, value };
    },
  };
}
