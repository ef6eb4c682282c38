/** A background loop: works while there is work, sleeps until woken or due, stops only between steps. */
export interface Loop {
  /** Runs steps until one finds nothing; returns how much was handled. Tests and stories call it instead of waiting. */
  drain(): Promise<number>;
  start(): void;
  stop(): Promise<void>;
}

export interface LoopOptions {
  /** @returns how many items it handled; 0 means nothing left to do now */
  step: () => Promise<number>;
  idleMs: number;
  /** With fewer than this found it waits to be rung instead of looking again at once; default 1. */
  fullAt?: number;
  onError: (error: unknown) => void;
  onWake?: (wake: () => void) => void;
}

const wakeAfterMs = 20;

/** Runs `step` while it finds work, then sleeps until woken or `idleMs` pass. Stopping waits for the step at hand. */
export function createLoop({ step, idleMs, fullAt = 1, onError, onWake }: LoopOptions): Loop {
  let running = false;
  let current: Promise<void> = Promise.resolve();
  let ring: () => void = () => {};

  async function run(): Promise<void> {
    while (running) {
      let found = 0;
      const rung = new Promise<void>((done) => {
        ring = done;
      });
      try {
        found = await step();
      } catch (error) {
        onError(error);
      }
      if (found >= fullAt || !running) continue;
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([rung, new Promise<void>((done) => (timer = setTimeout(done, idleMs)))]);
      clearTimeout(timer);
    }
  }
  // publish() runs before its commit: a short pause lets the commit land before the relay looks, and others join it.
  let isRinging = false;
  onWake?.(() => {
    if (isRinging) return;
    isRinging = true;
    setTimeout(() => {
      isRinging = false;
      ring();
    }, wakeAfterMs);
  });

  return {
    async drain() {
      let handled = 0;
      for (;;) {
        const found = await step();
        handled += found;
        if (found === 0) return handled;
      }
    },
    start() {
      if (running) return;
      running = true;
      current = run();
    },
    async stop() {
      running = false;
      ring();
      await current;
    },
  };
}
