/** Setting activities up and down, and what they brought. */
import type {
  ConsoleGroupActivity,
  ConsoleGroupActivityPage,
  ConsoleGroupDetail,
  GroupResults,
  NewGroupActivity,
} from '@xiaopu/contracts/console';
import { lineFloor } from '@xiaopu/pricing';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { maskName } from '#platform/field-cipher.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { GroupDirectory, KnownActivity } from './group-buy.directory.ts';
import {
  type Activity,
  faultOfSteps,
  type GroupGoods,
  lastOf,
  priceOfStep,
  reached,
  stateOf,
  statusOf,
} from './group-buy.domain.ts';
import * as errors from './group-buy.errors.ts';
import * as places from './group-buy.places.repository.ts';
import * as repository from './group-buy.repository.ts';

export interface GroupActivitiesDeps {
  clock: Clock;
  outbox: Outbox;
  directory: GroupDirectory;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, GroupGoods>>;
  faces(db: Executor, buyerIds: string[]): Promise<Map<string, { nickname: string }>>;
  minMarginRateOf(shopId: string): number;
}

export interface ActivityMaker {
  shopId: string;
  staffName: string;
  mayOverride: boolean;
}
export type GroupTerms = Omit<NewGroupActivity, 'activityId' | 'startsAt' | 'endsAt'>;

export type GroupActivities = ReturnType<typeof createGroupActivities>;

const shownGroups = 50;

export function createGroupActivities(deps: GroupActivitiesDeps) {
  const { clock, outbox, directory, findSkus, faces, minMarginRateOf } = deps;

  const resultsFrom = (row: repository.ResultRow | undefined): GroupResults => {
    const {
      activityId: _id,
      cost = 0,
      hasUnknownCost = false,
      ...figures
    } = row ?? ({} as Partial<repository.ResultRow>);
    const none = { visitors: 0, invited: 0, opened: 0, running: 0, succeeded: 0, failed: 0 };
    const all = { ...none, joined: 0, paid: 0, bought: 0, income: 0, discount: 0, ...figures };
    return { ...all, grossProfit: hasUnknownCost ? null : all.income - cost };
  };

  const shown = ({ activity, goods }: KnownActivity, results: GroupResults): ConsoleGroupActivity => {
    const { shopId: _shop, skuIds: _skus, status: _status, startsAt, endsAt, ...row } = activity;
    return {
      ...row,
      title: goods[0]?.title ?? '',
      skus: goods.map(({ skuId, specText, salePrice }) => ({
        skuId,
        specText,
        salePrice,
        prices: activity.steps.map((step) => priceOfStep(step, salePrice)),
      })),
      startsAt: startsAt.toISOString(),
      endsAt: endsAt.toISOString(),
      state: stateOf(activity, clock.now()),
      results,
    };
  };

  /** What it would be: goods of the shop, steps that make sense, and a deepest price above the floor or a name for it (C07-GRP-03). */
  async function drawUp(
    db: Executor,
    { shopId, staffName, mayOverride }: ActivityMaker,
    { overrideReason, ...terms }: GroupTerms,
  ): Promise<Omit<Activity, 'activityId' | 'startsAt' | 'endsAt'>> {
    const found = await findSkus(db, terms.skuIds);
    const goods = terms.skuIds.flatMap((skuId) => found.get(skuId) ?? []);
    const isOurs = goods.every((one) => one.shopId === shopId && one.spuId === terms.spuId);
    if (!isOurs || goods.length < terms.skuIds.length) throw errors.activityUnknown();
    const salePrices = goods.map(({ salePrice }) => salePrice);
    const reason = faultOfSteps(terms.steps, salePrices);
    if (reason) throw errors.badSteps({ reason });
    const deepest = lastOf(terms.steps);
    if (terms.quota < deepest.size) throw errors.badSteps({ reason: '名额至少要够最大的一个团' });
    const below = goods
      .filter(({ cost }) => cost > 0)
      .map(({ cost, salePrice }) => ({
        floor: Math.min(lineFloor(cost, 1, minMarginRateOf(shopId)), salePrice),
        price: priceOfStep(deepest, salePrice),
      }))
      .find(({ floor, price }) => price < floor);
    if (below && !(overrideReason && mayOverride)) throw errors.belowFloor({ floor: below.floor });
    return {
      ...terms,
      shopId,
      taken: 0,
      status: 'live',
      overrideReason: below ? (overrideReason ?? null) : null,
      createdBy: staffName,
    };
  }

  return {
    drawUp,

    /** A repeated `activityId` is refused. */
    async create(
      tx: Tx,
      maker: ActivityMaker,
      { activityId, startsAt: from, endsAt: until, ...terms }: NewGroupActivity,
    ): Promise<void> {
      const [startsAt, endsAt] = [new Date(from), new Date(until)];
      if (endsAt <= startsAt || endsAt <= clock.now()) throw errors.badWindow();
      const activity = { ...(await drawUp(tx, maker, terms)), activityId, startsAt, endsAt };
      if (!(await repository.insertActivity(tx, activity, clock.now()))) throw errors.activityRepeated();
      await outbox.publish(tx, 'group_buy.activity_changed', { activityId, shopId: maker.shopId });
    },

    /** No new group from now on; those that are open go on to their own end. */
    async end(tx: Tx, shopId: string, activityId: string): Promise<string> {
      const ended = await repository.endActivity(tx, shopId, activityId);
      if (!ended) throw errors.activityUnknown();
      await outbox.publish(tx, 'group_buy.activity_changed', { activityId, shopId });
      return ended.name;
    },

    async page(
      db: Executor,
      shopId: string,
      { page, pageSize }: { page: number; pageSize: number },
    ): Promise<ConsoleGroupActivityPage> {
      const { items, total } = await repository.pageOfShop(db, shopId, (page - 1) * pageSize, pageSize);
      if (items.length === 0) return { items: [], total, page, pageSize };
      const known = await directory.withGoods(db, items);
      const ids = items.map(({ activityId }) => activityId);
      const results = new Map((await repository.resultsOf(db, ids)).map((row) => [row.activityId, row]));
      return {
        items: known.map((one) => shown(one, resultsFrom(results.get(one.activity.activityId)))),
        total,
        page,
        pageSize,
      };
    },

    async detail(db: Executor, shopId: string, activityId: string): Promise<ConsoleGroupDetail> {
      const activity = await repository.findActivity(db, activityId, shopId);
      const [known] = activity ? await directory.withGoods(db, [activity]) : [];
      if (!known) throw errors.activityUnknown();
      const [results] = await repository.resultsOf(db, [activityId]);
      const groups = await places.groupsOfActivity(db, activityId, shownGroups);
      const faceOf = await faces(db, [...new Set(groups.map(({ openerId }) => openerId))]);
      const now = clock.now();
      const iso = (at: Date | null) => at?.toISOString() ?? null;
      return {
        activity: shown(known, resultsFrom(results)),
        groups: groups.map((group) => ({
          groupId: group.groupId,
          openerName: maskName(faceOf.get(group.openerId)?.nickname ?? '微信用户'),
          status: statusOf(group, now),
          paid: group.paid,
          held: group.held,
          reachedSize: group.endedAt ? group.reachedSize : (reached(known.activity.steps, group.paid)?.size ?? null),
          openedAt: iso(group.openedAt),
          deadline: iso(group.deadline),
          endedAt: iso(group.endedAt),
        })),
      };
    },
  };
}
