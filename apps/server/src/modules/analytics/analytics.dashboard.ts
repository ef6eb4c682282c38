/** The merchant's first page: what waits, and how today goes beside yesterday and the same weekday at this time. Reads by the modules' doors. */
import type { Dashboard, GlobalSearch } from '@xiaopu/contracts/console';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import { countDeadLetters } from '#platform/messaging/dead-letters.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { Inventory } from '../inventory/index.ts';
import type { Orders } from '../orders/index.ts';
import {
  type DayFigures,
  daySoFar,
  dayStart,
  daysOf,
  hourStart,
  hoursOfDay,
  playsOf,
  sparkDays,
  weekDays,
} from './analytics.figures.domain.ts';
import { createRolledFigures } from './analytics.rolled.ts';

export interface DashboardDeps {
  clock: Clock;
  orders: Pick<Orders, 'figuresByHour' | 'soldByProduct' | 'countPaid' | 'todoOfShop' | 'search'>;
  inventory: Pick<Inventory, 'countAlerts'>;
  countHeldReviews(db: Executor, shopId: string): Promise<number>;
  countFailedUploads(db: Executor, shopId: string): Promise<number>;
  countPaymentAnomalies(db: Executor, shopId: string): Promise<number>;
  countAfterSales(db: Executor, shopId: string): Promise<number>;
  countComplaints(db: Executor, shopId: string): Promise<number>;
  /** Of the install, whose figures belong to no shop. */
  countAlerts(db: Executor): Promise<number>;
  searchProducts(db: Executor, shopId: string, q: string): Promise<{ spuId: string; title: string }[]>;
  toPicture: ToPicture;
}

export type Analytics = ReturnType<typeof createAnalytics>;

const weekBack = 7;
/** What that day's running hour had brought at this time. */
const begunHour = (now: Date, back: number) => {
  const until = new Date(now.getTime() - back * dayMs);
  return { from: hourStart(until), until };
};

export const averageOrder = ({ gmv, orders }: DayFigures): number => (orders === 0 ? 0 : Math.round(gmv / orders));

export function createAnalytics(deps: DashboardDeps) {
  const { clock, orders, inventory, toPicture } = deps;
  const rolled = createRolledFigures(deps);
  return {
    rolled,
    async dashboard(db: Executor, shopId: string): Promise<Dashboard> {
      const now = clock.now();
      const [
        hours,
        bestSellers,
        todo,
        stock,
        reviewsHeld,
        uploadsFailed,
        paymentAnomalies,
        afterSales,
        complaints,
        deadLetters,
        alerts,
        ...begun
      ] = await Promise.all([
        rolled.hours(db, shopId),
        rolled.bestSellers(db, shopId),
        orders.todoOfShop(db, shopId),
        inventory.countAlerts(db, shopId),
        deps.countHeldReviews(db, shopId),
        deps.countFailedUploads(db, shopId),
        deps.countPaymentAnomalies(db, shopId),
        deps.countAfterSales(db, shopId),
        deps.countComplaints(db, shopId),
        countDeadLetters(db, shopId),
        deps.countAlerts(db),
        orders.figuresByHour(db, shopId, begunHour(now, 1)),
        orders.figuresByHour(db, shopId, begunHour(now, weekBack)),
      ]);
      const days = daysOf(hours, now, sparkDays);
      const [yesterday, sameWeekday] = [daySoFar(hours, begun[0], now, 1), daySoFar(hours, begun[1], now, weekBack)];
      const figureOf = (pick: (day: DayFigures) => number) => {
        const spark = days.map(pick);
        return { today: spark.at(-1) ?? 0, yesterday: pick(yesterday), sameWeekday: pick(sameWeekday), spark };
      };
      return {
        todo: {
          ...todo,
          ...stock,
          reviewsHeld,
          uploadsFailed,
          paymentAnomalies,
          afterSales,
          complaints,
          deadLetters,
          alerts,
        },
        gmv: figureOf(({ gmv }) => gmv),
        orders: figureOf((day) => day.orders),
        payers: figureOf(({ payers }) => payers),
        averageOrder: figureOf(averageOrder),
        refunds: figureOf(({ refunds }) => refunds),
        byHour: hoursOfDay(hours, now),
        byPlay: playsOf(hours, dayStart(now, weekDays - 1)),
        bestSellers: bestSellers.map(({ picture, ...seller }) => ({ ...seller, picture: toPicture(picture) })),
        generatedAt: now.toISOString(),
      };
    },

    async search(db: Executor, shopId: string, q: string): Promise<GlobalSearch> {
      const [found, products] = await Promise.all([orders.search(db, shopId, q), deps.searchProducts(db, shopId, q)]);
      return { orders: found, products: products.map(({ spuId, title }) => ({ spuId, title })) };
    },
  };
}
