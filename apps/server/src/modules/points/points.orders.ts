/** Points and orders: frozen at placing, spent at paying, back at cancelling and refunding, earned at receiving. */
import type { EventPayloads } from '@xiaopu/contracts';
import type { PointsOffer, PriceResult } from '@xiaopu/pricing';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery } from '#platform/database/hot-query.ts';
import type { Policies } from '#platform/policy.ts';
import type { Accounts } from './points.accounts.ts';
import { earnedPoints, returnedPoints } from './points.domain.ts';
import { offsetCap, offsetPerYuan, pointsPerYuan } from './points.policies.ts';
import type { Referrals } from './points.referral.ts';

interface Deps {
  clock: Clock;
  policies: Policies;
  accounts: Accounts;
  referrals: Referrals;
}

/** @returns the orders nothing was known of; the others are left as they are */
const addPaidEarnings = fixedQuery<
  { orderNo: string },
  [buyerIds: readonly string[], orderNos: readonly string[], paid: readonly number[]]
>(
  `insert into points.order_earning (buyer_id, order_no, paid, version)
   select *, 1 from unnest($1::uuid[], $2::text[], $3::bigint[]) order by 1, 2
   on conflict do nothing returning order_no`,
);

export function createOrderPoints({ clock, policies, accounts, referrals }: Deps) {
  const lockHold = (tx: Tx, buyerId: string, orderNo: string) =>
    tx
      .selectFrom('points.hold')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('orderNo', '=', orderNo)
      .forUpdate()
      .executeTakeFirst();
  const changeHold = (
    tx: Tx,
    { buyerId, orderNo }: { buyerId: string; orderNo: string },
    change: { status?: 'frozen' | 'spent' | 'returned'; returned?: number },
  ) =>
    tx.updateTable('points.hold').set(change).where('buyerId', '=', buyerId).where('orderNo', '=', orderNo).execute();

  async function lockEarning(tx: Tx, buyerId: string, orderNo: string) {
    await tx
      .insertInto('points.orderEarning')
      .values({ buyerId, orderNo, paid: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return tx
      .selectFrom('points.orderEarning')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('orderNo', '=', orderNo)
      .forUpdate()
      .executeTakeFirstOrThrow();
  }

  /** One order said something: what it earns is worked out anew and the difference booked. */
  async function heard(
    tx: Tx,
    { buyerId, orderNo }: { buyerId: string; orderNo: string },
    word: { paid: number } | { completed: true } | { refundNo: string; amount: number },
  ) {
    await accounts.lock(tx, buyerId);
    const row = await lockEarning(tx, buyerId, orderNo);
    const isCompleted = 'completed' in word || row.isCompleted;
    const multiplier =
      'completed' in word && !row.isCompleted ? await referrals.multiplierOf(tx, buyerId, orderNo) : row.multiplier;
    const facts = {
      paid: 'paid' in word ? word.paid : row.paid,
      isCompleted,
      refunds: 'refundNo' in word ? { ...row.refunds, [word.refundNo]: word.amount } : row.refunds,
      multiplier,
    };
    const earned = earnedPoints(facts, policies.get(pointsPerYuan));
    const version = row.version + 1;
    await tx
      .updateTable('points.orderEarning')
      .set({ ...facts, refunds: JSON.stringify(facts.refunds), credited: earned, version })
      .where('buyerId', '=', buyerId)
      .where('orderNo', '=', orderNo)
      .execute();
    const sourceKey = `order:${orderNo}:${version}`;
    if (earned > row.credited)
      await accounts.credit(tx, buyerId, earned - row.credited, {
        sourceKey,
        kind: 'order',
        note: multiplier > 1 ? `购物得积分（${multiplier} 倍）` : '购物得积分',
      });
    if (earned < row.credited)
      await accounts.takeBack(tx, buyerId, row.credited - earned, {
        sourceKey,
        kind: 'reverse',
        note: '订单退款，收回积分',
      });
    return facts;
  }

  async function spend(tx: Tx, buyerId: string, orderNo: string): Promise<void> {
    const hold = await lockHold(tx, buyerId, orderNo);
    if (hold?.status === 'frozen') {
      const movement = { sourceKey: `spend:${orderNo}`, kind: 'spend', note: '订单抵扣' };
      await accounts.spendFrozen(tx, buyerId, hold.points, movement);
      await changeHold(tx, hold, { status: 'spent' });
    }
    // Money that came after the cancellation won the order back: the points are due again.
    if (hold?.status === 'returned') {
      const movement = { sourceKey: `respend:${orderNo}`, kind: 'spend', note: '订单恢复，重新抵扣' };
      await accounts.takeBack(tx, buyerId, hold.points, movement);
      await changeHold(tx, hold, { status: 'spent', returned: 0 });
    }
  }

  return {
    /** One statement; nothing is asked when no points are wanted. */
    async offer(db: Executor, buyerId: string, use: number | 'max' | undefined): Promise<PointsOffer | undefined> {
      if (use === undefined || use === 0) return undefined;
      const balance = await accounts.usable(db, buyerId);
      return {
        use: use === 'max' ? 'max' : Math.min(use, balance),
        balance,
        perYuan: policies.get(offsetPerYuan),
        capRate: policies.get(offsetCap),
      };
    },

    /** Freezes what the price used, an order each, or refuses the placing. No statement when nothing was used. */
    async take(
      tx: Tx,
      {
        buyerId,
        orders,
        result,
      }: {
        buyerId: string;
        orders: readonly { orderNo: string; shopId: string; lineIds?: readonly string[] }[];
        result: PriceResult;
      },
    ): Promise<void> {
      for (const { orderNo, shopId, lineIds } of orders) {
        const points = lineIds
          ? result.lines
              .filter(({ lineId }) => lineIds.includes(lineId))
              .reduce((sum, { pointsUsed }) => sum + pointsUsed, 0)
          : (result.shops.find((shop) => shop.shopId === shopId)?.pointsUsed ?? 0);
        if (points === 0) continue;
        const movement = { sourceKey: `hold:${orderNo}`, kind: 'freeze', note: '下单抵扣，积分已预留' };
        const lots = await accounts.freeze(tx, buyerId, points, movement);
        await tx
          .insertInto('points.hold')
          .values({ buyerId, orderNo, points, status: 'frozen', lots: JSON.stringify(lots), createdAt: clock.now() })
          .execute();
      }
    },

    /** The first word of nearly every order: earns nothing before it is completed, so all go together. */
    async paid(tx: Tx, orders: readonly EventPayloads['orders.order_paid'][]): Promise<void> {
      // Whoever used points is handled behind the lock of the account, from the first.
      const without = orders.filter(({ facts }) => facts?.pointsUsed === 0);
      const first = await addPaidEarnings(
        tx,
        without.map(({ buyerId }) => buyerId),
        without.map(({ orderNo }) => orderNo),
        without.map(({ payable }) => payable),
      );
      const isFirst = new Set(first.map(({ orderNo }) => orderNo));
      for (const { buyerId, orderNo, payable, facts } of orders) {
        if (!isFirst.has(orderNo)) await heard(tx, { buyerId, orderNo }, { paid: payable });
        if (facts?.pointsUsed !== 0) await spend(tx, buyerId, orderNo);
      }
    },

    async cancelled(tx: Tx, { buyerId, orderNo }: { buyerId: string; orderNo: string }): Promise<void> {
      await accounts.lock(tx, buyerId);
      const hold = await lockHold(tx, buyerId, orderNo);
      if (hold?.status !== 'frozen') return;
      const { points, lots } = hold;
      const movement = { sourceKey: `release:${orderNo}`, kind: 'release', note: '订单取消，积分退回' };
      await accounts.giveBack(tx, buyerId, { points, lots, skip: 0, wasFrozen: true }, movement);
      await changeHold(tx, hold, { status: 'returned', returned: points });
    },

    async refunded(
      tx: Tx,
      { buyerId, orderNo, refundNo, amount }: EventPayloads['orders.order_refunded'],
    ): Promise<void> {
      const { paid, refunds } = await heard(tx, { buyerId, orderNo }, { refundNo, amount });
      const wholeBack = Object.values(refunds).reduce((sum, each) => sum + each, 0);
      if (paid !== null && wholeBack >= paid) await referrals.undone(tx, buyerId, orderNo);
      const hold = await lockHold(tx, buyerId, orderNo);
      if (hold?.status !== 'spent' || paid === null) return;
      const back = returnedPoints(hold.points, paid, refunds) - hold.returned;
      if (back <= 0) return;
      const movement = { sourceKey: `refund:${refundNo}`, kind: 'release', note: '订单退款，积分退回' };
      const from = { points: back, lots: hold.lots, skip: hold.returned, wasFrozen: false };
      await accounts.giveBack(tx, buyerId, from, movement);
      await changeHold(tx, hold, { returned: hold.returned + back });
    },

    async completed(tx: Tx, { buyerId, orderNo }: EventPayloads['orders.order_completed']): Promise<void> {
      await heard(tx, { buyerId, orderNo }, { completed: true });
      await referrals.acted(tx, buyerId, orderNo);
    },
  };
}
