import { expect, it } from 'vitest';
import { actorText, mayCancel, payoutStates } from './payout-states.ts';

it('offers to take back only what WeChat may still let go', () => {
  const open = (Object.keys(payoutStates) as (keyof typeof payoutStates)[]).filter(mayCancel);
  expect(open).toEqual(['requested', 'processing', 'awaiting_confirmation', 'blocked']);
});

it('names ours by what they are and people by name', () => {
  expect([actorText('notice'), actorText('小周')]).toEqual(['微信通知', '小周']);
});
