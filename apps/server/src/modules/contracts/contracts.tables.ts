import type { Generated } from 'kysely';

export type ContractStatus =
  | 'requested' // WeChat was not asked yet
  | 'signing' // WeChat has a page for it; the shopper decides there
  | 'signed'
  | 'ending' // the shopper ended it here; WeChat is being told
  | 'ended'
  | 'refused'; // never signed, or WeChat would not take it

declare module '#platform/database/database.ts' {
  interface Tables {
    'contracts.contract': {
      buyerId: string;
      /** WeChat's out_contract_code. */
      contractNo: string;
      /** What it is for, in the words of whoever asked: one live contract a purpose. */
      purpose: string;
      openid: string;
      /** No deduction may be above it: the sum the shopper saw when signing. */
      ceiling: number;
      display: string;
      description: string;
      /** When the first deduction is due, a day of the calendar. */
      firstOn: string;
      status: ContractStatus;
      wechatContractId: string | null;
      redirectAppId: string | null;
      redirectPath: string | null;
      /** The words the shopper agreed to. */
      agreedText: string;
      endReason: string | null;
      lastError: string | null;
      attempts: Generated<number>;
      nextAttemptAt: Date | null;
      claimedUntil: Date | null;
      requestedAt: Date;
      signedAt: Date | null;
      endedAt: Date | null;
    };
    'contracts.notice': { noticeId: string; eventType: string; contractNo: string; receivedAt: Date };
  }
}
