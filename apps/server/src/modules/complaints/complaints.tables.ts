import type { ComplaintEvidence, ComplaintState } from '@xiaopu/contracts/console';
import type { ColumnType, Generated } from 'kysely';

export type Told = 'calm' | 'near' | 'late';
export type Side = 'payer' | 'shop' | 'platform' | 'note';
type Json<T> = ColumnType<T, string, string>;

declare module '#platform/database/database.ts' {
  interface Tables {
    'complaints.complaint': {
      shopId: string;
      complaintId: string;
      outTradeNo: string;
      transactionId: string;
      amount: number;
      /** null: of a trade this install does not know. */
      orderNo: string | null;
      state: ComplaintState;
      problemType: string;
      detail: string;
      refundWanted: number;
      isRefunded: boolean;
      hasPlatform: boolean;
      times: number;
      /** Sealed; '' when WeChat told none. */
      phone: string;
      complainedAt: Date;
      /** The payer's word that the shop has not answered yet; null: none. */
      waitsSince: Date | null;
      answeredAt: Date | null;
      /** When the question was asked whose answer this is: an older answer changes nothing. */
      askedAt: Date;
      told: Generated<Told>;
      evidence: Json<ComplaintEvidence>;
    };
    'complaints.entry': {
      shopId: string;
      complaintId: string;
      entryId: string;
      side: Side;
      operator: string;
      kind: string;
      text: string;
      images: Generated<number>;
      at: Date;
    };
    'complaints.answer': {
      shopId: string;
      answerId: string;
      complaintId: string;
      kind: 'response' | 'complete';
      text: string;
      staffName: string;
      state: 'sending' | 'sent' | 'refused';
      error: string | null;
      attempts: Generated<number>;
      nextAttemptAt: Date | null;
      createdAt: Date;
    };
    'complaints.look': { complaintId: string; wantedAt: Date; nextAttemptAt: Date; attempts: Generated<number> };
  }
}
