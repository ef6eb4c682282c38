/** 猜你喜欢: what a shopper's looks, carts and tags say they may like; what sells best for whoever nothing is known of, or who wants none of it. */
import type { ProductCard, RecommendationQuery, Recommendations } from '@xiaopu/contracts';
import { LRUCache } from 'lru-cache';
import { type Clock, hourMs, minuteMs } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import { fading, growth, rank, reasonText, worthOf } from './recommendation.domain.ts';
import { createGuard, type GuardOptions } from './recommendation.guard.ts';
import * as repository from './recommendation.repository.ts';
import { createTraining, type TrainingDeps } from './recommendation.training.ts';

export interface Mark {
  shopId: string;
  categoryId: string;
  rootCategoryId: string;
}
export interface RecommendationDeps extends TrainingDeps {
  database: Database;
  clock: Clock;
  log: Logger;
  guard?: GuardOptions;
  /** Shop and categories of products. One statement. */
  marks(db: Executor, spuIds: string[]): Promise<ReadonlyMap<string, Mark>>;
  /** One statement; what cannot be bought now has no card. */
  buyableCards(
    db: Executor,
    spuIds: readonly string[],
    known: readonly string[],
  ): Promise<{ cards: ReadonlyMap<string, ProductCard>; titles: ReadonlyMap<string, string> }>;
  bestSellers(db: Executor, of: { shopId?: string | undefined; limit: number }): Promise<ProductCard[]>;
  /** Whatever else is remembered of what a shopper did. */
  forget: readonly ((tx: Tx, buyerId: string) => Promise<unknown>)[];
}
export type Recommendation = ReturnType<typeof createRecommendation>;

export interface ToldAct {
  buyerId: string;
  spuId: string | null;
  kind: string;
  amount: number | null;
  at: Date;
}

/** So many are ranked for one shopper; after them the shop's own list goes on. */
const longest = 60;
const hotTtlMs = minuteMs;
/** Sold out since the list was made: a few more are asked for. */
const spare = 6;

