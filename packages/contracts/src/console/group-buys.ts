/** Group purchases as the merchant sets them up and reads their results, and what is made anew every day. */
import { type Static, Type } from 'typebox';
import { CalendarDate, Fen, Id, Instant, Nullable, NumberedPage } from '../common.ts';
import { GroupActivityState, GroupStatus, GroupStep } from '../group-buys.ts';

const terms = {
  spuId: Id,
  /** Of that product; each at its own sale price when steps are rates. */
  skuIds: Type.Array(Id, { minItems: 1, maxItems: 50, uniqueItems: true }),
  name: Type.String({ minLength: 1, maxLength: 40 }),
  /** Growing sizes, falling prices; all rates or all prices. */
  steps: Type.Array(GroupStep, { minItems: 1, maxItems: 5 }),
  quota: Type.Integer({ minimum: 2, maximum: 1_000_000 }),
  buyerLimit: Type.Integer({ minimum: 1, maximum: 99, default: 1 }),
  hours: Type.Integer({ minimum: 1, maximum: 168, default: 24 }),
  allowsSolo: Type.Boolean({ default: true }),
  /** Sells below the margin floor in the name of whoever creates it; needs `promotions.override`. */
  overrideReason: Type.Optional(Type.String({ minLength: 2, maxLength: 100 })),
};
export const NewGroupActivity = Type.Object(
  {
    /** Chosen by the client, so that a repeated request makes one activity. */
    activityId: Id,
    ...terms,
    startsAt: Instant,
    endsAt: Instant,
  },
  // There is no way to ask for made-up members or for a share before buying.
  { additionalProperties: false },
);
export type NewGroupActivity = Static<typeof NewGroupActivity>;

export const GroupResults = Type.Object({
  /** Shoppers who looked at a group's page, and of them those who came by a member's card. */
  visitors: Type.Integer(),
  invited: Type.Integer(),
  /** Groups: opened, and how they ended. */
  opened: Type.Integer(),
  running: Type.Integer(),
  succeeded: Type.Integer(),
  failed: Type.Integer(),
  /** People: took a place, paid, bought in a group that succeeded and kept the goods. */
  joined: Type.Integer(),
  paid: Type.Integer(),
  bought: Type.Integer(),
  income: Fen,
  /** What the group price gave away against the sale price. */
  discount: Fen,
  /** Income less the cost of the goods; null when a cost is not known. May be negative. */
  grossProfit: Nullable(Type.Integer()),
});
export type GroupResults = Static<typeof GroupResults>;

export const ConsoleGroupActivity = Type.Object({
  activityId: Id,
  spuId: Id,
  name: Type.String(),
  title: Type.String(),
  skus: Type.Array(Type.Object({ skuId: Id, specText: Type.String(), salePrice: Fen, prices: Type.Array(Fen) })),
  steps: Type.Array(GroupStep),
  quota: Type.Integer(),
  taken: Type.Integer(),
  buyerLimit: Type.Integer(),
  hours: Type.Integer(),
  allowsSolo: Type.Boolean(),
  startsAt: Instant,
  endsAt: Instant,
  state: GroupActivityState,
  overrideReason: Nullable(Type.String()),
  createdBy: Type.String(),
  results: GroupResults,
});
export type ConsoleGroupActivity = Static<typeof ConsoleGroupActivity>;
export const ConsoleGroupActivityPage = NumberedPage(ConsoleGroupActivity);
export type ConsoleGroupActivityPage = Static<typeof ConsoleGroupActivityPage>;

export const ConsoleGroup = Type.Object({
  groupId: Id,
  openerName: Type.String({ description: 'masked' }),
  status: GroupStatus,
  paid: Type.Integer(),
  held: Type.Integer(),
  reachedSize: Nullable(Type.Integer()),
  openedAt: Nullable(Instant),
  deadline: Nullable(Instant),
  endedAt: Nullable(Instant),
});
export type ConsoleGroup = Static<typeof ConsoleGroup>;
export const ConsoleGroupDetail = Type.Object({
  activity: ConsoleGroupActivity,
  /** The latest ones. */
  groups: Type.Array(ConsoleGroup),
});
export type ConsoleGroupDetail = Static<typeof ConsoleGroupDetail>;

const Time = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'in Shanghai' });
/** Every day at `at` an activity of these terms begins and runs so many hours. */
export const NewDailyGroup = Type.Object({
  /** Chosen by the client, so that a repeated request makes one. */
  dailyId: Id,
  at: Time,
  runsHours: Type.Integer({ minimum: 1, maximum: 24 }),
  terms: Type.Object(terms, { additionalProperties: false }),
});
export type NewDailyGroup = Static<typeof NewDailyGroup>;
export const DailyGroup = Type.Object({
  dailyId: Id,
  name: Type.String(),
  at: Time,
  runsHours: Type.Integer(),
  paused: Type.Boolean(),
  createdBy: Type.String(),
  /** When the next one begins; null while paused. */
  nextAt: Nullable(Instant),
  /** The latest days: what was made, or why not. */
  runs: Type.Array(
    Type.Object({ day: CalendarDate, activityId: Nullable(Id), problem: Nullable(Type.String()), at: Instant }),
  ),
});
export type DailyGroup = Static<typeof DailyGroup>;
export const DailyGroups = Type.Object({ items: Type.Array(DailyGroup) });
export type DailyGroups = Static<typeof DailyGroups>;
export const SetDailyState = Type.Object({ paused: Type.Boolean() });
export type SetDailyState = Static<typeof SetDailyState>;
