/** Activities of the day, kept in memory: the list and the price ask the database nothing while nothing changes. */
import type { BargainOffer, BargainOfferList } from '@xiaopu/contracts';
import { type Clock, hourMs } from '#platform/clock.ts';
import type { Db, Executor } from '#platform/database/database.ts';
import { createDirectory } from '#platform/directory.ts';
import type { ToPicture } from '#platform/picture.ts';
import { type Activity, type BargainGoods, stateOf } from './bargain.domain.ts';
import * as repository from './bargain.repository.ts';

export type BargainDirectory = ReturnType<typeof createBargainDirectory>;

/** What is left may be this old on the page; the placing transaction counts exactly. */
const maxAgeMs = 5_000;
const maxActivities = 200;

export function createBargainDirectory({
  db,
  clock,
  findSkus,
  toPicture,
}: {
  db: Db;
  clock: Clock;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, BargainGoods>>;
  toPicture: ToPicture;
}) {
  const { all, forget } = createDirectory({
    maxAgeMs,
    async read(executor) {
      const since = new Date(clock.now().getTime() - 24 * hourMs);
      const rows = await repository.recentActivities(executor, since, maxActivities);
      const skuIds = [...new Set(rows.map(({ skuId }) => skuId))];
      const goods = skuIds.length === 0 ? new Map<string, BargainGoods>() : await findSkus(executor, skuIds);
      return new Map(rows.map((activity) => [activity.activityId, { activity, goods: goods.get(activity.skuId) }]));
    },
  });

  function offerOf(activity: Activity, goods: BargainGoods): BargainOffer {
    const { activityId, shopId, spuId, skuId, name, floorPrice, helpsNeeded, quota, taken, hours } = activity;
    return {
      activityId,
      shopId,
      shopName: goods.shopName,
      spuId,
      skuId,
      name,
      title: goods.title,
      specText: goods.specText,
      picture: toPicture(goods.picture),
      salePrice: goods.salePrice,
      listPrice: goods.listPrice,
      floorPrice,
      helpsNeeded,
      quota,
      left: Math.max(0, quota - taken),
      hours,
      startsAt: activity.startsAt.toISOString(),
      endsAt: activity.endsAt.toISOString(),
      state: stateOf(activity, clock.now()),
    };
  }

  return {
    offerOf,
    forget,
    async find(
      executor: Executor,
      activityId: string,
    ): Promise<{ activity: Activity; goods: BargainGoods | undefined } | undefined> {
      return (await all(executor)).get(activityId);
    },
    /** Running ones and those to come. */
    async list(): Promise<BargainOfferList> {
      const items = [...(await all(db)).values()].flatMap(({ activity, goods }) =>
        goods?.onSale ? [offerOf(activity, goods)] : [],
      );
      return {
        serverTime: clock.now().toISOString(),
        items: items.filter(({ state }) => state !== 'ended'),
      };
    },
    /** Live activities of these goods that meet a window. */
    async meeting(executor: Executor, skuId: string, from: Date, until: Date): Promise<Activity[]> {
      return [...(await all(executor)).values()]
        .map(({ activity }) => activity)
        .filter((one) => one.skuId === skuId && one.status === 'live' && one.startsAt < until && one.endsAt > from);
    },
  };
}
