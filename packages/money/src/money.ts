/** Fen arithmetic. An amount is an integer number of fen (1 yuan = 100 fen); every function throws RangeError on anything else. */

/** Throws unless `amount` is a safe integer: a fraction of a fen is a bug, never something to round away quietly. */
export function assertFen(amount: number): void {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`not an amount in fen: ${amount}`);
}

export function sumFen(amounts: Iterable<number>): number {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  assertFen(sum);
  return sum;
}

/**
 * Splits `total` over `weights` so that the parts sum to it exactly (largest remainder; ties go to the earlier part).
 * Each part has the sign of `total` and is at most one fen from its exact share. Zero weights get nothing; when all
 * weights are zero, the total is spread evenly.
 */
export function prorate(total: number, weights: readonly number[]): number[] {
  assertFen(total);
  if (weights.length === 0) {
    if (total !== 0) throw new RangeError('cannot split an amount over nothing');
    return [];
  }
  if (weights.some((weight) => !Number.isSafeInteger(weight) || weight < 0)) {
    throw new RangeError('weights must be integers ≥ 0');
  }
  // By calls, not literals: phones too old for BigInt still load the file, and reach this for huge amounts only.
  const [none, one] = [BigInt(0), BigInt(1)];
  const isEven = weights.every((weight) => weight === 0);
  const shares = isEven ? weights.map(() => one) : weights.map((weight) => BigInt(weight));
  const whole = shares.reduce((a, b) => a + b, none);
  const size = BigInt(Math.abs(total));
  const sign = total < 0 ? -1 : 1;
  const parts = shares.map((share, index) => ({
    index,
    part: (size * share) / whole,
    remainder: (size * share) % whole,
  }));
  let left = size - parts.reduce((a, { part }) => a + part, none);
  const byRemainder = [...parts].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const entry of byRemainder) {
    if (left === none) break;
    entry.part += one;
    left -= one;
  }
  return parts.map(({ part }) => (part === none ? 0 : sign * Number(part)));
}

/** 123456 → "1234.56", the form people and WeChat bills read. */
export function formatYuan(amount: number): string {
  assertFen(amount);
  const digits = String(Math.abs(amount)).padStart(3, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** "1234.5" → 123450; undefined for anything but a plain decimal with at most two places. */
export function parseYuan(text: string): number | undefined {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, minus, yuan, fraction = ''] = match;
  const amount = Number(yuan) * 100 + Number(fraction.padEnd(2, '0'));
  return minus && amount !== 0 ? -amount : amount;
}
