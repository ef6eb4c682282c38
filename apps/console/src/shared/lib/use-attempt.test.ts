import { ApiError } from '@xiaopu/api-client';
import { expect, it } from 'vitest';
import { useAttempt } from './use-attempt.ts';

it('runs once however often it is pressed, and is free again afterwards', async () => {
  const { busy, attempt } = useAttempt();
  let finish = () => {};
  let runs = 0;
  const first = attempt(() => {
    runs += 1;
    return new Promise<void>((done) => {
      finish = done;
    });
  });
  expect(busy.value).toBe(true);
  expect(await attempt(async () => (runs += 1))).toBe(false);
  finish();
  expect([await first, busy.value, runs]).toEqual([true, false, 1]);
});

it('says why it failed, until it is tried again', async () => {
  const { busy, failure, attempt } = useAttempt();
  const refusal = new ApiError(409, {
    code: 'bookings.already_redeemed',
    message: '已核销过',
    details: {},
    requestId: 'r',
  });
  expect(await attempt(() => Promise.reject(refusal))).toBe(false);
  expect([failure.value, busy.value]).toEqual(['已核销过', false]);
  expect(await attempt(async () => {})).toBe(true);
  expect(failure.value).toBe('');
});
