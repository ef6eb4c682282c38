/** Checkout, orders, fulfilment and reviews as the shopper sees them. The client never sends an amount. */
import { type Static, Type } from 'typebox';
import { Quantity } from './cart.ts';
import { Cursor, CursorPage, Fen, Id, Instant, Nullable, OrderNo, Picture } from './common.ts';
import { BookingChoice, ChosenBooking, ConsentAsked, ConsentGiven, GoodsKind, OrderBooking } from './goods.ts';
import { CheckoutCoupons, CheckoutPoints, LineDiscount, offerChoice, PriceBreakdown, PriceNote } from './offers.ts';
import { ChosenPickup, OrderPickup, PickupChoice, PickupCode, PickupContact } from './pickups.ts';
import { position } from './places.ts';

export const CheckoutSource = Type.Union([
  Type.Object({ kind: Type.Literal('cart') }, { description: 'the ticked, valid cart lines' }),
  Type.Object({
    kind: Type.Literal('lines'),
    lines: Type.Array(Type.Object({ skuId: Id, quantity: Quantity }), { minItems: 1, maxItems: 50 }),
  }),
]);
export type CheckoutSource = Static<typeof CheckoutSource>;

const delivery = {
  /** Shops whose goods are picked up in a store; the others' are sent to the address. */
  pickups: Type.Optional(Type.Array(PickupChoice, { maxItems: 20 })),
  contact: Type.Optional(PickupContact),
  /** Of services: where and when. */
  bookings: Type.Optional(Type.Array(BookingChoice, { maxItems: 20 })),
};

export const CheckoutInput = Type.Object({
  source: CheckoutSource,
  addressId: Type.Optional(Id),
  ...delivery,
  ...offerChoice,
  /** The client sums its own choice of coupons while it waits: send it what that needs. */
  sums: Type.Optional(Type.Boolean()),
  remarks: Type.Optional(
    Type.Array(Type.Object({ shopId: Id, remark: Type.String({ maxLength: 200 }) }), { maxItems: 20 }),
  ),
});
export type CheckoutInput = Static<typeof CheckoutInput>;

export const LineProblem = Type.Union([Type.Literal('sold_out'), Type.Literal('short'), Type.Literal('off_sale')]);
export const CheckoutLine = Type.Object({
  spuId: Id,
  skuId: Id,
  title: Type.String(),
  specText: Type.String(),
  picture: Picture,
  quantity: Type.Integer(),
  salePrice: Fen,
  listPrice: Fen,
  /** After every discount. */
  payable: Fen,
  discounts: Type.Array(LineDiscount),
  available: Type.Integer(),
  problem: Nullable(LineProblem),
  goods: GoodsKind,
  /** Of a service: what was chosen; null otherwise, and before. */
  booking: Nullable(ChosenBooking),
});
export const CheckoutShop = Type.Object({
  shopId: Id,
  shopName: Type.String(),
  lines: Type.Array(CheckoutLine),
  goodsTotal: Fen,
  freight: Fen,
  freightNote: Type.String({ description: '满 ¥99 包邮，还差 ¥12.00' }),
  discount: Fen,
  payable: Fen,
  /** Expected day range of arrival, null without an address (C05-PATH-10). */
  arrival: Nullable(Type.Object({ earliest: Type.String(), latest: Type.String(), text: Type.String() })),
  /** Whether it could be picked up in one of the shop's stores, and what was chosen of that; null: it is sent. */
  offersPickup: Type.Boolean(),
  pickup: Nullable(ChosenPickup),
});
export const CheckoutStages = Type.Object({
  deposit: Fen,
  /** What the deposit counts for at the end (定金膨胀). */
  depositWorth: Fen,
  balance: Fen,
  balanceOpensAt: Instant,
  balanceClosesAt: Instant,
  shipsBy: Instant,
  forfeits: Type.Boolean(),
  terms: Type.String(),
  /** Sent back as `entry.consent` by whoever agrees to exactly these terms. */
  consent: Type.String(),
});
export type CheckoutStages = Static<typeof CheckoutStages>;
export const CheckoutPreview = Type.Object({
  address: Nullable(
    Type.Object({ addressId: Id, name: Type.String(), maskedPhone: Type.String(), text: Type.String() }),
  ),
  shops: Type.Array(CheckoutShop),
  listTotal: Fen,
  goodsTotal: Fen,
  freight: Fen,
  discount: Fen,
  payable: Fen,
  breakdown: PriceBreakdown,
  /** Every step explains itself, in the order of the pipeline. */
  notes: Type.Array(PriceNote),
  coupons: CheckoutCoupons,
  points: Nullable(CheckoutPoints),
  /** Presale: what of `payable` is due now, and the terms the buyer agrees to with the order. */
  stages: Nullable(CheckoutStages),
  /** Something is sent to an address. */
  needsAddress: Type.Boolean(),
  /** Each is to be ticked by the buyer before the order; none is ticked beforehand (C12-CON-02). */
  consents: Type.Array(ConsentAsked),
  canSubmit: Type.Boolean(),
  blockedBy: Nullable(
    Type.Union([
      Type.Literal('no_address'),
      Type.Literal('stock'),
      Type.Literal('empty'),
      Type.Literal('price'),
      Type.Literal('no_window'), // of a store, or no store
      Type.Literal('no_contact'), // nobody to hand it to
      Type.Literal('no_booking'), // a service without place and time, or one that is full
      Type.Literal('virtual_on_ios'), // not sold inside WeChat on iOS
    ]),
  ),
});
export type CheckoutPreview = Static<typeof CheckoutPreview>;

