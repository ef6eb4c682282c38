/** Learns which goods speak for which, in the worker and in bounded memory, and keeps what may be recommended. */
import { setImmediate as breathe } from 'node:timers/promises';
import { learnNeighbours, packInteractions } from '@xiaopu/lab/recommend';
import { type Clock, dayMs, hourMs, minuteMs } from '#platform/clock.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { trimTastes } from './recommendation.repository.ts';
import * as repository from './recommendation.training.repository.ts';

export interface GoodsOnSale {
  spuId: string;
  shopId: string;
  categoryId: string;
  rootCategoryId: string;
  categoryName: string;
  salePrice: number;
  soldCount: number;
}
export interface TrainingDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  clock: Clock;
  /** The best of each category that are on sale and in stock. One statement. */
  goodsOnSale(db: Executor, perCategory: number): Promise<GoodsOnSale[]>;
}

const everyMs = 6 * hourMs;
const refreshMs = 10 * minuteMs;
const perCategory = 60;
/** Bounds of memory: 10,000 goods × 1,000 co-occurrences × 8 bytes, and 8 bytes an interaction. */
const limits = { goods: 10_000, interactions: 2_000_000, each: 100, page: 500 };
/** Interest that began to fade so long ago says nothing any more: 2^-13. */
const forgottenAfterMs = 180 * dayMs;
const spokenFor = 60;
const pauseAfter = 25;
const writtenAtOnce = 200;

/** The goods most people had to do with come first; the tail is met too seldom to say anything. */
async function readTastes(db: Executor): Promise<{ people: string[][]; goods: string[] }> {
  const people: string[][] = [];
  const counts = new Map<string, number>();
  let interactions = 0;
  for (let after = '00000000-0000-0000-0000-000000000000'; interactions < limits.interactions; ) {
    const rows = await repository.pageOfTastes(db, after, limits.page, limits.each);
    for (const { spuIds } of rows) {
      people.push(spuIds);
      interactions += spuIds.length;
      for (const spuId of spuIds) counts.set(spuId, (counts.get(spuId) ?? 0) + 1);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < limits.page) break;
    after = last.buyerId;
  }
  const goods = [...counts]
    .filter(([, count]) => count > 1)
    .sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1))
    .slice(0, limits.goods)
    .map(([spuId]) => spuId);
  return { people, goods };
}

export function createTraining({ database, clock, goodsOnSale }: TrainingDeps) {
  const { db, inTransaction } = database;

  async function refreshItems(): Promise<void> {
    const goods = await goodsOnSale(db, perCategory);
    if (goods.length === 0) return;
    const best = Math.log1p(goods.reduce((most, { soldCount }) => Math.max(most, soldCount), 1));
    await inTransaction(async (tx) => {
      if (!(await repository.claim(tx, 'items'))) return;
      await repository.replaceItems(
        tx,
        goods.map(({ soldCount, ...item }) => ({ ...item, hot: Math.log1p(soldCount) / best })),
      );
    });
  }

  async function train(): Promise<void> {
    const startedAt = performance.now();
    const { people, goods } = await readTastes(db);
    const placeOf = new Map(goods.map((spuId, place) => [spuId, place]));
    const pairs = people.flatMap((spuIds, person) =>
      spuIds.flatMap((spuId) => {
        const place = placeOf.get(spuId);
        return place === undefined ? [] : [[person, place] as const];
      }),
    );
    const data = packInteractions(
      { users: people.length, items: goods.length },
      Int32Array.from(pairs, ([person]) => person),
      Int32Array.from(pairs, ([, place]) => place),
    );
    const says: { to: number; weight: number }[][] = goods.map(() => []);
    let steps = 0;
    for (const learnt of learnNeighbours(data)) {
      learnt?.others.forEach((other, at) => {
        says[other]?.push({ to: learnt.item, weight: learnt.weights[at] as number });
      });
      steps += 1;
      // Requests of the same process go first.
      if (steps % pauseAfter === 0) await breathe();
    }
    let written = 0;
    for (let from = 0; from < goods.length; from += writtenAtOnce) {
      const batch = goods.slice(from, from + writtenAtOnce);
      const rows = batch.flatMap((spuId, at) =>
        (says[from + at] ?? [])
          .toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
          .slice(0, spokenFor)
          .map(({ to, weight }) => ({ spuId, otherId: goods[to] as string, weight })),
      );
      written += rows.length;
      await inTransaction((tx) => repository.replaceNeighbours(tx, batch, rows));
    }
    await inTransaction(async (tx) => {
      await repository.dropNeighboursOfOthers(tx, goods);
      const tookMs = Math.round(performance.now() - startedAt);
      const figures = { people: people.length, goods: goods.length, pairs: written };
      await repository.saveTraining(tx, { trainedAt: clock.now(), tookMs, ...figures });
    });
  }

  let itemsAt = Number.NEGATIVE_INFINITY;
  let isTraining = false;
  return {
    refreshItems,
    train,
    sweeps: (): Sweep[] => [
      {
        name: 'recommendation.refresh_items',
        isUpkeep: true,
        everyMs: refreshMs,
        async run() {
          if (Math.abs(clock.now().getTime() - itemsAt) < refreshMs) return 0;
          itemsAt = clock.now().getTime();
          await refreshItems();
          return 0;
        },
      },
      {
        name: 'recommendation.train',
        isUpkeep: true,
        everyMs: refreshMs,
        async run() {
          const now = clock.now();
          const last = await repository.lastTraining(db);
          const isDue = last === undefined || now.getTime() - last.trainedAt.getTime() >= everyMs;
          if (isTraining || !isDue || !(await repository.hasTasteSince(db, last?.trainedAt ?? new Date(0)))) return 0;
          isTraining = true;
          try {
            // Two workers that train at once do the same work twice and end with the same rows: no lock is held so long.
            await train();
            await trimTastes(db, new Date(now.getTime() - forgottenAfterMs));
          } finally {
            isTraining = false;
          }
          return 0;
        },
      },
    ],
  };
}
