/** Pure rules of profit sharing: states, the cap, and how much partners give back for a refund. */
import { prorate, sumFen } from '@xiaopu/money';
import type { ReturnStatus, ShareStatus } from './payouts.shares.tables.ts';

export const shareTransitions: Record<ShareStatus, readonly ShareStatus[]> = {
  requested: ['processing', 'finished', 'refused'],
  processing: ['finished'],
  finished: [],
  refused: [],
};
export const returnTransitions: Record<ReturnStatus, readonly ReturnStatus[]> = {
  requested: ['processing', 'succeeded', 'failed'],
  processing: ['succeeded', 'failed'],
  succeeded: [],
  failed: [],
};
export const sourcesIn = <S extends string>(table: Record<S, readonly S[]>, target: S): S[] =>
  (Object.keys(table) as S[]).filter((source) => table[source].includes(target));

export const shareCap = (paid: number, percent: number): number => Math.floor((paid * percent) / 100);

/**
 * What each part gives back when `refund` more goes back to the buyer: partners keep no larger share of what is left than
 * they had of the whole, and nothing when all is refunded.
 */
export function returnsFor(
  trade: { paid: number; refunded: number },
  refund: number,
  parts: readonly { amount: number; returned: number }[],
): number[] {
  const left = trade.paid - trade.refunded - refund;
  const held = parts.map(({ amount, returned }) => amount - returned);
  const granted = sumFen(parts.map(({ amount }) => amount));
  const keep = Math.floor((granted * left) / trade.paid);
  const due = Math.max(0, sumFen(held) - keep);
  return due === 0 ? held.map(() => 0) : prorate(due, held);
}
