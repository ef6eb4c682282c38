/** What distribution asks of its siblings, in the caller's transaction unless it says otherwise. */
import type { ProductCard } from '@xiaopu/contracts';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { PictureRef, ToPicture } from '#platform/picture.ts';
import type { Policies } from '#platform/policy.ts';
import type { KeptLine, OrderState } from './distribution.domain.ts';

export interface Face {
  nickname: string;
  avatarUrl: string | null;
  maskedPhone: string | null;
}

export interface FollowedOrder {
  orderNo: string;
  shopId: string;
  status: OrderState;
  createdAt: Date;
  completedAt: Date | null;
  lines: (KeptLine & { spuId: string; skuId: string; title: string; picture: PictureRef })[];
}

export interface PromotedGoods {
  spuId: string;
  shopId: string;
  categoryIds: readonly string[];
}

export interface PayoutRequest {
  payoutId: string;
  buyerId: string;
  openid: string;
  amount: number;
  reason: string;
  scene: 'commission';
  shopId: string;
  payeeName: string;
}

export interface DistributionDeps {
  clock: Clock;
  policies: Policies;
  cipher: FieldCipher;
  toPicture: ToPicture;
  /** How two buyers relate: unknown (no such buyer, or a guest), same (one person by phone), other. One statement. */
  kinship(db: Executor, buyerId: string, otherId: string): Promise<'unknown' | 'same' | 'other'>;
  faces(db: Executor, buyerIds: string[]): Promise<Map<string, Face>>;
  /** Of the mini program: there a payout is confirmed. */
  openidOf(db: Executor, buyerId: string): Promise<string | undefined>;
  /** All shops without ids. One statement. */
  shopNames(db: Executor, shopIds?: string[]): Promise<Map<string, string>>;
  orderOf(db: Executor, buyerId: string, orderNo: string): Promise<FollowedOrder | undefined>;
  hasOpenCase(db: Executor, buyerId: string, orderNo: string): Promise<boolean>;
  /** Days after receipt in which goods can come back. */
  windowDays(shopId: string): number;
  /** The leaf category first, then those above, by SKU. */
  categoriesOf(db: Executor, skuIds: string[]): Promise<Map<string, readonly string[]>>;
  cards(db: Executor, spuIds: string[]): Promise<Map<string, ProductCard>>;
  /** Products of a shop that are on sale, or the one asked for. */
  goodsOf(db: Executor, where: { shopId: string } | { spuId: string }): Promise<PromotedGoods[]>;
  categoryNames(): Promise<Map<string, string>>;
  viewedBy(db: Executor, buyerId: string, limit: number): Promise<{ product: ProductCard; at: string }[]>;
  favouritesOf(db: Executor, buyerId: string, limit: number): Promise<{ product: ProductCard; at: string }[]>;
  /** To the bound phone; absent: this install sends no SMS. */
  sms?: { send(message: { phone: string; text: string; outId: string }): Promise<{ state: string }> } | undefined;
  phoneOf(db: Executor, buyerId: string): Promise<string | null>;
  outbox: Pick<Outbox, 'publish'>;
  payout: {
    request(tx: Tx, payout: PayoutRequest): Promise<void>;
    /** A single transfer is no more than this. */
    maximum(): number;
  };
}
