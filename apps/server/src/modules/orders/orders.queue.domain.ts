/** What becomes of an order that waits, as its shopper is told. */
import type { QueuedOrder } from '@xiaopu/contracts';
import { AppError } from '#platform/errors.ts';
import type { KnownPlacement } from './orders.repository.ts';
import type { Refusal } from './orders.tables.ts';

/** The very error the shopper would have met without the queue. */
export const refusalError = ({ code, kind, message, details }: Refusal): AppError =>
  new AppError(code, kind, message, details);

/** @returns undefined for what should be tried again: it says nothing about the order */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof AppError) || error.kind === 'unavailable') return undefined;
  const { code, kind, message, details } = error;
  return { code, kind, message, ...(details === undefined ? {} : { details }) };
}

export function queuedOrder({ reply, refusal, createdAt }: KnownPlacement, ahead: number): QueuedOrder {
  const acceptedAt = createdAt.toISOString();
  if (reply) return { state: 'placed', ahead: 0, acceptedAt, placed: reply, refusal: null };
  if (!refusal) return { state: 'waiting', ahead, acceptedAt, placed: null, refusal: null };
  const { code, message, details = null } = refusal;
  return { state: 'refused', ahead: 0, acceptedAt, placed: null, refusal: { code, message, details } };
}
