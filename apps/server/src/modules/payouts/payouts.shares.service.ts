/** The door to profit sharing: what to share, and what must come back before a refund. The sweep talks to WeChat. */
import type { AddShareReceiver, ShareOrderPage, ShareReceiverList } from '@xiaopu/contracts/console';
import { sumFen } from '@xiaopu/money';
import { type Clock, hourMs, minuteMs } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import { type FieldCipher, maskName } from '#platform/field-cipher.ts';
import { newId, newTradeNo } from '#platform/ids.ts';
import type { Policies } from '#platform/policy.ts';
import { returnPatienceHours, sharePercent } from './payouts.policies.ts';
import { returnsFor, shareCap } from './payouts.shares.domain.ts';
import * as errors from './payouts.shares.errors.ts';

export interface RequestShare {
  shareId: string;
  buyerId: string;
  shopId: string;
  /** WeChat's number of the paid trade; it must have been placed with profit sharing on. */
  transactionId: string;
  paid: number;
  parts: { receiverId: string; amount: number; description: string }[];
  /** Nothing more will be shared: the rest becomes ours. */
  unfreezes: boolean;
}
export interface RefundOfTrade extends Pick<RequestShare, 'buyerId' | 'shopId' | 'transactionId' | 'paid'> {
  refundNo: string;
  amount: number;
}
export type RefundClearance = 'clear' | 'returning';
export type Shares = ReturnType<typeof createShares>;

/** WeChat refuses a share in the first minute after the payment. */
const shareDelayMs = minuteMs + 5_000;

