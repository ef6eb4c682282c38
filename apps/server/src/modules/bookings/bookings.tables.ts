declare module '#platform/database/database.ts' {
  interface Tables {
    'bookings.slot': { spuId: string; place: string; startsAt: Date; shopId: string; booked: number };
    'bookings.booking': {
      buyerId: string;
      orderNo: string;
      shopId: string;
      spuId: string;
      place: string;
      startsAt: Date;
      endsAt: Date;
      quantity: number;
      /** Of its window, as it was when booked. */
      capacity: number;
      state: 'booked' | 'released' | 'redeemed';
      /** Sealed. */
      code: string;
      codeIndex: string;
      redeemedAt: Date | null;
      redeemedBy: string | null;
    };
  }
}

export {};
