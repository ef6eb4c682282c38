/** How good a ranking is, offline: always with its K, and beside a baseline. */
export interface RankingMeasures {
  recall: number;
  ndcg: number;
  hit: number;
}

/** Binary relevance; the ideal ranking has all relevant items first. */
export function measureRanking(
  ranked: readonly number[],
  relevant: ReadonlySet<number>,
  { recallAt, at }: { recallAt: number; at: number },
): RankingMeasures {
  const found = ranked.slice(0, recallAt).filter((item) => relevant.has(item)).length;
  let gain = 0;
  let ideal = 0;
  for (let place = 0; place < at; place += 1) {
    const worth = 1 / Math.log2(place + 2);
    if (relevant.has(ranked[place] as number)) gain += worth;
    if (place < relevant.size) ideal += worth;
  }
  return { recall: found / relevant.size, ndcg: ideal === 0 ? 0 : gain / ideal, hit: gain > 0 ? 1 : 0 };
}
