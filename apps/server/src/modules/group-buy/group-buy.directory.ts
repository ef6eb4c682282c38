/** Activities of the day, kept in memory: lists and prices ask the database nothing while nothing changes. */
import type { GroupOffer, GroupOfferList, GroupSku } from '@xiaopu/contracts';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Db, Executor } from '#platform/database/database.ts';
import { createDirectory } from '#platform/directory.ts';
import type { ToPicture } from '#platform/picture.ts';
import { type Activity, type GroupGoods, pricesOf, stateOf } from './group-buy.domain.ts';
import * as repository from './group-buy.repository.ts';

export type GroupDirectory = ReturnType<typeof createGroupDirectory>;
export interface KnownActivity {
  activity: Activity;
  /** In the activity's order; those that are gone from the catalogue are left out. */
  goods: GroupGoods[];
}

/** What is left may be this old on the page; the placing transaction counts exactly. */
const maxAgeMs = 5_000;
/** The longest a group can outlive its activity, and some more. */
const keptAfterEndMs = 10 * dayMs;
const maxActivities = 500;

export function createGroupDirectory({
  db,
  clock,
  findSkus,
  toPicture,
}: {
  db: Db;
  clock: Clock;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, GroupGoods>>;
  toPicture: ToPicture;
}) {
  async function withGoods(executor: Executor, rows: Activity[]): Promise<KnownActivity[]> {
    const skuIds = [...new Set(rows.flatMap((row) => row.skuIds))];
    const goods = skuIds.length === 0 ? new Map<string, GroupGoods>() : await findSkus(executor, skuIds);
    return rows.map((activity) => ({ activity, goods: activity.skuIds.flatMap((skuId) => goods.get(skuId) ?? []) }));
  }

  const { all, forget } = createDirectory({
    maxAgeMs,
    async read(executor) {
      const since = new Date(clock.now().getTime() - keptAfterEndMs);
      const rows = await repository.recentActivities(executor, since, maxActivities);
      return new Map((await withGoods(executor, rows)).map((known) => [known.activity.activityId, known]));
    },
  });

  const skuOf = ({ steps }: Activity, { skuId, specText, salePrice }: GroupGoods): GroupSku => ({
    skuId,
    specText,
    salePrice,
    steps: pricesOf(steps, salePrice),
  });

  /** Undefined when none of its goods is left. */
  function offerOf({ activity, goods }: KnownActivity): GroupOffer | undefined {
    const cheapest = [...goods].sort((a, b) => a.salePrice - b.salePrice)[0];
    if (!cheapest) return undefined;
    const { activityId, shopId, spuId, name, quota, taken, buyerLimit, hours, allowsSolo } = activity;
    return {
      activityId,
      shopId,
      shopName: cheapest.shopName,
      spuId,
      name,
      title: cheapest.title,
      picture: toPicture(cheapest.picture),
      skus: goods.filter(({ onSale }) => onSale).map((one) => skuOf(activity, one)),
      salePrice: cheapest.salePrice,
      listPrice: cheapest.listPrice,
      steps: pricesOf(activity.steps, cheapest.salePrice),
      quota,
      left: Math.max(0, quota - taken),
      buyerLimit,
      hours,
      allowsSolo,
      startsAt: activity.startsAt.toISOString(),
      endsAt: activity.endsAt.toISOString(),
      state: stateOf(activity, clock.now()),
    };
  }

  return {
    offerOf,

    /** From memory, or, when it is too old for that, from the tables. */
    async find(executor: Executor, activityId: string): Promise<KnownActivity | undefined> {
      const known = (await all(executor)).get(activityId);
      if (known) return known;
      const row = await repository.findActivity(executor, activityId);
      return row && (await withGoods(executor, [row]))[0];
    },

    /** Only from memory: asked for ids that may be something else. */
    async current(executor: Executor, activityId: string): Promise<KnownActivity | undefined> {
      return (await all(executor)).get(activityId);
    },

    withGoods,

    /** Running ones and those to come, of goods on sale. */
    async list(): Promise<GroupOfferList> {
      const offers = [...(await all(db)).values()].flatMap((known) => offerOf(known) ?? []);
      return {
        serverTime: clock.now().toISOString(),
        items: offers.filter(({ state, skus }) => state !== 'ended' && skus.length > 0),
      };
    },

    /** Live activities of these goods that meet a window. */
    async meeting(executor: Executor, skuId: string, from: Date, until: Date): Promise<Activity[]> {
      return [...(await all(executor)).values()]
        .map(({ activity }) => activity)
        .filter(
          (one) => one.skuIds.includes(skuId) && one.status === 'live' && one.startsAt < until && one.endsAt > from,
        );
    },

    forget,
  };
}
