/** Orders, shipping, refunds, reviews, stock, settings and the dashboard as the merchant works with them. */
import { type Static, Type } from 'typebox';
import { CalendarDate, Fen, Id, Instant, Nullable, NumberedPage, OrderNo, PageQuery, Picture } from '../common.ts';
import { ConsentKey, GoodsKind, OrderBooking } from '../goods.ts';
import { LineDiscount, PriceBreakdown, PriceNote } from '../offers.ts';
import { OrderStages, OrderStatus, RefundView, ShippingHold, TrackNode } from '../orders.ts';
import { PaymentStatus } from '../payments.ts';
import { OrderPickup } from '../pickups.ts';

/** The shipping upload to WeChat (发货信息录入). */
export const UploadState = Type.Union([
  Type.Literal('pending'),
  Type.Literal('uploaded'),
  Type.Literal('failed'), // refused for good: people must look
  Type.Literal('not_required'), // not paid inside the mini program, so WeChat waits for nothing
]);
export type UploadState = Static<typeof UploadState>;

export const ConsoleOrderQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    status: Type.Optional(OrderStatus),
    /** Order number (whole or tail ≥ 4), or phone tail of 4, or a product title. */
    q: Type.Optional(Type.String({ maxLength: 60 })),
    from: Type.Optional(CalendarDate),
    to: Type.Optional(CalendarDate),
    /** Only orders with a parcel whose shipping upload failed. */
    upload: Type.Optional(Type.Literal('failed')),
    /** Only paid orders that wait for it; `status: paid` without it leaves them out. */
    hold: Type.Optional(ShippingHold),
    delivery: Type.Optional(Type.Enum(['express', 'pickup'])),
  }),
]);
export type ConsoleOrderQuery = Static<typeof ConsoleOrderQuery>;

export const ConsoleOrderRow = Type.Object({
  orderNo: OrderNo,
  status: OrderStatus,
  statusText: Type.String(),
  waitingFor: Nullable(ShippingHold),
  buyerName: Type.String({ description: 'masked' }),
  lines: Type.Array(
    Type.Object({
      title: Type.String(),
      specText: Type.String(),
      picture: Picture,
      quantity: Type.Integer(),
      salePrice: Fen,
    }),
  ),
  unitCount: Type.Integer(),
  payable: Fen,
  recipient: Type.String({ description: 'masked name and region' }),
  shippingUpload: Nullable(UploadState),
  pickup: Nullable(OrderPickup),
  createdAt: Instant,
  paidAt: Nullable(Instant),
});
export const ConsoleOrderPage = NumberedPage(ConsoleOrderRow);
export type ConsoleOrderPage = Static<typeof ConsoleOrderPage>;
export const ConsoleOrderCounts = Type.Record(Type.String(), Type.Integer());
export type ConsoleOrderCounts = Static<typeof ConsoleOrderCounts>;

export const ConsoleParcel = Type.Object({
  parcelId: Id,
  carrierCode: Type.String(),
  carrierName: Type.String(),
  waybillNo: Type.String(),
  shippedAt: Instant,
  shippedBy: Type.String(),
  lines: Type.Array(Type.Object({ lineId: Id, quantity: Type.Integer() })),
  upload: Type.Object({
    state: UploadState,
    attempts: Type.Integer(),
    lastError: Nullable(Type.String()),
    uploadedAt: Nullable(Instant),
  }),
  track: Type.Array(TrackNode),
});

export const ConsoleOrder = Type.Object({
  orderNo: OrderNo,
  status: OrderStatus,
  statusText: Type.String(),
  buyer: Type.Object({ buyerId: Id, nickname: Type.String(), maskedPhone: Nullable(Type.String()) }),
  recipient: Type.Object({ name: Type.String(), maskedPhone: Type.String(), text: Type.String() }),
  remark: Type.String(),
  shopRemark: Type.String(),
  lines: Type.Array(
    Type.Object({
      lineId: Id,
      spuId: Id,
      skuId: Id,
      skuCode: Type.String(),
      title: Type.String(),
      specText: Type.String(),
      picture: Picture,
      quantity: Type.Integer(),
      shippedQuantity: Type.Integer(),
      salePrice: Fen,
      payable: Fen,
      discounts: Type.Array(LineDiscount),
    }),
  ),
  listTotal: Fen,
  goodsTotal: Fen,
  freight: Fen,
  discount: Fen,
  breakdown: PriceBreakdown,
  notes: Type.Array(PriceNote),
  payable: Fen,
  payment: Type.Object({
    paymentId: Id,
    status: PaymentStatus,
    amount: Fen,
    outTradeNo: Type.String(),
    transactionId: Nullable(Type.String()),
    paidAt: Nullable(Instant),
  }),
  refunds: Type.Array(RefundView),
  parcels: Type.Array(ConsoleParcel),
  timeline: Type.Array(
    Type.Object({
      at: Instant,
      text: Type.String(),
      actor: Type.String({ description: '买家, 系统 or a staff name' }),
    }),
  ),
  canShip: Type.Boolean(),
  pickup: Nullable(OrderPickup),
  goods: GoodsKind,
  booking: Nullable(OrderBooking),
  /** What the buyer agreed to with the order (C12-CON-03). */
  consents: Type.Array(Type.Object({ key: ConsentKey, version: Type.String(), text: Type.String(), at: Instant })),
  /** A presale's two payments. */
  stages: Nullable(OrderStages),
  canRefund: Type.Boolean(),
  createdAt: Instant,
});
export type ConsoleOrder = Static<typeof ConsoleOrder>;

