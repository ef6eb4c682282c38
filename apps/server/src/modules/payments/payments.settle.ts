/** What WeChat says about a trade or a refund becomes our state here, once, whichever way the word arrived. */
import type { Clock } from '#platform/clock.ts';
import type { Tx } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import { findOddPart } from './payments.combine.ts';
import { paymentSources } from './payments.domain.ts';
import { type AnomalyKind, type AnomalySubject, raiseAnomaly } from './payments.raise.ts';
import type { Attempt, Payment, Refund } from './payments.repository.ts';
import * as repository from './payments.repository.ts';
import { markPaid } from './payments.together.repository.ts';
import type { Transaction, WechatRefund } from './payments.wechat.types.ts';

export interface SettleDeps {
  outbox: Outbox;
  clock: Clock;
  log: Logger;
  mchId: string;
}

export type Outcome =
  | 'applied'
  | 'repeated' // nothing new
  | 'held' // money came, but not as asked: people look
  | 'unpaid'
  | 'unknown'; // not ours

/** How the money came, kept with the payment: refunds go back the same way, at the same rate. */
export const paidBy = ({ channel, currency, asked, rate, isShared, parts }: Attempt) => ({
  channel,
  paidCurrency: currency,
  paidTotal: asked,
  paidRate: rate,
  isShared,
  isCombined: parts !== null,
});

export type Settle = ReturnType<typeof createSettle>;

