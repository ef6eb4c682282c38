import type { OfferScope, ReductionBody } from '@xiaopu/contracts/console';
import type { ColumnType } from 'kysely';

type Json<T> = ColumnType<T, string, string>;

declare module '#platform/database/database.ts' {
  interface Tables {
    'promotions.rule': {
      ruleId: string;
      shopId: string;
      name: string;
      body: Json<ReductionBody>;
      scope: Json<OfferScope>;
      startsAt: Date;
      endsAt: Date;
      priority: number;
      stacks: boolean;
      audiences: string[];
      paused: boolean;
      updatedBy: string;
      updatedAt: Date;
    };
    'promotions.marginOverride': {
      overrideId: string;
      shopId: string;
      spuIds: string[] | null;
      by: string;
      reason: string;
      until: Date;
      createdAt: Date;
    };
    'promotions.marginUse': {
      buyerId: string;
      paymentId: string;
      shopId: string;
      by: string;
      reason: string;
      shortfall: number;
      at: Date;
    };
  }
}
