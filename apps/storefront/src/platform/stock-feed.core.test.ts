import type { StockChange, StockChanges } from '@xiaopu/contracts';
import { describe, expect, it } from 'vitest';
import { followStock, type StockSource } from './stock-feed.core.ts';

const change = (sequence: number, available: number): StockChange => ({
  ...{ sequence, available, shopId: 's', spuId: 'p', skuId: 'k', poolId: null, at: '2026-11-22T00:00:00Z' },
});
const settle = () => new Promise((done) => setTimeout(done, 0));

function given(log: StockChange[], { streams }: { streams: boolean }) {
  const asked: (number | undefined)[] = [];
  const seen: number[] = [];
  let resets = 0;
  let timer: (() => void) | undefined;
  let isAway = false;
  let listener: Parameters<NonNullable<StockSource['stream']>>[1] | undefined;
  const source: StockSource = {
    async ask(after) {
      asked.push(after);
      if (isAway) throw new Error('offline');
      const items = log.filter(({ sequence }) => sequence > (after ?? 0));
      return { items, sequence: log.at(-1)?.sequence ?? 0, isReset: false } satisfies StockChanges;
    },
    ...(streams
      ? {
          stream: (_after: number, on: typeof listener & object) => {
            listener = on;
            return () => {
              listener = undefined;
            };
          },
        }
      : {}),
    later: (work) => {
      timer = work;
      return () => {
        timer = undefined;
      };
    },
  };
  const follower = followStock(source, {
    onChange: ({ available }) => void seen.push(available),
    onReset: () => {
      resets += 1;
    },
  });
  return {
    ...{ asked, seen, follower },
    resets: () => resets,
    tick: async () => {
      timer?.();
      await settle();
    },
    isWaiting: () => timer !== undefined,
    listener: () => listener,
    away: (is: boolean) => {
      isAway = is;
    },
  };
}

describe('C06-INV-03 a page that follows stock', () => {
  it('asks by sequence where there are no streams, and misses nothing while it was hidden', async () => {
    const log = [change(7, 5)];
    const { asked, seen, follower, tick, isWaiting } = given(log, { streams: false });
    follower.resume();
    follower.resume();
    await settle();
    log.push(change(8, 4));
    await tick();
    follower.pause();
    expect(isWaiting()).toBe(false);
    log.push(change(9, 3), change(10, 2));
    follower.resume();
    await settle();
    expect(seen).toEqual([5, 4, 3, 2]);
    expect(asked).toEqual([undefined, 7, 8]);
    follower.pause();
  });

  it('takes the stream where there is one; a number that comes twice counts once', async () => {
    const log = [change(1, 5)];
    const { seen, follower, listener, resets } = given(log, { streams: true });
    follower.resume();
    await settle();
    listener()?.change(change(1, 5));
    listener()?.change(change(2, 4));
    listener()?.change(change(2, 4));
    listener()?.reset();
    expect([seen, resets()]).toEqual([[5, 4], 1]);
    follower.pause();
    expect(listener()).toBeUndefined();
  });

  it('falls back to asking when the stream breaks for good, and bears being offline', async () => {
    const log = [change(1, 5)];
    const { seen, follower, listener, tick, away, isWaiting } = given(log, { streams: true });
    follower.resume();
    await settle();
    log.push(change(2, 4));
    listener()?.broken();
    await settle();
    away(true);
    await tick();
    expect(isWaiting()).toBe(true);
    away(false);
    log.push(change(3, 3));
    await tick();
    expect(seen).toEqual([5, 4, 3]);
    follower.pause();
  });
});
