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
    };
  }
}
