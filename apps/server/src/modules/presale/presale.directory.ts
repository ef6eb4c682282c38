/** Presales that take deposits, kept in memory: lists and prices ask the database nothing while nothing changes. */
import type { Presale, PresaleList } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Db, Executor } from '#platform/database/database.ts';
import { createDirectory } from '#platform/directory.ts';
import type { ToPicture } from '#platform/picture.ts';
import { type Activity, finalPriceOf, type PresaleGoods, stateOf } from './presale.domain.ts';
import * as repository from './presale.repository.ts';

export type PresaleDirectory = ReturnType<typeof createPresaleDirectory>;

/** What is left may be this old on a page; the placing transaction counts exactly. */
const maxAgeMs = 3_000;
const maxActivities = 200;

interface Entry {
  activity: Activity;
  goods: PresaleGoods | undefined;
  left: number;
}

export function createPresaleDirectory({
  db,
  clock,
  findSkus,
  poolFree,
  toPicture,
}: {
  db: Db;
  clock: Clock;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, PresaleGoods>>;
  /** Units nobody has, by pool: a presale's pool bears its id. */
  poolFree(db: Executor, poolIds: readonly string[]): Promise<Map<string, number>>;
  toPicture: ToPicture;
}) {
  const { all, forget } = createDirectory({
    maxAgeMs,
    async read(executor): Promise<Map<string, Entry>> {
      const rows = await repository.liveActivities(executor, clock.now(), maxActivities);
      if (rows.length === 0) return new Map();
      const [goods, free] = await Promise.all([
        findSkus(executor, [...new Set(rows.map(({ skuId }) => skuId))]),
        poolFree(
          executor,
          rows.map(({ activityId }) => activityId),
        ),
      ]);
      return new Map(
        rows.map((activity) => {
          const { activityId, skuId } = activity;
          return [activityId, { activity, goods: goods.get(skuId), left: free.get(activityId) ?? 0 }];
        }),
      );
    },
  });

  const view = ({ activity, goods, left }: Entry): Presale[] => {
    if (!goods?.onSale) return [];
    const { overrideReason: _reason, createdBy: _by, status: _status, ...shown } = activity;
    const finalPrice = finalPriceOf(activity);
    return [
      {
        ...shown,
        shopName: goods.shopName,
        title: goods.title,
        specText: goods.specText,
        picture: toPicture(goods.picture),
        salePrice: goods.salePrice,
        finalPrice,
        balance: finalPrice - activity.deposit,
        left,
        startsAt: activity.startsAt.toISOString(),
        endsAt: activity.endsAt.toISOString(),
        balanceOpensAt: activity.balanceOpensAt.toISOString(),
        balanceClosesAt: activity.balanceClosesAt.toISOString(),
        shipsBy: activity.shipsBy.toISOString(),
        state: stateOf(activity, left, clock.now()),
      },
    ];
  };

  return {
    forget,
    find: async (executor: Executor, activityId: string): Promise<Activity | undefined> =>
      (await all(executor)).get(activityId)?.activity,
    /** Running ones and those to come. */
    async list(): Promise<PresaleList> {
      const items = [...(await all(db)).values()].flatMap(view).filter(({ state }) => state !== 'ended');
      return { serverTime: clock.now().toISOString(), items };
    },
    /** Live ones of these goods that meet a window. */
    async meeting(executor: Executor, skuId: string, from: Date, until: Date): Promise<Activity[]> {
      return [...(await all(executor)).values()]
        .map(({ activity }) => activity)
        .filter((one) => one.skuId === skuId && one.startsAt < until && one.endsAt > from);
    },
  };
}
