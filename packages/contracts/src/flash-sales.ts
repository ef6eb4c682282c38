/** Flash sales as the shopper sees them. Everything runs by the server's clock (header `x-server-time`). */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, Picture } from './common.ts';

export const FlashSaleState = Type.Enum(['upcoming', 'running', 'sold_out', 'ended']);
export type FlashSaleState = Static<typeof FlashSaleState>;

export const FlashSale = Type.Object({
  saleId: Id,
  shopId: Id,
  shopName: Type.String(),
  spuId: Id,
  skuId: Id,
  name: Type.String(),
  title: Type.String(),
  specText: Type.String(),
  picture: Picture,
  flashPrice: Fen,
  salePrice: Fen,
  listPrice: Fen,
  /** Units in the sale, and how many nobody holds now: true numbers, a moment old at most. */
  poolSize: Type.Integer(),
  remaining: Type.Integer(),
  buyerLimit: Type.Integer({ description: '0: no limit' }),
  /** Empty: everybody; else only members of these tiers. */
  tiers: Type.Array(Type.String()),
  /** How long a place is kept before the order, and the order before it is paid. */
  holdSeconds: Type.Integer(),
  startsAt: Instant,
  endsAt: Instant,
  state: FlashSaleState,
});
export type FlashSale = Static<typeof FlashSale>;
export const FlashSaleList = Type.Object({ serverTime: Instant, items: Type.Array(FlashSale) });
export type FlashSaleList = Static<typeof FlashSaleList>;

/** Header `Idempotency-Key` (8–64 characters): the same key is the same place. */
export const TakeFlashPlace = Type.Object({
  quantity: Type.Integer({ minimum: 1, maximum: 99, default: 1 }),
  /** Whose share the shopper came by. */
  from: Type.Optional(Id),
});
export type TakeFlashPlace = Static<typeof TakeFlashPlace>;

export const FlashPlace = Type.Object({
  /** Also the token to poll with, and `entry: { kind: 'flash', id }` of checkout and order. */
  placeId: Id,
  saleId: Id,
  skuId: Id,
  quantity: Type.Integer(),
  /** waiting: in the queue; held: yours until `until`; ordered: an order has it; over: it went back. */
  status: Type.Enum(['waiting', 'held', 'ordered', 'over']),
  until: Nullable(Instant),
  /** How many are before you, while waiting. */
  position: Nullable(Type.Integer()),
  pollAfterMs: Nullable(Type.Integer()),
});
export type FlashPlace = Static<typeof FlashPlace>;
