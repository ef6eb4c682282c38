/** The merchant's first page: what waits, and how today goes beside yesterday and the same weekday. Reads by the modules' doors. */
import type { Dashboard, GlobalSearch } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor } from '#platform/database/database.ts';
import { countDeadLetters } from '#platform/messaging/dead-letters.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { Inventory } from '../inventory/index.ts';
import type { DayFigures, Orders } from '../orders/index.ts';

export interface DashboardDeps {
  clock: Clock;
  orders: Pick<Orders, 'figuresByDay' | 'figuresByHour' | 'gmvByPlay' | 'bestSellers' | 'todoOfShop' | 'search'>;
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

const sparkDays = 14;
const bestSellerCount = 8;
const playDays = 7;

/** @param days the last 14, today last: so yesterday is one back and the same weekday seven back */
export function figureOf(days: readonly DayFigures[], pick: (day: DayFigures) => number) {
  const spark = days.map(pick);
  return { today: spark.at(-1) ?? 0, yesterday: spark.at(-2) ?? 0, sameWeekday: spark.at(-8) ?? 0, spark };
}

export const averageOrder = ({ gmv, orders }: DayFigures): number => (orders === 0 ? 0 : Math.round(gmv / orders));

export function createAnalytics(deps: DashboardDeps) {
  const { clock, orders, inventory, toPicture } = deps;
  return {
    async dashboard(db: Executor, shopId: string): Promise<Dashboard> {
      const [
        days,
        byHour,
        byPlay,
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
        orders.figuresByDay(db, shopId, sparkDays),
        orders.figuresByHour(db, shopId),
        orders.gmvByPlay(db, shopId, playDays),
        orders.bestSellers(db, shopId, bestSellerCount),
        orders.todoOfShop(db, shopId),
        inventory.countAlerts(db, shopId),
        deps.countHeldReviews(db, shopId),
        deps.countFailedUploads(db, shopId),
        deps.countPaymentAnomalies(db, shopId),
        deps.countAfterSales(db, shopId),
        countDeadLetters(db, shopId),
        deps.countAlerts(db),
      ]);
      return {
        todo: { ...todo, ...stock, reviewsHeld, uploadsFailed, paymentAnomalies, afterSales, deadLetters, alerts },
        gmv: figureOf(days, ({ gmv }) => gmv),
        orders: figureOf(days, (day) => day.orders),
        payers: figureOf(days, ({ payers }) => payers),
        averageOrder: figureOf(days, averageOrder),
        refunds: figureOf(days, ({ refunds }) => refunds),
        byHour,
        byPlay,
        bestSellers: bestSellers.map(({ picture, ...seller }) => ({ ...seller, picture: toPicture(picture) })),
        generatedAt: clock.now().toISOString(),
      };
    },

    async search(db: Executor, shopId: string, q: string): Promise<GlobalSearch> {
      const [found, products] = await Promise.all([orders.search(db, shopId, q), deps.searchProducts(db, shopId, q)]);
      return { orders: found, products: products.map(({ spuId, title }) => ({ spuId, title })) };
    },
  };
}
