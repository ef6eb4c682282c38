/** Reductions, coupons and the price box as the merchant works with them. */
import { type Static, Type } from 'typebox';
import { CalendarDate, Fen, Id, Instant, Nullable, NumberedPage, PageQuery } from '../common.ts';
import { CouponFace, CouponKind, LayerOff, LineDiscount, PriceBreakdown, PriceNote } from '../offers.ts';

/** An absent list is everything; an empty one reaches nothing. */
export const OfferScope = Type.Object({
  categoryIds: Type.Optional(Type.Array(Id, { maxItems: 200 })),
  spuIds: Type.Optional(Type.Array(Id, { maxItems: 500 })),
  skuIds: Type.Optional(Type.Array(Id, { maxItems: 500 })),
  excludeCategoryIds: Type.Optional(Type.Array(Id, { maxItems: 200 })),
  excludeSpuIds: Type.Optional(Type.Array(Id, { maxItems: 500 })),
});
export type OfferScope = Static<typeof OfferScope>;

const PayRate = Type.Integer({ minimum: 0, maximum: 10_000, description: 'still paid, basis points: 8000 = 8折' });
const Pieces = Type.Integer({ minimum: 1, maximum: 999 });

export const ReductionBody = Type.Union([
  Type.Object({
    kind: Type.Literal('amount'),
    steps: Type.Array(Type.Object({ threshold: Fen, off: Fen }), { minItems: 1, maxItems: 10 }),
    /** 上不封顶: one step, as often as it is reached. */
    repeat: Type.Optional(Type.Boolean()),
  }),
  Type.Object({
    kind: Type.Literal('percent'),
    steps: Type.Array(
      Type.Object({ threshold: Type.Optional(Fen), minQuantity: Type.Optional(Pieces), payRate: PayRate }),
      { minItems: 1, maxItems: 10 },
    ),
    cap: Type.Optional(Fen),
  }),
  Type.Object({
    kind: Type.Literal('nth'),
    nth: Type.Integer({ minimum: 2, maximum: 10 }),
    payRate: PayRate,
    once: Type.Optional(Type.Boolean()),
  }),
  Type.Object({
    kind: Type.Literal('bundle'),
    price: Fen,
    count: Type.Optional(Pieces),
    /** 搭配购: pieces of this SKU, or of any SKU of this product. */
    items: Type.Optional(
      Type.Array(
        Type.Object(
          { skuId: Type.Optional(Id), spuId: Type.Optional(Id), quantity: Pieces },
          { additionalProperties: false },
        ),
        { minItems: 1, maxItems: 20 },
      ),
    ),
    once: Type.Optional(Type.Boolean()),
  }),
]);
export type ReductionBody = Static<typeof ReductionBody>;

export const PromotionInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 30 }),
  body: ReductionBody,
  scope: OfferScope,
  startsAt: Instant,
  endsAt: Instant,
  /** Lower works first. */
  priority: Type.Integer({ minimum: 0, maximum: 1000, default: 100 }),
  stacks: Type.Boolean({ default: false }),
  audiences: Type.Array(Type.String({ maxLength: 40 }), { maxItems: 20, default: [] }),
});
export type PromotionInput = Static<typeof PromotionInput>;

export const PromotionPhase = Type.Enum(['upcoming', 'running', 'over', 'paused']);
export type PromotionPhase = Static<typeof PromotionPhase>;
export const Promotion = Type.Intersect([
  Type.Object({ ruleId: Id }),
  PromotionInput,
  Type.Object({
    phase: PromotionPhase,
    text: Type.String({ description: '满199减30，满399减80' }),
    updatedBy: Type.String(),
    updatedAt: Instant,
  }),
]);
export type Promotion = Static<typeof Promotion>;
export const PromotionQuery = Type.Intersect([PageQuery, Type.Object({ phase: Type.Optional(PromotionPhase) })]);
export type PromotionQuery = Static<typeof PromotionQuery>;
export const PromotionPage = NumberedPage(Promotion);
export type PromotionPage = Static<typeof PromotionPage>;
export const SetPromotionState = Type.Object({ paused: Type.Boolean() });
export type SetPromotionState = Static<typeof SetPromotionState>;