/** Header `Idempotency-Key` (8–64 characters) is required: the same key and body return the first reply, another body is 409. */
export const PlaceOrder = Type.Object({
  source: CheckoutSource,
  /** Needed as soon as one shop's goods are sent. */
  addressId: Type.Optional(Id),
  ...delivery,
  ...offerChoice,
  remarks: Type.Optional(
    Type.Array(Type.Object({ shopId: Id, remark: Type.String({ maxLength: 200 }) }), { maxItems: 20 }),
  ),
  /** What the buyer ticked; what the goods ask for and is not here refuses the order. */
  consents: Type.Optional(Type.Array(ConsentGiven, { maxItems: 10 })),
  /** What the buyer saw. Not trusted: when the server's own sum differs, it answers 409 orders.price_changed. */
  expectedPayable: Type.Optional(Fen),
});
export type PlaceOrder = Static<typeof PlaceOrder>;
export const PlacedOrder = Type.Object({
  paymentId: Id,
  orderNos: Type.Array(OrderNo),
  payable: Fen,
  /** What this payment asks for: all of it, or the deposit. */
  due: Fen,
  heldUntil: Instant,
  closesAt: Instant,
});
export type PlacedOrder = Static<typeof PlacedOrder>;

/** An order accepted at a peak (C04-TECH-09): it waits, and ends placed, or refused with the code it would have met at once. */
export const QueuedOrder = Type.Object({
  state: Type.Union([Type.Literal('waiting'), Type.Literal('placed'), Type.Literal('refused')]),
  ahead: Type.Integer({ description: 'orders that wait before it; 999 means that or more' }),
  acceptedAt: Instant,
  placed: Nullable(PlacedOrder),
  refusal: Nullable(Type.Object({ code: Type.String(), message: Type.String(), details: Type.Unknown() })),
});
export type QueuedOrder = Static<typeof QueuedOrder>;

export const OrderStatus = Type.Union([
  Type.Literal('pending_payment'), // placed, stock held, not paid
  Type.Literal('deposit_paid'), // presale: deposit in, the balance due in its window
  Type.Literal('paid'), // money in, to be shipped
  Type.Literal('ready_for_pickup'), // waits in its store
  Type.Literal('to_use'), // a booked service, to be used in its window
  Type.Literal('shipped'), // every line has left
  Type.Literal('completed'), // received or confirmed by itself
  Type.Literal('cancelled'), // closed unpaid, by buyer, timer or late stock
  Type.Literal('refunding'), // full refund asked, not yet settled
  Type.Literal('refunded'), // money went back in full
]);
export type OrderStatus = Static<typeof OrderStatus>;

/** Why a paid order is not shipped yet: `group` until enough people bought together. */
export const ShippingHold = Type.Enum(['group']);
export type ShippingHold = Static<typeof ShippingHold>;