export const ShipOrder = Type.Object({
  carrierCode: Type.String({ maxLength: 20 }),
  waybillNo: Type.String({ pattern: '^[A-Za-z0-9-]{6,40}$' }),
  /** Left out: everything not yet shipped. */
  lines: Type.Optional(
    Type.Array(Type.Object({ lineId: Id, quantity: Type.Integer({ minimum: 1 }) }), { minItems: 1, maxItems: 100 }),
  ),
});
export type ShipOrder = Static<typeof ShipOrder>;
export const ShopRemark = Type.Object({ remark: Type.String({ maxLength: 500 }) });
export type ShopRemark = Static<typeof ShopRemark>;
export const Carrier = Type.Object({ code: Type.String(), name: Type.String(), wechatCode: Type.String() });
export const CarrierList = Type.Object({ carriers: Type.Array(Carrier) });
export type CarrierList = Static<typeof CarrierList>;

export const RefundRow = Type.Intersect([
  RefundView,
  Type.Object({ orderNo: OrderNo, buyerName: Type.String(), orderStatus: OrderStatus, note: Type.String() }),
]);
export const RefundPage = NumberedPage(RefundRow);
export type RefundPage = Static<typeof RefundPage>;
export const RefundQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    status: Type.Optional(
      Type.String({ maxLength: 20, description: 'a refund status, or `open` for all not settled' }),
    ),
    q: Type.Optional(Type.String({ maxLength: 60 })),
  }),
]);
export type RefundQuery = Static<typeof RefundQuery>;
/** The shop gives the money back by itself, before shipping (full). */
export const ShopRefund = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 80 }) });
export type ShopRefund = Static<typeof ShopRefund>;

export const ConsoleReviewRow = Type.Object({
  reviewId: Id,
  spuId: Id,
  productTitle: Type.String(),
  orderNo: Nullable(OrderNo),
  nickname: Type.String(),
  rating: Type.Integer(),
  text: Type.String(),
  pictures: Type.Array(Picture),
  status: Type.Union([Type.Literal('held'), Type.Literal('shown'), Type.Literal('rejected')]),
  rejectReason: Nullable(Type.String()),
  reply: Nullable(Type.String()),
  createdAt: Instant,
});
export const ConsoleReviewPage = NumberedPage(ConsoleReviewRow);
export type ConsoleReviewPage = Static<typeof ConsoleReviewPage>;
export const ConsoleReviewQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    status: Type.Optional(Type.String()),
    rating: Type.Optional(Type.Integer()),
    q: Type.Optional(Type.String({ maxLength: 60 })),
  }),
]);
export type ConsoleReviewQuery = Static<typeof ConsoleReviewQuery>;
export const ModerateReview = Type.Object({
  decision: Type.Union([Type.Literal('show'), Type.Literal('reject')]),
  reason: Type.Optional(Type.String({ maxLength: 100 })),
});
export type ModerateReview = Static<typeof ModerateReview>;
export const ReplyReview = Type.Object({ reply: Type.String({ minLength: 1, maxLength: 300 }) });
export type ReplyReview = Static<typeof ReplyReview>;

export const StockRow = Type.Object({
  skuId: Id,
  spuId: Id,
  skuCode: Type.String(),
  title: Type.String(),
  specText: Type.String(),
  picture: Nullable(Picture),
  onHand: Type.Integer(),
  reserved: Type.Integer(),
  available: Type.Integer(),
  safetyStock: Type.Integer(),
  state: Type.Union([Type.Literal('ok'), Type.Literal('low'), Type.Literal('out')]),
  updatedAt: Instant,
});
export const StockPage = NumberedPage(StockRow);
export type StockPage = Static<typeof StockPage>;
export const StockQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    q: Type.Optional(Type.String({ maxLength: 60 })),
    state: Type.Optional(Type.Union([Type.Literal('low'), Type.Literal('out')])),
  }),
]);
export type StockQuery = Static<typeof StockQuery>;
/** `requestId` makes a repeated click harmless. */
export const AdjustStock = Type.Object({
  requestId: Id,
  delta: Type.Integer({ minimum: -1_000_000, maximum: 1_000_000 }),
  reason: Type.Union([
    Type.Literal('purchase'), // 采购入库
    Type.Literal('count'), // 盘点
    Type.Literal('damage'), // 报损
    Type.Literal('other'),
  ]),
  note: Type.String({ maxLength: 200, default: '' }),
});
export type AdjustStock = Static<typeof AdjustStock>;
export const SetSafetyStock = Type.Object({ safetyStock: Type.Integer({ minimum: 0, maximum: 1_000_000 }) });
export type SetSafetyStock = Static<typeof SetSafetyStock>;
export const LedgerEntry = Type.Object({
  entryId: Id,
  sequence: Type.Integer(),
  kind: Type.String({ description: 'reserve, release, ship, adjust, return, pool_in, pool_out' }),
  kindText: Type.String(),
  onHandDelta: Type.Integer(),
  reservedDelta: Type.Integer(),
  onHandAfter: Type.Integer(),
  reservedAfter: Type.Integer(),
  reference: Type.String(),
  actor: Type.String(),
  note: Type.String(),
  at: Instant,
});
export const LedgerPage = NumberedPage(LedgerEntry);
export type LedgerPage = Static<typeof LedgerPage>;

