import { expect, it } from 'vitest';
import { createAttempt } from './attempt-key.ts';

const counting = () => {
  let made = 0;
  return createAttempt(() => `key-${++made}`);
};

it('C04-INT-04 keeps the key for a repeat whose first result is unknown', () => {
  const attempt = counting();
  expect(attempt.keyFor({ addressId: 'a' })).toBe('key-1');
  expect(attempt.keyFor({ addressId: 'a' })).toBe('key-1');
});

it('C04-INT-04 takes a new key once the server has answered', () => {
  const attempt = counting();
  attempt.keyFor({ addressId: 'a' });
  attempt.answered();
  expect(attempt.keyFor({ addressId: 'a' })).toBe('key-2');
});

it('never uses one key for two bodies', () => {
  const attempt = counting();
  attempt.keyFor({ addressId: 'a' });
  expect(attempt.keyFor({ addressId: 'b' })).toBe('key-2');
  expect(attempt.keyFor({ addressId: 'a' })).toBe('key-3');
});
