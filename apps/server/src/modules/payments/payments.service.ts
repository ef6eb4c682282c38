/** The door other modules use inside their own transactions: nothing here calls WeChat, it only writes down what to do. */
import type { PaymentStatus, PaymentView } from '@xiaopu/contracts';
import { formatYuan } from '@xiaopu/money';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import { isCrossBorder } from './payments.channels.ts';
import { partOf } from './payments.combine.ts';
import * as errors from './payments.errors.ts';
import { foreignRefund } from './payments.foreign.ts';
import { raiseAnomaly } from './payments.raise.ts';
import type { Payment } from './payments.repository.ts';
import * as repository from './payments.repository.ts';
import type { PayClient, PaymentPart, SubTrade } from './payments.tables.ts';

export interface OpenPayment {
  paymentId: string;
  buyerId: string;
  amount: number;
  /** Shown on the payment sheet. */
  description: string;
  orderNos: string[];
  /** The shops of those orders: who sees an anomaly of this payment. */
  shopIds: string[];
  prepayUntil: Date;
  /** What each order owes of it, where there is more than one. */
  parts?: PaymentPart[];
}

export interface RequestRefund {
  buyerId: string;
  paymentId: string;
  orderNo: string;
  refundNo: string;
  amount: number;
  reason: string;
}

interface PaymentKey {
  buyerId: string;
  paymentId: string;
}

/** The shopper's view, and what the merchant's order page and the shipping upload need besides. */
export interface PaymentDetails extends PaymentView {
  outTradeNo: string | null;
  transactionId: string | null;
  payer: { client: PayClient; openid: string } | null;
  /** Of a combined trade that was paid: each order's own. */
  parts: SubTrade[] | null;
}

export interface Trade {
  status: PaymentStatus;
  amount: number;
  /** '' before the first try to pay. */
  outTradeNo: string;
  transactionId: string | null;
  paidAt: Date | null;
  /** What the channel took; null: `amount`. */
  paidTotal: number | null;
  isShared: boolean;
}

export type Payments = ReturnType<typeof createPayments>;

