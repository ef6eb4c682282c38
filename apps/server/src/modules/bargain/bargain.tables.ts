import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'bargain.activity': {
      activityId: string;
      shopId: string;
      spuId: string;
      skuId: string;
      name: string;
      floorPrice: number;
      helpsNeeded: number;
      quota: number;
      taken: Generated<number>;
      hours: number;
      startsAt: Date;
      endsAt: Date;
      status: 'live' | 'ended';
      overrideReason: string | null;
      createdBy: string;
      createdAt: Date;
    };
    'bargain.bargain': {
      bargainId: string;
      activityId: string;
      buyerId: string;
      skuId: string;
      startPrice: number;
      floorPrice: number;
      price: number;
      cuts: number[];
      helped: Generated<number>;
      /** returned: bought and wholly refunded; its unit is in the quota again. */
      status: 'open' | 'ordered' | 'bought' | 'returned';
      orderNo: string | null;
      createdAt: Date;
      expiresAt: Date;
    };
    'bargain.help': {
      bargainId: string;
      helperId: string;
      seat: number;
      amount: number;
      isFirst: boolean;
      at: Date;
    };
    'bargain.helpDay': { buyerId: string; day: string; helps: number };
  }
}
