import type { PayoutStatus } from '@xiaopu/contracts';
import type { PayoutScene } from '@xiaopu/contracts/console';
import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'payouts.transfer': {
      buyerId: string;
      payoutId: string;
      shopId: string;
      /** One for ever: a payout is at most one bill at WeChat, however often it is sent. */
      outBillNo: string;
      scene: PayoutScene;
      /** As it was when first sent: a repetition must bring the same params. */
      sceneId: string;
      appId: string;
      openid: string;
      /** Sealed with the field cipher. */
      payeeName: string | null;
      amount: number;
      reason: string;
      status: PayoutStatus;
      transferBillNo: string | null;
      packageInfo: string | null;
      failReason: string | null;
      attempts: Generated<number>;
      /** null: nothing to do. */
      nextAttemptAt: Date | null;
      claimedUntil: Date | null;
      queriedAt: Date | null;
      lastError: string | null;
      requestedAt: Date;
      /** The last time WeChat was asked to create it: absence means something only a while later. */
      sentAt: Date | null;
      acceptedAt: Date | null;
      settledAt: Date | null;
    };
    'payouts.transferStep': {
      buyerId: string;
      payoutId: string;
      stepId: string;
      fromStatus: PayoutStatus | null;
      toStatus: PayoutStatus;
      by: string;
      detail: string;
      at: Date;
    };
    'payouts.notice': { noticeId: string; eventType: string; billNo: string; outcome: string; receivedAt: Date };
  }
}
