/** Writes down money that did not come or go as asked, once, and says so. */
import type { Clock } from '#platform/clock.ts';
import type { Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { Logger } from '#platform/logger.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Payment } from './payments.repository.ts';
import * as repository from './payments.repository.ts';

export type AnomalyKind =
  | 'amount_differs' // paid another amount than asked
  | 'merchant_differs' // another merchant or app than the prepay's
  | 'paid_twice' // a second trade paid the same payment
  | 'refund_amount_differs'
  | 'refund_abnormal' // accepted, but the money cannot reach the payer
  | 'refund_closed'
  | 'refund_refused' // never accepted
  | 'refund_needs_approval'; // money that leaves the country waits for people (C10-DSP-08)

/** What a decision about an anomaly acts on. */
export interface AnomalySubject {
  refundNo?: string;
  outTradeNo?: string;
  transactionId?: string;
  paidAt?: Date;
  currency?: string;
}

export async function raiseAnomaly(
  tx: Tx,
  { outbox, clock, log }: { outbox: Outbox; clock: Clock; log?: Logger },
  payment: Payment,
  kind: AnomalyKind,
  about: { expected: number; actual: number; detail: string } & AnomalySubject,
): Promise<void> {
  const { expected, actual, detail } = about;
  if (await repository.hasOpenAnomaly(tx, payment, kind, actual, about.refundNo)) return;
  const { buyerId, paymentId, shopIds } = payment;
  await tx
    .insertInto('payments.anomaly')
    .values({
      buyerId,
      anomalyId: newId(),
      paymentId,
      shopIds,
      kind,
      ...about,
      foundAt: clock.now(),
      resolvedAt: null,
      resolvedBy: null,
      note: null,
    })
    .execute();
  await outbox.publish(tx, 'payments.anomaly_found', { buyerId, paymentId, kind, expected, actual });
  log?.error({ paymentId, kind, expected, actual, detail }, 'payment anomaly');
}
