import type { ColumnType } from 'kysely';
import type { PictureRef } from '#platform/picture.ts';
import type { HourFigures } from '../orders/index.ts';

type Json<T> = ColumnType<T, string, string>;

declare module '#platform/database/database.ts' {
  interface Tables {
    'analytics.sighting': { buyerId: string; activityId: string; at: Date };
    'analytics.shopHour': {
      shopId: string;
      hour: Date;
      gmv: number;
      orders: number;
      newPayers: number;
      refunds: number;
      plays: Json<HourFigures['plays']>;
    };
    'analytics.shopSeller': {
      shopId: string;
      spuId: string;
      title: string;
      picture: Json<PictureRef>;
      units: number;
      sales: number;
    };
    'analytics.rolled': {
      shopId: string;
      until: Date;
      hoursFrom: Date;
      sellersFrom: Date;
      recountedAt: Date;
      rolledAt: Date;
    };
  }
}
