import type { Tier } from '@xiaopu/contracts';
import type { ColumnType, Generated } from 'kysely';

export interface StandingTable {
  buyerId: string;
  growth: Generated<number>;
  spent: Generated<number>;
  activeDays: Generated<number>;
  interactions: Generated<number>;
  tier: Generated<Tier>;
  tierSince: Date;
  planId: string | null;
  planName: string | null;
  planPayRate: number | null;
  planUntil: Date | null;
  /** MM-DD: the year of birth is nobody's business here. */
  birthday: string | null;
  birthdayChangedYear: number | null;
  /** The concierge right, once unlocked, is kept to this day whatever is refunded. */
  conciergeUntil: Date | null;
  cardStep: Generated<number>;
  createdAt: Date;
}
export type GrowthKind = 'spend' | 'active' | 'interaction';

declare module '#platform/database/database.ts' {
  interface Tables {
    'membership.standing': StandingTable;
    'membership.growthEntry': {
      buyerId: string;
      sourceKey: string;
      kind: GrowthKind;
      amount: number;
      day: ColumnType<Date, string, string>;
      note: string;
      at: Date;
    };
    'membership.tierChange': {
      buyerId: string;
      changeId: string;
      fromTier: Tier;
      toTier: Tier;
      growth: number;
      at: Date;
    };
    'membership.orderSpend': {
      buyerId: string;
      orderNo: string;
      shopId: string;
      paid: number | null;
      isCompleted: Generated<boolean>;
      /** refund number → fen */
      refunds: ColumnType<Record<string, number>, string | undefined, string>;
      countedSpent: Generated<number>;
      countedGrowth: Generated<number>;
      version: Generated<number>;
    };
    'membership.patron': {
      buyerId: string;
      shopId: string;
      orders: Generated<number>;
      spent: Generated<number>;
      firstAt: Date;
      lastAt: Date;
      lastBoughtAt: Date | null;
      /** The purchase after which the silence was told of. */
      lapseToldFor: Date | null;
    };
    /** Goods without member prices (特例商品). */
    'membership.keptOut': { shopId: string; spuId: string; keptBy: string; keptAt: Date };
    'membership.birthdayPack': { buyerId: string; year: number; tier: Tier; points: number; givenAt: Date };
  }
}
