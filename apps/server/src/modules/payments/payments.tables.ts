import type { PaymentChannel, PaymentStatus, RefundView, StartPayment } from '@xiaopu/contracts';
import type { ColumnType, Generated } from 'kysely';

export type RefundStatus = Exclude<RefundView['status'], 'rejected'>;
export type PayClient = StartPayment['client'];
export type AttemptState =
  | 'sending' // stored before WeChat is asked; a crash leaves it here and the same call is safe to repeat
  | 'prepaid' // WeChat gave a prepay_id
  | 'closed' // closed at WeChat, or never arrived there
  | 'paid';

/** What one order owes of a payment. */
export interface PaymentPart {
  orderNo: string;
  shopId: string;
  amount: number;
}
/** A part of a combined trade: what WeChat knows as a sub order. */
export interface SubTrade extends PaymentPart {
  outTradeNo: string;
  subMchId: string;
  transactionId: string | null;
}
type Json<T> = ColumnType<T | null, string | null | undefined, string | null>;

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
      /** null: not paid, or paid before there were others than JSAPI. */
      channel: Generated<PaymentChannel | null>;
      paidCurrency: Generated<string>;
      /** What the channel took in the smallest unit of its currency; null: `amount` in fen. */
      paidTotal: Generated<number | null>;
      /** Fen for a hundred of the currency; null for fen. */
      paidRate: Generated<number | null>;
      /** Paid by a trade with profit sharing. */
      isShared: Generated<boolean>;
      /** Set where there is more than one order. */
      parts: Json<PaymentPart[]>;
      /** Paid by a combined trade: refunds and bills know its parts. */
      isCombined: Generated<boolean>;
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
      channel: Generated<PaymentChannel>;
      /** The account a genuine answer names; '' in rows older than this column. */
      merchantId: Generated<string>;
      currency: Generated<string>;
      /** In the smallest unit of `currency`; null: the payment's amount. */
      asked: Generated<number | null>;
      rate: Generated<number | null>;
      /** WeChat's H5 payment wants it, and the same one on every repetition. */
      payerIp: Generated<string>;
      /** The channel's own number, where it is asked by that. */
      channelTradeId: Generated<string | null>;
      /** Placed with profit sharing: WeChat keeps the money frozen. */
      isShared: Generated<boolean>;
      /** Set: a combined trade. */
      parts: Json<SubTrade[]>;
      /** What the client gets: a prepay id, a page, a code. */
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
      channel: Generated<PaymentChannel>;
      /** What the channel is asked for in its currency; null: `amount`. */
      sentAmount: Generated<number | null>;
      /** Set: gives back a second payment of the same thing, which the payment's sums do not count. */
      surplusTradeNo: Generated<string | null>;
      surplusTransactionId: Generated<string | null>;
      /** Of a combined trade: the part it draws on, what that took, and whose it is. */
      partTradeNo: Generated<string | null>;
      partTotal: Generated<number | null>;
      subMchId: Generated<string | null>;
      /** Not sent before people have agreed (C10-DSP-08). */
      awaitsApproval: Generated<boolean>;
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
    'payments.shopMerchant': { shopId: string; subMchId: string; setBy: string; setAt: Date };
    'payments.goLiveStep': { step: string; note: string; doneBy: string; doneAt: Date };
    'payments.goLive': { isLive: boolean; liveSince: Date; byWhom: string };
    'payments.anomaly': {
      buyerId: string;
      anomalyId: string;
      paymentId: string;
      shopIds: string[];
      kind: string;
      expected: number;
      actual: number;
      detail: string;
      /** What a decision acts on: the refund, or the trade that was paid. */
      refundNo: Generated<string | null>;
      outTradeNo: Generated<string | null>;
      transactionId: Generated<string | null>;
      paidAt: Generated<Date | null>;
      /** Of `actual`. */
      currency: Generated<string>;
      decision: Generated<string | null>;
      foundAt: Date;
      resolvedAt: Date | null;
      resolvedBy: string | null;
      note: string | null;
    };
  }
}