/** What saving it would lead to; nothing of it stops the saving. */
export const PromotionCheck = Type.Object({
  conflicts: Type.Array(Type.Object({ ruleId: Id, name: Type.String(), text: Type.String() })),
  margins: Type.Array(Type.Object({ skuId: Id, title: Type.String(), price: Fen, floor: Fen, text: Type.String() })),
});
export type PromotionCheck = Static<typeof PromotionCheck>;

/** Somebody with a name who lets goods go below the margin floor. */
export const MarginOverrideInput = Type.Object({
  /** Left out: all goods of the shop. */
  spuIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 500 })),
  reason: Type.String({ minLength: 2, maxLength: 100 }),
  until: Instant,
});
export type MarginOverrideInput = Static<typeof MarginOverrideInput>;
export const MarginOverrideRow = Type.Object({
  overrideId: Id,
  spuIds: Nullable(Type.Array(Id)),
  by: Type.String(),
  reason: Type.String(),
  createdAt: Instant,
  until: Instant,
  uses: Type.Integer({ description: 'orders it let through' }),
});
export type MarginOverrideRow = Static<typeof MarginOverrideRow>;
export const MarginOverrideList = Type.Object({ overrides: Type.Array(MarginOverrideRow) });
export type MarginOverrideList = Static<typeof MarginOverrideList>;

const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });
/** Where a coupon can be claimed, and whether it is only for what is handed over there. */
export const CouponFence = Type.Object({
  storeIds: Type.Array(Id, { minItems: 1, maxItems: 50, uniqueItems: true }),
  metres: Type.Integer({ minimum: 100, maximum: 50_000 }),
  /** Every day between these two, in Shanghai's time; left out: all day. */
  from: Type.Optional(TimeOfDay),
  until: Type.Optional(TimeOfDay),
  /** Only for orders picked up, or scanned and carried, at one of its stores. */
  inStoreOnly: Type.Boolean(),
});
export type CouponFence = Static<typeof CouponFence>;

/** Stores a fence may be drawn around. */
export const CouponStores = Type.Object({ stores: Type.Array(Type.Object({ storeId: Id, name: Type.String() })) });
export type CouponStores = Static<typeof CouponStores>;

export const CouponTemplateInput = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 30 }),
  kind: CouponKind,
  threshold: Fen,
  off: Type.Optional(Fen),
  payRate: Type.Optional(PayRate),
  cap: Type.Optional(Fen),
  quantity: Type.Optional(Pieces),
  scope: OfferScope,
  /** One of the three: fixed days, or days or hours after it was claimed. */
  validFrom: Type.Optional(Instant),
  validUntil: Type.Optional(Instant),
  rollingDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
  rollingHours: Type.Optional(Type.Integer({ minimum: 1, maximum: 168 })),
  /** When it can be claimed. */
  claimFrom: Instant,
  claimUntil: Instant,
  /**
   * public: coupon centre and product pages; code: by its code; grant: given by staff; share: for friends, after a purchase;
   * recall: comes with a message that asks somebody back; nearby: to be claimed near a store (到店券), with its `fence`.
   */
  channel: Type.Enum(['public', 'code', 'grant', 'share', 'recall', 'nearby']),
  fence: Type.Optional(CouponFence),
  code: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9]{4,32}$' })),
  audiences: Type.Array(Type.String({ maxLength: 40 }), { maxItems: 20, default: [] }),
  /** amount: who is in one of these layers gets this much off instead; the first that fits counts. */
  layerOffs: Type.Array(LayerOff, { maxItems: 3, default: [] }),
  totalLimit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000_000 })),
  perUserLimit: Type.Integer({ minimum: 1, maximum: 100, default: 1 }),
  /** Part the platform pays, basis points. */
  platformShare: Type.Integer({ minimum: 0, maximum: 10_000, default: 0 }),
  /** Cannot be combined with any other coupon. */
  exclusive: Type.Boolean({ default: false }),
  /** Given back after a refund of the whole order. */
  returnsOnRefund: Type.Boolean({ default: true }),
});
export type CouponTemplateInput = Static<typeof CouponTemplateInput>;

export const CouponResults = Type.Object({
  claimed: Type.Integer(),
  held: Type.Integer(),
  locked: Type.Integer(),
  used: Type.Integer(),
  expired: Type.Integer(),
  /** What used coupons took off; the shop's part of it. */
  cost: Fen,
  shopCost: Fen,
  /** Payable of the orders they were used on. */
  orderAmount: Fen,
  /** What the coupons still out could take off at most; null: no bound (percent without a cap, exchange). */
  liability: Nullable(Fen),
});
export type CouponResults = Static<typeof CouponResults>;

