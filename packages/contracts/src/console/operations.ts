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
