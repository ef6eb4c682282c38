/** Requests an address has made in its current window: one count for the full path and the fast lane of a process. */
import { LRUCache } from 'lru-cache';

export interface RateCount {
  current: number;
  /** Milliseconds until the window ends. */
  ttl: number;
}
export interface RateWindow {
  /** Without counting. */
  peek(address: string): RateCount;
  hit(address: string): RateCount;
}

const maxAddresses = 5_000;

export function createRateWindow(windowMs: number, now: () => number = Date.now): RateWindow {
  const windows = new LRUCache<string, { count: number; startedAt: number }>({ max: maxAddresses });
  function running(address: string): { count: number; startedAt: number } {
    const known = windows.get(address);
    if (known && known.startedAt + windowMs > now()) return known;
    const fresh = { count: 0, startedAt: now() };
    windows.set(address, fresh);
    return fresh;
  }
  const countOf = ({ count, startedAt }: { count: number; startedAt: number }): RateCount => ({
    current: count,
    ttl: startedAt + windowMs - now(),
  });
  return {
    peek: (address) => countOf(running(address)),
    hit(address) {
      const window = running(address);
      window.count += 1;
      return countOf(window);
    },
  };
}

/** As @fastify/rate-limit wants it: a class it makes one of. */
export const rateStoreOf = (window: RateWindow) =>
  class {
    incr(address: string, done: (error: Error | null, count: RateCount) => void): void {
      done(null, window.hit(address));
    }
    child(): this {
      return this;
    }
  };
