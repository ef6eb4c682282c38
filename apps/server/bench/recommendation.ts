/**
 * Fits the shop's own recommender on public ratings and ranks what people turned to afterwards:
 *   node apps/server/bench/recommendation.ts <folder with train.csv and dev.csv: user,item,rating,…>
 * MovieLens (ml-latest-small) is for research only: it is read here and never shipped.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { learnNeighbours, measureRanking, packInteractions, usualNeighbours } from '@xiaopu/lab/recommend';

const [folder, ...tried] = process.argv.slice(2);
if (!folder) throw new Error('say where train.csv and dev.csv are');
const [recallAt, at, leastRatings, likedFrom] = [20, 10, 5, 4];

const read = (file: string) =>
  readFileSync(join(folder, file), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
    .map(([user = '', item = '', rating]) => ({ user, item, rating: Number(rating) }));
const [train, dev] = [read('train.csv'), read('dev.csv')];

const counts = new Map<string, number>();
for (const { item } of train) counts.set(item, (counts.get(item) ?? 0) + 1);
const catalogue = [...counts].filter(([, count]) => count >= leastRatings).map(([item]) => item);
const itemAt = new Map(catalogue.map((item, index) => [item, index]));
const userAt = new Map([...new Set(train.map(({ user }) => user))].map((user, index) => [user, index]));
const kept = train.filter(({ item }) => itemAt.has(item));
const data = packInteractions(
  { users: userAt.size, items: catalogue.length },
  Int32Array.from(kept, ({ user }) => userAt.get(user) as number),
  Int32Array.from(kept, ({ item }) => itemAt.get(item) as number),
);
const known = Array.from({ length: data.users }, (_, user) =>
  data.userItems.subarray(data.userStart[user], data.userStart[user + 1]),
);
const relevant = new Map<number, Set<number>>();
for (const { user, item, rating } of dev) {
  const [owner, place] = [userAt.get(user), itemAt.get(item)];
  if (owner === undefined || place === undefined || rating < likedFrom || known[owner]?.includes(place)) continue;
  relevant.set(owner, (relevant.get(owner) ?? new Set()).add(place));
}

function evaluate(name: string, scoresOf: (user: number) => Float64Array): void {
  const sums = { recall: 0, ndcg: 0, hit: 0 };
  for (const [user, wanted] of relevant) {
    const scores = scoresOf(user);
    for (const item of known[user] as Int32Array) scores[item] = Number.NEGATIVE_INFINITY;
    const order = Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
    const measured = measureRanking(order.slice(0, recallAt), wanted, { recallAt, at });
    sums.recall += measured.recall;
    sums.ndcg += measured.ndcg;
    sums.hit += measured.hit;
  }
  const mean = (sum: number) => (sum / relevant.size).toFixed(4);
  console.log(`| ${name} | ${mean(sums.recall)} | ${mean(sums.ndcg)} | ${mean(sums.hit)} |`);
}

console.log(`${data.users} users, ${data.items} items, ${kept.length} interactions, ${relevant.size} users ranked`);
console.log(`| method | recall@${recallAt} | ndcg@${at} | hit@${at} |\n|---|---|---|---|`);
const popularity = Float64Array.from(catalogue, (item) => counts.get(item) ?? 0);
evaluate('popularity', () => popularity.slice());

const settings = tried.length > 0 ? tried.map((text) => JSON.parse(text)) : [{}];
for (const setting of settings) {
  const options = { ...usualNeighbours(data), ...setting };
  const startedAt = performance.now();
  const says: { item: number; weight: number }[][] = Array.from({ length: data.items }, () => []);
  for (const learnt of learnNeighbours(data, options)) {
    learnt?.others.forEach((other, place) => {
      says[other]?.push({ item: learnt.item, weight: learnt.weights[place] as number });
    });
  }
  const tookMs = Math.round(performance.now() - startedAt);
  evaluate(`ours ${JSON.stringify(setting)} (fit ${tookMs} ms)`, (user) => {
    const scores = new Float64Array(data.items);
    for (const mine of known[user] as Int32Array)
      for (const { item, weight } of says[mine] ?? []) scores[item] = (scores[item] as number) + weight;
    return scores;
  });
}
console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
