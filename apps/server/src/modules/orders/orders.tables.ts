import type {
  ConsentKey,
  GoodsKind,
  LineDiscount,
  OrderStatus,
  PlacedOrder,
  PlaceOrder,
  PriceNote,
  RefundView,
  ShippingHold,
  StoreCard,
} from '@xiaopu/contracts';
import type { AppliedCoupon, PricedLine, ShopTotals } from '@xiaopu/pricing';
import type { ColumnType, Generated } from 'kysely';
import type { ErrorKind } from '#platform/errors.ts';
import type { PictureRef } from '#platform/picture.ts';

type Json<T> = ColumnType<T, string, string>;

/** `withdrawn` of the pieces had not left yet: they go back on the shelf once the refund has settled. */
export interface RefundedPieces {
  lineId: string;
  skuId: string;
  quantity: number;
  amount: number;
  withdrawn: number;
}

/** An order that was accepted and waits: its lines as they were then, whatever becomes of the cart. */
export interface Intake {
  body: PlaceOrder;
  wanted: { skuId: string; quantity: number }[];
  cartLineIds: string[];
  /** Asked for inside WeChat on iOS. */
  onIos?: boolean;
}

/** The store as it was when ordered, and the window. */
export interface PickupTerms extends StoreCard {
  from: string;
  until: string;
  /** Scanned and bought in the store. */
  now?: boolean;
}

/** A booked service as it was when ordered. */
export interface BookingTerms {
  place: string;
  address: string;
  from: string;
  until: string;
  quantity: number;
  /** Its buyer can give it back until then. */
  refundUntil: string;
}

/** What the buyer ticked, with the words they read (C12-CON-03). */
export interface KeptConsent {
  key: ConsentKey;
  version: string;
  text: string;
  at: string;
}

export interface Refusal {
  code: string;
  kind: ErrorKind;
  message: string;
  details?: unknown;
}

declare module '#platform/database/database.ts' {
  interface Tables {
    'orders.order': {
      buyerId: string;
      orderNo: string;
      shopId: string;
      shopName: string;
      paymentId: string;
      reservationId: string;
      status: OrderStatus;
      listTotal: number;
      goodsTotal: number;
      freight: number;
      discount: number;
      payable: number;
      unitCount: number;
      remark: string;
      shopRemark: Generated<string>;
      /** Sealed JSON of the address as it was when ordered. */
      recipient: string;
      /** Masked name and region, for lists. */
      recipientLabel: string;
      /** Blind index of the phone's last four digits. */
      phoneTailIndex: string;
      /** Until when stock is held; null once released or paid. */
      heldUntil: Date | null;
      closesAt: Date;
      /** Closing has begun at WeChat; no new payment may start. */
      closeRequestedAt: Date | null;
      cancelledBy: 'buyer' | 'timer' | null;
      cancelReason: string | null;
      /** Set on completion, counted down by reviews. */
      unreviewedLines: Generated<number>;
      parcelCount: Generated<number>;
      /** Paid, and yet not to be shipped: `group` waits for enough people. */
      shippingHold: ShippingHold | null;
      /** What went, or is going, back of `payable`. */
      refundedAmount: Generated<number>;
      /** Paid first, of `payable`; 0: all at once. Its payment, once the balance has one of its own in `paymentId`. */
      deposit: Generated<number>;
      depositPaymentId: Generated<string | null>;
      depositPaidAt: Generated<Date | null>;
      balanceOpensAt: Generated<Date | null>;
      balanceClosesAt: Generated<Date | null>;
      shipsBy: Generated<Date | null>;
      /** A missed balance loses the deposit: the buyer agreed to it before paying. */
      forfeits: Generated<boolean>;
      /** Units set apart for an activity, which its stock comes from. */
      poolId: Generated<string | null>;
      /** Picked up there: its stock is that store's. */
      storeId: Generated<string | null>;
      pickup: Json<PickupTerms | null>;
      /** All its goods are of one kind. */
      goods: Generated<GoodsKind>;
      booking: Json<BookingTerms | null>;
      consents: Json<KeptConsent[]>;
      readyAt: Generated<Date | null>;
      /** Still in the store then: the money goes back. */
      pickupExpiresAt: Generated<Date | null>;
      /** The sums it was placed at, its explanation, and the coupons that worked on it. */
      totals: Json<Partial<ShopTotals>>;
      notes: Json<PriceNote[]>;
      coupons: Json<AppliedCoupon[]>;
      createdAt: Date;
      paidAt: Date | null;
      shippedAt: Date | null;
      completedAt: Date | null;
      autoReceiveAt: Date | null;
      cancelledAt: Date | null;
      refundedAt: Date | null;
      /** What spoke of people is gone: it was over for as long as such things are kept. */
      strippedAt: Generated<Date | null>;
    };
    /** Keeps everything of an order, however old: a dispute or an authority may ask. */
    'orders.legalHold': {
      buyerId: string;
      orderNo: string;
      shopId: string;
      reason: string;
      heldBy: string;
      heldAt: Date;
    };
    'orders.orderLine': {
      buyerId: string;
      orderNo: string;
      lineId: string;
      shopId: string;
      spuId: string;
      skuId: string;
      skuCode: string;
      title: string;
      specText: string;
      picture: Json<PictureRef>;
      quantity: number;
      shippedQuantity: Generated<number>;
      /** Pieces whose money went, or is going, back; and how much, compensation included. */
      refundedQuantity: Generated<number>;
      refundedAmount: Generated<number>;
      /** Refunded before they left: they will never be shipped. */
      withdrawnQuantity: Generated<number>;
      listPrice: number;
      salePrice: number;
      cost: number;
      payable: number;
      discounts: Json<LineDiscount[]>;
      pointsUsed: number;
      activity: Json<NonNullable<PricedLine['activity']> | null>;
      returnable: boolean;
      reviewedAt: Date | null;
    };
    'orders.orderEvent': { buyerId: string; orderNo: string; eventId: string; text: string; actor: string; at: Date };
    'orders.refund': {
      buyerId: string;
      refundNo: string;
      orderNo: string;
      shopId: string;
      paymentId: string;
      amount: number;
      reason: string;
      requestedBy: string;
      status: RefundView['status'];
      note: Generated<string>;
      /** The pieces of an after-sale refund; null: the whole order before shipping. */
      lines: Json<RefundedPieces[]> | null;
      freight: Generated<number>;
      /** The refund this one is the deposit's part of. */
      partOf: Generated<string | null>;
      requestedAt: Date;
      settledAt: Date | null;
    };
    'orders.placement': {
      buyerId: string;
      idempotencyKey: string;
      bodyHash: string;
      reply: Json<PlacedOrder> | null;
      /** What was ordered, while it waits in the queue. */
      intake: Json<Intake> | null;
      /** Why the queue could not place it. */
      refusal: Json<Refusal> | null;
      createdAt: Date;
    };
  }
}
