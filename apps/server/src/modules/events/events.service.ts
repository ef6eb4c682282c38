/** Takes what clients tell of their shoppers, each act once, and counts who went from looking to paying. */
import type { ActsTaken, SendActs } from '@xiaopu/contracts';
import type { FunnelReport } from '@xiaopu/contracts/console';
import { LRUCache } from 'lru-cache';
import { type Clock, dayMs, hourMs, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import { gather } from '#platform/database/gather.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Policies } from '#platform/policy.ts';
import { eventIdOf, isTimely, mondayOf, type StoredAct, toStored, weekOf } from './events.domain.ts';
import { tooManyActs } from './events.errors.ts';
import { keepDays, lateDays, mostPerMinute } from './events.policies.ts';
import * as repository from './events.repository.ts';

export interface EventsDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  clock: Clock;
  policies: Policies;
  /** To which shop each product belongs; products there are not are left out. One statement. */
  shopsOf(db: Executor, spuIds: string[]): Promise<ReadonlyMap<string, string>>;
  /** Those of them who do not want to be remembered. One statement. */
  whoIsOff(db: Executor, buyerIds: string[]): Promise<ReadonlySet<string>>;
  /** Hear of new acts in their own transaction: what they add up counts each act once, as the table does. */
  listeners: readonly ((tx: Tx, acts: readonly StoredAct[]) => Promise<void>)[];
}
export type Events = ReturnType<typeof createEvents>;

interface Sent {
  buyerId: string;
  acts: StoredAct[];
}
const ofMany = 40;
const knownProducts = 50_000;

export function createEvents({ database, clock, policies, shopsOf, whoIsOff, listeners }: EventsDeps) {
  const { inTransaction } = database;
  const shops = new LRUCache<string, string>({ max: knownProducts, ttl: hourMs });
  const spent = new LRUCache<string, { minute: number; acts: number }>({ max: 20_000 });
  /** Of weeks that this process has seen; one dropped elsewhere is one nobody writes to any more. */
  const madeWeeks = new Set<string>();

  async function shopLookup(spuIds: string[]): Promise<(spuId: string) => string | undefined> {
    const unknown = [...new Set(spuIds)].filter((spuId) => !shops.has(spuId));
    if (unknown.length > 0) for (const [spuId, shopId] of await shopsOf(database.db, unknown)) shops.set(spuId, shopId);
    return (spuId) => shops.get(spuId);
  }

  async function ensureWeeks(acts: readonly StoredAct[]): Promise<void> {
    for (const { at } of acts) {
      const week = weekOf(at);
      if (madeWeeks.has(week.name)) continue;
      await inTransaction((tx) => repository.makeWeek(tx, week));
      madeWeeks.add(week.name);
    }
  }

  async function keep(tx: Tx, acts: readonly StoredAct[]): Promise<StoredAct[]> {
    if (acts.length === 0) return [];
    const stored = await repository.store(tx, acts, clock.now());
    const fresh = acts.filter(({ buyerId, eventId }) => stored.delete(`${buyerId}/${eventId}`));
    if (fresh.length > 0) for (const listen of listeners) await listen(tx, fresh);
    return fresh;
  }

  /** Requests that come together are stored together and share a commit; each is answered after it. */
  const take = gather<Sent, ActsTaken>({
    most: ofMany,
    async together(sent) {
      await ensureWeeks(sent.flatMap(({ acts }) => acts));
      return inTransaction(async (tx) => {
        const off = await whoIsOff(tx, [...new Set(sent.map(({ buyerId }) => buyerId))]);
        const fresh = await keep(
          tx,
          sent.flatMap(({ buyerId, acts }) => (off.has(buyerId) ? [] : acts)),
        );
        const counts = Map.groupBy(fresh, ({ buyerId }) => buyerId);
        // Several requests of one shopper in a batch: the first says how many.
        return sent.map(({ buyerId }) => {
          const stored = counts.get(buyerId)?.length ?? 0;
          counts.delete(buyerId);
          return { stored, isOff: off.has(buyerId) };
        });
      });
    },
  });

  function limit(buyerId: string, count: number): void {
    const minute = Math.floor(clock.now().getTime() / minuteMs);
    const known = spent.get(buyerId);
    const acts = (known?.minute === minute ? known.acts : 0) + count;
    spent.set(buyerId, { minute, acts });
    if (acts > policies.get(mostPerMinute)) throw tooManyActs();
  }

  return {
    async take(buyerId: string, { acts: told }: SendActs): Promise<ActsTaken> {
      limit(buyerId, told.length);
      const [now, lateMs] = [clock.now(), policies.get(lateDays) * dayMs];
      const timely = told.filter(({ at }) => isTimely(new Date(at), now, lateMs));
      const shopOf = await shopLookup(timely.flatMap((act) => ('spuId' in act ? [act.spuId] : [])));
      return take({ buyerId, acts: timely.flatMap((act) => toStored(buyerId, act, shopOf) ?? []) });
    },

    /** Our own word, and never sampled: what was paid. */
    async ordersPaid(
      tx: Tx,
      orders: { buyerId: string; orderNo: string; shopId: string; payable: number; at: string }[],
    ): Promise<void> {
      const off = await whoIsOff(tx, [...new Set(orders.map(({ buyerId }) => buyerId))]);
      const acts = orders
        .filter(({ buyerId }) => !off.has(buyerId))
        .map(
          ({ buyerId, orderNo, shopId, payable, at }): StoredAct => ({
            ...{ buyerId, shopId, at: new Date(at), eventId: eventIdOf(`pay:${orderNo}`), kind: 'pay' },
            ...{ spuId: null, origin: null, amount: payable },
          }),
        );
      await ensureWeeks(acts);
      await keep(tx, acts);
    },

    merged: repository.merge,
    forget: repository.forget,

    async funnel(db: Executor, shopId: string, days: number): Promise<FunnelReport> {
      const now = clock.now();
      const from = new Date(startOfShanghaiDay(shanghaiDay(now)).getTime() - (days - 1) * dayMs);
      const rows = await repository.funnel(db, { shopId, from, until: new Date(now.getTime() + minuteMs) });
      const steps = ({ visit, browse, cart, pay }: Omit<repository.FunnelRow, 'day'>) => ({ visit, browse, cart, pay });
      const none = { visit: 0, browse: 0, cart: 0, pay: 0 };
      const byDay = new Map(rows.map((row) => [row.day, steps(row)]));
      return {
        total: byDay.get('') ?? none,
        days: Array.from({ length: days }, (_, at) => {
          const day = shanghaiDay(new Date(from.getTime() + at * dayMs));
          return { day, ...(byDay.get(day) ?? none) };
        }),
      };
    },

    sweeps: (): Sweep[] => [
      {
        name: 'events.drop_old_weeks',
        isUpkeep: true,
        everyMs: hourMs,
        async run() {
          const before = clock.now().getTime() - (policies.get(keepDays) + 7) * dayMs;
          const old = (await repository.weeks(database.db)).filter((name) => {
            const monday = mondayOf(name);
            return monday !== undefined && monday.getTime() < before;
          });
          for (const name of old) {
            await inTransaction((tx) => repository.dropWeek(tx, name));
            madeWeeks.delete(name);
          }
          return 0;
        },
      },
    ],
  };
}
