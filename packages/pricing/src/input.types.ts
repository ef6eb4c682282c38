/** What the price pipeline is given. Every amount is an integer number of fen, every rate in basis points (8000 = 8折). */

export type Fen = number;

/** Basis points: 10,000 = 100 %. A `payRate` is what the buyer still pays: 8折 = 8000. */
export type Rate = number;

/** Steps that an activity or a line may keep out of. */
export type Excludable = 'member' | 'reduction' | 'coupon' | 'points';

export type ActivityKind = 'flash' | 'bargain' | 'group' | 'presale' | 'memberDay';

/** Goods a rule reaches: every given list must match, and nothing excluded may. An empty scope is everything. */
export interface Scope {
  shopId?: string;
  categoryIds?: readonly string[];
  spuIds?: readonly string[];
  skuIds?: readonly string[];
  excludeCategoryIds?: readonly string[];
  excludeSpuIds?: readonly string[];
  /** Only what is handed over in one of these stores. */
  storeIds?: readonly string[];
}

/** A price of an activity that runs now for this SKU. The caller has checked its time, pool and personal limit. */
export interface ActivityPrice {
  id: string;
  kind: ActivityKind;
  name: string;
  /** One of the two: a price in fen, or a part of the sale price. */
  unitPrice?: Fen;
  payRate?: Rate;
  /** The buyer came by this activity's own door (joined the group, finished the bargain, took the presale). */
  entered?: boolean;
  /** Pieces at this price at most; the rest of the line is priced as if the activity were not there. */
  maxQuantity?: number;
  /** Overrides `PriceRules.activityAllows`: which later steps may still work on these pieces. */
  allows?: Partial<Record<Excludable, boolean>>;
  /** Presale: paid now for each piece, and what it counts for at the end (定金膨胀); `depositWorth` ≥ `deposit`. */
  deposit?: Fen;
  depositWorth?: Fen;
}

export interface PriceLine {
  lineId: string;
  shopId: string;
  /** Where it is handed over; left out when it is sent. */
  storeId?: string;
  spuId: string;
  skuId: string;
  /** The leaf category and all its ancestors, so that a rule on 食品 reaches 水果. */
  categoryIds: readonly string[];
  quantity: number;
  listPrice: Fen;
  salePrice: Fen;
  /** Unit cost; without it the margin floor cannot check this line and says so. */
  cost?: Fen;
  activities?: readonly ActivityPrice[];
  /** Prices set for this SKU and a member benefit by hand, by benefit id; they replace the benefit's rate. */
  memberPrices?: Readonly<Record<string, Fen>>;
  /** Steps these goods keep out of (特例商品). */
  excludes?: readonly Excludable[];
}

/** One right to a lower price: the growth tier, a paid plan, the birthday. By default the best single one counts. */
export interface MemberBenefit {
  id: string;
  kind: 'tier' | 'plan' | 'birthday';
  name: string;
  payRate: Rate;
  scope?: Scope;
}

interface ReductionBase {
  id: string;
  name: string;
  scope?: Scope;
  /** Lower works first; among equals the one that saves most, then the lower id. Default 100. */
  priority?: number;
  /** A piece takes part in one reduction, unless all that touch it say true. */
  stacks?: boolean;
  /** Only for buyers in one of these layers (新客, 沉默, VIP). */
  audiences?: readonly string[];
  /** Part of the discount the platform carries; the rest is the shop's. Default 0. */
  platformShare?: Rate;
}

/** 满减: the highest step reached; with `repeat` (上不封顶) the single step counts once for each time it is reached. */
export interface AmountReduction extends ReductionBase {
  kind: 'amount';
  steps: readonly { threshold: Fen; off: Fen }[];
  repeat?: boolean;
}

/** 满折 by amount or by number of pieces: the highest step reached, at most `cap`. */
export interface PercentReduction extends ReductionBase {
  kind: 'percent';
  steps: readonly { threshold?: Fen; minQuantity?: number; payRate: Rate }[];
  cap?: Fen;
}

/** 第N件折: pieces ordered from dear to cheap, the last of every `nth` is cut; with `once` only the first such piece. */
export interface NthReduction extends ReductionBase {
  kind: 'nth';
  nth: number;
  payRate: Rate;
  once?: boolean;
}

