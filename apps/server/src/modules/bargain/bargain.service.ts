/** Opening a bargain, helping, and what the order it led to does to it. */
import { randomInt } from 'node:crypto';
import type { Bargain, BargainRow, MyBargains } from '@xiaopu/contracts';
import type { ConsoleBargainPage, NewBargain } from '@xiaopu/contracts/console';
import { lineFloor } from '@xiaopu/pricing';
import { type Clock, hourMs, shanghaiDay } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { maskName } from '#platform/field-cipher.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import type { BargainDirectory } from './bargain.directory.ts';
import { type Activity, type BargainGoods, bargainIdOf, bargainStatus, drawCuts, stateOf } from './bargain.domain.ts';
import * as errors from './bargain.errors.ts';
import { helpsADay } from './bargain.policies.ts';
import * as repository from './bargain.repository.ts';

export interface BargainsDeps {
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  directory: BargainDirectory;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, BargainGoods>>;
  faces(db: Executor, buyerIds: string[]): Promise<Map<string, { nickname: string; avatarUrl: string | null }>>;
  minMarginRateOf(shopId: string): number;
  toPicture: ToPicture;
  /** A whole number below `n`; tests may bring their own. */
  random?: (below: number) => number;
}

export type Bargains = ReturnType<typeof createBargains>;

const mostOfMine = 50;
const nobody = '好友';