export const OrderAction = Type.Union([
  Type.Literal('pay'),
  Type.Literal('pay_balance'),
  Type.Literal('cancel'),
  Type.Literal('refund'),
  Type.Literal('track'),
  Type.Literal('confirm_receipt'),
  Type.Literal('show_code'), // of a pick-up or a booked service
  Type.Literal('show_delivery'), // card codes, access
  Type.Literal('review'),
  Type.Literal('buy_again'),
]);
export type OrderAction = Static<typeof OrderAction>;

export const OrderLine = Type.Object({
  lineId: Id,
  spuId: Id,
  skuId: Id,
  title: Type.String(),
  specText: Type.String(),
  picture: Picture,
  quantity: Type.Integer(),
  salePrice: Fen,
  /** After every discount. */
  payable: Fen,
  reviewed: Type.Boolean(),
});
export type OrderLine = Static<typeof OrderLine>;

/** A presale's two payments: the deposit with the order, the rest of `payable` in its window. */
export const OrderStages = Type.Object({
  deposit: Fen,
  /** Of `payable`; coupons and points may still lower it until it is placed. */
  balance: Fen,
  depositPaidAt: Nullable(Instant),
  /** The balance has its sum and its payment. */
  isBalancePlaced: Type.Boolean(),
  balanceOpensAt: Instant,
  balanceClosesAt: Instant,
  shipsBy: Nullable(Instant),
  /** Agreed before paying: the deposit is lost with a missed window. */
  forfeits: Type.Boolean(),
});
export type OrderStages = Static<typeof OrderStages>;

export const OrderCard = Type.Object({
  orderNo: OrderNo,
  shopId: Id,
  shopName: Type.String(),
  status: OrderStatus,
  statusText: Type.String({ description: '待付款, 待发货, 待成团 …' }),
  waitingFor: Nullable(ShippingHold),
  paymentId: Id,
  payable: Fen,
  unitCount: Type.Integer(),
  lines: Type.Array(OrderLine),
  /** Most useful first; the first is the one primary button. */
  actions: Type.Array(OrderAction),
  /** Until when stock is held, while unpaid; null once released or paid. */
  heldUntil: Nullable(Instant),
  closesAt: Nullable(Instant),
  stages: Nullable(OrderStages),
  /** null: it is sent. */
  pickup: Nullable(OrderPickup),
  goods: GoodsKind,
  booking: Nullable(OrderBooking),
  createdAt: Instant,
});
export type OrderCard = Static<typeof OrderCard>;
export const OrderCardPage = CursorPage(OrderCard);
export type OrderCardPage = Static<typeof OrderCardPage>;

export const OrderTab = Type.Union([
  Type.Literal('all'),
  Type.Literal('pending_payment'),
  Type.Literal('paid'),
  Type.Literal('shipped'),
  Type.Literal('to_review'),
  Type.Literal('refund'),
]);
export type OrderTab = Static<typeof OrderTab>;
export const OrderQuery = Type.Object({
  tab: Type.Optional(OrderTab),
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 50, default: 10 }),
});
export type OrderQuery = Static<typeof OrderQuery>;
export const OrderCounts = Type.Object({
  pendingPayment: Type.Integer(),
  paid: Type.Integer(),
  shipped: Type.Integer(),
  toReview: Type.Integer(),
  refund: Type.Integer(),
});
export type OrderCounts = Static<typeof OrderCounts>;

export const TrackNode = Type.Object({ at: Instant, text: Type.String(), place: Type.String() });
export type TrackNode = Static<typeof TrackNode>;
export const Parcel = Type.Object({
  parcelId: Id,
  carrierCode: Type.String(),
  carrierName: Type.String(),
  waybillNo: Type.String(),
  shippedAt: Instant,
  lines: Type.Array(Type.Object({ lineId: Id, quantity: Type.Integer() })),
  latest: Nullable(TrackNode),
});
export type Parcel = Static<typeof Parcel>;
export const Track = Type.Object({
  parcels: Type.Array(
    Type.Object({
      parcelId: Id,
      carrierName: Type.String(),
      waybillNo: Type.String(),
      state: Type.Union([
        Type.Literal('collected'),
        Type.Literal('in_transit'),
        Type.Literal('delivering'),
        Type.Literal('signed'),
        Type.Literal('problem'),
        Type.Literal('none'),
      ]),
      nodes: Type.Array(TrackNode, { description: 'newest first' }),
    }),
  ),
});
export type Track = Static<typeof Track>;

