/** Bargains, member days and the warnings of any activity, as the merchant works with them. */
import { type Static, Type } from 'typebox';
import { Fen, Id, Instant, Nullable, NumberedPage } from '../common.ts';

export const NewBargain = Type.Object({
  /** Chosen by the client, so that a repeated request makes one activity. */
  activityId: Id,
  skuId: Id,
  name: Type.String({ minLength: 1, maxLength: 40 }),
  floorPrice: Type.Integer({ minimum: 0 }),
  /** Friends needed to reach the floor. */
  helpsNeeded: Type.Integer({ minimum: 1, maximum: 200 }),
  quota: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  hours: Type.Integer({ minimum: 1, maximum: 168, default: 24 }),
  startsAt: Instant,
  endsAt: Instant,
  /** Sells below the margin floor in the name of whoever creates it; needs `promotions.override`. */
  overrideReason: Type.Optional(Type.String({ minLength: 2, maxLength: 100 })),
});
export type NewBargain = Static<typeof NewBargain>;

export const ConsoleBargain = Type.Object({
  activityId: Id,
  skuId: Id,
  spuId: Id,
  name: Type.String(),
  title: Type.String(),
  specText: Type.String(),
  salePrice: Fen,
  floorPrice: Fen,
  helpsNeeded: Type.Integer(),
  quota: Type.Integer(),
  taken: Type.Integer(),
  hours: Type.Integer(),
  startsAt: Instant,
  endsAt: Instant,
  state: Type.Enum(['upcoming', 'running', 'sold_out', 'ended']),
  createdBy: Type.String(),
  results: Type.Object({
    opened: Type.Integer(),
    helps: Type.Integer(),
    /** People whose first help anywhere was here. */
    newHelpers: Type.Integer(),
    reachedFloor: Type.Integer(),
    bought: Type.Integer(),
    income: Fen,
    /** New helpers for each bargain opened (K-factor), two decimals. */
    kFactor: Type.Number(),
  }),
});
export type ConsoleBargain = Static<typeof ConsoleBargain>;
export const ConsoleBargainPage = NumberedPage(ConsoleBargain);
export type ConsoleBargainPage = Static<typeof ConsoleBargainPage>;

/** What an activity at this price would collide with or cost. */
export const ActivityCheckInput = Type.Object({
  kind: Type.Enum(['flash', 'group', 'bargain', 'presale'], { default: 'flash' }),
  skuId: Id,
  price: Type.Integer({ minimum: 0 }),
  startsAt: Instant,
  endsAt: Instant,
});
export type ActivityCheckInput = Static<typeof ActivityCheckInput>;
export const ActivityCheck = Type.Object({
  salePrice: Fen,
  cost: Fen,
  /** Lowest price the shop's margin rule lets be sold at. */
  floor: Fen,
  available: Type.Integer(),
  warnings: Type.Array(
    Type.Object({ kind: Type.Enum(['margin', 'conflict', 'stock', 'kept_out']), text: Type.String() }),
  ),
});
export type ActivityCheck = Static<typeof ActivityCheck>;

const Tier = Type.Enum(['bronze', 'silver', 'gold', 'diamond']);
export const NewMemberDay = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 20 }),
  payRate: Type.Integer({ minimum: 1_000, maximum: 9_900 }),
  tiers: Type.Array(Tier, { maxItems: 4, uniqueItems: true, default: [] }),
  spuIds: Type.Array(Id, { maxItems: 500, default: [] }),
  /** Days of the month, in Shanghai; empty together with `weekdays`: every day of the window. */
  monthDays: Type.Array(Type.Integer({ minimum: 1, maximum: 31 }), { maxItems: 31, uniqueItems: true, default: [] }),
  /** 1 Monday … 7 Sunday. */
  weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { maxItems: 7, uniqueItems: true, default: [] }),
  startsAt: Instant,
  endsAt: Instant,
});
export type NewMemberDay = Static<typeof NewMemberDay>;
export const ConsoleMemberDay = Type.Intersect([
  NewMemberDay,
  Type.Object({
    dayId: Id,
    text: Type.String(),
    paused: Type.Boolean(),
    isRunning: Type.Boolean(),
    nextAt: Nullable(Instant),
    updatedBy: Type.String(),
  }),
]);
export type ConsoleMemberDay = Static<typeof ConsoleMemberDay>;
export const ConsoleMemberDays = Type.Object({ items: Type.Array(ConsoleMemberDay) });
export type ConsoleMemberDays = Static<typeof ConsoleMemberDays>;
