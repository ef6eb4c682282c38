/** Flash sales as the merchant sets them up. The units leave general stock when the sale is made and come back at its end. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, NumberedPage } from '../common.ts';
import { FlashSaleState } from '../flash-sales.ts';

export const FlashTier = Type.Enum(['bronze', 'silver', 'gold', 'diamond']);
export type FlashTier = Static<typeof FlashTier>;

export const NewFlashSale = Type.Object({
  /** Chosen by the client, so that a repeated request makes one sale. */
  saleId: Id,
  skuId: Id,
  name: Type.String({ minLength: 1, maxLength: 40 }),
  flashPrice: Type.Integer({ minimum: 1 }),
  poolSize: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  buyerLimit: Type.Integer({ minimum: 0, maximum: 99, default: 1 }),
  holdSeconds: Type.Integer({ minimum: 60, maximum: 900, default: 300 }),
  /** Empty: everybody. */
  tiers: Type.Optional(Type.Array(FlashTier, { maxItems: 4, uniqueItems: true })),
  startsAt: Instant,
  endsAt: Instant,
});
export type NewFlashSale = Static<typeof NewFlashSale>;

export const FlashSaleRow = Type.Object({
  saleId: Id,
  skuId: Id,
  spuId: Id,
  name: Type.String(),
  title: Type.String(),
  specText: Type.String(),
  flashPrice: Fen,
  poolSize: Type.Integer(),
  remaining: Type.Integer(),
  /** Places kept for shoppers who have not ordered yet, and units orders have taken over. */
  held: Type.Integer(),
  ordered: Type.Integer(),
  buyerLimit: Type.Integer(),
  holdSeconds: Type.Integer(),
  startsAt: Instant,
  endsAt: Instant,
  state: FlashSaleState,
  createdBy: Type.String(),
  tiers: Type.Array(FlashTier),
  templateId: Nullable(Id),
  /** Shoppers who took a place and came by somebody's share. */
  byShare: Type.Integer(),
});
export type FlashSaleRow = Static<typeof FlashSaleRow>;
export const FlashSalePage = NumberedPage(FlashSaleRow);
export type FlashSalePage = Static<typeof FlashSalePage>;

/** A sale that repeats: on the named days (none named: every day), from a minute of the Shanghai day. */
export const NewFlashTemplate = Type.Object({
  skuId: Id,
  name: Type.String({ minLength: 1, maxLength: 40 }),
  flashPrice: Type.Integer({ minimum: 1 }),
  poolSize: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  buyerLimit: Type.Integer({ minimum: 0, maximum: 99, default: 1 }),
  holdSeconds: Type.Integer({ minimum: 60, maximum: 900, default: 300 }),
  tiers: Type.Array(FlashTier, { maxItems: 4, uniqueItems: true, default: [] }),
  monthDays: Type.Array(Type.Integer({ minimum: 1, maximum: 31 }), { maxItems: 31, uniqueItems: true, default: [] }),
  /** 1 Monday … 7 Sunday. */
  weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { maxItems: 7, uniqueItems: true, default: [] }),
  startMinute: Type.Integer({ minimum: 0, maximum: 1439, description: '20:00 = 1200' }),
  minutes: Type.Integer({ minimum: 1, maximum: 1440 }),
  /** From when until when the rule counts. */
  startsAt: Instant,
  endsAt: Instant,
});
export type NewFlashTemplate = Static<typeof NewFlashTemplate>;
export const FlashTemplate = Type.Intersect([
  NewFlashTemplate,
  Type.Object({
    templateId: Id,
    title: Type.String(),
    specText: Type.String(),
    salePrice: Fen,
    paused: Type.Boolean(),
    /** Why the next sale could not be set up yet. */
    problem: Nullable(Type.String()),
    nextAt: Nullable(Instant),
    updatedBy: Type.String(),
  }),
]);
export type FlashTemplate = Static<typeof FlashTemplate>;
export const FlashTemplates = Type.Object({ items: Type.Array(FlashTemplate) });
export type FlashTemplates = Static<typeof FlashTemplates>;