export const RefundView = Type.Object({
  refundNo: Type.String(),
  status: Type.Union([
    Type.Literal('requested'), // waits for the shop, or for the outbox
    Type.Literal('processing'), // accepted by WeChat Pay
    Type.Literal('succeeded'),
    Type.Literal('failed'), // abnormal: people must look
    Type.Literal('rejected'),
  ]),
  amount: Fen,
  reason: Type.String(),
  requestedAt: Instant,
  settledAt: Nullable(Instant),
});
export type RefundView = Static<typeof RefundView>;

export const OrderDetail = Type.Intersect([
  OrderCard,
  Type.Object({
    headline: Type.String({ description: 'what happens next and by when' }),
    recipient: Type.Object({ name: Type.String(), maskedPhone: Type.String(), text: Type.String() }),
    remark: Type.String(),
    listTotal: Fen,
    goodsTotal: Fen,
    freight: Fen,
    discount: Fen,
    breakdown: PriceBreakdown,
    notes: Type.Array(PriceNote),
    parcels: Type.Array(Parcel),
    /** While it can be picked up, or used. */
    pickupCode: Nullable(PickupCode),
    refunds: Type.Array(RefundView),
    timeline: Type.Array(Type.Object({ at: Instant, text: Type.String() })),
    paidAt: Nullable(Instant),
    shippedAt: Nullable(Instant),
    completedAt: Nullable(Instant),
    autoReceiveAt: Nullable(Instant),
    cancelReason: Nullable(Type.String()),
  }),
]);
export type OrderDetail = Static<typeof OrderDetail>;

/** How the balance of a presale is paid: coupons and points work on it. The same call again gives the payment there is. */
export const BalanceInput = Type.Object({
  coupons: offerChoice.coupons,
  points: offerChoice.points,
  /** Another address than the order's. */
  addressId: Type.Optional(Id),
});
export type BalanceInput = Static<typeof BalanceInput>;
export const BalancePreview = Type.Object({
  orderNo: OrderNo,
  recipient: Type.Object({ name: Type.String(), maskedPhone: Type.String(), text: Type.String() }),
  goodsTotal: Fen,
  freight: Fen,
  discount: Fen,
  payable: Fen,
  deposit: Fen,
  balance: Fen,
  breakdown: PriceBreakdown,
  notes: Type.Array(PriceNote),
  coupons: CheckoutCoupons,
  points: Nullable(CheckoutPoints),
  balanceOpensAt: Instant,
  balanceClosesAt: Instant,
  shipsBy: Nullable(Instant),
  /** early, over: outside its window; placed: go on paying; price: the offers leave less than the deposit. */
  blockedBy: Nullable(Type.Enum(['early', 'over', 'placed', 'price'])),
});
export type BalancePreview = Static<typeof BalancePreview>;

export const CancelOrder = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 80 }) });
export type CancelOrder = Static<typeof CancelOrder>;
export const RequestRefund = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 80 }) });
export type RequestRefund = Static<typeof RequestRefund>;

export const ReviewInput = Type.Object({
  lineId: Id,
  rating: Type.Integer({ minimum: 1, maximum: 5 }),
  text: Type.String({ minLength: 1, maxLength: 500 }),
  mediaIds: Type.Array(Id, { maxItems: 9, default: [] }),
  anonymous: Type.Boolean({ default: false }),
});
export type ReviewInput = Static<typeof ReviewInput>;
export const ReviewState = Type.Object({
  reviewId: Id,
  status: Type.Union([Type.Literal('held'), Type.Literal('shown'), Type.Literal('rejected')]),
});
export type ReviewState = Static<typeof ReviewState>;
export const MediaUploaded = Type.Object({ mediaId: Id, picture: Picture });
export type MediaUploaded = Static<typeof MediaUploaded>;

/** Which stores could hand out one shop's part of what is to be bought. */
export const PickupOffersInput = Type.Object({ source: CheckoutSource, shopId: Id, ...position });
export type PickupOffersInput = Static<typeof PickupOffersInput>;
