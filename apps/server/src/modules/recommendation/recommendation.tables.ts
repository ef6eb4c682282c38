import type { Generated } from 'kysely';
import type { Boosts } from './recommendation.domain.ts';

declare module '#platform/database/database.ts' {
  interface Tables {
    'recommendation.person': {
      buyerId: string;
      isOff: Generated<boolean>;
      changedAt: Date | null;
      boosts: Generated<Boosts>;
    };
    'recommendation.taste': {
      buyerId: string;
      spuId: string;
      categoryId: string;
      rootCategoryId: string;
      weight: number;
      lookedMs: Generated<number>;
      carts: Generated<number>;
      lastAt: Date;
      boughtAt: Date | null;
    };
    'recommendation.item': {
      spuId: string;
      shopId: string;
      categoryId: string;
      rootCategoryId: string;
      categoryName: string;
      salePrice: number;
      hot: number;
    };
    'recommendation.neighbour': { spuId: string; otherId: string; weight: number };
    'recommendation.training': {
      isLast: Generated<boolean>;
      trainedAt: Date;
      people: number;
      goods: number;
      pairs: number;
      tookMs: number;
    };
  }
}
