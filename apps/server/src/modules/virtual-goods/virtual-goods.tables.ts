declare module '#platform/database/database.ts' {
  interface Tables {
    'virtualGoods.code': {
      skuId: string;
      codeId: string;
      shopId: string;
      /** Sealed. */
      code: string;
      codeIndex: string;
      state: 'free' | 'sold' | 'void';
      buyerId: string | null;
      orderNo: string | null;
      addedAt: Date;
      addedBy: string;
      soldAt: Date | null;
    };
    'virtualGoods.delivery': {
      buyerId: string;
      orderNo: string;
      lineId: string;
      shopId: string;
      skuId: string;
      title: string;
      specText: string;
      /** Sealed JSON of what the buyer gets. */
      given: string;
      deliveredAt: Date;
      expiresAt: Date | null;
      revokedAt: Date | null;
      /** When its buyer first looked. */
      seenAt: Date | null;
    };
  }
}

export {};