export function createSettle({ outbox, clock, log, mchId }: SettleDeps) {
  const raise = (
    tx: Tx,
    payment: Payment,
    kind: AnomalyKind,
    about: { expected: number; actual: number; detail: string } & AnomalySubject,
  ): Promise<void> => raiseAnomaly(tx, { outbox, clock, log }, payment, kind, about);

  async function hold(
    tx: Tx,
    payment: Payment,
    kind: AnomalyKind,
    found: { actual: number; detail: string } & AnomalySubject,
  ): Promise<Outcome> {
    await repository.movePayment(tx, payment, 'held_for_review', { nextCheckAt: null, claimedUntil: null });
    await raise(tx, payment, kind, { expected: payment.amount, ...found });
    return 'held';
  }

  /** Why a paid trade is not the one we asked for, if so. */
  function findMismatch(
    transaction: Transaction,
    attempt: Attempt,
    payment: Payment,
  ): [AnomalyKind, string] | undefined {
    const { mchid, appid, amount } = transaction;
    const merchantId = attempt.merchantId || mchId;
    if (mchid !== merchantId || appid !== attempt.appId) return ['merchant_differs', `${mchid}/${appid}`];
    if (amount?.total !== (attempt.asked ?? payment.amount) || (amount.currency ?? 'CNY') !== attempt.currency) {
      return ['amount_differs', `${amount?.total ?? 0} ${amount?.currency ?? 'CNY'}`];
    }
    // The sum may fit though the parts do not: another shop would get the money.
    const odd = attempt.parts && findOddPart(transaction.parts, attempt.parts);
    return odd ? ['amount_differs', odd] : undefined;
  }

  return {
    /** Paid as asked for, and nothing else is to be said of it. */
    isPlainlyPaid: (transaction: Transaction, { attempt, payment }: repository.LockedTrade): boolean =>
      transaction.trade_state === 'SUCCESS' &&
      attempt.parts === null &&
      paymentSources('succeeded').includes(payment.status) &&
      findMismatch(transaction, attempt, payment) === undefined,

    /** What `applyTransaction` does with those that are plainly paid, however many in the same statements. */
    async applyPaid(tx: Tx, trades: readonly (repository.LockedTrade & { said: Transaction })[]): Promise<void> {
      const paid = trades.map(({ said, attempt, payment: { buyerId, paymentId, amount } }) => ({
        ...{ buyerId, paymentId, amount, outTradeNo: attempt.outTradeNo, transactionId: said.transaction_id ?? '' },
        paidAt: said.success_time ? new Date(said.success_time) : clock.now(),
        ...paidBy(attempt),
      }));
      await markPaid(tx, paid);
      await outbox.publishAll(
        tx,
        paid.map(({ buyerId, paymentId, amount, paidAt }) => ({
          name: 'payments.payment_succeeded',
          payload: { buyerId, paymentId, amount, paidAt: paidAt.toISOString() },
        })),
      );
    },

    /** Makes a payment succeed when, and only when, WeChat's word fits what we asked for. */
    async applyTransaction(
      tx: Tx,
      transaction: Transaction,
      locked?: repository.LockedTrade | undefined,
    ): Promise<Outcome> {
      const found = locked ?? (await repository.lockByTradeNo(tx, transaction.out_trade_no));
      if (!found) return 'unknown';
      const { attempt, payment } = found;
      const { trade_state: state, transaction_id: transactionId = '' } = transaction;
      if (state === 'CLOSED') await repository.setAttemptState(tx, attempt, 'closed');
      // REFUND means paid first: our own refunds come after success, one from the merchant platform may come before we looked.
      if (state !== 'SUCCESS' && state !== 'REFUND') return 'unpaid';
      if (payment.status === 'succeeded' && payment.transactionId === transactionId) return 'repeated';

      const actual = transaction.amount?.total ?? 0;
      const paidAt = transaction.success_time ? new Date(transaction.success_time) : clock.now();
      const currency = transaction.amount?.currency ?? 'CNY';
      const trade = { actual, outTradeNo: attempt.outTradeNo, transactionId, paidAt, currency };
      if (attempt.parts && transaction.parts) await repository.keepPartTrades(tx, attempt, transaction.parts);
      const mismatch = findMismatch(transaction, attempt, payment);
      if (mismatch) return hold(tx, payment, mismatch[0], { ...trade, detail: mismatch[1] });
      if (payment.status === 'succeeded') {
        await raise(tx, payment, 'paid_twice', { ...trade, expected: 0, detail: attempt.outTradeNo });
        return 'held';
      }
      if (!paymentSources('succeeded').includes(payment.status)) return 'held';
      await repository.moveLocked(tx, payment, 'succeeded', {
        paidAt,
        transactionId,
        paidOutTradeNo: attempt.outTradeNo,
        ...paidBy(attempt),
        nextCheckAt: null,
        claimedUntil: null,
      });
      await repository.setAttemptState(tx, attempt, 'paid');
      const { buyerId, paymentId, amount } = payment;
      await outbox.publish(tx, 'payments.payment_succeeded', {
        buyerId,
        paymentId,
        amount,
        paidAt: paidAt.toISOString(),
      });
      return 'applied';
    },

    /** Follows a refund's state at WeChat; the result event leaves once per outcome. */
    async applyRefund(tx: Tx, said: Omit<WechatRefund, 'out_trade_no'>): Promise<Outcome> {
      const found = await repository.findRefundByOutNo(tx, said.out_refund_no);
      const payment = found && (await repository.lockPayment(tx, found.buyerId, found.paymentId));
      if (!found || !payment) return 'unknown';
      const sent = found.sentAmount ?? found.amount;
      if (said.amount.refund !== sent) {
        await raise(tx, payment, 'refund_amount_differs', {
          expected: sent,
          actual: said.amount.refund,
          detail: found.refundNo,
        });
        return 'held';
      }
      const wechatRefundId = said.refund_id;
      if (said.status === 'PROCESSING') {
        const isMoved = await repository.moveRefund(tx, found, 'processing', { wechatRefundId });
        return isMoved ? 'applied' : 'repeated';
      }
      if (said.status === 'SUCCESS') {
        // WeChat closed or never took it, yet now says paid out: the sum must stay true, so people look.
        if (!found.isReserved && found.surplusTradeNo === null) {
          await raise(tx, payment, 'refund_amount_differs', {
            expected: 0,
            actual: found.amount,
            detail: found.refundNo,
          });
          return 'held';
        }
        const settledAt = said.success_time ? new Date(said.success_time) : clock.now();
        const change = { wechatRefundId, settledAt, nextAttemptAt: null, claimedUntil: null, lastError: null };
        if (!(await repository.moveRefund(tx, found, 'succeeded', change))) return 'repeated';
        await announce(tx, found, 'succeeded');
        return 'applied';
      }
      const kind = said.status === 'CLOSED' ? 'refund_closed' : 'refund_abnormal';
      return fail(tx, payment, found, kind, { wechatRefundId, lastError: said.status });
    },

    /** WeChat never accepted it and never will as it stands. */
    async refuseRefund(tx: Tx, refund: Refund, reason: string): Promise<void> {
      const payment = await repository.lockPayment(tx, refund.buyerId, refund.paymentId);
      if (payment) await fail(tx, payment, refund, 'refund_refused', { lastError: reason });
    },
  };

  async function fail(
    tx: Tx,
    payment: Payment,
    refund: Refund,
    kind: AnomalyKind,
    change: { wechatRefundId?: string; lastError: string },
  ): Promise<Outcome> {
    // Abnormal money has left the order at WeChat and waits for another account: it stays counted.
    const keepsReserved = kind === 'refund_abnormal' && refund.isReserved;
    const isMoved = await repository.moveRefund(tx, refund, 'failed', {
      ...change,
      isReserved: keepsReserved,
      nextAttemptAt: null,
      claimedUntil: null,
      settledAt: clock.now(),
    });
    if (!isMoved) return 'repeated';
    if (refund.isReserved && !keepsReserved) {
      await repository.changePayment(tx, payment, { refundReserved: payment.refundReserved - refund.amount });
    }
    await raise(tx, payment, kind, {
      expected: refund.amount,
      actual: 0,
      detail: `${refund.refundNo} ${change.lastError}`,
      refundNo: refund.refundNo,
    });
    await announce(tx, refund, 'failed');
    return 'applied';
  }

  function announce(tx: Tx, refund: Refund, outcome: 'succeeded' | 'failed'): Promise<void> {
    const { buyerId, paymentId, refundNo, orderNo, amount } = refund;
    return outbox.publish(tx, 'payments.refund_settled', { buyerId, paymentId, refundNo, orderNo, amount, outcome });
  }
}
