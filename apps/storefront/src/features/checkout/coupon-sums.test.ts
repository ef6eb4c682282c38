import type { CouponAnswer, CouponQuestion } from '@xiaopu/pricing';
import { describe, expect, it } from 'vitest';
import { createCouponSums, type WorkerLike } from './coupon-sums.ts';
import type { WorkerAnswer, WorkerQuestion } from './coupon-worker.ts';

const question = { cart: { at: '', lines: [] }, coupons: [] } as CouponQuestion;
const answer = (payable: number): CouponAnswer => ({ best: { couponIds: [], saving: 0 }, coupons: [], payable });

function fakeWorker() {
  const posted: WorkerQuestion[] = [];
  let listener: (message: WorkerAnswer) => void = () => undefined;
  let killed: () => void = () => undefined;
  let isEnded = false;
  const worker: WorkerLike = {
    postMessage: (message) => void posted.push(message),
    onMessage: (heard) => {
      listener = heard;
    },
    onProcessKilled: (heard) => {
      killed = heard;
    },
    terminate: () => {
      isEnded = true;
    },
  };
  return {
    worker,
    posted,
    say: (message: WorkerAnswer) => listener(message),
    kill: () => killed(),
    ended: () => isEnded,
  };
}
const here = () => answer(1);

describe('summing coupons on the phone', () => {
  it('C05-PERF-10 asks the Worker and gives each question its own answer, in whatever order they come', async () => {
    const fake = fakeWorker();
    const sums = createCouponSums({ createWorker: () => fake.worker, onThisThread: here });
    const [first, second] = [sums.sum(question, 'best'), sums.sum(question, 'none')];
    const [one, two] = fake.posted as [WorkerQuestion, WorkerQuestion];
    fake.say({ id: two.id, answer: answer(20) });
    fake.say({ id: one.id, answer: answer(10) });
    expect([(await first)?.payable, (await second)?.payable]).toEqual([10, 20]);
    sums.end();
    expect(fake.ended()).toBe(true);
  });

  it('sums on this thread where there is no Worker, where it fails, is killed, or takes too long', async () => {
    const none = createCouponSums({ createWorker: () => undefined, onThisThread: here });
    expect((await none.sum(question, 'best'))?.payable).toBe(1);

    const fake = fakeWorker();
    const sums = createCouponSums({ createWorker: () => fake.worker, onThisThread: here, patienceMs: 20 });
    const failed = sums.sum(question, 'best');
    fake.say({ id: fake.posted[0]?.id ?? 0, failed: 'x' });
    expect((await failed)?.payable).toBe(1);
    expect((await sums.sum(question, 'best'))?.payable).toBe(1); // nobody answers
    const cut = sums.sum(question, 'best');
    fake.kill();
    expect((await cut)?.payable).toBe(1);
  });

  it('leaves it to the server when it cannot be summed at all', async () => {
    const sums = createCouponSums({
      createWorker: () => undefined,
      onThisThread: () => {
        throw new Error('BigInt is not defined');
      },
    });
    expect(await sums.sum(question, 'best')).toBeUndefined();
  });
});
