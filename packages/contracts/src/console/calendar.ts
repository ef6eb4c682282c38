/** All activities of a shop beside each other: what runs when, what gets in each other's way, what sells too low. */
import { type Static, Type } from 'typebox';
import { CalendarDate, Fen, Id, Instant, Nullable } from '../common.ts';
import { OfferScope } from './offers.ts';

export const ActivityKind = Type.Enum(['flash', 'group', 'bargain', 'presale', 'memberDay', 'reduction', 'coupon']);
export type ActivityKind = Static<typeof ActivityKind>;

/** `warn`: two prices meet and one of them counts. `info`: one keeps the other out. */
export const ActivityConflict = Type.Object({
  withId: Id,
  withKind: ActivityKind,
  withName: Type.String(),
  severity: Type.Enum(['warn', 'info']),
  /** The first of the goods both reach. */
  title: Type.String(),
  text: Type.String({ description: '同一件按「秒杀」70.00元成交，不与「会员日」叠加' }),
});
export type ActivityConflict = Static<typeof ActivityConflict>;
export const ActivityMargin = Type.Object({ skuId: Id, title: Type.String(), price: Fen, floor: Fen });
export type ActivityMargin = Static<typeof ActivityMargin>;

export const ActivityWarnings = Type.Object({
  conflicts: Type.Array(ActivityConflict),
  /** The deepest few, and how many goods there are below the margin floor. */
  margins: Type.Array(ActivityMargin),
  belowFloor: Type.Integer(),
});
export type ActivityWarnings = Static<typeof ActivityWarnings>;

export const CalendarQuery = Type.Object({
  /** Days in Shanghai, the last one included; at most 62. */
  from: CalendarDate,
  to: CalendarDate,
});
export type CalendarQuery = Static<typeof CalendarQuery>;

export const CalendarEntry = Type.Intersect([
  Type.Object({
    kind: ActivityKind,
    /** Of the activity, or of the rule that makes one each time. */
    id: Id,
    name: Type.String(),
    text: Type.String({ description: 'what it gives' }),
    goodsText: Type.String(),
    state: Type.Enum(['upcoming', 'running', 'ended', 'stopped']),
    windows: Type.Array(
      Type.Object({
        startsAt: Instant,
        endsAt: Instant,
        /** null: not made yet. */
        activityId: Nullable(Id),
      }),
    ),
  }),
  ActivityWarnings,
]);
export type CalendarEntry = Static<typeof CalendarEntry>;
export const ActivityCalendar = Type.Object({ serverTime: Instant, entries: Type.Array(CalendarEntry) });
export type ActivityCalendar = Static<typeof ActivityCalendar>;

const Days = (most: number) => Type.Array(Type.Integer({ minimum: 1, maximum: most }), { maxItems: most, default: [] });

/** An offer as it would be saved. */
export const ActivityPlan = Type.Object({
  kind: ActivityKind,
  /** Of the one that is being changed: it does not get in its own way. */
  exceptId: Type.Optional(Id),
  name: Type.String({ maxLength: 40 }),
  scope: OfferScope,
  /** The lowest price of a piece: in fen, or a part of the sale price; neither: it depends on the basket. */
  price: Type.Optional(Fen),
  payRate: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000 })),
  stacks: Type.Boolean({ default: false }),
  startsAt: Instant,
  endsAt: Instant,
  /** Only these days of it; both empty: all. */
  monthDays: Days(31),
  weekdays: Days(7),
});
export type ActivityPlan = Static<typeof ActivityPlan>;

/** What an activity of any kind brought, read from the orders' own lines; refunds take back. */
export const ActivityResults = Type.Object({
  kind: ActivityKind,
  id: Id,
  name: Type.String(),
  text: Type.String(),
  startsAt: Instant,
  endsAt: Instant,
  /** How often it runs, where a rule makes one each time. */
  times: Type.Integer(),
  funnel: Type.Object({
    /** People who opened its page; null: it has none. */
    seen: Nullable(Type.Integer()),
    /** People who opened a group or a bargain, booked, or claimed; null: there is nothing to enter. */
    entered: Nullable(Type.Integer()),
    ordered: Type.Integer(),
    paid: Type.Integer(),
    paidOrders: Type.Integer(),
    /** Paid, and not wholly given back. */
    keptOrders: Type.Integer(),
  }),
  /** Money in, less refunds. */
  income: Type.Integer(),
  /** What it took off what was kept. */
  given: Fen,
  refunded: Fen,
  pieces: Type.Integer(),
  /** Income less the cost of what was kept; null: a cost is not known. */
  grossProfit: Nullable(Type.Integer()),
  /** By the day it was paid; days without are left out. */
  days: Type.Array(Type.Object({ day: CalendarDate, paidOrders: Type.Integer(), income: Type.Integer(), given: Fen })),
  serverTime: Instant,
});
export type ActivityResults = Static<typeof ActivityResults>;
