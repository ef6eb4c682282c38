/** Setting presales up and down, following their orders, and telling when the balance is due. */
import type { ConsolePresalePage, NewPresale } from '@xiaopu/contracts/console';
import { lineFloor } from '@xiaopu/pricing';
import type { Clock } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Policies } from '#platform/policy.ts';
import type { Inventory } from '../inventory/index.ts';
import { type Activity, consoleStateOf, finalPriceOf, type PresaleGoods } from './presale.domain.ts';
import * as errors from './presale.errors.ts';
import { maxDepositPercent } from './presale.policies.ts';
import * as repository from './presale.repository.ts';

export interface PresalesDeps {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  inventory: Pick<Inventory, 'openPool' | 'closePool' | 'poolFree'>;
  findSkus(db: Executor, skuIds: string[]): Promise<Map<string, PresaleGoods>>;
  minMarginRateOf(shopId: string): number;
  /** Gives an order's money back in the shop's name. */
  refundByShop(tx: Tx, shopId: string, orderNo: string, why: { reason: string; staffName: string }): Promise<void>;
}

export type Presales = ReturnType<typeof createPresales>;

const batchSize = 50;
/** Pools know a hold time; units set apart have no holds, so any will do. */
const noHoldMs = 60_000;
const everyMs = 1_000;

