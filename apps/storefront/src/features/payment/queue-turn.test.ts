import { ApiError } from '@xiaopu/api-client/transport';
import type { PlacedOrder, QueuedOrder } from '@xiaopu/contracts';
import { expect, it } from 'vitest';
import { queueText, waitForTurn } from './queue-turn.ts';

const placed: PlacedOrder = {
  paymentId: 'p',
  orderNos: ['20261122120000000001'],
  payable: 1,
  due: 1,
  heldUntil: '2026-11-22T00:15:00Z',
  closesAt: '2026-11-22T00:30:00Z',
};
const waiting = (ahead: number): QueuedOrder => ({
  state: 'waiting',
  ahead,
  acceptedAt: '2026-11-22T00:00:00Z',
  placed: null,
  refusal: null,
});
const lost = new ApiError(0, { code: 'client.network', message: '', requestId: '' });

function turn(answers: (QueuedOrder | Error)[]) {
  const told: (number | undefined)[] = [];
  const slept: number[] = [];
  return {
    told,
    slept,
    ask: async () => {
      const next = answers.shift();
      if (next === undefined || next instanceof Error) throw next ?? new Error('asked too often');
      return next;
    },
    sleep: async (ms: number) => void slept.push(ms),
    isPassing: (error: unknown) => error === lost,
    onWaiting: (ahead: number | undefined) => void told.push(ahead),
  };
}

it('C04-TECH-09 shows the queue move until the order is placed, asking ever less often', async () => {
  const asked = turn([waiting(3), waiting(1), { ...waiting(0), state: 'placed', placed }]);
  expect(await waitForTurn(waiting(8), asked)).toBe(placed);
  expect(asked.told).toEqual([8, 3, 1, undefined]);
  expect(asked.slept).toEqual([500, 750, 1_125]);
});

it('C04-TECH-09 meets a refusal as the error it would have been', async () => {
  const refusal = { code: 'inventory.out_of_stock', message: '库存不足', details: { shortages: [] } };
  const asked = turn([{ ...waiting(0), state: 'refused', refusal }]);
  await expect(waitForTurn(waiting(0), asked)).rejects.toMatchObject({ ...refusal, status: 409 });
  expect(asked.told.at(-1)).toBeUndefined();
});

it('bears a few lost replies, and gives up when there are more', async () => {
  expect(await waitForTurn(waiting(1), turn([lost, lost, { ...waiting(0), state: 'placed', placed }]))).toBe(placed);
  await expect(waitForTurn(waiting(1), turn(Array.from({ length: 9 }, () => lost)))).rejects.toBe(lost);
});

it('says how long the line is', () => {
  expect([999, 12, 0].map(queueText)).toEqual(['下单的人很多，正在排队', '排队中，前面还有 12 单', '马上就轮到你了']);
});
