import type {
  BillKind,
  BillSide,
  DifferenceKind,
  DifferenceState,
  ReconciliationState,
} from '@xiaopu/contracts/console';
import type { Generated } from 'kysely';

export type BillPresence = 'unknown' | 'read' | 'absent';

declare module '#platform/database/database.ts' {
  interface Tables {
    'finance.billDay': {
      /** `2026-11-22`, cast to text when read. */
      billDate: string;
      state: ReconciliationState;
      tradeBill: Generated<BillPresence>;
      fundFlowBill: Generated<BillPresence>;
      ourCount: Generated<number>;
      ourPaid: Generated<number>;
      ourRefunded: Generated<number>;
      theirCount: Generated<number>;
      theirPaid: Generated<number>;
      theirRefunded: Generated<number>;
      flowIn: Generated<number>;
      flowOut: Generated<number>;
      /** 1/1000 fen. */
      fee: Generated<number>;
      attempts: Generated<number>;
      runs: Generated<number>;
      nextAttemptAt: Date | null;
      claimedUntil: Date | null;
      lastError: string | null;
      finishedAt: Date | null;
    };
    'finance.difference': {
      billDate: string;
      bill: BillKind;
      side: BillSide;
      tradeKey: string;
      kind: DifferenceKind;
      differenceId: string;
      ours: number | null;
      ourState: string | null;
      theirs: number | null;
      theirState: string | null;
      wechatNo: string | null;
      buyerId: string | null;
      paymentId: string | null;
      bookedAt: Date;
      state: DifferenceState;
      foundAt: Date;
      settledAt: Date | null;
      settledBy: string | null;
      note: string | null;
      /** Of `ours` and `theirs`, which are in its smallest unit. */
      currency: Generated<string>;
    };
    'finance.differenceEvent': {
      differenceId: string;
      sequence: Generated<number>;
      action: 'found' | 'resolved' | 'reopened' | 'cleared';
      byName: string;
      note: string;
      at: Date;
    };
  }
}
