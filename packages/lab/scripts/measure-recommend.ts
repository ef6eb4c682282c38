/**
 * How well the neighbours of goods rank what people come to next, beside popularity and plain item-item cosine:
 * `node scripts/measure-recommend.ts <folder with movielens-small and online-retail>`. The data's licences keep them out of the repository;
 * the protocols are those of docs/benchmarks/recommendation.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  type Interactions,
  learnNeighbours,
  measureRanking,
  type NeighbourOptions,
  packInteractions,
  type RankingMeasures,
  usualNeighbours,
} from '../src/recommend/index.ts';

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write('Usage: node scripts/measure-recommend.ts <folder>\n');
  process.exit(2);
}

/** What one knew and what one came to later, by index of the catalogue. */
interface Task {
  name: string;
  items: number;
  known: number[][];
  relevant: Map<number, Set<number>>;
  /** recall is taken of at most so many, so that a long list of purchases is no lost cause. */
  isRecallCapped: boolean;
}

function toTask(
  name: string,
  before: ReadonlyMap<string, ReadonlySet<string>>,
  after: ReadonlyMap<string, ReadonlySet<string>>,
  { fewestPeople, fewestKnown, isRecallCapped }: { fewestPeople: number; fewestKnown: number; isRecallCapped: boolean },
): Task {
  const counts = new Map<string, number>();
  for (const goods of before.values()) for (const id of goods) counts.set(id, (counts.get(id) ?? 0) + 1);
  const catalogue = [...counts].filter(([, count]) => count >= fewestPeople).map(([id]) => id);
  const placeOf = new Map(catalogue.map((id, place) => [id, place]));
  const places = (goods: Iterable<string>) => [...goods].flatMap((id) => placeOf.get(id) ?? []);
  const people = [...before.keys()];
  const known = people.map((person) => places(before.get(person) ?? []));
  const relevant = new Map<number, Set<number>>();
  for (const [at, person] of people.entries()) {
    const own = new Set(known[at]);
    const later = places(after.get(person) ?? []).filter((place) => !own.has(place));
    if (later.length > 0 && own.size >= fewestKnown) relevant.set(at, new Set(later));
  }
  return { name, items: catalogue.length, known, relevant, isRecallCapped };
}

const linesOf = (text: string) => text.trim().split('\n').slice(1);
function gather(pairs: Iterable<readonly [string, string]>): Map<string, Set<string>> {
  const sets = new Map<string, Set<string>>();
  for (const [person, id] of pairs) {
    const own = sets.get(person);
    if (own) own.add(id);
    else sets.set(person, new Set([id]));
  }
  return sets;
}

function movieLens(): Task {
  const read = (file: string) => linesOf(readFileSync(join(folder as string, 'movielens-small', file), 'utf8'));
  const rows = (file: string) => read(file).map((line) => line.split(',') as [string, string, string]);
  const liked = rows('dev.csv').filter(([, , rating]) => Number(rating) >= 4);
  return toTask(
    'movielens-small',
    gather(rows('train.csv').map(([u, i]) => [u, i])),
    gather(liked.map(([u, i]) => [u, i])),
    {
      fewestPeople: 5,
      fewestKnown: 1,
      isRecallCapped: false,
    },
  );
}

function onlineRetail(cut: string): Task {
  const lines = ['1', '2'].flatMap((part) =>
    linesOf(
      gunzipSync(readFileSync(join(folder as string, 'online-retail', `invoices_train_part${part}.csv.gz`))).toString(
        'utf8',
      ),
    ),
  );
  const bought = lines
    .map((line) => line.split(',') as [string, string, string, string, string, string])
    .filter(
      ([invoice, code, quantity, , price, customer]) =>
        !invoice.startsWith('C') && /^\d{5}/.test(code) && Number(quantity) > 0 && Number(price) > 0 && customer !== '',
    );
  const of = (isBefore: boolean) =>
    gather(
      bought
        .filter(([, , , at]) => at < cut === isBefore)
        .map(([, code, , , , customer]) => [customer, code.toUpperCase()] as const),
    );
  return toTask(`online-retail, cut ${cut}`, of(true), of(false), {
    fewestPeople: 1,
    fewestKnown: 5,
    isRecallCapped: true,
  });
}

