export interface AddressTable {
  buyerId: string;
  addressId: string;
  nameSealed: string;
  phoneSealed: string;
  phoneIndex: string;
  province: string;
  city: string;
  district: string;
  detailSealed: string;
  isDefault: boolean;
  lat: number | null;
  lng: number | null;
  lastUsedAt: Date | null;
  createdAt: Date;
}

declare module '#platform/database/database.ts' {
  interface Tables {
    /** One row a buyer, locked by whoever changes that buyer's addresses. */
    'members.addressBook': { buyerId: string; changedAt: Date };
    'members.address': AddressTable;
    'members.favourite': { buyerId: string; spuId: string; priceWhenAdded: number; addedAt: Date };
    'members.footprint': { buyerId: string; spuId: string; viewedAt: Date };
  }
}
