import type { Generated } from 'kysely';

declare module '#platform/database/database.ts' {
  interface Tables {
    'pickup.slot': { storeId: string; startsAt: Date; shopId: string; booked: number };
    'pickup.booking': {
      buyerId: string;
      orderNo: string;
      shopId: string;
      storeId: string;
      startsAt: Date;
      /** Scanned and paid in the store: its code rotates. */
      carried: Generated<boolean>;
      state: 'booked' | 'released' | 'picked_up';
      /** Sealed. */
      code: string;
      codeIndex: string;
      pickedUpAt: Date | null;
      pickedUpBy: string | null;
    };
  }
}
