/**
 * Which goods speak for which: item-item collaborative filtering from implicit feedback.
 *
 * For each item the others that were met by the same people are its candidates (by cosine); how much each of them says is a ridge
 * regression of the item's column on theirs, in closed form. That is SLIM with feature selection (Ning & Karypis, "SLIM: Sparse
 * Linear Methods for Top-N Recommender Systems", ICDM 2011, section V, fsSLIM) with the penalty of EASE (Steck, "Embarrassingly
 * Shallow Autoencoders for Sparse Data", WWW 2019): with all items as candidates it is EASE exactly, and with few of them it costs
 * a small solve an item in place of one inverse as large as the catalogue. Regressed together, of two neighbours that say the same
 * only one counts, which plain cosine counts twice.
 *
 * Memory: `rowLength` pairs an item, whatever the number of people. Works an item at a time, so that a caller can breathe between.
 */
import type { Interactions } from './interactions.ts';
import { solveSymmetric } from './solve.ts';

export interface NeighbourOptions {
  /** Others an item is regressed on. */
  candidates: number;
  /** The ridge: how little a few people may say. */
  ridge: number;
  /** Neighbours kept. */
  keep: number;
  /** Co-occurrences kept an item: what candidates know of one another. */
  rowLength: number;
}
/**
 * The ridge grows with how often goods are met on average: the same in a shop of thirty people and of a million. The factor and the
 * other numbers are those of docs/benchmarks/recommendation.md. Short rows want a large ridge: what a neighbour forgot of another
 * counts as never having been met together.
 */
export function usualNeighbours({ items, userItems }: Pick<Interactions, 'items' | 'userItems'>): NeighbourOptions {
  return { candidates: 100, ridge: Math.max(5, (8.5 * userItems.length) / items), keep: 100, rowLength: 1_000 };
}

export interface Neighbours {
  item: number;
  /** Strongest first: someone who had to do with `others[k]` leans to `item` by `weights[k]`, which may be negative. */
  others: Int32Array;
  weights: Float64Array;
}

interface Row {
  others: Int32Array;
  counts: Float32Array;
}

const strongestFirst = (values: ArrayLike<number>, count: number, most: number): Int32Array => {
  const order = Int32Array.from({ length: count }, (_, at) => at);
  order.sort((a, b) => (values[b] as number) - (values[a] as number) || a - b);
  return order.subarray(0, Math.min(most, count));
};

/** How many people met both, for the others that are nearest by cosine. */
function* coOccurrences(data: Interactions, rowLength: number): Generator<Row> {
  const { items, itemStart, itemUsers, userStart, userItems } = data;
  const sums = new Float64Array(items);
  const size = (item: number) => (itemStart[item + 1] as number) - (itemStart[item] as number);
  for (let item = 0; item < items; item += 1) {
    const met: number[] = [];
    for (let u = itemStart[item] as number; u < (itemStart[item + 1] as number); u += 1) {
      const user = itemUsers[u] as number;
      for (let at = userStart[user] as number; at < (userStart[user + 1] as number); at += 1) {
        const other = userItems[at] as number;
        if (other === item) continue;
        if (sums[other] === 0) met.push(other);
        sums[other] = (sums[other] as number) + 1;
      }
    }
    const cosines = Float64Array.from(met, (other) => (sums[other] as number) / Math.sqrt(size(item) * size(other)));
    const nearest = strongestFirst(cosines, met.length, rowLength);
    const others = Int32Array.from(nearest, (at) => met[at] as number);
    yield { others, counts: Float32Array.from(others, (other) => sums[other] as number) };
    for (const other of met) sums[other] = 0;
  }
}

/** Yields nothing while it counts (so that the caller may pause), then each item with its neighbours. */
export function* learnNeighbours(
  data: Interactions,
  { candidates, ridge, keep, rowLength }: NeighbourOptions = usualNeighbours(data),
): Generator<Neighbours | undefined> {
  const { items, itemStart } = data;
  const rows: Row[] = [];
  for (const row of coOccurrences(data, rowLength)) {
    rows.push(row);
    yield undefined;
  }
  const size = (item: number) => (itemStart[item + 1] as number) - (itemStart[item] as number);
  const placeOf = new Int32Array(items).fill(-1);
  const most = Math.min(candidates, rowLength);
  const matrix = new Float64Array(most * most);
  for (let item = 0; item < items; item += 1) {
    const { others, counts } = rows[item] as Row;
    const n = Math.min(most, others.length);
    const right = new Float64Array(n);
    matrix.fill(0, 0, n * n);
    for (let at = 0; at < n; at += 1) placeOf[others[at] as number] = at;
    for (let at = 0; at < n; at += 1) {
      const other = others[at] as number;
      right[at] = counts[at] as number;
      matrix[at * n + at] = size(other) + ridge;
      const row = rows[other] as Row;
      for (let k = 0; k < row.others.length; k += 1) {
        const place = placeOf[row.others[k] as number] as number;
        if (place < 0) continue;
        // Each knows its nearest only: what one of the two remembers holds for both.
        matrix[at * n + place] = row.counts[k] as number;
        matrix[place * n + at] = row.counts[k] as number;
      }
    }
    for (let at = 0; at < n; at += 1) placeOf[others[at] as number] = -1;
    solveSymmetric(matrix, right, n);
    const order = strongestFirst(
      right.map((weight) => Math.abs(weight)),
      n,
      keep,
    );
    yield {
      item,
      others: Int32Array.from(order, (at) => others[at] as number),
      weights: Float64Array.from(order, (at) => right[at] as number),
    };
  }
}
