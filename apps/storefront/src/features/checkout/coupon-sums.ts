/**
 * Sums a choice of coupons on the phone: in the Worker where there is one, else on this thread. The page's thread only posts
 * the question and takes the answer. The server's own sum replaces it as soon as it is there.
 */
import type { CouponAnswer, CouponQuestion } from '@xiaopu/pricing';
import type { WorkerAnswer, WorkerQuestion } from './coupon-worker.ts';

export type CouponChoice = 'best' | 'none' | string[];

/** The part of wx.createWorker's Worker that is used. */
export interface WorkerLike {
  postMessage(message: WorkerQuestion): void;
  onMessage(listener: (message: WorkerAnswer) => void): void;
  onProcessKilled?(listener: () => void): void;
  terminate(): void;
}
export interface SumsDeps {
  /** undefined: no Worker on this platform, or it could not be made. */
  createWorker(): WorkerLike | undefined;
  /** The same sum on this thread. */
  onThisThread(question: CouponQuestion, choice: CouponChoice): CouponAnswer;
  /** How long the Worker may take before this thread does it. */
  patienceMs?: number;
}

export function createCouponSums({ createWorker, onThisThread, patienceMs = 2_000 }: SumsDeps) {
  let worker: WorkerLike | undefined;
  let isTried = false;
  let count = 0;
  const waiting = new Map<number, (answer: CouponAnswer | undefined) => void>();

  function settle(id: number, answer: CouponAnswer | undefined): void {
    waiting.get(id)?.(answer);
    waiting.delete(id);
  }
  function lose(): void {
    worker = undefined;
    for (const id of [...waiting.keys()]) settle(id, undefined);
  }
  /** WeChat allows one Worker at a time: made at the first question, ended with the page. */
  function theWorker(): WorkerLike | undefined {
    if (isTried) return worker;
    isTried = true;
    worker = createWorker();
    worker?.onMessage((message) => settle(message.id, 'answer' in message ? message.answer : undefined));
    worker?.onProcessKilled?.(lose);
    return worker;
  }
  function inWorker(message: WorkerQuestion): Promise<CouponAnswer | undefined> {
    const target = theWorker();
    if (!target) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(message.id, undefined), patienceMs);
      waiting.set(message.id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      try {
        target.postMessage(message);
      } catch {
        settle(message.id, undefined);
      }
    });
  }

  return {
    /** undefined when it could not be summed here: then the server alone answers. */
    async sum(question: CouponQuestion, choice: CouponChoice): Promise<CouponAnswer | undefined> {
      count += 1;
      const found = await inWorker({ id: count, question, choice });
      if (found) return found;
      try {
        return onThisThread(question, choice);
      } catch {
        return undefined;
      }
    },
    end(): void {
      const running = worker;
      lose();
      isTried = false;
      running?.terminate();
    },
  };
}
export type CouponSums = ReturnType<typeof createCouponSums>;
