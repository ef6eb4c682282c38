import type { TagGroup, TagRule } from '@xiaopu/contracts/console';
import type { ColumnType, Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'tags.tag': {
      shopId: string;
      tagId: string;
      name: string;
      groupKey: TagGroup;
      rule: ColumnType<TagRule | null, string | null, string | null>;
      liftCategoryId: string | null;
      liftPrice: 'low' | 'high' | null;
      isOn: boolean;
      isPreset: boolean;
      sort: number;
      updatedAt: Date;
    };
    'tags.day': {
      buyerId: string;
      shopId: string;
      day: ColumnType<Date, string, string>;
      rootCategoryId: string;
      views: Generated<number>;
      lookedMs: Generated<number>;
      carts: Generated<number>;
      favourites: Generated<number>;
      units: Generated<number>;
      orders: Generated<number>;
      couponOrders: Generated<number>;
      spent: Generated<number>;
    };
    'tags.person': { buyerId: string; shopId: string; dueAt: Date | null; seenAt: Date };
    'tags.holding': {
      buyerId: string;
      shopId: string;
      tagId: string;
      source: 'rule' | 'staff';
      reason: string;
      since: Date;
      until: Date | null;
    };
  }
}
