/** What is due without anyone asking: looking for lost notices, closing at WeChat, sending and following refunds. */
import type { Clock } from '#platform/clock.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { type Channels, problemOf } from './payments.channels.ts';
import { closeWaitMs, cutBytes, nextCheck, refundWaitMs } from './payments.domain.ts';
import type { PaymentFlow } from './payments.flow.ts';
import type { Payment, Refund } from './payments.repository.ts';
import * as repository from './payments.repository.ts';
import type { Settle } from './payments.settle.ts';

import type { WechatRefund } from './payments.wechat.types.ts';

/**
 * Whether a refund of a shared payment may be sent: partners give their part back first. Asked again until `clear`.
 */
export type ClearRefund = (
  tx: Tx,
  refund: { buyerId: string; shopId: string; transactionId: string; paid: number; refundNo: string; amount: number },
) => Promise<'clear' | 'returning'>;

export interface PaymentSweepDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  channels: Channels;
  flow: PaymentFlow;
  settle: Settle;
  clearRefund: ClearRefund;
  clock: Clock;
  log: Logger;
}

const batch = 10;
/** Longer than the calls of one item can take; after it another worker may take the item over. */
const leaseMs = 40_000;
const reasonBytes = 80;

export function paymentSweeps({
  database,
  channels,
  flow,
  settle,
  clearRefund,
  clock,
  log,
}: PaymentSweepDeps): Sweep[] {
  const { db, inTransaction } = database;
  const later = (ms: number) => new Date(clock.now().getTime() + ms);

  async function check(payment: Payment): Promise<void> {
    const checks = payment.checks + 1;
    let nextCheckAt: Date | null;
    try {
      if (payment.closeRequestedAt) {
        await flow.finishClose(payment);
        nextCheckAt = later(closeWaitMs(checks));
      } else {
        for (const attempt of await repository.listOpenAttempts(db, payment.buyerId, payment.paymentId))
          await flow.ask(attempt);
        nextCheckAt = nextCheck(checks, clock.now(), payment.prepayUntil);
      }
    } catch (error) {
      log.warn({ err: error, paymentId: payment.paymentId }, 'payment check failed, will retry');
      nextCheckAt = later(closeWaitMs(checks));
    }
    await inTransaction(async (tx) => {
      const current = await repository.lockPayment(tx, payment.buyerId, payment.paymentId);
      if (!current || (current.status !== 'created' && current.status !== 'prepaid')) return;
      // A close, or a newer prepay, may have been asked for meanwhile: its earlier date stands.
      const isChanged = current.nextCheckAt?.getTime() !== payment.nextCheckAt?.getTime();
      await repository.changePayment(tx, payment, {
        claimedUntil: null,
        ...(isChanged ? {} : { checks, nextCheckAt }),
      });
    });
  }

  function adapterOf({ channel }: Refund) {
    const adapter = channels[channel];
    if (!adapter) throw new Error(`${channel} is not configured any more`);
    return adapter;
  }

  /** The answer of WeChat, or undefined when it never heard of the refund. */
  async function queryRefund(refund: Refund): Promise<WechatRefund | undefined> {
    try {
      return await adapterOf(refund).queryRefund(refund);
    } catch (error) {
      if (problemOf(error) === 'absent') return undefined;
      throw error;
    }
  }

  /** undefined: partners have not given their part back yet. */
  async function sendRefund(refund: Refund): Promise<WechatRefund | undefined> {
    const payment = await repository.findPayment(db, refund.buyerId, refund.paymentId);
    const outTradeNo = refund.partTradeNo ?? refund.surplusTradeNo ?? payment?.paidOutTradeNo;
    if (!payment || !outTradeNo) throw new Error(`payment ${refund.paymentId} has no paid trade`);
    const amount = refund.sentAmount ?? refund.amount;
    if (payment.isShared && refund.surplusTradeNo === null && (await isHeldByPartners(payment, refund, amount)))
      return undefined;
    return adapterOf(refund).refund({
      outTradeNo,
      transactionId: refund.surplusTransactionId ?? payment.transactionId ?? '',
      outRefundNo: refund.outRefundNo,
      amount,
      // A second payment of the same thing goes back as a whole.
      total: refund.partTotal ?? (refund.surplusTradeNo ? amount : (payment.paidTotal ?? payment.amount)),
      currency: payment.paidCurrency,
      reason: cutBytes(refund.reason, reasonBytes),
      subMchId: refund.subMchId,
    });
  }

  async function isHeldByPartners(payment: Payment, { refundNo }: Refund, amount: number): Promise<boolean> {
    const { buyerId, transactionId, paidTotal, shopIds } = payment;
    const question = {
      buyerId,
      shopId: shopIds[0] ?? '',
      transactionId: transactionId ?? '',
      paid: paidTotal ?? payment.amount,
      refundNo,
      amount,
    };
    return (await inTransaction((tx) => clearRefund(tx, question))) === 'returning';
  }

  async function follow(refund: Refund): Promise<void> {
    // Claimed rows carry the count from before this try: above 0 an earlier call may have arrived, so ask first (A4).
    const isFirst = refund.attempts === 0;
    let failure: string | null = null;
    try {
      const said = (isFirst ? undefined : await queryRefund(refund)) ?? (await sendRefund(refund));
      if (said) await inTransaction((tx) => settle.applyRefund(tx, said));
      else failure = 'waiting for partners to give back';
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
      const problem = problemOf(error);
      log.warn({ err: error, refundNo: refund.refundNo, problem }, 'refund call failed');
      if (problem === 'refused' || problem === 'absent' || problem === 'closed') {
        const reason = failure;
        return inTransaction((tx) => settle.refuseRefund(tx, refund, reason));
      }
    }
    await inTransaction((tx) =>
      repository.changeRefund(tx, refund, {
        claimedUntil: null,
        lastError: failure,
        nextAttemptAt: later(refundWaitMs(refund.attempts)),
      }),
    );
  }

  return [
    {
      name: 'payments.check',
      everyMs: 1_000,
      async run() {
        const due = await inTransaction((tx) => repository.claimChecks(tx, clock, batch, leaseMs));
        await Promise.all(due.map(check));
        return due.length;
      },
    },
    {
      name: 'payments.refund',
      everyMs: 1_000,
      async run() {
        const due = await inTransaction((tx) => repository.claimRefunds(tx, clock, batch, leaseMs));
        await Promise.all(due.map(follow));
        return due.length;
      },
    },
  ];
}
