/**
 * Events whose attempts ran out wait here for people: someone looks at payload and error, then has them delivered again
 * or lets them go. Consumers that had succeeded are not called again: their inbox rows stay.
 */
import type { DomainEvent } from '@xiaopu/contracts';
import type { Executor, Tx } from '../database/database.ts';

export type DeadLetterState = 'waiting' | 'replayed' | 'discarded';

declare module '../database/database.ts' {
  interface Tables {
    'platform.deadLetter': {
      eventId: string;
      name: string;
      payload: unknown;
      /** Of the payload; null: the event belongs to the install. */
      shopId: string | null;
      publishedAt: Date;
      error: string;
      attempts: number;
      diedAt: Date;
      state: DeadLetterState;
      settledAt: Date | null;
      settledBy: string | null;
    };
  }
}

export interface DeadLetter {
  eventId: string;
  name: string;
  payload: unknown;
  publishedAt: Date;
  error: string;
  attempts: number;
  diedAt: Date;
  state: DeadLetterState;
  settledAt: Date | null;
  settledBy: string | null;
}

const columns = [
  'eventId',
  'name',
  'payload',
  'publishedAt',
  'error',
  'attempts',
  'diedAt',
  'state',
  'settledAt',
  'settledBy',
] as const;

/** An event that dies again after a replay waits again, with the newer error. */
export async function recordDeadLetter(
  tx: Tx,
  event: DomainEvent,
  { error, attempts, now }: { error: string; attempts: number; now: Date },
): Promise<void> {
  const shopId = 'shopId' in event.payload ? event.payload.shopId : null;
  await tx
    .insertInto('platform.deadLetter')
    .values({
      eventId: event.id,
      name: event.name,
      payload: JSON.stringify(event.payload),
      shopId,
      publishedAt: new Date(event.at),
      error,
      attempts,
      diedAt: now,
      state: 'waiting',
      settledAt: null,
      settledBy: null,
    })
    .onConflict((conflict) =>
      conflict
        .column('eventId')
        .doUpdateSet({ error, attempts, diedAt: now, state: 'waiting', settledAt: null, settledBy: null }),
    )
    .execute();
}

const ofShop = (db: Executor, shopId: string) =>
  db
    .selectFrom('platform.deadLetter')
    .where((where) => where.or([where('shopId', '=', shopId), where('shopId', 'is', null)]));

export interface DeadLetterFilter {
  state?: DeadLetterState;
  name?: string;
  page: number;
  pageSize: number;
}

/** A shop's own and the install's, newest first. */
export async function deadLetterPage(
  db: Executor,
  shopId: string,
  { state, name, page, pageSize }: DeadLetterFilter,
): Promise<{ items: DeadLetter[]; total: number }> {
  let query = ofShop(db, shopId);
  if (state) query = query.where('state', '=', state);
  if (name) query = query.where('name', '=', name);
  const { total } = await query.select((select) => select.fn.countAll<number>().as('total')).executeTakeFirstOrThrow();
  const items = await query
    .select(columns)
    .orderBy('diedAt', 'desc')
    .orderBy('eventId', 'desc')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { items, total };
}

export const findDeadLetter = (db: Executor, shopId: string, eventId: string): Promise<DeadLetter | undefined> =>
  ofShop(db, shopId).select(columns).where('eventId', '=', eventId).executeTakeFirst();

export async function countDeadLetters(db: Executor, shopId: string): Promise<number> {
  const { total } = await ofShop(db, shopId)
    .where('state', '=', 'waiting')
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return total;
}

/** Takes a waiting letter off the list. @returns whether it still waited */
export async function settleDeadLetter(
  tx: Tx,
  shopId: string,
  eventId: string,
  { state, by, now }: { state: 'replayed' | 'discarded'; by: string; now: Date },
): Promise<boolean> {
  const settled = await tx
    .updateTable('platform.deadLetter')
    .set({ state, settledAt: now, settledBy: by })
    .where('eventId', '=', eventId)
    .where('state', '=', 'waiting')
    .where((where) => where.or([where('shopId', '=', shopId), where('shopId', 'is', null)]))
    .returning(['name', 'payload', 'publishedAt'])
    .executeTakeFirst();
  if (!settled) return false;
  if (state === 'replayed') {
    // The outbox row may be gone (what the bus gave up on counted as delivered): then it comes back.
    const due = { deliveredAt: null, deadAt: null, attempts: 0, nextAttemptAt: now, lastError: null };
    await tx
      .insertInto('platform.outbox')
      .values({
        eventId,
        name: settled.name,
        payload: JSON.stringify(settled.payload),
        createdAt: settled.publishedAt,
        ...due,
      })
      .onConflict((conflict) => conflict.column('eventId').doUpdateSet(due))
      .execute();
  }
  return true;
}

/** Settled letters go once nobody asks about them any more. @returns rows deleted, their outbox rows included */
export async function pruneDeadLetters(tx: Tx, before: Date): Promise<number> {
  const gone = await tx
    .deleteFrom('platform.deadLetter')
    .where('state', '!=', 'waiting')
    .where('settledAt', '<', before)
    .returning(['eventId', 'state'])
    .execute();
  const discarded = gone.filter(({ state }) => state === 'discarded').map(({ eventId }) => eventId);
  if (discarded.length === 0) return gone.length;
  const outboxRows = await tx
    .deleteFrom('platform.outbox')
    .where('eventId', 'in', discarded)
    .where('deadAt', 'is not', null)
    .executeTakeFirst();
  return gone.length + Number(outboxRows.numDeletedRows);
}
