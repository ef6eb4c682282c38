/** Moves events out of the outbox: to their consumers, or to the bus when there is one. */
import { type DomainEvent, orderingKeyOf } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database, Tx } from '../database/database.ts';
import type { Broadcast } from './broadcast.ts';
import type { Bus } from './bus.ts';
import { recordDeadLetter } from './dead-letters.ts';
import type { Consumer, Delivery } from './delivery.ts';
import type {} from './outbox.tables.ts';

export const batchSize = 50;
export const maxAttempts = 12;
/** Handlers called one by one in a shared transaction: few, for it holds their locks until the last is done. */
const callsTogether = 20;
/** Events handled at once by one relay when such a transaction did not commit; each takes a connection. */
const lanes = 6;

export interface RelayDeps {
  database: Pick<Database, 'inTransaction'>;
  clock: Clock;
  bus: Bus | undefined;
  broadcast: Broadcast;
  delivery: Delivery;
  consumersOf(name: string): readonly Consumer[];
  /** Each such event in a transaction of its own. */
  isAlone(name: string): boolean;
  /** Other processes want to hear of it too. */
  isShared(name: string): boolean;
}

export function createRelay({
  database,
  clock,
  bus,
  broadcast,
  delivery: { deliver, deliverTogether },
  consumersOf,
  isAlone,
  isShared,
}: RelayDeps) {
  const { inTransaction } = database;

  async function deliverBatch(): Promise<number> {
    return inTransaction(async (tx) => {
      if (bus && !(await isOnlyRelay(tx))) return 0;
      const now = clock.now();
      const rows = await tx
        .selectFrom('platform.outbox')
        .select(['eventId', 'name', 'payload', 'createdAt', 'attempts', 'traceParent'])
        .where('deliveredAt', 'is', null)
        .where('deadAt', 'is', null)
        .where((where) =>
          where.or([
            where('nextAttemptAt', '<=', now),
            // Written by a process whose clock ran ahead: what was never tried is due, and no back-off is longer than the longest.
            where('attempts', '=', 0),
            where('nextAttemptAt', '>', new Date(now.getTime() + longestBackOffMs)),
          ]),
        )
        .orderBy('eventId')
        .limit(batchSize)
        .forUpdate()
        .skipLocked()
        .execute();
      if (bus) return handOver(bus, tx, rows);
      const delivered: DomainEvent[] = [];
      const deliverRow = async (row: (typeof rows)[number]) => {
        const event = eventOf(row);
        const failure = await deliver(event);
        if (failure === undefined) delivered.push(event);
        else await postpone(tx, event, row.attempts, failure);
      };
      const alone = rows.filter(({ name }) => isAlone(name));
      for (const some of shares(rows.filter(({ name }) => !isAlone(name)))) {
        const hasFailed = some.some(({ attempts }) => attempts > 0);
        const failures = await deliverTogether(some.map(eventOf), hasFailed);
        if (!failures) alone.push(...some);
        else {
          for (const row of some) {
            const failure = failures.get(row.eventId);
            if (failure === undefined) delivered.push(eventOf(row));
            else await postpone(tx, eventOf(row), row.attempts, failure);
          }
        }
      }
      // Side by side, so that their commits share a disk flush; what belongs together stays in order.
      const waiting = [
        ...Map.groupBy(alone, ({ payload, eventId }) => orderingKeyOf(payload as object) || eventId).values(),
      ];
      const lane = async () => {
        for (let group = waiting.shift(); group; group = waiting.shift()) {
          for (const row of group) await deliverRow(row);
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      if (delivered.length > 0) {
        await markDelivered(tx, delivered);
        await broadcast.send(
          tx,
          delivered.filter(({ name }) => isShared(name)),
        );
      }
      return rows.length;
    });
  }

  /** What goes into one transaction: many events for those who take them together, few calls one by one. */
  function* shares(rows: readonly OutboxRow[]): Generator<OutboxRow[]> {
    let share: OutboxRow[] = [];
    let calls = 0;
    for (const row of rows) {
      const own = consumersOf(row.name).filter(({ isBatched }) => !isBatched).length;
      if (share.length > 0 && calls + own > callsTogether) {
        yield share;
        share = [];
        calls = 0;
      }
      share.push(row);
      calls += own;
    }
    if (share.length > 0) yield share;
  }

  async function handOver(to: Bus, tx: Tx, rows: readonly OutboxRow[]): Promise<number> {
    if (rows.length === 0) return 0;
    const events = rows.map(eventOf);
    // Its rejection rolls back: the rows are due again, none counts as tried.
    await to.send(events);
    await markDelivered(tx, events);
    return rows.length;
  }

  const markDelivered = (tx: Tx, events: readonly DomainEvent[]) =>
    tx
      .updateTable('platform.outbox')
      .set({ deliveredAt: clock.now() })
      // One text however many, so that PostgreSQL keeps its plan.
      .where('eventId', '=', sql<string>`any(${events.map(({ id }) => id)}::uuid[])`)
      .execute();

  /** Due again later, or a dead letter once attempts ran out. */
  async function postpone(tx: Tx, event: DomainEvent, attempts: number, failure: string): Promise<void> {
    const now = clock.now();
    const isDead = attempts + 1 >= maxAttempts;
    await tx
      .updateTable('platform.outbox')
      .set({
        attempts: attempts + 1,
        lastError: failure,
        nextAttemptAt: new Date(now.getTime() + backOffMs(attempts)),
        deliveredAt: null,
        deadAt: isDead ? now : null,
      })
      .where('eventId', '=', event.id)
      .execute();
    if (isDead) await recordDeadLetter(tx, event, { error: failure, attempts: attempts + 1, now });
  }

  /** What came by the bus: a failure puts the event back into the outbox, from where it is sent again when due. */
  async function handleFromBus(event: DomainEvent): Promise<void> {
    const failure = await deliver(event);
    const isHeard = isShared(event.name);
    if (failure === undefined && !isHeard) return;
    await inTransaction(async (tx) => {
      if (isHeard) await broadcast.send(tx, [event]);
      if (failure === undefined) return;
      // Waits for the relay that sent it, should that not have committed yet.
      const row = await tx
        .selectFrom('platform.outbox')
        .select(['attempts', 'deliveredAt', 'deadAt'])
        .where('eventId', '=', event.id)
        .forUpdate()
        .executeTakeFirst();
      // A second copy of what already waits to be sent again must not use up another attempt.
      if (row?.deliveredAt) await postpone(tx, event, row.attempts, failure);
    });
  }

  return {
    /** Some of what is due. @returns how many were taken */
    step: deliverBatch,
    handleFromBus,
  };
}

type OutboxRow = {
  eventId: string;
  name: string;
  payload: unknown;
  createdAt: Date;
  attempts: number;
  traceParent: string | null;
};

const eventOf = ({ eventId, name, payload, createdAt, traceParent }: Omit<OutboxRow, 'attempts'>): DomainEvent =>
  ({
    ...{ id: eventId, name, payload, at: createdAt.toISOString() },
    ...(traceParent === null ? {} : { traceParent }),
  }) as DomainEvent;

/** Two relays that hand over side by side could swap what belongs together; one is fast enough for a bus. */
async function isOnlyRelay(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ isMine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('platform.outbox')) as is_mine`.execute(tx);
  return rows[0]?.isMine === true;
}

const longestBackOffMs = 600_000;
/** 1 s, 2 s, 4 s … at most 10 minutes, so that an outage of an hour is survived within twelve tries. */
export const backOffMs = (attempts: number): number => Math.min(1_000 * 2 ** attempts, longestBackOffMs);