/** One of a set: pieces of this SKU, or of any SKU of this product. */
export interface BundleItem {
  skuId?: string;
  spuId?: string;
  quantity: number;
}

/** 打包: any `count` pieces of the scope, dearest first, or one fixed set (搭配购), for `price`; as often as it fits. */
export interface BundleReduction extends ReductionBase {
  kind: 'bundle';
  price: Fen;
  count?: number;
  items?: readonly BundleItem[];
  once?: boolean;
}

export type ReductionRule = AmountReduction | PercentReduction | NthReduction | BundleReduction;

interface CouponBase {
  id: string;
  name: string;
  /** Counted on the goods of the scope as left by every earlier step, earlier coupons included. Default 0. */
  threshold?: Fen;
  /** `shopId` makes it a shop coupon, without it a platform one; this decides the order and the default group. */
  scope?: Scope;
  /** ISO instants; valid from `validFrom`, no longer at `expiresAt`. */
  validFrom?: string;
  expiresAt: string;
  /** Coupons of one group share a limit (default 1). Default group: `shop:<id>`, `platform`, `freight`, own for exchange. */
  group?: string;
  /** Groups or coupon ids it cannot be combined with; `*` = with none. One side saying so is enough. */
  excludes?: readonly string[];
  audiences?: readonly string[];
  /** Part of the discount the platform carries. Default: 0 for shop coupons, all for platform ones. */
  platformShare?: Rate;
}

/** 代金券 */
export interface AmountCoupon extends CouponBase {
  kind: 'amount';
  off: Fen;
}

/** 折扣券, at most `cap` */
export interface PercentCoupon extends CouponBase {
  kind: 'percent';
  payRate: Rate;
  cap?: Fen;
}

/** 兑换券: the dearest `quantity` pieces of the scope for nothing */
export interface ExchangeCoupon extends CouponBase {
  kind: 'exchange';
  quantity: number;
}

/** 运费券: `off` the freight of the shops it reaches, all of it without `off` */
export interface FreightCoupon extends CouponBase {
  kind: 'freight';
  off?: Fen;
}

export type GoodsCoupon = AmountCoupon | PercentCoupon | ExchangeCoupon;
export type Coupon = GoodsCoupon | FreightCoupon;

export interface CouponRules {
  /** Most coupons of a group in one checkout; 1 where not named. */
  groupLimits?: Readonly<Record<string, number>>;
  maxCoupons?: number;
}

/** 积分抵扣: `use` of them at most, whole multiples of `step`. */
export interface PointsOffer {
  use: number | 'max';
  balance: number;
  /** Points for one yuan. */
  perYuan: number;
  /** Most of the goods' amount that points may pay. */
  capRate: Rate;
  step?: number;
  minGoods?: Fen;
  platformShare?: Rate;
}

/** Freight as quoted for one shop's order. */
export interface FreightQuote {
  shopId: string;
  amount: Fen;
}

/** What a line must bring in: its cost at this gross margin (0 = not below cost). */
export interface MarginFloor {
  minMarginRate: Rate;
  /** Count what the platform pays on top of what the buyer pays. Default false: the buyer's price alone. */
  countPlatformFunding?: boolean;
  /** Somebody with a name who answers for selling below; for these lines, or for all. */
  override?: { by: string; reason: string; lineIds?: readonly string[] };
}

export interface PriceRules {
  /** `best` (default): the best single member benefit. `multiply`: all that reach the line, one after the other. */
  memberStacking?: 'best' | 'multiply';
  activityAllows?: Partial<Record<ActivityKind, Partial<Record<Excludable, boolean>>>>;
  coupons?: CouponRules;
}

export interface PriceInput {
  /** ISO instant, by the server's clock, for coupon validity. */
  at: string;
  lines: readonly PriceLine[];
  /** Layers of the buyer, for rules and coupons with `audiences`. */
  audiences?: readonly string[];
  benefits?: readonly MemberBenefit[];
  reductions?: readonly ReductionRule[];
  coupons?: readonly Coupon[];
  points?: PointsOffer;
  freight?: readonly FreightQuote[];
  margin?: MarginFloor;
  rules?: PriceRules;
}
