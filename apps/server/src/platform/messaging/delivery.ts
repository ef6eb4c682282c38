/** Events reach their consumers: each writes an inbox row with its effect, so that the effect happens once. */
import type { DomainEvent, EventName } from '@xiaopu/contracts';
import { CompiledQuery, sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database, Tx } from '../database/database.ts';
import { sendLater, settleSent } from '../database/dialect.ts';
import type { Logger } from '../logger.ts';
import { inSpan } from '../tracing.ts';

declare module '../database/database.ts' {
  interface Tables {
    'platform.inbox': { consumer: string; eventId: string; handledAt: Date };
  }
}

export type Handler<N extends EventName> = (tx: Tx, event: Extract<DomainEvent, { name: N }>) => Promise<void>;

export interface Handling {
  /** Each such event in a transaction of its own: for handlers that hold what many others want. */
  alone?: boolean;
}

/** Several events of one name, in their order: one set-based effect. Throwing undoes all; then each comes alone. */
export type BatchHandler<N extends EventName> = (
  tx: Tx,
  events: readonly Extract<DomainEvent, { name: N }>[],
) => Promise<void>;

export interface Consumer {
  consumer: string;
  isBatched: boolean;
  handler: BatchHandler<EventName>;
}
interface Run {
  consumer: string;
  handler: BatchHandler<EventName>;
  events: DomainEvent[];
}

export interface Delivery {
  /** Each consumer in a transaction of its own, so that one that fails holds nobody back. @returns what failed, if anything */
  deliver(event: DomainEvent): Promise<string | undefined>;
  deliverTogether(events: readonly DomainEvent[], hasFailed: boolean): Promise<Map<string, string> | undefined>;
}