export function createPresales(deps: PresalesDeps) {
  const { database, clock, outbox, policies, inventory, findSkus, minMarginRateOf, refundByShop } = deps;
  const { db, inTransaction } = database;

  async function close(tx: Tx, shopId: string, activityId: string, to: 'ended' | 'cancelled', by: string) {
    const closed = await repository.closeActivity(tx, shopId, activityId, to);
    if (!closed) return undefined;
    await inventory.closePool(tx, shopId, activityId, by);
    await outbox.publish(tx, 'presale.activity_changed', { activityId, shopId });
    return closed;
  }

  return {
    /** Moves the quantity out of general stock. A repeated `activityId` is refused, and nothing is moved twice. */
    async create(
      tx: Tx,
      { shopId, staffName, mayOverride }: { shopId: string; staffName: string; mayOverride: boolean },
      { overrideReason, ...input }: NewPresale,
    ): Promise<void> {
      const [startsAt, endsAt] = [new Date(input.startsAt), new Date(input.endsAt)];
      const [balanceOpensAt, balanceClosesAt] = [new Date(input.balanceOpensAt), new Date(input.balanceClosesAt)];
      const shipsBy = new Date(input.shipsBy);
      const now = clock.now();
      const isOrdered =
        startsAt < endsAt && endsAt <= balanceOpensAt && balanceOpensAt < balanceClosesAt && balanceClosesAt <= shipsBy;
      if (!isOrdered || endsAt <= now) throw errors.badWindows();
      const goods = (await findSkus(tx, [input.skuId])).get(input.skuId);
      if (!goods || goods.shopId !== shopId) throw errors.presaleUnknown();
      const { price, deposit, depositWorth, activityId, skuId, name, quota, buyerLimit } = input;
      if (depositWorth < deposit || depositWorth >= price) throw errors.badDeposit();
      const most = Math.floor((price * policies.get(maxDepositPercent, shopId)) / 100);
      if (deposit > most) throw errors.depositTooHigh({ most });
      const { salePrice, cost, spuId } = goods;
      const final = finalPriceOf(input);
      if (final >= salePrice) throw errors.notCheaper({ salePrice });
      const floor = cost > 0 ? Math.min(lineFloor(cost, 1, minMarginRateOf(shopId)), salePrice) : 0;
      const isBelow = final < floor;
      if (isBelow && !(overrideReason && mayOverride)) throw errors.belowFloor({ floor });
      const activity: Activity = {
        ...{ activityId, shopId, spuId, skuId, name, price, deposit, depositWorth, quota, buyerLimit },
        ...{ startsAt, endsAt, balanceOpensAt, balanceClosesAt, shipsBy, forfeits: input.forfeits, status: 'live' },
        overrideReason: isBelow ? (overrideReason ?? null) : null,
        createdBy: staffName,
      };
      if (!(await repository.insertActivity(tx, activity, now))) throw errors.presaleRepeated();
      await inventory.openPool(tx, shopId, {
        ...{ poolId: activityId, skuId, name, size: quota, buyerLimit: 0, holdMs: noHoldMs, actor: staffName },
      });
      await outbox.publish(tx, 'presale.activity_changed', { activityId, shopId });
    },

    /** Takes no more deposits; whoever paid one goes on to the balance. */
    async end(tx: Tx, shopId: string, activityId: string, by: string): Promise<string> {
      const ended = await close(tx, shopId, activityId, 'ended', by);
      if (!ended) throw errors.presaleUnknown();
      return ended.name;
    },

    /** The shop gives it up: every deposit goes back (by the sweep), and nobody can join any more. */
    async cancel(tx: Tx, shopId: string, activityId: string, by: string): Promise<string> {
      const cancelled = await close(tx, shopId, activityId, 'cancelled', by);
      if (!cancelled) throw errors.presaleUnknown();
      return cancelled.name;
    },

    /** A booking follows its order; each is harmless when repeated, late or out of order. */
    depositPaid: (tx: Tx, buyerId: string, orderNo: string) =>
      repository.moveBooking(tx, buyerId, orderNo, ['placed', 'released'], 'kept'),
    orderPaid: (tx: Tx, buyerId: string, orderNo: string) =>
      repository.moveBooking(tx, buyerId, orderNo, ['placed', 'kept', 'lost'], 'bought'),
    async orderCancelled(tx: Tx, buyerId: string, orderNo: string, isForfeited: boolean): Promise<void> {
      await repository.moveBooking(tx, buyerId, orderNo, ['placed'], 'released');
      if (isForfeited) await repository.moveBooking(tx, buyerId, orderNo, ['kept'], 'lost');
    },
    orderRefunded: (tx: Tx, buyerId: string, orderNo: string) =>
      repository.moveBooking(tx, buyerId, orderNo, ['placed', 'kept', 'bought', 'lost', 'released'], 'returned'),

    async page(
      executor: Executor,
      shopId: string,
      { page, pageSize }: { page: number; pageSize: number },
    ): Promise<ConsolePresalePage> {
      const { items, total } = await repository.pageOfShop(executor, shopId, (page - 1) * pageSize, pageSize);
      if (items.length === 0) return { items: [], total, page, pageSize };
      const ids = items.map(({ activityId }) => activityId);
      const goods = await findSkus(
        executor,
        items.map(({ skuId }) => skuId),
      );
      const free = await inventory.poolFree(executor, ids);
      const results = await repository.resultsOf(executor, ids);
      const none = { placed: 0, kept: 0, bought: 0, lost: 0, returned: 0, deposits: 0, forfeited: 0 };
      const now = clock.now();
      return {
        items: items.map((activity) => {
          const { shopId: _shop, status: _status, ...row } = activity;
          const label = goods.get(row.skuId);
          const left = free.get(row.activityId) ?? 0;
          return {
            ...row,
            title: label?.title ?? '',
            specText: label?.specText ?? '',
            salePrice: label?.salePrice ?? 0,
            finalPrice: finalPriceOf(activity),
            left,
            startsAt: row.startsAt.toISOString(),
            endsAt: row.endsAt.toISOString(),
            balanceOpensAt: row.balanceOpensAt.toISOString(),
            balanceClosesAt: row.balanceClosesAt.toISOString(),
            shipsBy: row.shipsBy.toISOString(),
            state: consoleStateOf(activity, left, now),
            results: results.get(row.activityId) ?? none,
          };
        }),
        ...{ total, page, pageSize },
      };
    },

    within: repository.activitiesWithin,

    sweeps: [
      {
        name: 'presale.end',
        everyMs,
        async run() {
          let ended = 0;
          for (const { activityId, shopId } of await repository.activitiesToEnd(db, clock.now(), batchSize))
            if (await inTransaction((tx) => close(tx, shopId, activityId, 'ended', '系统'))) ended += 1;
          return ended;
        },
      },
      {
        name: 'presale.remind',
        everyMs: 10 * everyMs,
        run: () =>
          inTransaction(async (tx) => {
            const due = await repository.claimReminders(tx, clock.now(), batchSize);
            for (const { balanceClosesAt, ...booking } of due)
              await outbox.publish(tx, 'presale.balance_due', { ...booking, closesAt: balanceClosesAt.toISOString() });
            return due.length;
          }),
      },
      {
        name: 'presale.return_deposits',
        everyMs,
        async run() {
          const due = await repository.depositsToReturn(db, batchSize);
          for (const { buyerId, orderNo, shopId } of due)
            await inTransaction(async (tx) => {
              // Out of `kept` first: whoever comes second finds nothing to do.
              if (!(await repository.moveBooking(tx, buyerId, orderNo, ['kept'], 'returned'))) return;
              await refundByShop(tx, shopId, orderNo, { reason: '商家取消了预售，定金退回', staffName: '系统' });
            });
          return due.length;
        },
      },
    ] satisfies Sweep[],
  };
}
