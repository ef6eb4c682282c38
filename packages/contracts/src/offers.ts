/** What lowers a price, as it is shown and chosen: notes that explain themselves, discounts of lines, coupons, points. */
import { type Static, Type } from 'typebox';
import { ActivityZone } from './activities.ts';
import { CursorQuery, Fen, Id, Instant, Nullable } from './common.ts';
import { Position } from './places.ts';

/** The declared order of the price pipeline. */
export const PriceStep = Type.Enum([
  'sale',
  'activity',
  'member',
  'reduction',
  'coupon',
  'points',
  'freight',
  'margin',
]);
export type PriceStep = Static<typeof PriceStep>;

export const PriceNote = Type.Object({
  step: PriceStep,
  code: Type.String({ description: 'for machines: coupon.used, reduction.short …' }),
  text: Type.String({ description: '「满199减30」满减商品共199元，减30元' }),
  /** What it takes off; remarks have 0. */
  amount: Fen,
  sourceId: Type.Optional(Type.String()),
});
export type PriceNote = Static<typeof PriceNote>;

/** A part of one discount on one line; `platformFunded` of `amount` is not the shop's money. */
export const LineDiscount = Type.Object({
  step: Type.Enum(['activity', 'member', 'reduction', 'coupon', 'points']),
  sourceId: Type.String(),
  amount: Fen,
  platformFunded: Fen,
});
export type LineDiscount = Static<typeof LineDiscount>;

/** goodsTotal + freight − every part here = payable. */
export const PriceBreakdown = Type.Object({
  activity: Fen,
  member: Fen,
  reduction: Fen,
  coupon: Fen,
  points: Fen,
  freightDiscount: Fen,
});
export type PriceBreakdown = Static<typeof PriceBreakdown>;

export const OfferEntry = Type.Object({
  kind: Type.Enum(['group', 'bargain', 'flash', 'presale']),
  id: Type.String({ minLength: 1, maxLength: 64 }),
  /** Presale: the terms that were agreed to, as the preview names them. */
  consent: Type.Optional(Type.String({ maxLength: 64 })),
});
export type OfferEntry = Static<typeof OfferEntry>;

/** Fields that `CheckoutInput` and `PlaceOrder` share. */
export const offerChoice = {
  /** Preview takes `best` when nothing is said; an order spends only coupons that are named. */
  coupons: Type.Optional(
    Type.Union([Type.Literal('best'), Type.Literal('none'), Type.Array(Id, { maxItems: 20, uniqueItems: true })]),
  ),
  points: Type.Optional(Type.Union([Type.Literal('max'), Type.Integer({ minimum: 0, maximum: 100_000_000 })])),
  /** The door an activity was entered by. */
  entry: Type.Optional(OfferEntry),
};

export const CouponKind = Type.Enum(['amount', 'percent', 'exchange', 'freight']);
export type CouponKind = Static<typeof CouponKind>;

/** What a coupon is worth, for its card. */
export const CouponFace = Type.Object({
  name: Type.String(),
  kind: CouponKind,
  threshold: Fen,
  /** amount: what it takes off; freight: null takes all of it. */
  off: Nullable(Fen),
  /** percent: what is still paid, in basis points (8000 = 8折). */
  payRate: Nullable(Type.Integer()),
  cap: Nullable(Fen),
  /** exchange: pieces for nothing. */
  quantity: Nullable(Type.Integer()),
  scopeText: Type.String({ description: '全店通用, 指定商品可用 …' }),
  /** What layers of buyers get instead: 新客减 ¥10.00 · VIP减 ¥5.00 */
  layerText: Type.Optional(Type.String()),
});
export type CouponFace = Static<typeof CouponFace>;

/** A coupon of the buyer at checkout: taken, or the reason why not. */
export const CouponCandidate = Type.Intersect([
  Type.Object({ couponId: Id, expiresAt: Instant }),
  CouponFace,
  Type.Object({
    chosen: Type.Boolean(),
    /** Part of the combination that saves most. */
    isBest: Type.Boolean(),
    /** Could be chosen, if perhaps in the place of another. */
    usable: Type.Boolean(),
    saving: Fen,
    reason: Nullable(Type.String({ description: 'below_threshold, saves_less, group_limit …' })),
    text: Type.String({ description: 'why not this one' }),
  }),
]);
export type CouponCandidate = Static<typeof CouponCandidate>;

export const CheckoutCoupons = Type.Object({
  candidates: Type.Array(CouponCandidate),
  /** Coupons of the best combination and what it saves. */
  best: Type.Object({ couponIds: Type.Array(Id), saving: Fen }),
  /**
   * When asked for: the `CouponQuestion` of packages/pricing, to sum a choice without the server. Left out where only the
   * server may answer, as near the margin floor. What the server says stays what counts.
   */
  sums: Type.Optional(Type.Unknown()),
});
export type CheckoutCoupons = Static<typeof CheckoutCoupons>;

export const CheckoutPoints = Type.Object({
  balance: Type.Integer(),
  perYuan: Type.Integer({ description: 'points for one yuan' }),
  used: Type.Integer(),
  saved: Fen,
  /** Most that this order takes, and what it would save. */
  usable: Type.Integer(),
  usableSaving: Fen,
});
export type CheckoutPoints = Static<typeof CheckoutPoints>;

export const CouponStatus = Type.Enum(['held', 'locked', 'used', 'expired']);
export type CouponStatus = Static<typeof CouponStatus>;

export const MyCoupon = Type.Intersect([
  Type.Object({ couponId: Id, templateId: Id, shopId: Nullable(Id), shopName: Type.String() }),
  CouponFace,
  Type.Object({
    status: CouponStatus,
    validFrom: Instant,
    expiresAt: Instant,
    claimedAt: Instant,
    usedAt: Nullable(Instant),
    orderNos: Type.Array(Type.String()),
  }),
]);
export type MyCoupon = Static<typeof MyCoupon>;

