/** Timers that survive restarts: each sweep asks the database what is due, so nothing is lost when a process dies. */
import type { Logger } from '../logger.ts';
import { createLoop, type Loop } from '../loop.ts';

export interface Sweep {
  /** `module.what`, for logs and for running one by name. */
  name: string;
  everyMs: number;
  /** Handles what is due (claimed with SKIP LOCKED, so that workers share); returns how many. */
  run: () => Promise<number>;
  /** It looks at the machine, and a leap of the clock brings nothing up for it: what waits then did not wait really. */
  isOfTheMachine?: boolean;
  /** It derives, ranks or tidies and nobody waits for it: after many leaps of the clock once is enough. */
  isUpkeep?: boolean;
}

export interface Sweeps {
  add(sweep: Sweep): void;
  /** Runs every sweep until nothing is due: for tests and the demo's fast-forward. */
  drain(options?: { isUpkeepLeft?: boolean }): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

export function createSweeps({ log }: { log: Logger }): Sweeps {
  const sweeps: { sweep: Sweep; loop: Loop }[] = [];
  let isRunning = false;
  return {
    add(sweep) {
      const loop = createLoop({
        step: sweep.run,
        idleMs: sweep.everyMs,
        onError: (error) => log.error({ err: error, sweep: sweep.name }, 'sweep failed'),
      });
      sweeps.push({ sweep, loop });
      if (isRunning) loop.start();
    },
    async drain({ isUpkeepLeft = false } = {}) {
      let handled = 0;
      for (const { sweep, loop } of sweeps) {
        if (sweep.isOfTheMachine || (isUpkeepLeft && sweep.isUpkeep)) continue;
        handled += await loop.drain();
      }
      return handled;
    },
    start() {
      isRunning = true;
      for (const { loop } of sweeps) loop.start();
    },
    async stop() {
      isRunning = false;
      await Promise.all(sweeps.map(({ loop }) => loop.stop()));
    },
  };
}
