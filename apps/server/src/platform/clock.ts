/** Time as a dependency: services ask the clock, tests and the demo move it. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export interface MovableClock extends Clock {
  /** Moves time forward (or back) by `ms`; everything due in between becomes due at once. */
  advance(ms: number): void;
  reset(): void;
  /** Stands at another time without keeping it, as the demo's past is played; null returns. A restart returns too. */
  visit(at: Date | null): void;
}

/** Runs with real time plus an offset; the demo's fast-forward button. `keep` is told each new offset. */
export function createMovableClock(startOffsetMs = 0, keep: (offsetMs: number) => void = () => {}): MovableClock {
  let offset = startOffsetMs;
  let visit = 0;
  const move = (to: number) => {
    offset = to;
    keep(to);
  };
  return {
    now: () => new Date(Date.now() + offset + visit),
    advance: (ms) => move(offset + ms),
    reset: () => move(0),
    visit: (at) => {
      visit = at ? at.getTime() - Date.now() - offset : 0;
    },
  };
}

/** Stands still until moved: for tests that assert exact instants. */
export function createFixedClock(start: string | Date): MovableClock & { set(at: string | Date): void } {
  const origin = new Date(start).getTime();
  let at = origin;
  let away: number | undefined;
  return {
    now: () => new Date(away ?? at),
    advance: (ms) => {
      at += ms;
    },
    reset: () => {
      at = origin;
    },
    visit: (instant) => {
      away = instant?.getTime();
    },
    set: (instant) => {
      at = new Date(instant).getTime();
    },
  };
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Calendar day in Asia/Shanghai, `2026-11-22`. */
export const shanghaiDay = (at: Date): string => new Date(at.getTime() + 8 * hourMs).toISOString().slice(0, 10);
/** The instant a Shanghai day begins (China has no daylight saving). */
export const startOfShanghaiDay = (day: string): Date => new Date(`${day}T00:00:00+08:00`);
