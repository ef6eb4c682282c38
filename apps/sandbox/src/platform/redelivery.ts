import type { Callback, CallbackAnswer, SendCallback } from './callbacks.ts';

export interface Redelivery {
  /** Sent at once, and again after each wait until `isTaken` or the waits are over. */
  queue(callback: Callback, isTaken: (answer: CallbackAnswer) => boolean): void;
  stop(): Promise<void>;
}

/** At-least-once callbacks kept in memory: enough for twins whose sender forgets on a restart, since shops must query anyway. */
export function createRedelivery(send: SendCallback, waitsMs: readonly number[]): Redelivery {
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  let isStopped = false;

  async function attempt(callback: Callback, isTaken: (answer: CallbackAnswer) => boolean, tries: number) {
    const answer = await send(callback);
    const waitMs = waitsMs[tries];
    if (isStopped || isTaken(answer) || waitMs === undefined) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      start(callback, isTaken, tries + 1);
    }, waitMs).unref();
    timers.add(timer);
  }
  function start(callback: Callback, isTaken: (answer: CallbackAnswer) => boolean, tries: number): void {
    const work = attempt(callback, isTaken, tries).finally(() => running.delete(work));
    running.add(work);
  }

  return {
    queue: (callback, isTaken) => start(callback, isTaken, 0),
    async stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
    },
  };
}
