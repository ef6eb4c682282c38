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
    };
  }
}

export type LedgerKind =
  | 'opening' // first count
  | 'reserve' // held for an order
  | 'release' // a hold given back
  | 'ship' // left the shelf
  | 'adjust' // purchase, count, damage
  | 'return'; // came back from a buyer
export type ReservationStatus =
  | 'held' // until its time
  | 'confirmed' // paid: kept until shipped or refunded
  | 'released'; // back on the shelf; may be won again
