import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'wechat_coupons.stock': { templateId: string; stockId: string | null; createdAt: Date };
    'wechat_coupons.mirror': {
      buyerId: string;
      couponId: string;
      templateId: string;
      couponCode: string;
      /** What the own coupon says; `done`: what WeChat was last told. */
      wanted: 'sent' | 'used';
      done: Generated<'none' | 'sent' | 'used' | 'given_up'>;
      /** Counts uses and returns, so that each has a request number of its own. */
      turn: Generated<number>;
      /** WeChat's own notice of the sending came in. */
      isConfirmed: Generated<boolean>;
      attempts: Generated<number>;
      nextAttemptAt: Date | null;
      claimedUntil: Date | null;
      lastError: string | null;
      createdAt: Date;
    };
  }
}
