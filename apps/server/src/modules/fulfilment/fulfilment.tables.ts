import type { ColumnType, Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'fulfilment.parcel': {
      buyerId: string;
      parcelId: string;
      orderNo: string;
      shopId: string;
      paymentId: string;
      carrierCode: string;
      carrierName: string;
      waybillNo: string;
      /** Sealed: the receiver's last four digits, which some carriers ask for. */
      phoneTail: string;
      itemDescription: string;
      lines: ColumnType<{ lineId: string; quantity: number }[], string, string>;
      shippedAt: Date;
      shippedBy: string;
      uploadState: Generated<UploadState>;
      uploadAttempts: Generated<number>;
      uploadError: string | null;
      uploadedAt: Date | null;
      nextUploadAt: Date;
      claimedUntil: Date | null;
    };
  }
}

export type UploadState =
  | 'pending' // waits for the next try
  | 'uploaded' // WeChat has it
  | 'failed' // refused for good: people must look
  | 'not_required'; // not paid inside the mini program, so WeChat waits for nothing
