/** Changes of stock with a number per shop: who was away asks for what came after the last number it saw (C06-INV-03). */
import { type Static, Type } from 'typebox';
import { Id, Instant, Nullable } from './common.ts';

export const StockChange = Type.Object({
  sequence: Type.Integer(),
  shopId: Id,
  spuId: Id,
  skuId: Id,
  /** Set: units of this hot pool, not of general stock. */
  poolId: Nullable(Id),
  available: Type.Integer(),
  at: Instant,
});
export type StockChange = Static<typeof StockChange>;
export const StockChanges = Type.Object({
  items: Type.Array(StockChange),
  /** Ask again with it. */
  sequence: Type.Integer(),
  /** What was asked for is no longer kept: read everything anew, then go on from `sequence`. */
  isReset: Type.Boolean(),
});
export type StockChanges = Static<typeof StockChanges>;

export const StockWebhook = Type.Object({
  endpointId: Id,
  name: Type.String(),
  url: Type.String(),
  isActive: Type.Boolean(),
  position: Type.Integer({ description: 'newest sequence that arrived there' }),
  attempts: Type.Integer({ description: 'failures in a row' }),
  lastError: Nullable(Type.String()),
  deliveredAt: Nullable(Instant),
});
export type StockWebhook = Static<typeof StockWebhook>;
export const StockWebhooks = Type.Object({ items: Type.Array(StockWebhook) });
export type StockWebhooks = Static<typeof StockWebhooks>;
export const NewStockWebhook = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 40 }),
  url: Type.String({ minLength: 8, maxLength: 500, pattern: '^https?://' }),
});
export type NewStockWebhook = Static<typeof NewStockWebhook>;
export const StockWebhookMade = Type.Object({
  endpointId: Id,
  secret: Type.String({ description: 'shown once: the key of the HMAC-SHA256 signature' }),
});
export type StockWebhookMade = Static<typeof StockWebhookMade>;
