/** The business clock of the twins. A host that can move its own clock hands it in, so both worlds move together. */
export interface SandboxClock {
  now(): Date;
  advance(ms: number): void | Promise<void>;
  reset(): void | Promise<void>;
}

/** Wall time plus an offset that people move from the dashboard. */
export function createMovableClock(now: () => Date = () => new Date()): SandboxClock {
  let offsetMs = 0;
  return {
    now: () => new Date(now().getTime() + offsetMs),
    advance(ms) {
      offsetMs += ms;
    },
    reset() {
      offsetMs = 0;
    },
  };
}

const BEIJING_OFFSET_MS = 8 * 3_600_000;

const beijing = (at: Date | number): string => new Date(Number(at) + BEIJING_OFFSET_MS).toISOString();

/** `2018-06-08T10:34:56+08:00`, the only form WeChat Pay writes. */
export const toRfc3339 = (at: Date | number): string => `${beijing(at).slice(0, 19)}+08:00`;

/** `2018-06-08 10:34:56` in Beijing, as bills and carriers write it. */
export const toBeijingText = (at: Date | number): string => beijing(at).slice(0, 19).replace('T', ' ');

/** `2018-06-08` in Beijing. */
export const toBeijingDate = (at: Date | number): string => beijing(at).slice(0, 10);

/** Start of a Beijing calendar day, in epoch milliseconds. */
export const startOfBeijingDay = (date: string): number => Date.parse(`${date}T00:00:00+08:00`);

const SIGNATURE_WINDOW_MS = 300_000;

export interface TransportClock {
  /** Whether a peer's header timestamp lies within five minutes of now. */
  accepts(timestampSeconds: number): boolean;
  /** Seconds to write into our own headers. */
  seconds(): number;
}

/**
 * Header timestamps. When people fast-forward the business clock, a peer may sign by that clock or by the machine's; both
 * are honest, so either is accepted, and we answer in the frame the peer used last. Unmoved, the two are one.
 */
export function createTransportClock(now: () => Date, wall: () => number = Date.now): TransportClock {
  let peerFollowsWall = false;
  return {
    accepts(timestampSeconds) {
      const at = timestampSeconds * 1000;
      if (Math.abs(now().getTime() - at) <= SIGNATURE_WINDOW_MS) {
        peerFollowsWall = false;
        return true;
      }
      if (Math.abs(wall() - at) <= SIGNATURE_WINDOW_MS) {
        peerFollowsWall = true;
        return true;
      }
      return false;
    },
    seconds: () => Math.floor((peerFollowsWall ? wall() : now().getTime()) / 1000),
  };
}