export function createDelivery({
  database,
  clock,
  log,
  consumersOf,
  runEffects,
}: {
  database: Pick<Database, 'inTransaction'>;
  clock: Clock;
  log: Logger;
  consumersOf(name: string): readonly Consumer[];
  /** In memory, once the consumers are done. */
  runEffects(event: DomainEvent): void;
}): Delivery {
  const { inTransaction } = database;

  /**
   * Every consumer of a few events in one transaction. Where one fails all are undone and done again, each behind a
   * savepoint of its own, so that it holds nobody back. What has failed before (`hasFailed`) is guarded from the first.
   * @returns what failed, by event; undefined, and nothing has
   * happened, when the transaction did not commit
   */
  async function deliverTogether(
    events: readonly DomainEvent[],
    hasFailed: boolean,
  ): Promise<Map<string, string> | undefined> {
    const runs = runsOf(events);
    const failures = new Map<string, string>();
    if (runs.length === 0) {
      events.forEach(runEffects);
      return failures;
    }
    const isDone = !hasFailed && (await inTransaction((tx) => runAll(tx, runs)).then(done, undone));
    if (!isDone) {
      try {
        await inTransaction((tx) => runAll(tx, runs, failures));
      } catch (error) {
        log.warn({ err: error }, 'events handled together did not commit, each is tried alone');
        return undefined;
      }
    }
    events.forEach(runEffects);
    return failures;
  }

  /** By consumer, each in the order of the events; neighbours of one name go together to those who take them so. */
  function runsOf(events: readonly DomainEvent[]): Run[] {
    const runs: Run[] = [];
    const lastOf = new Map<string, Run>();
    for (const event of events) {
      for (const { consumer, handler, isBatched } of consumersOf(event.name)) {
        const last = lastOf.get(consumer);
        if (last && isBatched && last.handler === handler) last.events.push(event);
        else {
          const run = { consumer, handler, events: [event] };
          runs.push(run);
          lastOf.set(consumer, run);
        }
      }
    }
    return runs;
  }

  /** @param failures where given, each run is guarded and what fails is noted there; else the first failure is thrown */
  async function runAll(tx: Tx, runs: readonly Run[], failures?: Map<string, string>): Promise<void> {
    const pairs = runs.flatMap(({ consumer, events }) => events.map(({ id }) => ({ consumer, id })));
    const { rows } = await sql<{ consumer: string; eventId: string }>`
      insert into platform.inbox (consumer, event_id, handled_at)
      select consumer, event_id, ${clock.now()}::timestamptz
      from unnest(${pairs.map(({ consumer }) => consumer)}::text[], ${pairs.map(({ id }) => id)}::uuid[]) as run (consumer, event_id)
      on conflict do nothing returning consumer, event_id`.execute(tx);
    const claimed = new Set(rows.map(({ consumer, eventId }) => `${eventId} ${consumer}`));
    for (const { consumer, handler, events } of runs) {
      const own = events.filter(({ id }) => claimed.has(`${id} ${consumer}`));
      if (own.length === 0) continue;
      if (!failures) {
        await call(tx, consumer, handler, own);
        continue;
      }
      const failure = await tryRun(tx, consumer, handler, own);
      if (!failure) continue;
      // One of them spoils it for all: each alone, so that only that one comes again.
      for (const event of own) {
        const cause = own.length === 1 ? failure : await tryRun(tx, consumer, handler, [event]);
        if (!cause) continue;
        await tx
          .deleteFrom('platform.inbox')
          .where('consumer', '=', consumer)
          .where('eventId', '=', event.id)
          .execute();
        failures.set(event.id, noteFailure(consumer, event, cause.error));
      }
    }
  }

  /** Behind a savepoint. @returns what it met; nothing of it is left then */
  async function tryRun(
    tx: Tx,
    consumer: string,
    handler: BatchHandler<EventName>,
    events: readonly DomainEvent[],
  ): Promise<{ error: unknown } | undefined> {
    await sendLater(tx, savepoint);
    try {
      await call(tx, consumer, handler, events);
      await settleSent(tx);
      await sendLater(tx, release);
      return undefined;
    } catch (error) {
      await sql`rollback to savepoint consumer`.execute(tx);
      // What it had sent is undone too, whatever came of it.
      await settleSent(tx).catch(() => {});
      return { error };
    }
  }

  function noteFailure(consumer: string, event: DomainEvent, error: unknown): string {
    log.warn({ consumer, event: event.name, eventId: event.id, err: error }, 'event handler failed, will retry');
    return `${consumer}: ${error instanceof Error ? error.message : String(error)}`;
  }

  async function deliver(event: DomainEvent): Promise<string | undefined> {
    let failure: string | undefined;
    for (const { consumer, handler } of consumersOf(event.name)) {
      try {
        await inTransaction(async (tx) => {
          const claimed = await tx
            .insertInto('platform.inbox')
            .values({ consumer, eventId: event.id, handledAt: clock.now() })
            .onConflict((conflict) => conflict.doNothing())
            .executeTakeFirst();
          if (claimed.numInsertedOrUpdatedRows === 1n) await call(tx, consumer, handler, [event]);
        });
      } catch (error) {
        failure = noteFailure(consumer, event, error);
      }
    }
    runEffects(event);
    return failure;
  }

  return { deliver, deliverTogether };
}

const savepoint = CompiledQuery.raw('savepoint consumer');
const release = CompiledQuery.raw('release savepoint consumer');
const done = () => true;
const undone = () => false;

/** Its span is a child of what published the event, in whatever process that was; a batch's, of what published the first. */
const call = (
  tx: Tx,
  consumer: string,
  handler: BatchHandler<EventName>,
  events: readonly DomainEvent[],
): Promise<void> => {
  const [{ name, traceParent } = { name: '' }] = events;
  const about = {
    'messaging.destination.name': name,
    'messaging.batch.message_count': events.length,
    'xiaopu.consumer': consumer,
  };
  return inSpan(`consume ${name}`, about, () => handler(tx, events as never), traceParent);
};