function pack({ known, items }: Task): Interactions {
  const pairs = known.flatMap((own, person) => own.map((place) => [person, place] as const));
  return packInteractions(
    { users: known.length, items },
    Int32Array.from(pairs, ([person]) => person),
    Int32Array.from(pairs, ([, place]) => place),
  );
}

/** weights[known item] → what it says for others. */
type Says = { to: number; weight: number }[][];

function regressed(data: Interactions, options: NeighbourOptions): Says {
  const says: Says = Array.from({ length: data.items }, () => []);
  for (const learnt of learnNeighbours(data, options))
    learnt?.others.forEach((other, at) => {
      says[other]?.push({ to: learnt.item, weight: learnt.weights[at] as number });
    });
  return says;
}

/** Each item's `keep` nearest by cosine: what most shops' "bought together" is. */
function cosine(data: Interactions, keep: number): Says {
  const { items, itemStart, itemUsers, userStart, userItems } = data;
  const size = (item: number) => (itemStart[item + 1] as number) - (itemStart[item] as number);
  const says: Says = Array.from({ length: items }, () => []);
  for (let item = 0; item < items; item += 1) {
    const met = new Map<number, number>();
    for (const user of itemUsers.subarray(itemStart[item], itemStart[item + 1]))
      for (const other of userItems.subarray(userStart[user], userStart[user + 1]))
        if (other !== item) met.set(other, (met.get(other) ?? 0) + 1);
    const nearest = [...met]
      .map(([other, count]) => ({ other, weight: count / Math.sqrt(size(item) * size(other)) }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, keep);
    for (const { other, weight } of nearest) says[other]?.push({ to: item, weight });
  }
  return says;
}

function measure(task: Task, scoresOf: (known: readonly number[]) => Float64Array): RankingMeasures {
  const sums = { recall: 0, ndcg: 0, hit: 0 };
  for (const [person, relevant] of task.relevant) {
    const known = task.known[person] ?? [];
    const scores = scoresOf(known);
    for (const own of known) scores[own] = Number.NEGATIVE_INFINITY;
    const ranked = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number)).slice(0, 20);
    const measured = measureRanking(ranked, relevant, { recallAt: 20, at: 10 });
    const cap = task.isRecallCapped ? relevant.size / Math.min(20, relevant.size) : 1;
    sums.recall += measured.recall * cap;
    sums.ndcg += measured.ndcg;
    sums.hit += measured.hit;
  }
  const n = task.relevant.size;
  return { recall: sums.recall / n, ndcg: sums.ndcg / n, hit: sums.hit / n };
}

const summed = (says: Says, items: number) => (known: readonly number[]) => {
  const scores = new Float64Array(items);
  for (const own of known) for (const { to, weight } of says[own] ?? []) scores[to] = (scores[to] as number) + weight;
  return scores;
};

const shown = (value: number) => value.toFixed(4).replace(/^0/, '');
for (const task of [movieLens(), onlineRetail('2011-05-29')]) {
  const data = pack(task);
  const usual = usualNeighbours(data);
  const popular = Float64Array.from(
    { length: task.items },
    (_, item) => (data.itemStart[item + 1] as number) - (data.itemStart[item] as number),
  );
  console.log(
    `\n${task.name}: ${data.users} people, ${task.items} goods, ${data.userItems.length} pairs, ${task.relevant.size} judged`,
  );
  console.log('| method | recall@20 | nDCG@10 | hit@10 | learnt in |\n|---|---|---|---|---|');
  const ways: [string, () => (known: readonly number[]) => Float64Array][] = [
    ['popularity', () => () => popular.slice()],
    ['cosine, 20 nearest', () => summed(cosine(data, 20), task.items)],
    ['cosine, 50 nearest', () => summed(cosine(data, 50), task.items)],
    [`ours, ridge ${usual.ridge.toFixed(0)}`, () => summed(regressed(data, usual), task.items)],
  ];
  for (const [name, learn] of ways) {
    const startedAt = performance.now();
    const scoresOf = learn();
    const tookS = (performance.now() - startedAt) / 1_000;
    const { recall, ndcg, hit } = measure(task, scoresOf);
    console.log(`| ${name} | ${shown(recall)} | ${shown(ndcg)} | ${shown(hit)} | ${tookS.toFixed(1)} s |`);
  }
}
