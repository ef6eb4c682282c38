import type { CouponKind, CouponStatus, LayerOff } from '@xiaopu/contracts';
import type { CouponFence, CouponTemplateInput, OfferScope } from '@xiaopu/contracts/console';
import type { Coupon } from '@xiaopu/pricing';
import type { ColumnType, Generated } from 'kysely';

type Json<T> = ColumnType<T, string, string>;

/** A coupon as the price pipeline takes it, without what differs from one to the next. */
export type CouponTerms = {
  scopeText: string;
  returnsOnRefund: boolean;
  rule: DistributiveOmit<Coupon, 'id' | 'expiresAt' | 'validFrom'>;
};
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

declare module '#platform/database/database.ts' {
  interface Tables {
    'coupons.template': {
      templateId: string;
      shopId: string;
      name: string;
      kind: CouponKind;
      threshold: number;
      off: number | null;
      payRate: number | null;
      cap: number | null;
      quantity: number | null;
      scope: Json<OfferScope>;
      validFrom: Date | null;
      validUntil: Date | null;
      rollingDays: number | null;
      rollingHours: number | null;
      claimFrom: Date;
      claimUntil: Date;
      channel: CouponTemplateInput['channel'];
      /** Of the channel `nearby` alone. */
      fence: ColumnType<CouponFence | null, string | null, string | null>;
      code: string | null;
      audiences: string[];
      /** Who is in one of these layers gets this much off instead; the first that fits counts. */
      layerOffs: Json<LayerOff[]>;
      totalLimit: number | null;
      perUserLimit: number;
      claimed: Generated<number>;
      platformShare: number;
      exclusive: boolean;
      platform: Generated<boolean>;
      returnsOnRefund: boolean;
      paused: Generated<boolean>;
      updatedBy: string;
      updatedAt: Date;
    };
    'coupons.coupon': {
      buyerId: string;
      couponId: string;
      templateId: string;
      shopId: string;
      serial: number;
      status: CouponStatus;
      source: 'claim' | 'code' | 'grant' | 'share' | 'recall';
      /** The packet or the message that brought it. */
      sourceRef: string | null;
      terms: Json<CouponTerms>;
      validFrom: Date;
      expiresAt: Date;
      claimedAt: Date;
      paymentId: string | null;
      orderNos: Generated<string[]>;
      returnedOrderNos: Generated<string[]>;
      saving: Generated<number>;
      shopCost: Generated<number>;
      orderAmount: Generated<number>;
      lockedAt: Date | null;
      usedAt: Date | null;
      remindedAt: Date | null;
    };
    /** Told of a coupon near them, once. */
    'coupons.offered': { buyerId: string; templateId: string; offeredAt: Date };
    /** How often, by hour; never where. */
    'coupons.positionAsk': { buyerId: string; hour: Date; asks: number };
    'coupons.packet': {
      packetId: string;
      /** Whose order it came with. */
      sharerId: string;
      orderNo: string;
      shopId: string;
      templateId: string;
      places: number;
      claimed: Generated<number>;
      isOver: boolean;
      expiresAt: Date;
      createdAt: Date;
    };
    'coupons.packetClaim': { packetId: string; buyerId: string; couponId: string; claimedAt: Date };
  }
}
