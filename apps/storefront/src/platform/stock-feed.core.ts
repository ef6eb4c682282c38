/**
 * Follows the stock of products of one shop (C06-INV-03): first the newest changes there are, then what comes, by a stream where
 * there is one, else by asking again. What was missed is asked for by the last number, so pausing loses nothing.
 */
import type { StockChange, StockChanges } from '@xiaopu/contracts';

export interface StockSource {
  /** Without `after` the newest there are. */
  ask(after: number | undefined): Promise<StockChanges>;
  /** @returns closes it; undefined: this platform has no streams. `onBroken`: it will not come back by itself */
  stream?(after: number, on: { change(change: StockChange): void; reset(): void; broken(): void }): () => void;
  later(work: () => void, ms: number): () => void;
}

export interface StockFollower {
  /** Begins, or goes on after `pause`. */
  resume(): void;
  pause(): void;
}

const askEveryMs = 4_000;
const askAgainMs = 10_000;

/** @param onReset what is shown may be out of date as a whole */
export function followStock(
  source: StockSource,
  { onChange, onReset }: { onChange(change: StockChange): void; onReset(): void },
): StockFollower {
  let sequence: number | undefined;
  let isOn = false;
  let canStream = source.stream !== undefined;
  let turn = 0;
  let stop: () => void = () => {};

  function take(change: StockChange): void {
    // A number that was had already comes again when a stream and a question overlap.
    if (sequence !== undefined && change.sequence <= sequence) return;
    sequence = change.sequence;
    onChange(change);
  }

  async function ask(mine: number): Promise<void> {
    try {
      const { items, sequence: now, isReset } = await source.ask(sequence);
      if (mine !== turn) return;
      if (isReset) onReset();
      for (const change of items) take(change);
      sequence = now;
      if (canStream && source.stream) return listen(mine);
      stop = source.later(() => void ask(mine), askEveryMs);
    } catch {
      // A nicety: the page works without it.
      if (mine === turn) stop = source.later(() => void ask(mine), askAgainMs);
    }
  }

  function listen(mine: number): void {
    const close = source.stream?.(sequence ?? 0, {
      change: (change) => {
        if (mine === turn) take(change);
      },
      reset: () => {
        if (mine === turn) onReset();
      },
      broken: () => {
        if (mine !== turn) return;
        canStream = false;
        stop();
        void ask(mine);
      },
    });
    stop = close ?? (() => {});
  }

  return {
    resume() {
      if (isOn) return;
      isOn = true;
      turn += 1;
      void ask(turn);
    },
    pause() {
      isOn = false;
      turn += 1;
      stop();
      stop = () => {};
    },
  };
}
