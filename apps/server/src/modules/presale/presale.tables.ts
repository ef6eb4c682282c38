import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'presale.activity': {
      activityId: string;
      shopId: string;
      spuId: string;
      skuId: string;
      name: string;
      /** In the end the buyer pays `price − (depositWorth − deposit)`. */
      price: number;
      deposit: number;
      depositWorth: number;
      quota: number;
      buyerLimit: number;
      startsAt: Date;
      endsAt: Date;
      balanceOpensAt: Date;
      balanceClosesAt: Date;
      shipsBy: Date;
      forfeits: boolean;
      /** cancelled: the shop gave it up, deposits go back. */
      status: 'live' | 'ended' | 'cancelled';
      overrideReason: string | null;
      createdBy: string;
      createdAt: Date;
    };
    'presale.booking': {
      buyerId: string;
      orderNo: string;
      activityId: string;
      shopId: string;
      skuId: string;
      quantity: number;
      /** As agreed, for one piece. */
      price: number;
      deposit: number;
      depositWorth: number;
      balanceOpensAt: Date;
      balanceClosesAt: Date;
      /** What the buyer agreed to, word by word; null where nothing had to be agreed to. */
      terms: string;
      consentedAt: Date | null;
      /** placed → kept (deposit in) → bought (both); lost: deposit forfeited; returned: money back; released: never paid. */
      status: 'placed' | 'kept' | 'bought' | 'lost' | 'returned' | 'released';
      toldOpenedAt: Generated<Date | null>;
      toldEndingAt: Generated<Date | null>;
      endingAt: Date;
      createdAt: Date;
    };
  }
}
