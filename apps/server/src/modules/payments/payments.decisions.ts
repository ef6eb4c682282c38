/**
 * What people decide about money that went wrong: take it as it came, give it back, send it again. The note says why; the
 * decision is what makes it happen. One anomaly is decided once.
 */
import type { AnomalyDecision } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Tx } from '#platform/database/database.ts';
import { newTradeNo } from '#platform/ids.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import { anomalyNotFound, anomalyResolved, decisionNotPossible } from './payments.errors.ts';
import type { AnomalyKind } from './payments.raise.ts';
import type { Anomaly, Payment } from './payments.repository.ts';
import * as repository from './payments.repository.ts';
import type { Payments } from './payments.service.ts';
import { paidBy } from './payments.settle.ts';

/** What may be decided; anything may be closed with a note alone. */
export const possibleDecisions: Record<AnomalyKind, readonly AnomalyDecision[]> = {
  amount_differs: ['accept', 'give_back'],
  // The money lies with another merchant: this install cannot send it back.
  merchant_differs: ['accept', 'turn_away'],
  paid_twice: ['give_back'],
  refund_amount_differs: [],
  refund_abnormal: ['retry'],
  refund_closed: ['retry'],
  refund_refused: ['retry'],
  refund_needs_approval: ['approve', 'refuse'],
};

export interface Decide {
  anomalyId: string;
  decision: AnomalyDecision;
  note: string;
  by: string;
}
export type Decisions = ReturnType<typeof createDecisions>;

export function createDecisions({ payments, outbox, clock }: { payments: Payments; outbox: Outbox; clock: Clock }) {
  async function tradeOf(tx: Tx, anomaly: Anomaly) {
    const attempt = anomaly.outTradeNo && (await repository.findAttemptByTradeNo(tx, anomaly.outTradeNo));
    if (!attempt || !anomaly.transactionId || !anomaly.paidAt) throw decisionNotPossible();
    return { attempt, outTradeNo: attempt.outTradeNo, transactionId: anomaly.transactionId, paidAt: anomaly.paidAt };
  }

  /** The payment's own row tells how the money came, whether it is kept or not. */
  async function settleHeld(tx: Tx, anomaly: Anomaly, payment: Payment, status: 'succeeded' | 'closed') {
    const { attempt, transactionId, paidAt } = await tradeOf(tx, anomaly);
    const how = {
      ...paidBy(attempt),
      paidCurrency: anomaly.currency,
      paidTotal: anomaly.actual,
      paidOutTradeNo: attempt.outTradeNo,
      transactionId,
      paidAt,
      ...(status === 'closed' ? { closedAt: clock.now() } : {}),
    };
    if (!(await repository.movePayment(tx, payment, status, how, 'people'))) throw decisionNotPossible();
    await repository.setAttemptState(tx, attempt, 'paid');
  }

  async function giveBack(tx: Tx, anomaly: Anomaly, payment: Payment): Promise<void> {
    const { attempt, outTradeNo, transactionId } = await tradeOf(tx, anomaly);
    const now = clock.now();
    const { buyerId, paymentId, orderNos } = payment;
    // A combined trade goes back part by part, each from the shop that took it.
    const pieces = attempt.parts?.map((part) => ({
      orderNo: part.orderNo,
      amount: part.amount,
      sentAmount: part.amount,
      partTradeNo: part.outTradeNo,
      partTotal: part.amount,
      subMchId: part.subMchId,
    })) ?? [
      {
        orderNo: orderNos[0] ?? '',
        amount: anomaly.currency === 'CNY' ? anomaly.actual : payment.amount,
        sentAmount: anomaly.actual,
      },
    ];
    const rows = pieces.map((piece) => {
      // One number for us and for WeChat would do as well; they may differ after WeChat closed one.
      const [refundNo, outRefundNo] = [newTradeNo(buyerId, now), newTradeNo(buyerId, now)];
      return {
        ...piece,
        buyerId,
        refundNo,
        outRefundNo,
        paymentId,
        reason: anomaly.kind === 'paid_twice' ? '重复付款退回' : '付款金额不符退回',
        status: 'requested' as const,
        channel: attempt.channel,
        surplusTradeNo: outTradeNo,
        surplusTransactionId: transactionId,
        isReserved: false,
        wechatRefundId: null,
        nextAttemptAt: now,
        claimedUntil: null,
        lastError: null,
        requestedAt: now,
        settledAt: null,
      };
    });
    await tx.insertInto('payments.refund').values(rows).execute();
  }

  async function closeHeld(tx: Tx, { buyerId, paymentId }: Payment): Promise<void> {
    await outbox.publish(tx, 'payments.payment_closed', { buyerId, paymentId });
  }

  async function carryOut(tx: Tx, decision: AnomalyDecision, anomaly: Anomaly, payment: Payment): Promise<void> {
    const { buyerId, paymentId, amount } = payment;
    const refundKey = { buyerId, refundNo: anomaly.refundNo ?? '' };
    switch (decision) {
      case 'accept': {
        await settleHeld(tx, anomaly, payment, 'succeeded');
        const paidAt = anomaly.paidAt?.toISOString() ?? clock.now().toISOString();
        return outbox.publish(tx, 'payments.payment_succeeded', { buyerId, paymentId, amount, paidAt });
      }
      case 'give_back':
        if (anomaly.kind !== 'paid_twice') {
          await settleHeld(tx, anomaly, payment, 'closed');
          await closeHeld(tx, payment);
        }
        return giveBack(tx, anomaly, payment);
      case 'turn_away':
        if (!(await repository.movePayment(tx, payment, 'closed', { closedAt: clock.now() }, 'people')))
          throw decisionNotPossible();
        return closeHeld(tx, payment);
      case 'retry':
        return payments.retryRefund(tx, refundKey);
      case 'approve':
        return payments.approveRefund(tx, refundKey);
      case 'refuse':
        return payments.refuseRefund(tx, refundKey);
    }
  }

  return {
    async decide(tx: Tx, shopId: string, { anomalyId, decision, note, by }: Decide): Promise<void> {
      const seen = await tx
        .selectFrom('payments.anomaly')
        .select(['buyerId', 'paymentId'])
        .where('anomalyId', '=', anomalyId)
        .where((eb) => eb(eb.val(shopId), '=', eb.fn.any('shopIds')))
        .executeTakeFirst();
      // The payment first, as everywhere; then the anomaly is read again under its lock.
      const payment = seen && (await repository.lockPayment(tx, seen.buyerId, seen.paymentId));
      const anomaly = payment && (await repository.lockAnomaly(tx, payment.buyerId, anomalyId));
      if (!payment || !anomaly) throw anomalyNotFound();
      if (anomaly.resolvedAt) throw anomalyResolved();
      if (!possibleDecisions[anomaly.kind as AnomalyKind].includes(decision)) throw decisionNotPossible();
      await tx
        .updateTable('payments.anomaly')
        .set({ resolvedAt: clock.now(), resolvedBy: by, note, decision })
        .where('buyerId', '=', anomaly.buyerId)
        .where('anomalyId', '=', anomalyId)
        .execute();
      await carryOut(tx, decision, anomaly, payment);
    },
  };
}
