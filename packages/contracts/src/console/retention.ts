/** How long what is kept, what went, and which orders keep everything (C10-DSP-06, C12-LAW-05). */
import { type Static, Type } from 'typebox';
import { Instant, Nullable, OrderNo } from '../common.ts';

export const RetentionLine = Type.Object({
  key: Type.String({ description: 'orders.people …' }),
  title: Type.String(),
  basis: Type.String({ description: 'why so long, and what becomes of it' }),
  policyKey: Type.String({
    description: 'set by PUT /api/console/settings/policies/:key; nothing below the floor is taken',
  }),
  days: Type.Integer(),
  floorDays: Type.Integer(),
  maximumDays: Type.Integer(),
  lookedAt: Nullable(Instant),
  error: Nullable(Type.String({ description: 'of the last round, when it did not go well' })),
  purged: Type.Integer({ description: 'ever' }),
  lastDay: Nullable(Type.Object({ day: Type.String({ format: 'date' }), purged: Type.Integer(), olderThan: Instant })),
});
export type RetentionLine = Static<typeof RetentionLine>;

export const LegalHoldView = Type.Object({
  orderNo: OrderNo,
  reason: Type.String(),
  heldBy: Type.String(),
  heldAt: Instant,
});
export type LegalHoldView = Static<typeof LegalHoldView>;

export const RetentionView = Type.Object({
  lines: Type.Array(RetentionLine),
  /** What no rule touches. */
  keptForGood: Type.Array(Type.Object({ title: Type.String(), basis: Type.String() })),
  holds: Type.Array(LegalHoldView),
});
export type RetentionView = Static<typeof RetentionView>;

export const HoldOrder = Type.Object({ reason: Type.String({ minLength: 2, maxLength: 200 }) });
export type HoldOrder = Static<typeof HoldOrder>;
