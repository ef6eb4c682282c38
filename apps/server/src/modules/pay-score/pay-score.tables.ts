import type { ScoreStatus } from '@xiaopu/contracts';
import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'payScore.serviceOrder': {
      buyerId: string;
      scoreId: string;
      shopId: string;
      outOrderNo: string;
      openid: string;
      introduction: string;
      /** What the buyer agrees to at most. */
      ceiling: number;
      total: number | null;
      status: ScoreStatus;
      /** What was decided here and WeChat is still to hear. */
      wanted: 'complete' | 'cancel' | null;
      reason: string | null;
      package: string | null;
      transactionId: string | null;
      attempts: Generated<number>;
      nextAttemptAt: Date | null;
      claimedUntil: Date | null;
      lastError: string | null;
      requestedAt: Date;
      paidAt: Date | null;
    };
    'payScore.notice': { noticeId: string; eventType: string; outOrderNo: string; receivedAt: Date };
  }
}