export function createBargains(deps: BargainsDeps) {
  const { clock, outbox, policies, directory, findSkus, faces, minMarginRateOf, toPicture } = deps;
  const random = deps.random ?? ((below: number) => randomInt(below));

  async function view(
    db: Executor,
    row: repository.BargainRecord,
    activity: Activity,
    goods: BargainGoods,
    asking?: string,
  ): Promise<Bargain> {
    const helps = await repository.helpsOf(db, row.bargainId);
    const faceOf = await faces(db, [row.buyerId, ...helps.map(({ helperId }) => helperId)]);
    const nameOf = (buyerId: string) => maskName(faceOf.get(buyerId)?.nickname ?? nobody);
    const now = clock.now();
    return {
      bargainId: row.bargainId,
      activityId: row.activityId,
      offer: directory.offerOf(activity, goods),
      startPrice: row.startPrice,
      price: row.price,
      floorPrice: row.floorPrice,
      helpsNeeded: row.cuts.length,
      helped: row.helped,
      status: bargainStatus(row, now),
      expiresAt: row.expiresAt.toISOString(),
      orderNo: row.buyerId === asking ? row.orderNo : null,
      ownerName: nameOf(row.buyerId),
      ownerAvatarUrl: faceOf.get(row.buyerId)?.avatarUrl ?? null,
      isMine: row.buyerId === asking,
      myCut: helps.find(({ helperId }) => helperId === asking)?.amount ?? null,
      helpers: helps.map(({ helperId, amount, at }) => ({
        nickname: nameOf(helperId),
        avatarUrl: faceOf.get(helperId)?.avatarUrl ?? null,
        amount,
        at: at.toISOString(),
      })),
      serverTime: now.toISOString(),
    };
  }

  async function known(db: Executor, activityId: string): Promise<{ activity: Activity; goods: BargainGoods }> {
    const activity = await repository.findActivity(db, activityId);
    const goods = activity && (await findSkus(db, [activity.skuId])).get(activity.skuId);
    if (!activity || !goods) throw errors.activityUnknown();
    return { activity, goods };
  }

  async function get(db: Executor, bargainId: string, asking?: string): Promise<Bargain> {
    const row = await repository.findBargain(db, bargainId);
    if (!row) throw errors.bargainUnknown();
    const { activity, goods } = await known(db, row.activityId);
    return view(db, row, activity, goods, asking);
  }

  return {
    get,

    /** Draws the schedule. Opening it again gives the one there is. */
    async open(tx: Tx, buyerId: string, activityId: string): Promise<Bargain> {
      const bargainId = bargainIdOf(activityId, buyerId);
      if (!(await repository.findBargain(tx, bargainId))) {
        const { activity, goods } = await known(tx, activityId);
        const now = clock.now();
        const state = stateOf(activity, now);
        if (state === 'sold_out') throw errors.soldOut();
        if (state !== 'running' || !goods.onSale) throw errors.notRunning();
        const { floorPrice, helpsNeeded, skuId } = activity;
        const total = goods.salePrice - floorPrice;
        if (total < helpsNeeded) throw errors.notRunning();
        const ends = Math.min(now.getTime() + activity.hours * hourMs, activity.endsAt.getTime());
        await repository.insertBargain(tx, {
          bargainId,
          activityId,
          buyerId,
          skuId,
          startPrice: goods.salePrice,
          floorPrice,
          price: goods.salePrice,
          cuts: drawCuts(total, helpsNeeded, random),
          status: 'open',
          createdAt: now,
          expiresAt: new Date(ends),
        });
      }
      return get(tx, bargainId, buyerId);
    },

    /** One cut, the next of the schedule. The same friend again changes nothing. */
    async help(tx: Tx, helperId: string, bargainId: string): Promise<Bargain> {
      const row = await repository.lockBargain(tx, bargainId);
      if (!row) throw errors.bargainUnknown();
      if (row.buyerId === helperId) throw errors.ownBargain();
      if (await repository.findHelp(tx, bargainId, helperId)) return get(tx, bargainId, helperId);
      const now = clock.now();
      if (bargainStatus(row, now) !== 'open') throw errors.bargainOver();
      const { activity } = await known(tx, row.activityId);
      if (stateOf(activity, now) === 'ended') throw errors.bargainOver();
      const amount = row.cuts[row.helped];
      if (amount === undefined) throw errors.atFloor();
      const limit = policies.get(helpsADay);
      const isFirst = await repository.countHelp(tx, helperId, shanghaiDay(now), limit);
      if (isFirst === undefined) throw errors.dayLimit({ limit });
      await repository.recordHelp(tx, { bargainId, helperId, seat: row.helped + 1, amount, isFirst, at: now });
      return get(tx, bargainId, helperId);
    },

    async mine(db: Executor, buyerId: string): Promise<MyBargains> {
      const rows = await repository.bargainsOf(db, buyerId, mostOfMine);
      const skuIds = [...new Set(rows.map(({ skuId }) => skuId))];
      const goods = skuIds.length === 0 ? new Map<string, BargainGoods>() : await findSkus(db, skuIds);
      const now = clock.now();
      const items = rows.map((row): BargainRow => {
        const label = goods.get(row.skuId);
        return {
          bargainId: row.bargainId,
          activityId: row.activityId,
          title: label?.title ?? '',
          picture: label ? toPicture(label.picture) : null,
          price: row.price,
          floorPrice: row.floorPrice,
          helpsNeeded: row.cuts.length,
          helped: row.helped,
          status: bargainStatus(row, now),
          expiresAt: row.expiresAt.toISOString(),
        };
      });
      return { serverTime: now.toISOString(), items };
    },

    async orderPaid(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
      const row = await repository.bargainOfOrder(tx, buyerId, orderNo);
      if (row) await repository.setStatus(tx, row.bargainId, ['ordered'], { status: 'bought' });
    },

    /** The unit is free again, and the bargain can be bought until it expires. */
    async orderCancelled(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
      const row = await repository.bargainOfOrder(tx, buyerId, orderNo);
      const freed =
        row && (await repository.setStatus(tx, row.bargainId, ['ordered'], { status: 'open', orderNo: null }));
      if (freed) await repository.returnUnit(tx, freed.activityId);
    },

    /** `goods`: what came back for goods in an after-sale; left out: the whole order. */
    async orderRefunded(tx: Tx, buyerId: string, orderNo: string, goods?: number): Promise<void> {
      const row = await repository.bargainOfOrder(tx, buyerId, orderNo);
      if (!row || (goods !== undefined && goods < row.price)) return;
      const freed = await repository.setStatus(tx, row.bargainId, ['ordered', 'bought'], { status: 'returned' });
      if (freed) await repository.returnUnit(tx, freed.activityId);
    },

    async create(
      tx: Tx,
      { shopId, staffName, mayOverride }: { shopId: string; staffName: string; mayOverride: boolean },
      { overrideReason, ...input }: NewBargain,
    ): Promise<void> {
      const [startsAt, endsAt] = [new Date(input.startsAt), new Date(input.endsAt)];
      const now = clock.now();
      if (endsAt <= startsAt || endsAt <= now) throw errors.badWindow();
      const goods = (await findSkus(tx, [input.skuId])).get(input.skuId);
      if (!goods || goods.shopId !== shopId) throw errors.activityUnknown();
      const { salePrice, cost } = goods;
      if (salePrice - input.floorPrice < input.helpsNeeded) throw errors.notCheaper({ salePrice });
      const floor = cost > 0 ? Math.min(lineFloor(cost, 1, minMarginRateOf(shopId)), salePrice) : 0;
      // A price that could be reached and not be bought would be a broken promise.
      const isBelow = input.floorPrice < floor;
      if (isBelow && !(overrideReason && mayOverride)) throw errors.belowFloor({ floor });
      const activity: Activity = {
        ...input,
        startsAt,
        endsAt,
        shopId,
        spuId: goods.spuId,
        taken: 0,
        status: 'live',
        overrideReason: isBelow ? (overrideReason ?? null) : null,
        createdBy: staffName,
      };
      if (!(await repository.insertActivity(tx, activity, now))) throw errors.activityRepeated();
      await outbox.publish(tx, 'bargain.activity_changed', { activityId: input.activityId, shopId });
    },

    async end(tx: Tx, shopId: string, activityId: string): Promise<string> {
      const ended = await repository.endActivity(tx, shopId, activityId);
      if (!ended) throw errors.activityUnknown();
      await outbox.publish(tx, 'bargain.activity_changed', { activityId, shopId });
      return ended.name;
    },

    async page(
      db: Executor,
      shopId: string,
      { page, pageSize }: { page: number; pageSize: number },
    ): Promise<ConsoleBargainPage> {
      const { items, total } = await repository.pageOfShop(db, shopId, (page - 1) * pageSize, pageSize);
      if (items.length === 0) return { items: [], total, page, pageSize };
      const goods = await findSkus(
        db,
        items.map(({ skuId }) => skuId),
      );
      const results = new Map(
        (
          await repository.resultsOf(
            db,
            items.map(({ activityId }) => activityId),
          )
        ).map(({ activityId, ...row }) => [activityId, row]),
      );
      const none = { opened: 0, helps: 0, newHelpers: 0, reachedFloor: 0, bought: 0, income: 0 };
      const now = clock.now();
      return {
        items: items.map(
          ({ shopId: _shop, status: _status, overrideReason: _reason, startsAt, endsAt, ...row }, at) => {
            const found = results.get(row.activityId) ?? none;
            const label = goods.get(row.skuId);
            return {
              ...row,
              title: label?.title ?? '',
              specText: label?.specText ?? '',
              salePrice: label?.salePrice ?? 0,
              startsAt: startsAt.toISOString(),
              endsAt: endsAt.toISOString(),
              state: stateOf(items[at] as Activity, now),
              results: {
                ...found,
                kFactor: found.opened === 0 ? 0 : Math.round((found.newHelpers / found.opened) * 100) / 100,
              },
            };
          },
        ),
        total,
        page,
        pageSize,
      };
    },
  };
}
