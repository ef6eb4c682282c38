/** Money in the channel's currency: what is asked at a rate, and what goes back of what was taken. */

/** Rounded up, so that the shop never gets less than its price. @param rate fen for a hundred whole units */
export const toForeign = (fen: number, rate: number): number => Math.ceil((fen * 10_000) / rate);

/**
 * What to give back of what the channel took, at the rate it was taken at: a part in proportion, rounded in the buyer's
 * favour, never more than is left; with the last fen all that is left.
 */
export function foreignRefund(
  paid: { amount: number; total: number },
  before: { amount: number; total: number },
  amount: number,
): number {
  const left = paid.total - before.total;
  if (before.amount + amount >= paid.amount) return left;
  return Math.min(left, Math.ceil((paid.total * amount) / paid.amount));
}
