import type { FlashTier } from '@xiaopu/contracts/console';
import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'flashSale.sale': {
      saleId: string;
      shopId: string;
      spuId: string;
      skuId: string;
      poolId: string;
      name: string;
      flashPrice: number;
      poolSize: number;
      buyerLimit: number;
      holdMs: number;
      startsAt: Date;
      endsAt: Date;
      status: 'live' | 'ended';
      createdBy: string;
      createdAt: Date;
      endedAt: Generated<Date | null>;
      /** Empty: everybody. */
      tiers: FlashTier[];
      templateId: string | null;
    };
    'flashSale.template': {
      templateId: string;
      shopId: string;
      skuId: string;
      name: string;
      flashPrice: number;
      poolSize: number;
      buyerLimit: number;
      holdSeconds: number;
      tiers: FlashTier[];
      /** Both empty: every day. */
      monthDays: number[];
      weekdays: number[];
      /** Of the Shanghai day. */
      startMinute: number;
      minutes: number;
      startsAt: Date;
      endsAt: Date;
      paused: boolean;
      /** Why the next sale could not be set up. */
      problem: string | null;
      updatedBy: string;
      createdAt: Date;
    };
    /** Whose share brought a buyer who took a place; the first counts. */
    'flashSale.arrival': { buyerId: string; saleId: string; fromBuyerId: string; at: Date };
  }
}