export function createPayments({ outbox, clock }: { outbox: Outbox; clock: Clock }) {
  /** What the channel is asked for: in another currency, or when another sum than asked was accepted, in proportion. */
  async function sentAmountOf(tx: Tx, payment: Payment, amount: number): Promise<number> {
    const { paidTotal, amount: owed, refundReserved } = payment;
    if (paidTotal === null || paidTotal === owed) return amount;
    const sentBefore = await repository.sumSent(tx, payment);
    return foreignRefund({ amount: owed, total: paidTotal }, { amount: refundReserved, total: sentBefore }, amount);
  }

  /** However many, one statement that nobody waits for. */
  async function openAll(tx: Tx, payments: readonly OpenPayment[]): Promise<void> {
    const now = clock.now();
    await repository.insertPayments(
      tx,
      payments.map(({ parts, ...payment }) => {
        // Parts that do not make the whole (a deposit, say) tell nobody who takes what.
        const isWhole = (parts?.reduce((sum, part) => sum + part.amount, 0) ?? 0) === payment.amount;
        return { ...payment, parts: parts && parts.length > 1 && isWhole ? parts : null };
      }),
      now,
    );
    await outbox.publishAll(
      tx,
      payments
        .filter(({ amount }) => amount === 0)
        .map(({ buyerId, paymentId, amount }) => ({
          name: 'payments.payment_succeeded',
          payload: { buyerId, paymentId, amount, paidAt: now.toISOString() },
        })),
    );
  }

  /** Money that leaves the country is never given back by a rule alone (C10-DSP-08). */
  const askApproval = (tx: Tx, payment: Payment, refund: { refundNo: string; amount: number; reason: string }) =>
    raiseAnomaly(tx, { outbox, clock }, payment, 'refund_needs_approval', {
      expected: refund.amount,
      actual: 0,
      detail: `${refund.refundNo} ${refund.reason}`,
      refundNo: refund.refundNo,
    });

  return {
    /** Opens what a checkout owes; nothing to pay (payable 0) succeeds at once. */
    open: (tx: Tx, payment: OpenPayment): Promise<void> => openAll(tx, [payment]),
    openAll,

    /** After a new hold was won: prepays may live until its end. Refuses a payment that is closing, closed or settled. */
    async extend(tx: Tx, { buyerId, paymentId, prepayUntil }: PaymentKey & { prepayUntil: Date }): Promise<void> {
      const payment = await repository.lockPayment(tx, buyerId, paymentId);
      if (!payment) throw errors.paymentNotFound();
      if (payment.closeRequestedAt) throw errors.paymentClosing();
      if (payment.status !== 'created' && payment.status !== 'prepaid') throw errors.paymentClosed();
      await repository.changePayment(tx, payment, { prepayUntil });
    },

    /**
     * No more paying: closed at WeChat first (by the sweep), then payments.payment_closed. When WeChat says it was paid,
     * payments.payment_succeeded comes instead. Settled payments are left alone.
     */
    async requestClose(tx: Tx, { buyerId, paymentId }: PaymentKey): Promise<void> {
      const payment = await repository.lockPayment(tx, buyerId, paymentId);
      if (!payment) throw errors.paymentNotFound();
      if (payment.closeRequestedAt || (payment.status !== 'created' && payment.status !== 'prepaid')) return;
      const now = clock.now();
      const open = await repository.listOpenAttempts(tx, buyerId, paymentId);
      if (open.length > 0) {
        await repository.changePayment(tx, payment, { closeRequestedAt: now, nextCheckAt: now, checks: 0 });
        return;
      }
      await repository.movePayment(tx, payment, 'closed', { closeRequestedAt: now, closedAt: now, nextCheckAt: null });
      await outbox.publish(tx, 'payments.payment_closed', { buyerId, paymentId });
    },

    /** Idempotent by refundNo; the sum of a payment's refunds never passes what was paid. Result: payments.refund_settled. */
    async requestRefund(tx: Tx, refund: RequestRefund): Promise<void> {
      const { buyerId, paymentId, orderNo, refundNo, amount, reason } = refund;
      if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`not an amount in fen: ${amount}`);
      const payment = await repository.lockPayment(tx, buyerId, paymentId);
      if (!payment) throw errors.paymentNotFound();
      const existing = await repository.findRefund(tx, buyerId, refundNo);
      if (existing) {
        const isSame = existing.amount === amount && existing.paymentId === paymentId && existing.orderNo === orderNo;
        if (!isSame) throw errors.refundNumberTaken();
        return;
      }
      if (payment.status !== 'succeeded') throw errors.refundBeforePayment();
      const reserved = payment.refundReserved + amount;
      if (reserved > payment.amount) {
        throw errors.refundExceedsPaid({
          paid: payment.amount,
          reserved: payment.refundReserved,
          requested: amount,
        });
      }
      const now = clock.now();
      const sentAmount = await sentAmountOf(tx, payment, amount);
      const isFree = sentAmount === 0;
      const awaitsApproval = !isFree && isCrossBorder(payment.channel);
      const part = await partOf(tx, payment, orderNo);
      await tx
        .insertInto('payments.refund')
        .values({
          buyerId,
          refundNo,
          paymentId,
          orderNo,
          amount,
          reason,
          status: isFree ? 'succeeded' : 'requested',
          outRefundNo: refundNo,
          wechatRefundId: null,
          channel: payment.channel ?? 'wechat_jsapi',
          sentAmount,
          ...part,
          awaitsApproval,
          nextAttemptAt: isFree || awaitsApproval ? null : now,
          claimedUntil: null,
          lastError: null,
          requestedAt: now,
          settledAt: isFree ? now : null,
        })
        .execute();
      await repository.changePayment(tx, payment, { refundReserved: reserved });
      if (awaitsApproval) await askApproval(tx, payment, { refundNo, amount, reason });
      if (isFree) {
        const outcome = 'succeeded';
        await outbox.publish(tx, 'payments.refund_settled', { buyerId, paymentId, refundNo, orderNo, amount, outcome });
      }
    },

    /** Sends a failed refund again. A number WeChat has closed can pay nothing any more, so it goes out under a new one. */
    async retryRefund(tx: Tx, { buyerId, refundNo }: { buyerId: string; refundNo: string }): Promise<void> {
      const found = await repository.findRefund(tx, buyerId, refundNo);
      const payment = found && (await repository.lockPayment(tx, buyerId, found.paymentId));
      // Read again under the lock: two retries at once must not reserve twice.
      const refund = payment && (await repository.findRefund(tx, buyerId, refundNo));
      if (!refund) throw errors.refundNotFound();
      if (refund.status !== 'failed') throw errors.refundNotRetryable();
      if (!refund.isReserved && refund.surplusTradeNo === null) {
        const reserved = payment.refundReserved + refund.amount;
        if (reserved > payment.amount) {
          throw errors.refundExceedsPaid({
            paid: payment.amount,
            reserved: payment.refundReserved,
            requested: refund.amount,
          });
        }
        await repository.changePayment(tx, payment, { refundReserved: reserved });
      }
      const wasClosed = !refund.isReserved && refund.wechatRefundId !== null;
      const rounds = refund.rounds + 1;
      await repository.moveRefund(tx, refund, 'requested', {
        isReserved: refund.surplusTradeNo === null,
        rounds,
        settledAt: null,
        lastError: null,
        // Whoever sends it again is a person: that is the approval.
        awaitsApproval: false,
        nextAttemptAt: clock.now(),
        ...(wasClosed ? { outRefundNo: `${refundNo}-${rounds}`, wechatRefundId: null, attempts: 0 } : {}),
      });
    },

    /** People agreed: it goes out now. */
    async approveRefund(tx: Tx, { buyerId, refundNo }: { buyerId: string; refundNo: string }): Promise<void> {
      const refund = await repository.findRefund(tx, buyerId, refundNo);
      if (!refund?.awaitsApproval) throw errors.decisionNotPossible();
      await repository.changeRefund(tx, refund, { awaitsApproval: false, nextAttemptAt: clock.now() });
    },

    /** People refused: nothing was sent, so the sum is free again; whoever asked for it hears that it failed. */
    async refuseRefund(tx: Tx, { buyerId, refundNo }: { buyerId: string; refundNo: string }): Promise<void> {
      const found = await repository.findRefund(tx, buyerId, refundNo);
      const payment = found && (await repository.lockPayment(tx, buyerId, found.paymentId));
      const refund = payment && (await repository.findRefund(tx, buyerId, refundNo));
      if (!payment || !refund?.awaitsApproval) throw errors.decisionNotPossible();
      const change = { awaitsApproval: false, isReserved: false, settledAt: clock.now(), lastError: '人工审核未通过' };
      if (!(await repository.moveRefund(tx, refund, 'failed', change))) throw errors.decisionNotPossible();
      await repository.changePayment(tx, payment, { refundReserved: payment.refundReserved - refund.amount });
      const { paymentId, orderNo, amount } = refund;
      const outcome = 'failed';
      await outbox.publish(tx, 'payments.refund_settled', { buyerId, paymentId, refundNo, orderNo, amount, outcome });
    },

    /** @throws payments.not_found, also for another buyer's payment */
    async view(db: Executor, buyerId: string, paymentId: string): Promise<PaymentDetails> {
      const payment = await repository.findPayment(db, buyerId, paymentId);
      if (!payment) throw errors.paymentNotFound();
      const attempt = await repository.findShownAttempt(db, buyerId, paymentId);
      return {
        paymentId,
        status: payment.status,
        amount: payment.amount,
        orderNos: payment.orderNos,
        paidAt: payment.paidAt?.toISOString() ?? null,
        expiresAt: payment.prepayUntil.toISOString(),
        channel: payment.channel,
        foreign:
          payment.paidRate === null
            ? null
            : {
                currency: payment.paidCurrency,
                amount: formatYuan(payment.paidTotal ?? 0),
                rate: payment.paidRate,
              },
        outTradeNo: payment.paidOutTradeNo ?? attempt?.outTradeNo ?? null,
        transactionId: payment.transactionId,
        payer: attempt ? { client: attempt.client, openid: attempt.openid } : null,
        parts: payment.isCombined ? (attempt?.parts ?? null) : null,
      };
    },

    /** For the merchant's order page. */
    async trade(db: Executor, buyerId: string, paymentId: string): Promise<Trade | undefined> {
      const row = await db
        .selectFrom('payments.payment as payment')
        .leftJoin('payments.attempt as attempt', (join) =>
          join.onRef('attempt.buyerId', '=', 'payment.buyerId').onRef('attempt.paymentId', '=', 'payment.paymentId'),
        )
        .select([
          'payment.status',
          'payment.amount',
          'payment.transactionId',
          'payment.paidAt',
          'payment.paidOutTradeNo',
          'payment.paidTotal',
          'payment.isShared',
        ])
        .select('attempt.outTradeNo')
        .where('payment.buyerId', '=', buyerId)
        .where('payment.paymentId', '=', paymentId)
        .orderBy('attempt.createdAt', (order) => order.desc().nullsLast())
        .limit(1)
        .executeTakeFirst();
      if (!row) return undefined;
      const { paidOutTradeNo, outTradeNo, ...trade } = row;
      return { ...trade, outTradeNo: paidOutTradeNo ?? outTradeNo ?? '' };
    },

    /** How many payments of a shop wait for people: the dashboard's to-do. */
    async countOpenAnomalies(db: Executor, shopId: string): Promise<number> {
      const { count } = await db
        .selectFrom('payments.anomaly')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('resolvedAt', 'is', null)
        .where((eb) => eb(eb.val(shopId), '=', eb.fn.any('shopIds')))
        .executeTakeFirstOrThrow();
      return count;
    },
  };
}
