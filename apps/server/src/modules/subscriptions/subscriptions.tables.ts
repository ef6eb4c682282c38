import type { PlanId } from '@xiaopu/contracts';
import type { Generated } from 'kysely';

export interface PurchaseTable {
  buyerId: string;
  purchaseNo: string;
  paymentId: string;
  planId: PlanId;
  planName: string;
  kind: 'new' | 'renewal' | 'upgrade';
  price: number;
  credit: Generated<number>;
  amount: number;
  refunded: Generated<number>;
  status: 'pending' | 'paid' | 'closed' | 'refunding' | 'refunded';
  startsAt: Date | null;
  endsAt: Date | null;
  payUntil: Date;
  refundNo: string | null;
  createdAt: Date;
  paidAt: Date | null;
}
declare module '#platform/database/database.ts' {
  interface Tables {
    'subscriptions.plan': {
      planId: PlanId;
      name: string;
      price: number;
      months: number;
      payRate: number;
      benefits: string[];
      isOn: boolean;
    };
    'subscriptions.entitlement': {
      buyerId: string;
      planId: PlanId | null;
      isTrial: Generated<boolean>;
      anchorDay: Generated<number>;
      startedAt: Date;
      until: Date;
      wantsReminder: Generated<boolean>;
      remindedUntil: Date | null;
      endedAt: Date | null;
    };
    'subscriptions.trial': { personKey: string; takenBy: string; takenAt: Date };
    'subscriptions.purchase': PurchaseTable;
    'subscriptions.renewal': {
      buyerId: string;
      /** The end of the period that is renewed: one renewal a period. */
      until: Date;
      contractNo: string;
      planId: PlanId;
      /** Announced: never more is taken. */
      amount: number;
      status: 'planned' | 'announced' | 'charging' | 'paid' | 'skipped' | 'failed';
      paymentId: string | null;
      chargeFrom: Date | null;
      reason: string | null;
      attempts: Generated<number>;
      nextAttemptAt: Date | null;
      claimedUntil: Date | null;
      plannedAt: Date;
      settledAt: Date | null;
    };
  }
}
