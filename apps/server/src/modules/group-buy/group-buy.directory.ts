/** Activities of the day, kept in memory: lists and prices ask the database nothing while nothing changes. */
import type { GroupOffer, GroupOfferList, GroupSku } from '@xiaopu/contracts';
import { type Clock, dayMs } from '#platform/clock.ts';
import type { Db, Executor } from '#platform/database/database.ts';
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
const reloadMs = 5_000;
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
  let kept: { at: number; all: Promise<Map<string, KnownActivity>> } | undefined;

  async function withGoods(executor: Executor, rows: Activity[]): Promise<KnownActivity[]> {
    const skuIds = [...new Set(rows.flatMap((row) => row.skuIds))];
    const goods = skuIds.length === 0 ? new Map<string, GroupGoods>() : await findSkus(executor, skuIds);
    return rows.map((activity) => ({ activity, goods: activity.skuIds.flatMap((skuId) => goods.get(skuId) ?? []) }));
  }

  async function read(executor: Executor) {
    const since = new Date(clock.now().getTime() - keptAfterEndMs);
    const rows = await repository.recentActivities(executor, since, maxActivities);
    return new Map((await withGoods(executor, rows)).map((known) => [known.activity.activityId, known]));
  }

  // Ages are counted on the real clock: a demo that leaps in time must not look as if nothing had aged.
  function all(executor: Executor = db) {
    const now = performance.now();
    if (kept && now - kept.at < reloadMs) return kept.all;
    const entry = { at: now, all: read(executor) };
    entry.all.catch(() => {
      if (kept === entry) kept = undefined;
    });
    kept = entry;
    return entry.all;
  }

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
    async find(activityId: string): Promise<KnownActivity | undefined> {
      const known = (await all()).get(activityId);
      if (known) return known;
      const row = await repository.findActivity(db, activityId);
      return row && (await withGoods(db, [row]))[0];
    },

    /** Only from memory: asked for ids that may be something else. */
    async current(activityId: string): Promise<KnownActivity | undefined> {
      return (await all()).get(activityId);
    },

    withGoods,

    /** Running ones and those to come, of goods on sale. */
    async list(): Promise<GroupOfferList> {
      const offers = [...(await all()).values()].flatMap((known) => offerOf(known) ?? []);
      return {
        serverTime: clock.now().toISOString(),
        items: offers.filter(({ state, skus }) => state !== 'ended' && skus.length > 0),
      };
    },

    /**
     * Live activities of these goods that meet a window. Asked within a transaction it reads by that one: a rush that holds all
     * connections must not wait for one more.
     */
    async meeting(skuId: string, from: Date, until: Date, executor?: Executor): Promise<Activity[]> {
      return [...(await all(executor)).values()]
        .map(({ activity }) => activity)
        .filter(
          (one) => one.skuIds.includes(skuId) && one.status === 'live' && one.startsAt < until && one.endsAt > from,
        );
    },

    forget(): void {
      kept = undefined;
    },
  };
}
