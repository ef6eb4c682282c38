/**
 * A large shop's fortnight is not summed at every look: a sweep sums the hours that are over and keeps them, a look adds the
 * hours since. Kept sums are made by the same statement as fresh ones, so they can only be late, never different in kind.
 */
import { type Clock, hourMs, minuteMs, shanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { HourFigures, Orders, Sold } from '../orders/index.ts';
import { bestSellerCount, dayStart, hourStart, mostSold, sparkDays, weekDays } from './analytics.figures.domain.ts';
import * as repository from './analytics.rolled.repository.ts';

export interface RolledDeps {
  clock: Clock;
  orders: Pick<Orders, 'figuresByHour' | 'soldByProduct' | 'countPaid'>;
}

/** A shop with fewer orders in a fortnight is summed as it is looked at, and is always exact. */
const leastOrders = 2_000;
/** Refunds leave the best sellers, and a payment that came late enters its hour, with the first sweep after so long. */
const freshForMs = 10 * minuteMs;
/** Hours that are summed again with the newest one: payments are told late. Older ones are, once a day, all of them. */
const lateHours = 3;
const everyProduct = 1_000_000;

/** A busy merchant's fortnight is more than one statement may take: six hours at a time. */
function* partsOf({ from, until }: { from: Date; until: Date }): Generator<{ from: Date; until: Date }> {
  for (let start = from.getTime(); start < until.getTime(); start += 6 * hourMs)
    yield { from: new Date(start), until: new Date(Math.min(start + 6 * hourMs, until.getTime())) };
}

export type RolledFigures = ReturnType<typeof createRolledFigures>;

export function createRolledFigures({ clock, orders }: RolledDeps, atLeast = leastOrders) {
  async function roll(tx: Tx, shopId: string): Promise<boolean> {
    if (!(await repository.claim(tx, shopId))) return false;
    const now = clock.now();
    const known = await repository.findRolled(tx, shopId);
    const until = hourStart(now);
    const isFresh =
      known !== undefined && known.until >= until && now.getTime() - known.rolledAt.getTime() < freshForMs;
    if (isFresh) return false;
    const [hoursFrom, sellersFrom] = [dayStart(now, sparkDays - 1), dayStart(now, weekDays - 1)];
    if ((await orders.countPaid(tx, shopId, hoursFrom, atLeast)) < atLeast) {
      if (known) await repository.forget(tx, shopId);
      return false;
    }
    const isWhole = known === undefined || known.until > until || shanghaiDay(known.recountedAt) !== shanghaiDay(now);
    const late = isWhole ? hoursFrom : new Date(Math.min(known.until.getTime(), until.getTime()) - lateHours * hourMs);
    const from = late < hoursFrom ? hoursFrom : late;
    const hours: HourFigures[] = [];
    for (const part of partsOf({ from, until })) hours.push(...(await orders.figuresByHour(tx, shopId, part)));
    await repository.replaceHours(tx, shopId, { from, until }, hours);
    await repository.dropHoursBefore(tx, shopId, hoursFrom);
    let sold: Sold[] = [];
    for (const part of partsOf({ from: sellersFrom, until }))
      sold = mostSold(sold, await orders.soldByProduct(tx, shopId, part, everyProduct), everyProduct);
    await repository.replaceSellers(tx, shopId, sold);
    await repository.saveRolled(tx, {
      ...{ shopId, until, hoursFrom, sellersFrom },
      ...{ recountedAt: isWhole ? now : known.recountedAt, rolledAt: now },
    });
    return true;
  }

  return {
    /** Sums what is over for every shop that has much of it. @returns how many shops */
    async rollAll({ inTransaction }: Pick<Database, 'inTransaction'>, shopIds: readonly string[]): Promise<number> {
      let rolled = 0;
      for (const shopId of shopIds) if (await inTransaction((tx) => roll(tx, shopId))) rolled += 1;
      return rolled;
    },

    /** Every hour of the last two weeks with trade in it. */
    async hours(db: Executor, shopId: string): Promise<HourFigures[]> {
      const now = clock.now();
      const from = dayStart(now, sparkDays - 1);
      const kept = await repository.hoursRolled(db, shopId, from);
      // Kept for other days than these, or for hours that this clock has not reached: not to be added to.
      const fits = kept && kept.rolled.hoursFrom <= from && kept.rolled.until >= from && kept.rolled.until <= now;
      if (!fits) return orders.figuresByHour(db, shopId, { from });
      return [...kept.hours, ...(await orders.figuresByHour(db, shopId, { from: kept.rolled.until }))];
    },

    /** Of the last seven days, by units; refunded orders are left out. */
    async bestSellers(db: Executor, shopId: string): Promise<Sold[]> {
      const now = clock.now();
      const from = dayStart(now, weekDays - 1);
      const whole = () => orders.soldByProduct(db, shopId, { from }, bestSellerCount);
      const known = await repository.findRolled(db, shopId);
      if (!known || known.sellersFrom.getTime() !== from.getTime() || known.until > now) return whole();
      const recent = await orders.soldByProduct(db, shopId, { from: known.until }, everyProduct);
      // Among all, the best are among the best of before or sold something since.
      const kept = await repository.sellersRolled(db, shopId, {
        ...{ count: bestSellerCount, spuIds: recent.map(({ spuId }) => spuId) },
      });
      // Summed anew in between.
      if (kept?.until.getTime() !== known.until.getTime()) return whole();
      return mostSold(kept.sold, recent, bestSellerCount);
    },
  };
}

export const rolledSweep = (
  database: Pick<Database, 'db' | 'inTransaction'>,
  rolled: RolledFigures,
  shopIds: (db: Executor) => Promise<readonly string[]>,
): Sweep => ({
  name: 'analytics.roll_hours',
  everyMs: 5 * minuteMs,
  run: async () => rolled.rollAll(database, await shopIds(database.db)),
});
