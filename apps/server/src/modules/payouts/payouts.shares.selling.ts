/**
 * Sharing what is sold: a shop that shares has its money frozen at the payment; some days after the order is done the
 * partners get their parts of what is left after refunds, and the rest is set free.
 */
import { prorate, sumFen } from '@xiaopu/money';
import { type Clock, dayMs, minuteMs } from '#platform/clock.ts';
import type { Executor, InTransaction, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { Policies } from '#platform/policy.ts';
import { shareDays, sharePercent, sharingOn } from './payouts.policies.ts';
import { shareCap } from './payouts.shares.domain.ts';
import type { Shares } from './payouts.shares.service.ts';

export interface SoldOrder {
  paymentId: string;
  payable: number;
  refundedAmount: number;
}
export interface PaidTrade {
  transactionId: string;
  /** In fen, as WeChat took it. */
  paid: number;
  isShared: boolean;
}
export interface ShareSellingDeps {
  shares: Shares;
  policies: Policies;
  clock: Clock;
  orderOf: (db: Executor, buyerId: string, orderNo: string) => Promise<SoldOrder | undefined>;
  tradeOf: (db: Executor, buyerId: string, paymentId: string) => Promise<PaidTrade | undefined>;
}
export type ShareSelling = ReturnType<typeof createShareSelling>;

const batch = 10;

export function createShareSelling({ shares, policies, clock, orderOf, tradeOf }: ShareSellingDeps) {
  const activeReceivers = (db: Executor, shopId: string) =>
    db
      .selectFrom('payouts.receiver')
      .select(['receiverId', 'rate'])
      .where('shopId', '=', shopId)
      .where('status', '=', 'active')
      .where('rate', '>', 0)
      .orderBy('receiverId')
      .execute();

  async function partsOf(tx: Tx, shopId: string, { paid, left }: { paid: number; left: number }) {
    const receivers = await activeReceivers(tx, shopId);
    const wanted = receivers.map(({ rate }) => Math.floor((left * rate) / 10_000));
    // The cap may have been lowered since the rates were set: then everybody gets less in proportion.
    const total = Math.min(sumFen(wanted), shareCap(paid, policies.get(sharePercent, shopId)));
    if (total === 0) return [];
    const amounts = prorate(total, wanted);
    return receivers.flatMap(({ receiverId }, index) => {
      const amount = amounts[index] ?? 0;
      return amount === 0 ? [] : [{ receiverId, amount, description: '订单分账' }];
    });
  }

  async function shareDue(tx: Tx): Promise<number> {
    const due = await tx
      .selectFrom('payouts.orderShare')
      .selectAll()
      .where('dueAt', '<=', clock.now())
      .orderBy('dueAt')
      .limit(batch)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const { buyerId, orderNo, shopId, paymentId, shareId } of due) {
      const [order, trade] = [await orderOf(tx, buyerId, orderNo), await tradeOf(tx, buyerId, paymentId)];
      let outcome: 'asked' | 'set_free' = 'set_free';
      if (order && trade) {
        const { transactionId, paid } = trade;
        const left = Math.max(0, Math.min(paid, order.payable) - order.refundedAmount);
        const parts = await partsOf(tx, shopId, { paid, left });
        if (parts.length > 0) outcome = 'asked';
        await shares.share(tx, { shareId, buyerId, shopId, transactionId, paid, parts, unfreezes: true });
      }
      await tx
        .updateTable('payouts.orderShare')
        .set({ dueAt: null, outcome })
        .where('buyerId', '=', buyerId)
        .where('orderNo', '=', orderNo)
        .execute();
    }
    return due.length;
  }

  return {
    /** Whether the money of a payment is to stay frozen. Only payments of one shop: a trade has one set of partners. */
    async isShared(db: Executor, shopIds: readonly string[]): Promise<boolean> {
      const [shopId] = shopIds;
      if (shopId === undefined || shopIds.length > 1 || policies.get(sharingOn, shopId) === 0) return false;
      return (await activeReceivers(db, shopId)).length > 0;
    },

    /** The order is done: its share is due some days later. Idempotent. */
    async orderCompleted(
      tx: Tx,
      { buyerId, orderNo, shopId }: { buyerId: string; orderNo: string; shopId: string },
    ): Promise<void> {
      const order = await orderOf(tx, buyerId, orderNo);
      const trade = order && (await tradeOf(tx, buyerId, order.paymentId));
      if (!order || !trade?.isShared) return;
      const dueAt = new Date(clock.now().getTime() + policies.get(shareDays, shopId) * dayMs);
      await tx
        .insertInto('payouts.orderShare')
        .values({ buyerId, orderNo, shopId, paymentId: order.paymentId, shareId: newId(), dueAt })
        .onConflict((conflict) => conflict.columns(['buyerId', 'orderNo']).doNothing())
        .execute();
    },

    sweep: (inTransaction: InTransaction): Sweep => ({
      name: 'payouts.share_due',
      everyMs: minuteMs,
      run: () => inTransaction(shareDue),
    }),
  };
}
