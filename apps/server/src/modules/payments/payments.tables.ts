import type { PaymentStatus, RefundView, StartPayment } from '@xiaopu/contracts';
import type { Generated } from 'kysely';

export type RefundStatus = Exclude<RefundView['status'], 'rejected'>;
export type PayClient = StartPayment['client'];
export type AttemptState =
  | 'sending' // stored before WeChat is asked; a crash leaves it here and the same call is safe to repeat
  | 'prepaid' // WeChat gave a prepay_id
  | 'closed' // closed at WeChat, or never arrived there
  | 'paid';

declare module '#platform/database/database.ts' {
  interface Tables {
    'payments.payment': {
      buyerId: string;
      paymentId: string;
      amount: number;
      description: string;
      orderNos: string[];
      /** The shops of its orders: who may see its anomalies. */
      shopIds: string[];
      status: PaymentStatus;
      /** The stock hold's end: no prepay may live longer. */
      prepayUntil: Date;
      /** Sum of refunds that took, or may still take, money: never above `amount`. */
      refundReserved: Generated<number>;
      paidOutTradeNo: string | null;
      transactionId: string | null;
      paidAt: Date | null;
      prepaidAt: Date | null;
      closedAt: Date | null;
      closeRequestedAt: Date | null;
      queriedAt: Date | null;
      /** When the sweep asks or closes at WeChat next; null: nothing to do. */
      nextCheckAt: Date | null;
      checks: Generated<number>;
      claimedUntil: Date | null;
      createdAt: Date;
    };
    'payments.attempt': {
      buyerId: string;
      outTradeNo: string;
      paymentId: string;
      client: PayClient;
      appId: string;
      openid: string;
      timeExpire: Date;
      state: AttemptState;
      prepayId: string | null;
      prepaidAt: Date | null;
      createdAt: Date;
    };
    'payments.refund': {
      buyerId: string;
      refundNo: string;
      paymentId: string;
      orderNo: string;
      amount: number;
      reason: string;
      status: RefundStatus;
      /** The number WeChat knows: changes only after WeChat closed the refund, when the old one can pay nothing. */
      outRefundNo: string;
      wechatRefundId: string | null;
      /** Whether `payment.refundReserved` counts it. */
      isReserved: Generated<boolean>;
      rounds: Generated<number>;
      attempts: Generated<number>;
      nextAttemptAt: Date | null;
      claimedUntil: Date | null;
      lastError: string | null;
      requestedAt: Date;
      settledAt: Date | null;
    };
    'payments.notice': {
      noticeId: string;
      eventType: string;
      tradeNo: string;
      outcome: string;
      receivedAt: Date;
    };
    'payments.anomaly': {
      buyerId: string;
      anomalyId: string;
      paymentId: string;
      shopIds: string[];
      kind: string;
      expected: number;
      actual: number;
      detail: string;
      foundAt: Date;
      resolvedAt: Date | null;
      resolvedBy: string | null;
      note: string | null;
    };
  }
}
