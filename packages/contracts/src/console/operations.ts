/** What keeps the install running: messages whose delivery was given up, until people look. */
import { type Static, Type } from 'typebox';
import { Id, Instant, Nullable, NumberedPage, PageQuery } from '../common.ts';

export const DeadLetterState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('replayed'), // sent again; waits anew if that fails too
  Type.Literal('discarded'),
]);
export type DeadLetterState = Static<typeof DeadLetterState>;
export const DeadLetter = Type.Object({
  eventId: Id,
  name: Type.String({ description: 'event name, orders.order_paid …' }),
  payload: Type.Unknown({ description: 'as published; events carry ids and amounts, no personal values' }),
  publishedAt: Instant,
  error: Type.String({ description: 'consumer and what it said at the last try' }),
  attempts: Type.Integer(),
  diedAt: Instant,
  state: DeadLetterState,
  settledAt: Nullable(Instant),
  settledBy: Nullable(Type.String()),
});
export type DeadLetter = Static<typeof DeadLetter>;
export const DeadLetterPage = NumberedPage(DeadLetter);
export type DeadLetterPage = Static<typeof DeadLetterPage>;
export const DeadLetterQuery = Type.Intersect([
  PageQuery,
  Type.Object({
    state: Type.Optional(DeadLetterState),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  }),
]);
export type DeadLetterQuery = Static<typeof DeadLetterQuery>;

const Level = Type.Union([Type.Literal('yellow'), Type.Literal('red')]);
/** A figure that crossed its line (C09-KPI-05, C09-KPI-06); over once it has been clearly below for a minute. */
export const SystemAlert = Type.Object({
  alertId: Id,
  lineKey: Type.String(),
  title: Type.String(),
  unit: Type.String(),
  advice: Type.String(),
  level: Level,
  peakLevel: Level,
  value: Type.Number({ description: 'as last looked at' }),
  peak: Type.Number(),
  line: Type.Number({ description: 'the line it crossed, as it stood then' }),
  source: Type.String({ description: 'process that was worst: host and number' }),
  openedAt: Instant,
  changedAt: Instant,
  recoveredAt: Nullable(Instant),
});
export type SystemAlert = Static<typeof SystemAlert>;
export const SystemAlertPage = NumberedPage(SystemAlert);
export type SystemAlertPage = Static<typeof SystemAlertPage>;
export const AlertQuery = Type.Intersect([
  PageQuery,
  Type.Object({ state: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('over')])) }),
]);
export type AlertQuery = Static<typeof AlertQuery>;
export const HealthState = Type.Object({
  lines: Type.Array(
    Type.Object({
      key: Type.String(),
      title: Type.String(),
      unit: Type.String(),
      advice: Type.String(),
      level: Type.Union([Type.Literal('green'), Level]),
      value: Nullable(Type.Number({ description: 'the worst process; null: nothing to say' })),
      yellow: Type.Number(),
      red: Type.Number(),
      sources: Type.Array(Type.Object({ source: Type.String(), value: Type.Number() })),
      silence: Nullable(Type.Object({ until: Instant, reason: Type.String(), by: Type.String() })),
    }),
  ),
});
export type HealthState = Static<typeof HealthState>;
export const SilenceLine = Type.Object({
  minutes: Type.Integer({ minimum: 0, maximum: 10_080, description: '0 ends the silence' }),
  reason: Type.String({ maxLength: 100 }),
});
export type SilenceLine = Static<typeof SilenceLine>;

const Origin = Type.Union([Type.Literal('server'), Type.Literal('client')]);
export const SlowEndpointQuery = Type.Object({ hours: Type.Integer({ minimum: 1, maximum: 336, default: 24 }) });
export const SlowEndpoints = Type.Object({
  items: Type.Array(
    Type.Object({
      endpoint: Type.String(),
      origin: Origin,
      count: Type.Integer(),
      p95Ms: Type.Integer(),
      maxMs: Type.Integer(),
      lastAt: Instant,
      networks: Type.Record(Type.String(), Type.Integer(), { description: 'how many by network; empty: unknown' }),
    }),
  ),
});
export type SlowEndpoints = Static<typeof SlowEndpoints>;
export const SlowRequestRow = Type.Object({
  requestId: Type.String(),
  origin: Origin,
  endpoint: Type.String(),
  traceId: Nullable(Type.String()),
  tookMs: Type.Integer(),
  network: Nullable(Type.String()),
  status: Nullable(Type.Integer()),
  at: Instant,
});
export const SlowRequestPage = NumberedPage(SlowRequestRow);
export type SlowRequestPage = Static<typeof SlowRequestPage>;
export const SlowQuery = Type.Intersect([
  PageQuery,
  Type.Object({ endpoint: Type.Optional(Type.String({ maxLength: 200 })), origin: Type.Optional(Origin) }),
]);
export type SlowQuery = Static<typeof SlowQuery>;
