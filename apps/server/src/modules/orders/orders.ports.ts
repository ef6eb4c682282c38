/** What orders ask of their siblings, in the caller's transaction unless it says otherwise. */
import type { BookingChoice, CheckoutSource, PickupChoice, PickupCode } from '@xiaopu/contracts';
import type { UploadState } from '@xiaopu/contracts/console';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import type { FindSkus, SellableSku } from '../cart/index.ts';
import type { FindAddress, FreightOf, OfferSource } from '../checkout/index.ts';
import type { Inventory } from '../inventory/index.ts';
import type { Payments } from '../payments/index.ts';
import type { BookingTerms, PickupTerms } from './orders.tables.ts';

export interface BuyerName {
  nickname: string;
  maskedPhone: string | null;
}

export interface BookedPickup {
  terms: PickupTerms;
  expiresAt: Date;
}

/** What orders need of picking up in a store. */
export interface PickupDesk {
  /** Refuses a store or window that is not on offer; takes a place of each window. By shop. */
  book(
    tx: Tx,
    buyerId: string,
    orders: readonly { orderNo: string; choice: PickupChoice }[],
  ): Promise<Map<string, BookedPickup>>;
  /** An order is cancelled: its place is free again, once. */
  release(tx: Tx, buyerId: string, orderNo: string): Promise<void>;
  /** Money came for a cancelled order: its place again, if it was given back. @returns false when the window is full or over */
  retake(tx: Tx, order: { buyerId: string; orderNo: string; shopId: string; terms: PickupTerms }): Promise<boolean>;
  /** Until when goods wait that were ready at `readyAt`. */
  expiryOf(shopId: string, terms: { until: string }, readyAt: Date): Date;
  /** One statement. */
  codeOf(db: Executor, buyerId: string, orderNo: string): Promise<PickupCode | null>;
}

/** What orders need of services that are booked. */
export interface BookingDesk {
  /** Refuses a place or window that is not on offer or has too few places; takes them. By order number. Two statements at most. */
  book(
    tx: Tx,
    buyerId: string,
    orders: readonly { orderNo: string; sku: SellableSku; quantity: number; choice: BookingChoice | undefined }[],
  ): Promise<Map<string, BookingTerms>>;
  /** One statement. */
  codeOf(db: Executor, buyerId: string, orderNo: string): Promise<PickupCode | null>;
}

/** A parcel as the order pages show it. */
export interface OrderParcel {
  parcelId: string;
  carrierCode: string;
  carrierName: string;
  waybillNo: string;
  shippedAt: Date;
  shippedBy: string;
  lines: { lineId: string; quantity: number }[];
  upload: { state: UploadState; attempts: number; lastError: string | null; uploadedAt: Date | null };
}

export interface OrdersDeps {
  clock: Clock;
  outbox: Outbox;
  policies: Policies;
  fieldCipher: FieldCipher;
  inventory: Pick<
    Inventory,
    | 'lockLevels'
    | 'lockFreeLevels'
    | 'reserveAll'
    | 'reserveTogether'
    | 'extend'
    | 'confirm'
    | 'confirmAll'
    | 'release'
    | 'restock'
    | 'withdraw'
    | 'ship'
  >;
  payments: Pick<Payments, 'open' | 'openAll' | 'extend' | 'requestClose' | 'requestRefund' | 'retryRefund' | 'view'>;
  wantedLines(
    db: Executor,
    buyerId: string,
    source: CheckoutSource,
  ): Promise<{ wanted: { skuId: string; quantity: number }[]; cartLineIds: string[] }>;
  removeFromCart(tx: Tx, buyerId: string, lineIds: string[]): Promise<void>;
  findSkus: FindSkus;
  findAddress: FindAddress;
  markAddressesUsed(tx: Tx, used: readonly { buyerId: string; addressId: string }[]): Promise<void>;
  freightOf: FreightOf;
  pickups: PickupDesk;
  bookings: BookingDesk;
  /** The same list the checkout was shown with. */
  offerSources: readonly OfferSource[];
  /** Sold counts of products, once an order is paid. */
  recordSales(tx: Tx, lines: { spuId: string; quantity: number }[]): Promise<void>;
  buyerNames(db: Executor, buyerIds: string[]): Promise<Map<string, BuyerName>>;
  /** One statement. */
  parcelsOf(db: Executor, buyerId: string, orderNo: string): Promise<OrderParcel[]>;
  /** State of the shipping upload by order number: the worst of its parcels. One statement. */
  uploadStates(db: Executor, shopId: string, orderNos: string[]): Promise<Map<string, UploadState>>;
  /** Orders with a parcel whose upload failed. One statement. */
  failedUploads(db: Executor, shopId: string): Promise<string[]>;
  toPicture: ToPicture;
}
