/** 猜你喜欢 (C06-REC-03): goods for this shopper, why each is there, and the switch that turns it off (PIPL art. 24). */
import { type Static, Type } from 'typebox';
import { ProductCard } from './catalog.ts';
import { Cursor, Id, Nullable } from './common.ts';

export const RecommendationQuery = Type.Object(
  {
    scene: Type.Enum(['home', 'cart', 'paid', 'shop']),
    /** Only of this shop. */
    shopId: Type.Optional(Id),
    /** On screen already, or in the cart: comma-separated ids. */
    except: Type.Optional(Type.String({ maxLength: 37 * 60, pattern: '^[0-9a-f-]{36}(,[0-9a-f-]{36})*$' })),
    cursor: Type.Optional(Cursor),
    limit: Type.Integer({ minimum: 1, maximum: 20, default: 10 }),
  },
  { additionalProperties: false },
);
export type RecommendationQuery = Static<typeof RecommendationQuery>;

export const RecommendReason = Type.Enum(['seen', 'carted', 'alike', 'category', 'tag', 'hot']);
export type RecommendReason = Static<typeof RecommendReason>;
export const RecommendedProduct = Type.Object({
  product: ProductCard,
  reason: RecommendReason,
  /** Fit to show: 因为你看过…. Empty for what is simply popular. */
  reasonText: Type.String(),
});
export type RecommendedProduct = Static<typeof RecommendedProduct>;

export const Recommendations = Type.Object({
  /** hot: nothing in it depends on who asks. */
  basis: Type.Enum(['personal', 'hot']),
  /** The shopper switched personalisation off. */
  isOff: Type.Boolean(),
  items: Type.Array(RecommendedProduct),
  nextCursor: Nullable(Cursor),
});
export type Recommendations = Static<typeof Recommendations>;

export const Personalisation = Type.Object({ isOff: Type.Boolean() }, { additionalProperties: false });
export type Personalisation = Static<typeof Personalisation>;