export const CouponTab = Type.Enum(['usable', 'used', 'expired']);
export type CouponTab = Static<typeof CouponTab>;
export const MyCouponQuery = Type.Intersect([CursorQuery, Type.Object({ tab: Type.Optional(CouponTab) })]);
export type MyCouponQuery = Static<typeof MyCouponQuery>;
export const MyCouponPage = Type.Object({ items: Type.Array(MyCoupon), nextCursor: Nullable(Type.String()) });
export type MyCouponPage = Static<typeof MyCouponPage>;

/** A coupon that can be claimed now. */
export const ClaimableCoupon = Type.Intersect([
  Type.Object({ templateId: Id, shopId: Nullable(Id), shopName: Type.String() }),
  CouponFace,
  Type.Object({
    validityText: Type.String({ description: '领取后 7 天内有效' }),
    /** Of the total, in percent, null when there is no limit. */
    claimedPercent: Nullable(Type.Integer()),
    state: Type.Enum(['open', 'claimed', 'gone']),
    /** How many more this buyer may claim. */
    left: Type.Integer(),
  }),
]);
export type ClaimableCoupon = Static<typeof ClaimableCoupon>;
/** A coupon for who is near: which of its stores, how far, until what time of the day, and whether it was offered before. */
export const NearbyCoupon = Type.Intersect([
  ClaimableCoupon,
  Type.Object({
    storeName: Type.String(),
    distance: Type.Integer({ description: 'metres to that store' }),
    metres: Type.Integer({ description: 'how near one must be' }),
    untilText: Type.String({ description: '今天 14:00 前可领, or nothing' }),
    useText: Type.String({ description: '限本店自提或扫码购使用' }),
    /** The first time this buyer is told of it. */
    isNew: Type.Boolean(),
  }),
]);
export type NearbyCoupon = Static<typeof NearbyCoupon>;
export const NearbyCoupons = Type.Object({ items: Type.Array(NearbyCoupon) });
export type NearbyCoupons = Static<typeof NearbyCoupons>;

export const CouponCentre = Type.Object({ items: Type.Array(ClaimableCoupon) });
export type CouponCentre = Static<typeof CouponCentre>;

export const ClaimCoupon = Type.Union([
  /** `at`: for coupons that are claimed near a store; used for the answer, not kept. */
  Type.Object({ templateId: Id, at: Type.Optional(Position) }),
  Type.Object({ code: Type.String({ minLength: 4, maxLength: 32 }) }),
]);
export type ClaimCoupon = Static<typeof ClaimCoupon>;

/** A layer of buyers, as 人群 of coupons and reductions name it. */
export const LayerOff = Type.Object({ layer: Type.Enum(['新客', '沉默', 'VIP']), off: Type.Integer({ minimum: 1 }) });
export type LayerOff = Static<typeof LayerOff>;

/** 购后分享券: coupons for friends that came with a paid order. */
export const CouponPacket = Type.Intersect([
  Type.Object({ packetId: Id, shopId: Id, shopName: Type.String(), sharerName: Type.String() }),
  CouponFace,
  Type.Object({
    validityText: Type.String(),
    places: Type.Integer(),
    left: Type.Integer(),
    expiresAt: Instant,
    isOwn: Type.Boolean(),
    /** For whoever asks; gone: no place left. */
    state: Type.Enum(['open', 'claimed', 'gone', 'over']),
    /** The sharer gets one too when the first friend has claimed. */
    sharerReward: Type.Boolean(),
    claims: Type.Array(Type.Object({ name: Type.String(), at: Instant })),
  }),
]);
export type CouponPacket = Static<typeof CouponPacket>;
/** Most orders bring none. */
export const OrderPacket = Type.Object({ packet: Nullable(CouponPacket) });
export type OrderPacket = Static<typeof OrderPacket>;

/** A running reduction as shoppers read it. */
export const ReductionTag = Type.Object({
  ruleId: Id,
  kind: Type.Enum(['amount', 'percent', 'nth', 'bundle']),
  label: Type.String({ description: '满减, 满折, 第2件, 打包' }),
  name: Type.String(),
  text: Type.String({ description: '满199减30，满399减80' }),
  endsAt: Instant,
  /** 搭配购: what is bought together, and for how much. */
  set: Type.Optional(
    Type.Object({
      price: Fen,
      items: Type.Array(Type.Object({ skuId: Type.Optional(Id), spuId: Type.Optional(Id), quantity: Type.Integer() })),
    }),
  ),
});
export type ReductionTag = Static<typeof ReductionTag>;

/** Promotions and coupons of one product. */
export const ProductOffers = Type.Object({
  reductions: Type.Array(ReductionTag),
  coupons: Type.Array(ClaimableCoupon),
  /** Flash sales, bargains and member days of this product; left out when there are none. */
  activities: Type.Optional(ActivityZone),
});
export type ProductOffers = Static<typeof ProductOffers>;

/** 凑单: how far a reduction is from its next step, for the ticked lines of a cart. */
export const ReductionProgress = Type.Object({
  ruleId: Id,
  shopId: Id,
  name: Type.String(),
  text: Type.String({ description: '再买 ¥20.01 减 ¥30.00' }),
  /** What has been reached so far takes off. */
  reached: Fen,
  /** What is missing to the next step; 0 when the last one is reached. */
  short: Fen,
  nextOff: Fen,
  /** 0–100, for the bar. */
  percent: Type.Integer({ minimum: 0, maximum: 100 }),
});
export type ReductionProgress = Static<typeof ReductionProgress>;
