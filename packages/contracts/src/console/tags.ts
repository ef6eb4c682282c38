/** 用户标签 (C02-CPT-07): what a shop's rules and people say of its buyers, each with the reason. */
import { type Static, Type } from 'typebox';
import { Id, Instant, Nullable, NumberedPage } from '../common.ts';

export const TagGroup = Type.Enum(['spend', 'price', 'activity', 'lifecycle', 'category', 'custom']);
export type TagGroup = Static<typeof TagGroup>;

export const TagMetric = Type.Enum([
  'spent', // fen, within the days
  'orders',
  'average_order', // fen
  'units',
  'coupon_share', // percent of the orders
  'views',
  'looked_minutes',
  'carts',
  'favourites',
  'active_days',
  'category_share', // percent of the interest, needs a category
  'days_since_order', // no order at all: never holds
  'days_since_seen',
]);
export type TagMetric = Static<typeof TagMetric>;

export const TagCondition = Type.Object(
  {
    metric: TagMetric,
    op: Type.Enum(['gte', 'lte']),
    value: Type.Integer({ minimum: 0, maximum: 100_000_000 }),
    /** Only what happened in so many days up to now counts: older acts fade out of the tag by themselves. */
    days: Type.Integer({ minimum: 1, maximum: 365 }),
    /** A category of the first level; left out: all. */
    categoryId: Type.Optional(Id),
    not: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type TagCondition = Static<typeof TagCondition>;
export const TagRule = Type.Object(
  {
    match: Type.Enum(['all', 'any']),
    conditions: Type.Array(TagCondition, { minItems: 1, maxItems: 6 }),
  },
  { additionalProperties: false },
);
export type TagRule = Static<typeof TagRule>;

/** What the tag says to the recommender. */
const lifts = {
  liftCategoryId: Nullable(Id),
  liftPrice: Nullable(Type.Enum(['low', 'high'])),
};
const edited = {
  name: Type.String({ minLength: 1, maxLength: 20 }),
  group: TagGroup,
  /** null: given by people only. */
  rule: Nullable(TagRule),
  isOn: Type.Boolean(),
  ...lifts,
};
export const SaveTag = Type.Object(edited, { additionalProperties: false });
export type SaveTag = Static<typeof SaveTag>;

export const ConsoleTag = Type.Object({
  tagId: Id,
  ...edited,
  isPreset: Type.Boolean(),
  /** Buyers who have it now. */
  holders: Type.Integer(),
  updatedAt: Instant,
});
export type ConsoleTag = Static<typeof ConsoleTag>;
export const TagList = Type.Object({
  items: Type.Array(ConsoleTag),
  categories: Type.Array(Type.Object({ categoryId: Id, name: Type.String() })),
  /** Buyers whose tags wait to be worked out. */
  waiting: Type.Integer(),
});
export type TagList = Static<typeof TagList>;

export const MemberTag = Type.Object({
  tagId: Id,
  name: Type.String(),
  group: TagGroup,
  source: Type.Enum(['rule', 'staff']),
  reason: Type.String(),
  since: Instant,
  until: Nullable(Instant),
});
export type MemberTag = Static<typeof MemberTag>;
export const MemberTags = Type.Object({
  items: Type.Array(MemberTag),
  /** Switched personalisation off: rules say nothing of them. */
  isOff: Type.Boolean(),
});
export type MemberTags = Static<typeof MemberTags>;
export const GiveTag = Type.Object(
  {
    reason: Type.String({ maxLength: 60 }),
    /** Left out: until it is taken away. */
    days: Type.Optional(Type.Integer({ minimum: 1, maximum: 365 })),
  },
  { additionalProperties: false },
);
export type GiveTag = Static<typeof GiveTag>;

export const TagHolder = Type.Object({ buyerId: Id, nickname: Type.String(), reason: Type.String(), since: Instant });
export const TagHolderPage = NumberedPage(TagHolder);
export type TagHolderPage = Static<typeof TagHolderPage>;

export const TryTagRule = Type.Object({ rule: TagRule }, { additionalProperties: false });
export type TryTagRule = Static<typeof TryTagRule>;
export const TriedTagRule = Type.Object({
  holds: Type.Integer(),
  /** Of so many buyers looked at, those who did something last first. */
  of: Type.Integer(),
});
export type TriedTagRule = Static<typeof TriedTagRule>;
