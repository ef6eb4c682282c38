import { expect, it } from 'vitest';
import { learnNeighbours, measureRanking, type NeighbourOptions, packInteractions } from './index.ts';

/** A repeatable source of chance. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function packed(baskets: readonly (readonly number[])[], items: number) {
  const pairs = baskets.flatMap((basket, user) => [...new Set(basket)].map((item) => [user, item] as const));
  return packInteractions(
    { users: baskets.length, items },
    Int32Array.from(pairs, ([user]) => user),
    Int32Array.from(pairs, ([, item]) => item),
  );
}

function learn(baskets: readonly (readonly number[])[], items: number, options?: NeighbourOptions): number[][] {
  const weights = Array.from({ length: items }, () => new Array<number>(items).fill(0));
  for (const learnt of learnNeighbours(packed(baskets, items), options))
    learnt?.others.forEach((other, at) => {
      (weights[other] as number[])[learnt.item] = learnt.weights[at] as number;
    });
  return weights;
}

const twoTastes = (random: () => number): number[][] =>
  Array.from({ length: 60 }, (_, user) =>
    Array.from({ length: 6 }, () => (user % 2 === 0 ? 0 : 10) + Math.floor(random() * 10)),
  );

it('C06-REC-02 leans people of two tastes to goods of their own group', () => {
  const random = chance(7);
  const baskets = twoTastes(random);
  const weights = learn(baskets, 20);
  for (const [user, basket] of baskets.entries()) {
    const scores = Array.from({ length: 20 }, (_, item) =>
      basket.includes(item)
        ? Number.NEGATIVE_INFINITY
        : basket.reduce((sum, own) => sum + (weights[own]?.[item] ?? 0), 0),
    );
    const best = scores.indexOf(Math.max(...scores));
    expect(Math.floor(best / 10), `user ${user}`).toBe(user % 2);
  }
});

it('C06-REC-02 is EASE exactly when every item met every other and is a candidate', () => {
  const random = chance(11);
  const items = 8;
  const baskets = Array.from({ length: 300 }, () => Array.from({ length: 3 }, () => Math.floor(random() ** 2 * items)));
  const ridge = 3;
  const weights = learn(baskets, items, { candidates: items, ridge, keep: items, rowLength: items });
  // B = −P / diag(P) with P = (X'X + λI)⁻¹, by Gauss and Jordan.
  const gram = Array.from({ length: items }, (_, a) =>
    Array.from(
      { length: items },
      (_unused, b) => baskets.filter((x) => x.includes(a) && x.includes(b)).length + (a === b ? ridge : 0),
    ),
  );
  const inverse = invert(gram);
  for (let item = 0; item < items; item += 1)
    for (let other = 0; other < items; other += 1)
      if (item !== other)
        expect(weights[other]?.[item]).toBeCloseTo(
          -(inverse[other]?.[item] as number) / (inverse[item]?.[item] as number),
          6,
        );
});

function invert(matrix: number[][]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, at) => [...row, ...row.map((_, column) => (at === column ? 1 : 0))]);
  for (let pivot = 0; pivot < n; pivot += 1) {
    const by = rows[pivot]?.[pivot] as number;
    rows[pivot] = (rows[pivot] as number[]).map((value) => value / by);
    for (let row = 0; row < n; row += 1) {
      if (row === pivot) continue;
      const times = rows[row]?.[pivot] as number;
      rows[row] = (rows[row] as number[]).map((value, at) => value - times * (rows[pivot]?.[at] as number));
    }
  }
  return rows.map((row) => row.slice(n));
}

it('C06-REC-04 names recall, nDCG and hit rate at K against the ideal ranking', () => {
  const relevant = new Set([3, 5]);
  expect(measureRanking([3, 5, 1], relevant, { recallAt: 3, at: 3 })).toEqual({ recall: 1, ndcg: 1, hit: 1 });
  const late = measureRanking([1, 3, 2, 5], relevant, { recallAt: 2, at: 3 });
  expect(late).toMatchObject({ recall: 0.5, hit: 1 });
  expect(late.ndcg).toBeCloseTo(1 / Math.log2(3) / (1 + 1 / Math.log2(3)), 12);
  expect(measureRanking([1, 2], relevant, { recallAt: 2, at: 2 })).toEqual({ recall: 0, ndcg: 0, hit: 0 });
});

it('goods that nobody met lean to nothing, and nothing to them', () => {
  const weights = learn([[0, 1], [0, 1], [1]], 3);
  expect(weights[2]).toEqual([0, 0, 0]);
  expect(weights.map((row) => row[2])).toEqual([0, 0, 0]);
});
