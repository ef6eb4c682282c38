declare module '#platform/database/database.ts' {
  interface Tables {
    'cart.line': {
      buyerId: string;
      lineId: string;
      spuId: string;
      skuId: string;
      quantity: number;
      selected: boolean;
      priceWhenAdded: number;
      addedAt: Date;
    };
    'cart.reminder': { buyerId: string; toldFor: Date };
  }
}
export interface StoredLine {
  lineId: string;
  spuId: string;
  skuId: string;
  quantity: number;
  selected: boolean;
  priceWhenAdded: number;
  addedAt: Date;
}
