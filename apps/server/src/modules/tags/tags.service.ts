/** Works out what rules say of a shop's buyers as they do things and as days go by, and keeps what people note beside it. */
import type {
  GiveTag,
  MemberTags,
  SaveTag,
  TagHolderPage,
  TagList,
  TagRule,
  TriedTagRule,
} from '@xiaopu/contracts/console';
import { LRUCache } from 'lru-cache';
import { type Clock, dayMs, hourMs, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { type DayFact, decide, wholeOrders } from './tags.domain.ts';
import { memberUnknown, presetKept, tagUnknown, tooManyTags } from './tags.errors.ts';
import { presetId, presetsOf } from './tags.presets.ts';
import * as repository from './tags.repository.ts';

export interface Mark {
  shopId: string;
  rootCategoryId: string;
}
export interface Lift {
  categories?: Record<string, number>;
  price?: 'low' | 'high';
}
export interface TagsDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  clock: Clock;
  marks(db: Executor, spuIds: string[]): Promise<ReadonlyMap<string, Mark>>;
  rootCategories(): Promise<{ categoryId: string; name: string }[]>;
  shopIds(db: Executor): Promise<string[]>;
  isPatron(db: Executor, shopId: string, buyerId: string): Promise<boolean>;
  nicknames(db: Executor, buyerIds: string[]): Promise<ReadonlyMap<string, { nickname: string }>>;
  whoIsOff(db: Executor, buyerIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** To the recommender. */
  lift(tx: Tx, people: readonly { buyerId: string; boosts: Lift }[]): Promise<void>;
}
export type Tags = ReturnType<typeof createTags>;

export interface ToldAct {
  buyerId: string;
  shopId: string | null;
  spuId: string | null;
  kind: string;
  amount: number | null;
  at: Date;
}
export interface PaidOrder {
  buyerId: string;
  shopId: string;
  payable: number;
  hasCoupons: boolean;
  lines: readonly { spuId: string; quantity: number }[];
  at: Date;
}

const atOnce = 200;
const mostTags = 400;
const tried = 1_000;
const keptDays = 366;
const counted: Record<string, 'views' | 'carts' | 'favourites'> = {
  view: 'views',
  cart: 'carts',
  favourite: 'favourites',
};

export function createTags(deps: TagsDeps) {
  const { database, clock, marks, rootCategories, shopIds, isPatron, nicknames, whoIsOff, lift } = deps;
  const { db, inTransaction } = database;
  const markOf = new LRUCache<string, Mark>({ max: 50_000, ttl: hourMs });
  async function remember(spuIds: readonly string[]): Promise<void> {
    const unknown = [...new Set(spuIds)].filter((spuId) => !markOf.has(spuId));
    if (unknown.length > 0) for (const [spuId, mark] of await marks(db, unknown)) markOf.set(spuId, mark);
  }

  /** Adds up by buyer, shop, day and category. */
  function createSums() {
    const sums = new Map<string, repository.DayChange>();
    return {
      of(buyerId: string, shopId: string, at: Date, rootCategoryId: string): repository.DayChange {
        const day = shanghaiDay(at);
        const key = [buyerId, shopId, day, rootCategoryId].join();
        const known = sums.get(key) ?? {
          ...{ buyerId, shopId, day, rootCategoryId, views: 0, lookedMs: 0, carts: 0, favourites: 0 },
          ...{ units: 0, orders: 0, couponOrders: 0, spent: 0 },
        };
        sums.set(key, known);
        return known;
      },
      all: () => [...sums.values()],
    };
  }

  async function categoryNames(): Promise<(categoryId: string) => string> {
    const names = new Map((await rootCategories()).map(({ categoryId, name }) => [categoryId, name]));
    return (categoryId) => names.get(categoryId) ?? '其他';
  }

  /** Everything the rules of these shops say of these people. */
  async function judge(executor: Executor, people: readonly { buyerId: string; shopId: string }[], today: string) {
    const nameOf = await categoryNames();
    const rules = Map.groupBy(
      await repository.rulesOf(executor, [...new Set(people.map(({ shopId }) => shopId))]),
      ({ shopId }) => shopId,
    );
    const days = Map.groupBy(
      await repository.daysOf(executor, [...new Set(people.map(({ buyerId }) => buyerId))]),
      ({ buyerId, shopId }) => `${buyerId}/${shopId}`,
    );
    const held: repository.Held[] = [];
    for (const { buyerId, shopId } of people) {
      const facts: DayFact[] = days.get(`${buyerId}/${shopId}`) ?? [];
      for (const { tagId, rule } of rules.get(shopId) ?? []) {
        const { holds, reason } = decide(rule, facts, today, nameOf);
        if (holds) held.push({ buyerId, shopId, tagId, reason });
      }
    }
    return held;
  }

  async function liftAll(tx: Tx, buyerIds: readonly string[]): Promise<void> {
    const lifts = Map.groupBy(await repository.liftsOf(tx, buyerIds), ({ buyerId }) => buyerId);
    const people = [...new Set(buyerIds)].map((buyerId) => {
      const said = lifts.get(buyerId) ?? [];
      const categories = Object.fromEntries(said.flatMap(({ liftCategoryId: id }) => (id === null ? [] : [[id, 1]])));
      const prices = new Set(said.flatMap(({ liftPrice }) => liftPrice ?? []));
      const [price] = prices;
      // Tags that contradict each other say nothing of the price.
      return { buyerId, boosts: { categories, ...(prices.size === 1 && price ? { price } : {}) } };
    });
    await lift(tx, people);
  }

  /** The people who are due, once: those who did something, and all others as a new day begins. @returns how many */
  const work = (): Promise<number> =>
    inTransaction(async (tx) => {
      const now = clock.now();
      const people = await repository.claim(tx, now, atOnce);
      if (people.length === 0) return 0;
      const today = shanghaiDay(now);
      const held = await judge(tx, people, today);
      const nextAt = new Date(startOfShanghaiDay(today).getTime() + dayMs);
      await repository.replaceHeld(tx, people, held, { now, nextAt });
      await liftAll(
        tx,
        people.map(({ buyerId }) => buyerId),
      );
      return people.length;
    });

  async function layPresets(): Promise<void> {
    const categories = await rootCategories();
    const presets = presetsOf(categories);
    for (const shopId of await shopIds(db)) {
      const rows = presets.map(({ key, ...tag }, sort) => ({
        ...{ shopId, tagId: presetId(shopId, key), sort, isPreset: true, tag: { ...tag, isOn: true } },
      }));
      await inTransaction(async (tx) => {
        if ((await repository.insert(tx, rows, clock.now())) > 0) await repository.dueAll(tx, shopId, clock.now());
      });
    }
  }

  let laidAt = Number.NEGATIVE_INFINITY;
  return {
    async noteActs(tx: Tx, acts: readonly ToldAct[]): Promise<void> {
      const told = acts.filter(({ kind, spuId }) => spuId !== null && (kind in counted || kind === 'dwell'));
      await remember(told.map(({ spuId }) => spuId as string));
      const sums = createSums();
      for (const { buyerId, spuId, kind, amount, at } of told) {
        const mark = markOf.get(spuId as string);
        if (!mark) continue;
        const sum = sums.of(buyerId, mark.shopId, at, mark.rootCategoryId);
        const key = counted[kind];
        if (key) sum[key] += 1;
        else sum.lookedMs += amount ?? 0;
      }
      await repository.addDays(tx, sums.all(), clock.now());
    },

    async ordersPaid(tx: Tx, orders: readonly PaidOrder[]): Promise<void> {
      const off = await whoIsOff(tx, [...new Set(orders.map(({ buyerId }) => buyerId))]);
      const known = orders.filter(({ buyerId }) => !off.has(buyerId));
      await remember(known.flatMap(({ lines }) => lines.map(({ spuId }) => spuId)));
      const sums = createSums();
      for (const { buyerId, shopId, payable, hasCoupons, lines, at } of known) {
        const whole = sums.of(buyerId, shopId, at, wholeOrders);
        whole.orders += 1;
        whole.spent += payable;
        if (hasCoupons) whole.couponOrders += 1;
        for (const { spuId, quantity } of lines) {
          const mark = markOf.get(spuId);
          if (mark) sums.of(buyerId, shopId, at, mark.rootCategoryId).units += quantity;
        }
      }
      await repository.addDays(tx, sums.all(), clock.now());
    },

    /** Money given back is not spent; never below nothing. */
    refunded: (tx: Tx, refund: { buyerId: string; shopId: string; amount: number; at: Date }): Promise<void> =>
      repository.takeBack(tx, { ...refund, day: shanghaiDay(refund.at) }, clock.now()),

    async merged(tx: Tx, guestId: string, buyerId: string): Promise<void> {
      if ((await whoIsOff(tx, [buyerId])).has(buyerId)) await repository.forget(tx, guestId);
      else await repository.merge(tx, guestId, buyerId, clock.now());
    },
    forget: repository.forget,
    work,
    layPresets,

    async list(executor: Executor, shopId: string): Promise<TagList> {
      const rows = await repository.list(executor, shopId);
      return {
        items: rows.map((row) => ({ ...row, updatedAt: row.updatedAt.toISOString() })),
        categories: (await rootCategories()).map(({ categoryId, name }) => ({ categoryId, name })),
        waiting: await repository.countWaiting(executor, shopId, clock.now()),
      };
    },

    /** Made under the client's id: asked twice, it is one. */
    async create(tx: Tx, shopId: string, tagId: string, tag: SaveTag): Promise<void> {
      const sort = await repository.countTags(tx, shopId);
      if (sort >= mostTags) throw tooManyTags();
      await repository.insert(tx, [{ shopId, tagId, tag, isPreset: false, sort }], clock.now());
      if (tag.rule !== null) await repository.dueAll(tx, shopId, clock.now());
    },
    async update(tx: Tx, shopId: string, tagId: string, tag: SaveTag): Promise<void> {
      if (!(await repository.update(tx, shopId, tagId, tag, clock.now()))) throw tagUnknown();
      if (tag.rule === null || !tag.isOn) await repository.dropHoldings(tx, shopId, tagId);
      await repository.dueAll(tx, shopId, clock.now());
    },
    async remove(tx: Tx, shopId: string, tagId: string): Promise<string> {
      const tag = await repository.find(tx, shopId, tagId);
      if (!tag) throw tagUnknown();
      if (tag.isPreset) throw presetKept();
      await repository.remove(tx, shopId, tagId);
      await repository.dueAll(tx, shopId, clock.now());
      return tag.name;
    },

    async tryRule(executor: Executor, shopId: string, rule: TagRule): Promise<TriedTagRule> {
      const buyerIds = await repository.lastSeen(executor, shopId, tried);
      const nameOf = await categoryNames();
      const today = shanghaiDay(clock.now());
      const days = Map.groupBy(
        (await repository.daysOf(executor, buyerIds)).filter((one) => one.shopId === shopId),
        ({ buyerId }) => buyerId,
      );
      const holds = buyerIds.filter((buyerId) => decide(rule, days.get(buyerId) ?? [], today, nameOf).holds).length;
      return { holds, of: buyerIds.length };
    },

    async ofMember(executor: Executor, shopId: string, buyerId: string): Promise<MemberTags> {
      if (!(await isPatron(executor, shopId, buyerId))) throw memberUnknown();
      const rows = await repository.tagsOf(executor, shopId, buyerId, clock.now());
      return {
        items: rows.map(({ since, until, ...row }) => ({
          ...{ ...row, since: since.toISOString(), until: until?.toISOString() ?? null },
        })),
        isOff: (await whoIsOff(executor, [buyerId])).has(buyerId),
      };
    },
    async give(
      tx: Tx,
      { shopId, buyerId, tagId }: { shopId: string; buyerId: string; tagId: string },
      { reason, days }: GiveTag,
    ): Promise<string> {
      const tag = await repository.find(tx, shopId, tagId);
      if (!tag?.isOn) throw tagUnknown();
      if (!(await isPatron(tx, shopId, buyerId))) throw memberUnknown();
      const since = clock.now();
      const until = days === undefined ? null : new Date(since.getTime() + days * dayMs);
      await repository.give(tx, { buyerId, shopId, tagId, reason, since, until });
      if (!(await whoIsOff(tx, [buyerId])).has(buyerId)) await liftAll(tx, [buyerId]);
      return tag.name;
    },
    async takeAway(tx: Tx, of: { shopId: string; buyerId: string; tagId: string }): Promise<string> {
      const tag = await repository.find(tx, of.shopId, of.tagId);
      if (!tag) throw tagUnknown();
      const { numDeletedRows } = await repository.take(tx, of);
      if (numDeletedRows === 0n) throw tagUnknown();
      if (!(await whoIsOff(tx, [of.buyerId])).has(of.buyerId)) await liftAll(tx, [of.buyerId]);
      return tag.name;
    },

    async holders(
      executor: Executor,
      { shopId, tagId, page, pageSize }: { shopId: string; tagId: string; page: number; pageSize: number },
    ): Promise<TagHolderPage> {
      if (!(await repository.find(executor, shopId, tagId))) throw tagUnknown();
      const rows = await repository.holders(executor, shopId, tagId, (page - 1) * pageSize, pageSize);
      const names = await nicknames(
        executor,
        rows.map(({ buyerId }) => buyerId),
      );
      return {
        items: rows.map(({ since, ...row }) => ({
          ...{ ...row, nickname: names.get(row.buyerId)?.nickname ?? '访客', since: since.toISOString() },
        })),
        ...{ total: await repository.countHolders(executor, shopId, tagId), page, pageSize },
      };
    },

    sweeps: (): Sweep[] => [
      {
        name: 'tags.lay_presets',
        isUpkeep: true,
        everyMs: 10 * minuteMs,
        async run() {
          if (Math.abs(clock.now().getTime() - laidAt) < hourMs) return 0;
          laidAt = clock.now().getTime();
          await layPresets();
          return 0;
        },
      },
      { name: 'tags.work', isUpkeep: true, everyMs: 15_000, run: work },
      {
        name: 'tags.forget_old_days',
        everyMs: hourMs,
        async run() {
          await repository.dropDaysBefore(db, shanghaiDay(new Date(clock.now().getTime() - keptDays * dayMs)));
          return 0;
        },
      },
    ],
  };
}
