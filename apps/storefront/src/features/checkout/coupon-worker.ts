/**
 * The mini program's Worker (wx.createWorker, C05-PERF-10): built on its own into `workers/coupons.js`, because a Worker may
 * load files of its own folder only. It runs the server's own code and knows nothing but what it is asked.
 */
import { type CouponAnswer, type CouponQuestion, chooseCoupons } from '@xiaopu/pricing';

export interface WorkerQuestion {
  id: number;
  question: CouponQuestion;
  choice: 'best' | 'none' | string[];
}
export type WorkerAnswer = { id: number } & ({ answer: CouponAnswer } | { failed: string });

declare const worker: {
  onMessage(listener: (message: WorkerQuestion) => void): void;
  postMessage(message: WorkerAnswer): void;
};

worker.onMessage(({ id, question, choice }) => {
  try {
    worker.postMessage({ id, answer: chooseCoupons(question, choice) });
  } catch (error) {
    worker.postMessage({ id, failed: String((error as Error)?.message) });
  }
});