const figure = Type.Object({
  today: Type.Number(),
  yesterday: Type.Number({ description: 'yesterday up to this time of day' }),
  sameWeekday: Type.Number({ description: 'the same weekday last week, up to this time of day' }),
  spark: Type.Array(Type.Number(), { description: 'the last 14 days, today last' }),
});
export const Dashboard = Type.Object({
  todo: Type.Object({
    toShip: Type.Integer(),
    refunds: Type.Integer(),
    reviewsHeld: Type.Integer(),
    lowStock: Type.Integer(),
    outOfStock: Type.Integer(),
    uploadsFailed: Type.Integer(),
    paymentAnomalies: Type.Integer(),
    afterSales: Type.Integer({ description: 'cases that wait for the shop' }),
    complaints: Type.Integer({ description: 'complaints whose payer waits for an answer' }),
    alerts: Type.Integer({ description: 'figures beyond their line, silenced ones left out' }),
    deadLetters: Type.Integer({ description: 'messages whose delivery was given up' }),
  }),
  gmv: figure,
  orders: figure,
  payers: figure,
  averageOrder: figure,
  refunds: figure,
  byHour: Type.Array(Type.Object({ hour: Type.Integer(), today: Fen, yesterday: Fen })),
  bestSellers: Type.Array(
    Type.Object({ spuId: Id, title: Type.String(), picture: Nullable(Picture), units: Type.Integer(), sales: Fen }),
  ),
  /** What was paid in the last seven days by how it was sold; each line once, freight apart, so the parts sum to the whole. */
  byPlay: Type.Array(
    Type.Object({
      play: Type.Enum(['normal', 'flash', 'group', 'bargain', 'presale', 'memberDay', 'freight']),
      gmv: Fen,
      orders: Type.Integer(),
    }),
  ),
  generatedAt: Instant,
});
export type Dashboard = Static<typeof Dashboard>;

export const ShopProfile = Type.Object({
  shopId: Id,
  name: Type.String({ minLength: 1, maxLength: 30 }),
  slogan: Type.String({ maxLength: 60 }),
  brandColor: Type.String({ pattern: '^#[0-9a-fA-F]{6}$' }),
  logo: Nullable(Picture),
  servicePhone: Type.String({ maxLength: 20 }),
  shipsFrom: Type.String({ maxLength: 40 }),
});
export type ShopProfile = Static<typeof ShopProfile>;
export const ShopProfileInput = Type.Intersect([
  Type.Omit(ShopProfile, ['shopId', 'logo']),
  Type.Object({ logoMediaId: Type.Optional(Nullable(Id)) }),
]);
export type ShopProfileInput = Static<typeof ShopProfileInput>;

/** Policy numbers: each with its default, bounds and history (design rule 10). */
export const PolicySetting = Type.Object({
  key: Type.String(),
  title: Type.String(),
  unit: Type.String(),
  value: Type.Number(),
  defaultValue: Type.Number(),
  minimum: Type.Number(),
  maximum: Type.Number(),
  isInstallWide: Type.Boolean({ description: 'one number for all shops; changing it takes the right in every shop' }),
  history: Type.Array(Type.Object({ value: Type.Number(), at: Instant, by: Type.String() })),
});
export const PolicySettings = Type.Object({ settings: Type.Array(PolicySetting) });
export type PolicySettings = Static<typeof PolicySettings>;
export const SetPolicy = Type.Object({ value: Type.Number() });
export type SetPolicy = Static<typeof SetPolicy>;

export const GlobalSearch = Type.Object({
  orders: Type.Array(Type.Object({ orderNo: OrderNo, statusText: Type.String(), payable: Fen })),
  products: Type.Array(Type.Object({ spuId: Id, title: Type.String() })),
});
export type GlobalSearch = Static<typeof GlobalSearch>;
