import type { ColumnType, GeneratedAlways } from 'kysely';
import type { PictureRef } from '#platform/picture.ts';

export interface ShopTable {
  shopId: string;
  name: string;
  slogan: string;
  brandColor: string;
  /** jsonb: read as a value, written as text. */
  logo: ColumnType<PictureRef | null, string | null, string | null>;
  servicePhone: string;
  shipsFrom: string;
  createdAt: Date;
  updatedAt: Date;
}

export interface PhysicalStoreTable {
  shopId: string;
  storeId: string;
  name: string;
  address: string;
  phone: string;
  hours: string;
  lat: number;
  lng: number;
  /** Read off the address by the database. */
  city: GeneratedAlways<string>;
}

declare module '#platform/database/database.ts' {
  interface Tables {
    'stores.shop': ShopTable;
    'stores.physicalStore': PhysicalStoreTable;
    'stores.storeClerk': { shopId: string; storeId: string; staffId: string };
  }
}