export const CouponTemplate = Type.Intersect([
  Type.Object({ templateId: Id }),
  CouponTemplateInput,
  Type.Object({
    face: CouponFace,
    validityText: Type.String(),
    phase: PromotionPhase,
    results: CouponResults,
    updatedBy: Type.String(),
    updatedAt: Instant,
  }),
]);
export type CouponTemplate = Static<typeof CouponTemplate>;
export const CouponTemplateQuery = Type.Intersect([
  PageQuery,
  Type.Object({ q: Type.Optional(Type.String({ maxLength: 30 })) }),
]);
export type CouponTemplateQuery = Static<typeof CouponTemplateQuery>;
export const CouponTemplatePage = NumberedPage(CouponTemplate);
export type CouponTemplatePage = Static<typeof CouponTemplatePage>;
const LiabilityFigures = {
  issued: Type.Integer(),
  /** Valid and free to use; locked: in an order that is not paid. */
  held: Type.Integer(),
  locked: Type.Integer(),
  used: Type.Integer(),
  expired: Type.Integer(),
  /** What the ones out there take off at most; `unbounded` of them have no bound and are not in it. */
  worst: Type.Integer(),
  unbounded: Type.Integer(),
  /** By the part that was used of those that came to an end. */
  expected: Type.Integer(),
  useRate: Nullable(Type.Integer({ description: 'basis points; null: nothing has come to an end yet' })),
  soon: Type.Integer({ description: 'end within soonDays' }),
  soonWorth: Type.Integer(),
  spent: Type.Integer({ description: 'what used ones took off' }),
};
export const CouponLiability = Type.Object({
  totals: Type.Object(LiabilityFigures),
  soonDays: Type.Integer(),
  templates: Type.Array(Type.Object({ templateId: Id, name: Type.String(), ...LiabilityFigures })),
  /** The next 30 days; days on which none ends are left out. */
  expiry: Type.Array(Type.Object({ day: CalendarDate, coupons: Type.Integer(), worth: Type.Integer() })),
  serverTime: Instant,
});
export type CouponLiability = Static<typeof CouponLiability>;
export const GrantCoupons = Type.Object({
  buyerIds: Type.Array(Id, { minItems: 1, maxItems: 200, uniqueItems: true }),
});
export type GrantCoupons = Static<typeof GrantCoupons>;
export const CouponsGranted = Type.Object({ granted: Type.Integer(), skipped: Type.Integer() });
export type CouponsGranted = Static<typeof CouponsGranted>;

/** The pipeline shown for any cart of the shop's goods, as any member. */
export const PriceBoxInput = Type.Object({
  lines: Type.Array(Type.Object({ skuId: Id, quantity: Pieces }), { minItems: 1, maxItems: 50 }),
  /** Whose coupons, benefits and points; left out: a new shopper. */
  buyerId: Type.Optional(Id),
  coupons: Type.Optional(Type.Enum(['best', 'none'])),
  /** As if the shopper held one of each of these. */
  templateIds: Type.Optional(Type.Array(Id, { maxItems: 20, uniqueItems: true })),
  points: Type.Optional(Type.Integer({ minimum: 0 })),
  province: Type.Optional(Type.String({ maxLength: 20 })),
});
export type PriceBoxInput = Static<typeof PriceBoxInput>;
export const PriceBox = Type.Object({
  ok: Type.Boolean({ description: 'false: the margin floor refuses this price' }),
  lines: Type.Array(
    Type.Object({
      skuId: Id,
      title: Type.String(),
      specText: Type.String(),
      quantity: Type.Integer(),
      salePrice: Fen,
      cost: Fen,
      payable: Fen,
      discounts: Type.Array(LineDiscount),
    }),
  ),
  goodsTotal: Fen,
  freight: Fen,
  breakdown: PriceBreakdown,
  payable: Fen,
  /** What is left of the goods' price after cost. */
  margin: Type.Integer(),
  notes: Type.Array(PriceNote),
  coupons: Type.Array(Type.Object({ name: Type.String(), chosen: Type.Boolean(), saving: Fen, text: Type.String() })),
});
export type PriceBox = Static<typeof PriceBox>;
