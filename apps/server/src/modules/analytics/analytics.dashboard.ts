/** The merchant's first page: what waits, and how today goes beside yesterday and the same weekday. Reads by the modules' doors. */
import type { Dashboard, GlobalSearch } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import { countDeadLetters } from '#platform/messaging/dead-letters.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { Inventory } from '../inventory/index.ts';
import type { Orders } from '../orders/index.ts';
import {
  type DayFigures,
  dayStart,
  daysOf,
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
  /** Of the install, whose figures belong to no shop. */
  countAlerts(db: Executor): Promise<number>;
  searchProducts(db: Executor, shopId: string, q: string): Promise<{ spuId: string; title: string }[]>;
  toPicture: ToPicture;
}

export type Analytics = ReturnType<typeof createAnalytics>;

/** @param days the last 14, today last: so yesterday is one back and the same weekday seven back */
export function figureOf(days: readonly DayFigures[], pick: (day: DayFigures) => number) {
  const spark = days.map(pick);
  return { today: spark.at(-1) ?? 0, yesterday: spark.at(-2) ?? 0, sameWeekday: spark.at(-8) ?? 0, spark };
}

export const averageOrder = ({ gmv, orders }: DayFigures): number => (orders === 0 ? 0 : Math.round(gmv / orders));

export function createAnalytics(deps: DashboardDeps) {
  const { clock, orders, inventory, toPicture } = deps;
  const rolled = createRolledFigures(deps);
  return {
    rolled,
    async dashboard(db: Executor, shopId: string): Promise<Dashboard> {
      const [
        hours,
        bestSellers,
        todo,
        stock,
        reviewsHeld,
        uploadsFailed,
        paymentAnomalies,
        afterSales,
        deadLetters,
        alerts,
      ] = await Promise.all([
        rolled.hours(db, shopId),
        rolled.bestSellers(db, shopId),
        orders.todoOfShop(db, shopId),
        inventory.countAlerts(db, shopId),
        deps.countHeldReviews(db, shopId),
        deps.countFailedUploads(db, shopId),
        deps.countPaymentAnomalies(db, shopId),
        deps.countAfterSales(db, shopId),
        countDeadLetters(db, shopId),
        deps.countAlerts(db),
      ]);
      const now = clock.now();
      const days = daysOf(hours, now, sparkDays);
      return {
        todo: { ...todo, ...stock, reviewsHeld, uploadsFailed, paymentAnomalies, afterSales, deadLetters, alerts },
        gmv: figureOf(days, ({ gmv }) => gmv),
        orders: figureOf(days, (day) => day.orders),
        payers: figureOf(days, ({ payers }) => payers),
        averageOrder: figureOf(days, averageOrder),
        refunds: figureOf(days, ({ refunds }) => refunds),
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
