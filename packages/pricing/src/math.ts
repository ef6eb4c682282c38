/** Exact integer arithmetic that is fast enough for a mini program Worker. */
import { prorate } from '@xiaopu/money';
import type { Fen, Rate } from './input.types.ts';

export const wholeRate = 10_000;

/** Keeps amount × rate an exact integer: a billion yuan. */
export const largestAmount = 100_000_000_000;

/** floor(a ÷ b) without the rounding of a float division. */
export function floorDivide(a: number, b: number): number {
  return (a - (a % b)) / b;
}

/** `rate` of `amount`, rounded down to the fen: a discount is never larger than it says. */
export function portion(amount: Fen, rate: Rate): Fen {
  return floorDivide(amount * rate, wholeRate);
}

/** What a discount of 1 − payRate takes off. */
export function rateOff(amount: Fen, payRate: Rate): Fen {
  return portion(amount, wholeRate - payRate);
}

/**
 * The same split as money.prorate (largest remainder, ties to the earlier part), by doubles while the products are
 * exact and by money.prorate's BigInt beyond. With `total` ≤ the sum of weights no part exceeds its weight.
 */
export function share(total: Fen, weights: readonly number[]): number[] {
  let whole = 0;
  let largest = 0;
  for (const weight of weights) {
    whole += weight;
    if (weight > largest) largest = weight;
  }
  if (whole <= 0 || total < 0 || total * largest > Number.MAX_SAFE_INTEGER) return prorate(total, weights);
  if (total === whole) return weights.slice();
  const parts: number[] = [];
  const remainders: number[] = [];
  let left = total;
  for (const weight of weights) {
    const product = total * weight;
    const remainder = product % whole;
    const part = (product - remainder) / whole;
    parts.push(part);
    remainders.push(remainder);
    left -= part;
  }
  if (left === 0) return parts;
  const rising = Float64Array.from(remainders).sort();
  const last = rising[rising.length - left] ?? 0; // the smallest remainder that still gets a fen
  let above = 0;
  for (const remainder of remainders) if (remainder > last) above += 1;
  let ties = left - above;
  for (let index = 0; index < parts.length; index += 1) {
    const remainder = remainders[index] ?? 0;
    if (remainder < last || (remainder === last && ties === 0)) continue;
    if (remainder === last) ties -= 1;
    parts[index] = (parts[index] ?? 0) + 1;
  }
  return parts;
}

export const total = (parts: readonly number[]): number => parts.reduce((a, b) => a + b, 0);

export function sum<T>(items: Iterable<T>, of: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
}
