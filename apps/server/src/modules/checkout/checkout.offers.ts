/** The seam of prices: whatever lowers one (benefits, activities, reductions, coupons, points) is an offer source. */
import type { ActivityPrice, Coupon, MemberBenefit, PointsOffer, PriceResult, ReductionRule } from '@xiaopu/pricing';
import type { Executor, Tx } from '#platform/database/database.ts';

export interface OfferQuestion {
  buyerId: string;
  at: Date;
  /** `place` asks only for what was named; `preview` for everything there is to choose from. */
  purpose: 'preview' | 'place';
  lines: readonly {
    skuId: string;
    spuId: string;
    shopId: string;
    /** The leaf category and all above it. */
    categoryIds: readonly string[];
    quantity: number;
  }[];
  /** What the shopper chose on the page: coupon ids or 'best', points to use, the group/bargain/flash door entered. */
  choice: {
    couponIds?: readonly string[] | 'best' | 'none';
    points?: number | 'max';
    entry?: { kind: 'group' | 'bargain' | 'flash' | 'presale'; id: string; consent?: string };
  };
  /** The order whose balance is priced: set by orders alone, never by a client. */
  balanceOf?: string;
}

/** A presale's two payments; sums are for all its pieces. */
export interface PayStages {
  skuId: string;
  deposit: number;
  depositWorth: number;
  balanceOpensAt: Date;
  balanceClosesAt: Date;
  shipsBy: Date;
  forfeits: boolean;
  terms: string;
  consent: string;
}

export interface Offers {
  activities?: ReadonlyMap<string /* skuId */, readonly ActivityPrice[]>;
  benefits?: readonly MemberBenefit[];
  /** By SKU: prices set by hand, by benefit id. */
  memberPrices?: ReadonlyMap<string, Readonly<Record<string, number>>>;
  reductions?: readonly ReductionRule[];
  /** `scopeText` is what its card says of where it can be used. */
  coupons?: readonly (Coupon & { scopeText?: string })[];
  points?: PointsOffer;
  stages?: PayStages;
  audiences?: readonly string[];
  /** Goods (SPUs) that take no member price. */
  memberExcluded?: ReadonlySet<string>;
  /** Somebody with a name lets these goods go below the margin floor. */
  marginOverrides?: readonly MarginOverride[];
}

export interface MarginOverride {
  shopId: string;
  /** Left out: all goods of the shop. */
  spuIds?: readonly string[];
  by: string;
  reason: string;
}

export interface OfferTaking {
  buyerId: string;
  paymentId: string;
  at: Date;
  /** A shop's goods of several kinds are several orders: `lineIds` then says which lines are whose. */
  orders: readonly { orderNo: string; shopId: string; lineIds?: readonly string[] }[];
  result: PriceResult;
  choice: OfferQuestion['choice'];
  balanceOf?: string;
  /** Units of a pool: the order takes them over instead of general stock, to be paid until `payUntil` at the latest. */
  holdStock?(hold: { skuId: string; pool: { poolId: string; requestId?: string }; payUntil?: Date }): void;
  /** The order is not shipped, though paid, until whoever asked for it lets it go; unpaid, it closes at `payUntil`. */
  holdShipping?(hold: { orderNo: string; reason: 'group'; payUntil: Date }): void;
}

/** What is known before the goods are read. */
export type EarlyQuestion = Omit<OfferQuestion, 'lines'>;

export interface OfferSource {
  name: string;
  /** Where the answer needs only the buyer: asked while the goods are still being read, finished once they are. */
  prepare?(db: Executor, question: EarlyQuestion): Promise<(question: OfferQuestion) => Promise<Offers> | Offers>;
  /** At most one statement; rules that are settings (activities, reductions) come from an in-process cache: zero statements. */
  offers(db: Executor, question: OfferQuestion): Promise<Offers>;
  /**
   * In the placing transaction: lock exactly what the result used (coupon rows, points, activity places). No statement when
   * nothing was used. Throws a DomainError (409) when it is no longer to be had. Not called for an order that entered by no
   * door, used no coupon and no points and overrides no margin: what a source takes must show in one of these.
   */
  take?(tx: Tx, taking: OfferTaking): Promise<void>;
}