export function createRecommendation(deps: RecommendationDeps) {
  const { database, clock, log, marks, buyableCards, bestSellers, forget } = deps;
  const { db } = database;
  const guard = createGuard(log, deps.guard);
  const training = createTraining(deps);
  const markOf = new LRUCache<string, Mark>({ max: 50_000, ttl: hourMs });
  /** Kept past its time when the database does not answer: an old list is better than none. */
  const hotLists = new LRUCache<string, ProductCard[]>({
    max: 500,
    ttl: hotTtlMs,
    allowStale: true,
    noDeleteOnStaleGet: true,
  });

  async function hotList(shopId: string | undefined): Promise<ProductCard[]> {
    const key = shopId ?? 'all';
    if (hotLists.getRemainingTTL(key) > 0) return hotLists.get(key) ?? [];
    try {
      const cards = await bestSellers(db, { shopId, limit: longest + spare });
      hotLists.set(key, cards);
      return cards;
    } catch (error) {
      const kept = hotLists.get(key);
      if (kept) return kept;
      throw error;
    }
  }

  const cursorOf = (place: number, length: number): string | null => (place < length ? String(place) : null);

  async function hotPage(
    { shopId, limit }: RecommendationQuery,
    from: number,
    except: ReadonlySet<string>,
    isOff: boolean,
  ): Promise<Recommendations> {
    const shown = (await hotList(shopId)).filter(({ spuId }) => !except.has(spuId)).slice(0, longest);
    const items = shown.slice(from, from + limit);
    return {
      ...{ basis: 'hot', isOff },
      items: items.map((product) => ({ product, reason: 'hot', reasonText: '' })),
      nextCursor: cursorOf(from + limit, shown.length),
    };
  }

  /** Two statements: what is known of the shopper with what it speaks for, and the cards. undefined: nothing to go by. */
  async function personalPage(
    buyerId: string,
    { shopId = undefined, limit }: RecommendationQuery,
    from: number,
    except: ReadonlySet<string>,
  ): Promise<Recommendations | { isOff: boolean }> {
    const now = clock.now();
    const found = await repository.find(db, { buyerId, fading: fading(now), shopId: shopId ?? null });
    if (found.isOff) return { isOff: true };
    const ranked = rank(found, now)
      ?.filter(({ spuId }) => !except.has(spuId))
      .slice(0, longest);
    if (ranked === undefined || ranked.length === 0) return { isOff: false };
    const asked = ranked.slice(from, from + limit + spare);
    const because = asked.flatMap((one) => (one.reason === 'alike' && one.because !== null ? [one.because] : []));
    const { cards, titles } = await buyableCards(
      db,
      asked.map(({ spuId }) => spuId),
      because,
    );
    const items: Recommendations['items'] = [];
    let place = from;
    for (const one of asked) {
      if (items.length === limit) break;
      place += 1;
      const product = cards.get(one.spuId);
      const title = one.because === null ? undefined : titles.get(one.because);
      if (product) items.push({ product, reason: one.reason, reasonText: reasonText(one, title) });
    }
    return { basis: 'personal', isOff: false, items, nextCursor: cursorOf(place, ranked.length) };
  }

  return {
    training,
    state: guard.state,

    async recommend(buyerId: string, query: RecommendationQuery): Promise<Recommendations> {
      const from = Math.min(longest, Math.max(0, Math.trunc(Number(query.cursor ?? 0)) || 0));
      const except = new Set(query.except?.split(','));
      const answer = await guard.ask(() => personalPage(buyerId, query, from, except));
      return answer !== undefined && 'items' in answer ? answer : hotPage(query, from, except, answer?.isOff ?? false);
    },

    /** New acts, in their own transaction. */
    async noteActs(tx: Tx, acts: readonly ToldAct[]): Promise<void> {
      const worthy = acts.filter((act) => act.spuId !== null && worthOf(act) > 0);
      const unknown = [...new Set(worthy.map(({ spuId }) => spuId as string))].filter((spuId) => !markOf.has(spuId));
      if (unknown.length > 0) for (const [spuId, mark] of await marks(db, unknown)) markOf.set(spuId, mark);
      const changes = new Map<string, repository.TasteChange>();
      for (const act of worthy) {
        const spuId = act.spuId as string;
        const mark = markOf.get(spuId);
        if (!mark) continue;
        const key = `${act.buyerId}/${spuId}`;
        const { categoryId, rootCategoryId } = mark;
        const change = changes.get(key) ?? {
          ...{ buyerId: act.buyerId, spuId, categoryId, rootCategoryId },
          ...{ weight: 0, lookedMs: 0, carts: 0, lastAt: act.at, boughtAt: null },
        };
        change.weight += worthOf(act) * growth(act.at);
        if (act.kind === 'dwell') change.lookedMs += act.amount ?? 0;
        if (act.kind === 'cart') change.carts += 1;
        if (act.kind === 'bought') change.boughtAt = act.at;
        if (act.at > change.lastAt) change.lastAt = act.at;
        changes.set(key, change);
      }
      await repository.addTastes(tx, [...changes.values()]);
    },

    async ordersPaid(tx: Tx, orders: { buyerId: string; spuIds: string[]; at: Date }[]): Promise<void> {
      const off = await repository.whoIsOff(tx, [...new Set(orders.map(({ buyerId }) => buyerId))]);
      const bought = orders
        .filter(({ buyerId }) => !off.has(buyerId))
        .flatMap(({ buyerId, spuIds, at }) =>
          [...new Set(spuIds)].map((spuId) => ({ buyerId, spuId, kind: 'bought', amount: null, at })),
        );
      await this.noteActs(tx, bought);
    },

    merged: repository.merge,
    whoIsOff: repository.whoIsOff,
    /** What a shopper's tags say; nothing is kept of who is off. */
    /** One statement; each buyer once. */
    setBoosts: repository.setBoosts,

    isOff: async (executor: Executor, buyerId: string): Promise<boolean> =>
      (await repository.whoIsOff(executor, [buyerId])).has(buyerId),

    /** Off: what was remembered goes with it, at once. */
    async setOff(tx: Tx, buyerId: string, isOff: boolean): Promise<void> {
      await repository.setOff(tx, buyerId, isOff, clock.now());
      if (isOff) for (const forgetIt of forget) await forgetIt(tx, buyerId);
    },

    sweeps: training.sweeps,
  };
}
