/** The same numbers in every run, and ids that need no memory: what a row is called follows from its number alone. */

/** mulberry32: quick and good enough for shapes. @returns in [0, 1) */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Spreads neighbouring numbers over 32 bits. */
export function scatter(value: number): number {
  let mixed = value >>> 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

export type IdKind = 'shop' | 'category' | 'spu' | 'sku' | 'buyer' | 'payment' | 'reservation' | 'line' | 'other';
const kinds: Record<IdKind, number> = {
  shop: 1,
  category: 2,
  spu: 3,
  sku: 4,
  buyer: 5,
  payment: 6,
  reservation: 7,
  line: 8,
  other: 9,
};

/** As UUIDv7 would be: begins with its time, so that index pages fill in the order rows come. */
export const idOf = (kind: IdKind, number: number, atMs: number): string => {
  const time = hex(atMs, 12);
  const tail = scatter(number * 16 + kinds[kind]);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex((number >>> 20) & 0xfff, 3)}-8${hex(kinds[kind] * 256 + (tail & 0xff), 3)}-${hex(tail, 8)}${hex(number & 0xffff, 4)}`;
};
