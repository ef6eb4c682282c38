declare module '#platform/database/database.ts' {
  interface Tables {
    'inventory.stockLevel': {
      skuId: string;
      spuId: string;
      shopId: string;
      onHand: number;
      reserved: number;
      safetyStock: number;
      /** Number of the newest ledger row: a reader that was away catches up by it (C06-INV-03). */
      sequence: number;
      /** Reminded already; cleared once available is back at the safety stock (C06-INV-09). */
      isLow: boolean;
      updatedAt: Date;
    };
    'inventory.ledgerEntry': {
      skuId: string;
      sequence: number;
      entryId: string;
      kind: LedgerKind;
      onHandDelta: number;
      reservedDelta: number;
      onHandAfter: number;
      reservedAfter: number;
      reference: string;
      actor: string;
      note: string;
      requestId: string | null;
      at: Date;
    };
    'inventory.reservationLine': {
      skuId: string;
      reservationId: string;
      buyerId: string;
      quantity: number;
      shippedQuantity: number;
      status: ReservationStatus;
      heldUntil: Date;
      /** Units that came out of a hot pool, and by which request. */
      poolId: string | null;
      poolRequestId: string | null;
      /** Units of this store's shelf. */
      storeId: string | null;
    };
    'inventory.shelf': {
      skuId: string;
      storeId: string;
      spuId: string;
      shopId: string;
      onHand: number;
      reserved: number;
      sequence: number;
      updatedAt: Date;
    };
    'inventory.shelfEntry': {
      skuId: string;
      storeId: string;
      sequence: number;
      entryId: string;
      kind: LedgerKind;
      onHandDelta: number;
      reservedDelta: number;
      onHandAfter: number;
      reservedAfter: number;
      reference: string;
      actor: string;
      note: string;
      requestId: string | null;
      at: Date;
    };
    'inventory.feedHead': { shopId: string; sequence: number };
    'inventory.feedChange': { shopId: string; sequence: number; change: unknown; at: Date };
    'inventory.stockWebhook': {
      shopId: string;
      endpointId: string;
      name: string;
      url: string;
      /** Sealed. */
      secret: string;
      isActive: boolean;
      /** Newest sequence that arrived there. */
      position: number;
      attempts: number;
      lastError: string | null;
      deliveredAt: Date | null;
      nextAttemptAt: Date;
      claimedUntil: Date | null;
      createdAt: Date;
    };
  }
}

export type LedgerKind =
  | 'opening' // first count
  | 'reserve' // held for an order
  | 'release' // a hold given back
  | 'ship' // left the shelf
  | 'adjust' // purchase, count, damage
  | 'return' // came back from a buyer
  | 'pool_in' // set apart for an activity: reserved until it is sold or comes back
  | 'pool_out'; // came back from an activity
export type ReservationStatus =
  | 'held' // until its time
  | 'confirmed' // paid: kept until shipped or refunded
  | 'released'; // back on the shelf; may be won again
