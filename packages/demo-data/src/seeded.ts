import { createHash } from 'node:crypto';

/** FNV-1a: a small stable hash for seeds; not for ids. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

export interface Random {
  /** In [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  integer(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
  chance(probability: number): boolean;
}

/** Mulberry32 over a text seed: the same text gives the same run of numbers on every machine. */
export function randomOf(text: string | number): Random {
  let state = typeof text === 'number' ? text >>> 0 : seedOf(text);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    integer,
    pick: <T>(list: readonly T[]) => list[integer(0, list.length - 1)] as T,
    chance: (probability) => next() < probability,
  };
}

// 2026-01-01T00:00:00Z: one instant for all demo ids, so that they sort before anything a running shop makes.
const ID_TIME_HEX = (1767225600000).toString(16).padStart(12, '0');

/** A UUID in version 7 form made from a stable key, so that demo rows keep their ids from run to run. */
export function idOf(kind: string, key: string): string {
  const hash = createHash('sha256').update(`xiaopu-demo:${kind}:${key}`).digest('hex');
  const variant = ((Number.parseInt(hash.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${ID_TIME_HEX.slice(0, 8)}-${ID_TIME_HEX.slice(8)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(8, 20)}`;
}

/** EAN-13 in the 20–29 range, which GS1 keeps for use inside a shop: it can never be a real maker's number. */
export function barcodeOf(serial: number): string {
  const body = `20${String(serial).padStart(10, '0')}`;
  let sum = 0;
  for (let index = 0; index < 12; index += 1) sum += Number(body[index]) * (index % 2 === 0 ? 1 : 3);
  return `${body}${(10 - (sum % 10)) % 10}`;
}