export function createShares({ clock, policies, cipher }: { clock: Clock; policies: Policies; cipher: FieldCipher }) {
  /** Rates together never pass the cap; two people setting them at once wait for each other. */
  async function checkRates(tx: Tx, shopId: string, rate: number, except?: string): Promise<void> {
    const rows = await tx
      .selectFrom('payouts.receiver')
      .select(['receiverId', 'rate', 'status'])
      .where('shopId', '=', shopId)
      .forUpdate()
      .execute();
    const others = rows.filter(
      ({ receiverId, status }) => receiverId !== except && (status === 'adding' || status === 'active'),
    );
    const sum = others.reduce((total, other) => total + other.rate, rate);
    const cap = policies.get(sharePercent, shopId) * 100;
    if (sum > cap) throw errors.shareRateOverCap({ cap, sum });
  }

  /** The one lock that shares and refunds of a trade respect, whichever of them comes first. */
  async function lockTrade(
    tx: Tx,
    { buyerId, transactionId, shopId, paid }: Pick<RequestShare, 'buyerId' | 'transactionId' | 'shopId' | 'paid'>,
  ) {
    await tx
      .insertInto('payouts.sharedTrade')
      .values({ buyerId, transactionId, shopId, paid })
      .onConflict((conflict) => conflict.columns(['buyerId', 'transactionId']).doNothing())
      .execute();
    return tx
      .selectFrom('payouts.sharedTrade')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('transactionId', '=', transactionId)
      .forUpdate()
      .executeTakeFirstOrThrow();
  }

  /** Refunds asked for that wait for partners: what they need is no longer free to be shared. */
  async function pendingRefunds(tx: Tx, buyerId: string, transactionId: string): Promise<number> {
    const rows = await tx
      .selectFrom('payouts.shareRefund')
      .select('amount')
      .where('buyerId', '=', buyerId)
      .where('transactionId', '=', transactionId)
      .where('isClear', '=', false)
      .execute();
    return sumFen(rows.map((row) => row.amount));
  }

  return {
    async addReceiver(tx: Tx, shopId: string, { account, name, rate = 0 }: AddShareReceiver): Promise<string> {
      const now = clock.now();
      await checkRates(tx, shopId, rate);
      const fresh = {
        name: cipher.encrypt(name),
        rate,
        status: 'adding' as const,
        nextAttemptAt: now,
        claimedUntil: null,
        lastError: null,
      };
      const row = await tx
        .insertInto('payouts.receiver')
        .values({ ...fresh, shopId, receiverId: newId(), account, createdAt: now })
        .onConflict((conflict) =>
          conflict
            .columns(['shopId', 'account'])
            .doUpdateSet(fresh)
            .where('payouts.receiver.status', 'in', ['removed', 'refused']),
        )
        .returning('receiverId')
        .executeTakeFirst();
      if (!row) throw errors.receiverTaken();
      return row.receiverId;
    },

    /** What this partner gets of each order from now on. */
    async setRate(tx: Tx, shopId: string, receiverId: string, rate: number): Promise<void> {
      await checkRates(tx, shopId, rate, receiverId);
      const { numUpdatedRows } = await tx
        .updateTable('payouts.receiver')
        .set({ rate })
        .where('shopId', '=', shopId)
        .where('receiverId', '=', receiverId)
        .where('status', 'in', ['adding', 'active'])
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw errors.receiverNotFound();
    },

    async removeReceiver(tx: Tx, shopId: string, receiverId: string): Promise<void> {
      const { numUpdatedRows } = await tx
        .updateTable('payouts.receiver')
        .set({ status: 'removing', nextAttemptAt: clock.now(), claimedUntil: null })
        .where('shopId', '=', shopId)
        .where('receiverId', '=', receiverId)
        .where('status', 'in', ['adding', 'active', 'refused'])
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw errors.receiverNotFound();
    },

    async receivers(db: Executor, shopId: string): Promise<ShareReceiverList> {
      const rows = await db
        .selectFrom('payouts.receiver')
        .selectAll()
        .where('shopId', '=', shopId)
        .orderBy('receiverId')
        .execute();
      return {
        items: rows.map(({ receiverId, account, name, rate, status, lastError, createdAt }) => ({
          receiverId,
          account,
          name: maskName(cipher.decrypt(name)),
          rate,
          status,
          lastError,
          createdAt: createdAt.toISOString(),
        })),
      };
    },

    /** Idempotent by shareId. Σ shared never passes the cap, nor what was paid less what was refunded. */
    async share(tx: Tx, given: RequestShare): Promise<void> {
      const { shareId, buyerId, shopId, transactionId, paid, parts, unfreezes } = given;
      const amount = sumFen(parts.map((part) => part.amount));
      const trade = await lockTrade(tx, given);
      const existing = await tx
        .selectFrom('payouts.share')
        .select(['transactionId', 'amount'])
        .where('buyerId', '=', buyerId)
        .where('shareId', '=', shareId)
        .executeTakeFirst();
      if (existing) {
        if (existing.transactionId !== transactionId || existing.amount !== amount) throw errors.shareNumberTaken();
        return;
      }
      if (trade.paid !== paid || trade.shopId !== shopId) throw errors.shareNumberTaken();
      const receivers = await tx
        .selectFrom('payouts.receiver')
        .select(['receiverId', 'account'])
        .where('shopId', '=', shopId)
        .where('status', '=', 'active')
        .where((eb) => eb('receiverId', '=', eb.fn.any(eb.val(parts.map(({ receiverId }) => receiverId)))))
        .execute();
      const accounts = new Map(receivers.map(({ receiverId, account }) => [receiverId, account]));
      if (accounts.size !== parts.length) throw errors.receiverNotActive();
      const cap = shareCap(paid, policies.get(sharePercent, shopId));
      if (trade.shared + amount > cap) throw errors.shareOverCap({ cap, shared: trade.shared, requested: amount });
      const pending = await pendingRefunds(tx, buyerId, transactionId);
      const left = Math.max(0, paid - trade.refunded - pending - trade.shared);
      if (amount > left) throw errors.shareOverPaid({ left, requested: amount });
      await tx
        .updateTable('payouts.sharedTrade')
        .set({ shared: trade.shared + amount })
        .where('buyerId', '=', buyerId)
        .where('transactionId', '=', transactionId)
        .execute();
      const now = clock.now();
      await tx
        .insertInto('payouts.share')
        .values({
          buyerId,
          shareId,
          shopId,
          transactionId,
          outOrderNo: newTradeNo(buyerId, now),
          amount,
          unfreezes,
          status: 'requested',
          nextAttemptAt: new Date(now.getTime() + shareDelayMs),
          claimedUntil: null,
          lastError: null,
          requestedAt: now,
          finishedAt: null,
        })
        .execute();
      if (parts.length === 0) return;
      await tx
        .insertInto('payouts.sharePart')
        .values(
          parts.map(({ receiverId, amount: part, description }) => ({
            buyerId,
            shareId,
            receiverId,
            account: accounts.get(receiverId) as string,
            amount: part,
            description,
            result: 'pending' as const,
            failReason: null,
          })),
        )
        .execute();
    },

    /**
     * Asked before a refund is sent, and again until `clear`: partners give their part back first (分账回退). A share still
     * on its way is waited for. Idempotent by refundNo; a cleared refund is counted once, also when nothing is shared yet:
     * a share asked for later must know of it.
     */
    async beforeRefund(tx: Tx, refund: RefundOfTrade): Promise<RefundClearance> {
      const { buyerId, transactionId, refundNo, amount } = refund;
      const trade = await lockTrade(tx, refund);
      const known = await tx
        .selectFrom('payouts.shareRefund')
        .selectAll()
        .where('buyerId', '=', buyerId)
        .where('refundNo', '=', refundNo)
        .executeTakeFirst();
      if (known?.isClear) return 'clear';
      if (!known) {
        const isUnderWay = await tx
          .selectFrom('payouts.share')
          .select('shareId')
          .where('buyerId', '=', buyerId)
          .where('transactionId', '=', transactionId)
          .where('status', 'in', ['requested', 'processing'])
          .executeTakeFirst();
        if (isUnderWay) return 'returning';
        await askBack(tx, trade, refund);
      }
      const open = await tx
        .selectFrom('payouts.shareReturn')
        .select('returnId')
        .where('buyerId', '=', buyerId)
        .where('refundNo', '=', refundNo)
        .where('status', 'in', ['requested', 'processing'])
        .executeTakeFirst();
      if (open) return 'returning';
      // A partner that cannot give back must not keep the buyer waiting, as long as our own money covers the refund …
      const lacking = Math.max(0, trade.shared + trade.refunded + amount - trade.paid);
      if (lacking > 0 && !(await mayForgo(tx, trade, refund))) return 'returning';
      // … and when it was asked often enough, the shop bears what partners kept.
      await tx
        .updateTable('payouts.sharedTrade')
        .set({
          refunded: trade.refunded + amount,
          shared: trade.shared - lacking,
          forgone: trade.forgone + lacking,
        })
        .where('buyerId', '=', buyerId)
        .where('transactionId', '=', transactionId)
        .execute();
      await tx
        .updateTable('payouts.shareRefund')
        .set({ isClear: true })
        .where('buyerId', '=', buyerId)
        .where('refundNo', '=', refundNo)
        .execute();
      return 'clear';
    },

    async page(
      db: Executor,
      shopId: string,
      { page, pageSize }: { page: number; pageSize: number },
    ): Promise<ShareOrderPage> {
      const rows = await db
        .selectFrom('payouts.share as share')
        .innerJoin('payouts.sharePart as part', (join) =>
          join.onRef('part.buyerId', '=', 'share.buyerId').onRef('part.shareId', '=', 'share.shareId'),
        )
        .where('share.shopId', '=', shopId)
        .select(['share.shareId', 'share.transactionId', 'share.outOrderNo', 'share.status', 'share.amount'])
        .select(['share.lastError', 'share.requestedAt'])
        .select((eb) => [
          eb.fn
            .coalesce(eb.fn.sum<number>('part.amount').filterWhere('part.result', '=', 'succeeded'), eb.val(0))
            .as('succeeded'),
          eb.fn.sum<number>('part.returned').as('returned'),
        ])
        .groupBy(['share.buyerId', 'share.shareId'])
        .orderBy('share.requestedAt', 'desc')
        .orderBy('share.shareId', 'desc')
        .limit(pageSize)
        .offset((page - 1) * pageSize)
        .execute();
      const { total } = await db
        .selectFrom('payouts.share')
        .where('shopId', '=', shopId)
        .select((eb) => eb.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      const items = rows.map(({ requestedAt, ...row }) => ({ ...row, requestedAt: requestedAt.toISOString() }));
      return { items, total, page, pageSize };
    },
  };

  /** Asks partners again once an hour; true when they have been asked for long enough. */
  async function mayForgo(tx: Tx, trade: { paid: number; refunded: number }, refund: RefundOfTrade): Promise<boolean> {
    const { buyerId, refundNo } = refund;
    const { askedAt } = await tx
      .selectFrom('payouts.shareRefund')
      .select('askedAt')
      .where('buyerId', '=', buyerId)
      .where('refundNo', '=', refundNo)
      .executeTakeFirstOrThrow();
    const now = clock.now().getTime();
    if (now - askedAt.getTime() >= policies.get(returnPatienceHours) * hourMs) return true;
    const last = await tx
      .selectFrom('payouts.shareReturn')
      .select((eb) => eb.fn.max('requestedAt').as('at'))
      .where('buyerId', '=', buyerId)
      .where('refundNo', '=', refundNo)
      .executeTakeFirst();
    if (!last?.at || now - last.at.getTime() >= hourMs) await askParts(tx, trade, refund);
    return false;
  }

  async function askBack(tx: Tx, trade: { paid: number; refunded: number }, refund: RefundOfTrade): Promise<void> {
    const { buyerId, transactionId, refundNo, amount } = refund;
    const askedAt = clock.now();
    await tx.insertInto('payouts.shareRefund').values({ buyerId, refundNo, transactionId, amount, askedAt }).execute();
    await askParts(tx, trade, refund);
  }

  async function askParts(tx: Tx, trade: { paid: number; refunded: number }, refund: RefundOfTrade): Promise<void> {
    const { buyerId, transactionId, refundNo, amount } = refund;
    const askedAt = clock.now();
    const parts = await tx
      .selectFrom('payouts.sharePart as part')
      .innerJoin('payouts.share as share', (join) =>
        join.onRef('share.buyerId', '=', 'part.buyerId').onRef('share.shareId', '=', 'part.shareId'),
      )
      .where('share.buyerId', '=', buyerId)
      .where('share.transactionId', '=', transactionId)
      .where('part.result', '=', 'succeeded')
      .select(['part.shareId', 'part.receiverId', 'part.account', 'part.amount', 'part.returned', 'share.outOrderNo'])
      .orderBy('part.shareId')
      .orderBy('part.receiverId')
      .execute();
    const amounts = returnsFor(trade, amount, parts);
    const rows = parts.flatMap(({ shareId, receiverId, account, outOrderNo }, index) => {
      const part = amounts[index] ?? 0;
      return part === 0 ? [] : [{ shareId, receiverId, account, outOrderNo, amount: part }];
    });
    if (rows.length === 0) return;
    await tx
      .insertInto('payouts.shareReturn')
      .values(
        rows.map((row) => {
          const returnId = newId();
          return {
            ...row,
            buyerId,
            returnId,
            outReturnNo: returnId.replaceAll('-', ''),
            refundNo,
            status: 'requested' as const,
            nextAttemptAt: askedAt,
            claimedUntil: null,
            lastError: null,
            requestedAt: askedAt,
          };
        }),
      )
      .execute();
  }
}
