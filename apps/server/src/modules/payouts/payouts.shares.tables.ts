import type { Generated } from 'kysely';

export type ReceiverStatus = 'adding' | 'active' | 'refused' | 'removing' | 'removed';
export type ShareStatus = 'requested' | 'processing' | 'finished' | 'refused';
export type PartResult = 'pending' | 'succeeded' | 'closed';
export type ReturnStatus = 'requested' | 'processing' | 'succeeded' | 'failed';

interface Work {
  /** null: nothing to do. */
  nextAttemptAt: Date | null;
  claimedUntil: Date | null;
  lastError: string | null;
}

declare module '#platform/database/database.ts' {
  interface Tables {
    'payouts.receiver': Work & {
      shopId: string;
      receiverId: string;
      account: string;
      /** Sealed with the field cipher. */
      name: string;
      /** Ten-thousandths of what an order brought in. */
      rate: Generated<number>;
      status: ReceiverStatus;
      createdAt: Date;
    };
    'payouts.sharedTrade': {
      buyerId: string;
      transactionId: string;
      shopId: string;
      paid: number;
      /** What partners hold or are about to: closed and returned parts are off. */
      shared: Generated<number>;
      refunded: Generated<number>;
      /** What partners kept though it was owed back: the shop bears it, `shared` no longer counts it. */
      forgone: Generated<number>;
    };
    'payouts.orderShare': {
      buyerId: string;
      orderNo: string;
      shopId: string;
      paymentId: string;
      shareId: string;
      /** null: done. */
      dueAt: Date | null;
      outcome: Generated<'waiting' | 'asked' | 'set_free'>;
    };
    'payouts.share': Work & {
      buyerId: string;
      shareId: string;
      shopId: string;
      transactionId: string;
      outOrderNo: string;
      amount: number;
      unfreezes: boolean;
      status: ShareStatus;
      attempts: Generated<number>;
      requestedAt: Date;
      finishedAt: Date | null;
    };
    'payouts.sharePart': {
      buyerId: string;
      shareId: string;
      receiverId: string;
      account: string;
      amount: number;
      description: string;
      result: PartResult;
      returned: Generated<number>;
      failReason: string | null;
    };
    'payouts.shareRefund': {
      buyerId: string;
      refundNo: string;
      transactionId: string;
      amount: number;
      isClear: Generated<boolean>;
      askedAt: Date;
    };
    'payouts.shareReturn': Work & {
      buyerId: string;
      returnId: string;
      shareId: string;
      receiverId: string;
      account: string;
      outOrderNo: string;
      outReturnNo: string;
      refundNo: string;
      amount: number;
      status: ReturnStatus;
      attempts: Generated<number>;
      requestedAt: Date;
    };
  }
}
