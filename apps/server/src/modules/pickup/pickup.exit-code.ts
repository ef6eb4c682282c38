/**
 * Pure: the proof at the exit changes by itself. The booking's ten digits are shuffled by a keyed permutation of the ten-digit
 * numbers, another one in each step of time (a Feistel network over two halves), so that a picture of a code is soon worth nothing,
 * two codes tell nothing of a third, and the shop still finds the booking by the digits behind it.
 */
const half = 100_000;
const rounds = 8;

/** Keyed: the same text gives the same bytes, as base64url. */
export type Keyed = (text: string) => string;

const roundOf = (keyed: Keyed, step: number, round: number, value: number): number =>
  Buffer.from(keyed(`${step}.${round}.${value}`), 'base64url').readUIntBE(0, 6) % half;
const join = (left: number, right: number): string =>
  `${String(left).padStart(5, '0')}${String(right).padStart(5, '0')}`;

/** What is shown in this step. */
export function shownAt(keyed: Keyed, digits: string, step: number): string {
  let [left, right] = [Number(digits.slice(0, 5)), Number(digits.slice(5))];
  for (let round = 0; round < rounds; round += 1)
    [left, right] = [right, (left + roundOf(keyed, step, round, right)) % half];
  return join(left, right);
}

/** The digits behind what was shown in this step. */
export function behind(keyed: Keyed, shown: string, step: number): string {
  let [left, right] = [Number(shown.slice(0, 5)), Number(shown.slice(5))];
  for (let round = rounds - 1; round >= 0; round -= 1)
    [left, right] = [(right - roundOf(keyed, step, round, left) + half) % half, left];
  return join(left, right);
}
