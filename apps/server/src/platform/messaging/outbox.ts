/**
 * Events leave with the transaction that caused them: a row in platform.outbox, claimed by the relay with SKIP LOCKED,
 * delivered at least once to each subscriber, which records (consumer, event) in platform.inbox in the same transaction
 * as its effect. So: delivery at least once, effect once.
 */
import { type DomainEvent, type EventName, type EventPayloads, orderingKeyOf } from '@xiaopu/contracts';
import { CompiledQuery, sql } from 'kysely';
import { type Clock, dayMs } from '../clock.ts';
import type { Database, Tx } from '../database/database.ts';
import { sendLater, settleSent } from '../database/dialect.ts';
import { fixedWrite } from '../database/hot-query.ts';
import { newId } from '../ids.ts';
import type { Logger } from '../logger.ts';
import { createLoop, type Loop } from '../loop.ts';
import { currentTraceParent, inSpan } from '../tracing.ts';
import { createBroadcast } from './broadcast.ts';
import type { Bus } from './bus.ts';
import { pruneDeadLetters, recordDeadLetter } from './dead-letters.ts';

declare module '../database/database.ts' {
  interface Tables {
    'platform.outbox': {
      eventId: string;
      name: string;
      payload: unknown;
      createdAt: Date;
      /** null: not yet delivered to everyone, or, with a bus, not yet handed over to it. */
      deliveredAt: Date | null;
      attempts: number;
      nextAttemptAt: Date;
      lastError: string | null;
      /** W3C trace context of what published it; null when traces are off. */
      traceParent: string | null;
      /** Set when attempts ran out: waits for people in the dead-letter list. */
      deadAt: Date | null;
    };
    'platform.inbox': { consumer: string; eventId: string; handledAt: Date };
  }
}

export interface Outbox {
  /** Stores the event with the caller's transaction; nothing is sent before it commits. */
  publish<N extends EventName>(tx: Tx, name: N, payload: EventPayloads[N]): Promise<void>;
  publishAll(
    tx: Tx,
    events: readonly { [N in EventName]: { name: N; payload: EventPayloads[N] } }[EventName][],
  ): Promise<void>;
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

export interface Subscribers {
  /** `consumer` is a stable name: it is the inbox key. The handler's writes share the inbox row's transaction. */
  on<N extends EventName>(name: N, consumer: string, handler: Handler<N>, how?: Handling): void;
  /** The same for consumers that take what is waiting together; one event is a batch of one. */
  onBatch<N extends EventName>(name: N, consumer: string, handler: BatchHandler<N>): void;
  /** For in-process effects that need no transaction and may repeat (cache invalidation). Runs in every process. */
  onAny(name: EventName, effect: (event: DomainEvent) => void): void;
  /** Events may have been missed: drop everything kept in memory. */
  onGap(effect: () => void): void;
}

export interface Messaging {
  /** Runs the in-memory effects of what other processes deliver, until stopped. */
  followOthers(): Promise<() => Promise<void>>;
  /** Forgets delivered events and their inbox rows once nobody can send them again. @returns rows deleted */
  prune(): Promise<number>;
  outbox: Outbox;
  subscribers: Subscribers;
  /** Moves events out of the outbox: to their consumers, or to the bus when there is one. */
  relay: Loop;
  /** Handles what the bus brings to this process, until stopped; without a bus the relay already does. */
  consume(): Promise<() => Promise<void>>;
}

const batchSize = 50;
const maxAttempts = 12;
const keepDeliveredMs = 14 * dayMs;
const idlePollMs = 500;
const nudgeAfterMs = 10;
/** Handlers called one by one in a shared transaction: few, for it holds their locks until the last is done. */
const callsTogether = 20;
/** Events handled at once by one relay when such a transaction did not commit; each takes a connection. */
const lanes = 6;

export function createMessaging({
  database,
  clock,
  log,
  bus,
}: {
  database: Database;
  clock: Clock;
  log: Logger;
  /** undefined: events are handled where they are relayed. */
  bus?: Bus | undefined;
}): Messaging {
  const handlers = new Map<string, Consumer[]>();
  const effects = new Map<string, ((event: DomainEvent) => void)[]>();
  const aloneNames = new Set<string>();
  const gapEffects: (() => void)[] = [];
  const broadcast = createBroadcast({ database, log });
  const runEffects = (event: DomainEvent) => {
    for (const effect of effects.get(event.name) ?? []) effect(event);
  };
  const { inTransaction } = database;
  let wake: (() => void) | undefined;

  /** What nobody here waits for is kept as the record of what happened, and needs no delivery. */
  const isAwaited = (name: string) => bus !== undefined || handlers.has(name) || effects.has(name);

  async function publishAll(tx: Tx, events: readonly { name: EventName; payload: unknown }[]): Promise<void> {
    if (events.length === 0) return;
    const now = clock.now();
    // Of one shape however many: PostgreSQL keeps its plan, and nobody waits for the answer before the commit's.
    const names = events.map(({ name }) => name);
    const deliveredAt = names.map((name) => (isAwaited(name) ? null : now));
    await insertEvents(
      tx,
      names.map(() => newId()),
      names,
      events.map(({ payload }) => JSON.stringify(payload)),
      deliveredAt,
      now,
      currentTraceParent() ?? null,
    );
    if (deliveredAt.includes(null)) {
      wake?.();
      nudgeSoon();
    }
  }

  let isFollowing = false;
  let isRelaying = false;
  let isNudging = false;
  /** Where no relay runs (the http role), the one elsewhere is told: after the commit at hand, once for all that come meanwhile. */
  function nudgeSoon(): void {
    if (!isFollowing || isRelaying || isNudging) return;
    isNudging = true;
    setTimeout(() => {
      isNudging = false;
      // Lost, it costs half a second: the relay looks by itself.
      if (isFollowing) broadcast.nudge().catch(() => {});
    }, nudgeAfterMs).unref();
  }

  async function deliverBatch(): Promise<number> {
    return inTransaction(async (tx) => {
      if (bus && !(await isOnlyRelay(tx))) return 0;
      const rows = await tx
        .selectFrom('platform.outbox')
        .select(['eventId', 'name', 'payload', 'createdAt', 'attempts', 'traceParent'])
        .where('deliveredAt', 'is', null)
        .where('deadAt', 'is', null)
        .where('nextAttemptAt', '<=', clock.now())
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
      const alone = rows.filter(({ name }) => aloneNames.has(name));
      for (const some of shares(rows.filter(({ name }) => !aloneNames.has(name)))) {
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
          delivered.filter(({ name }) => effects.has(name)),
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
      const own = (handlers.get(row.name) ?? []).filter(({ isBatched }) => !isBatched).length;
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
    const isShared = effects.has(event.name);
    if (failure === undefined && !isShared) return;
    await inTransaction(async (tx) => {
      if (isShared) await broadcast.send(tx, [event]);
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
      for (const { consumer, handler, isBatched } of handlers.get(event.name) ?? []) {
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

  /** Each consumer in a transaction of its own, so that one that fails holds nobody back. @returns what failed, if anything */
  async function deliver(event: DomainEvent): Promise<string | undefined> {
    let failure: string | undefined;
    for (const { consumer, handler } of handlers.get(event.name) ?? []) {
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

  const loop = createLoop({
    step: deliverBatch,
    idleMs: idlePollMs,
    fullAt: batchSize,
    onError: (error) => log.error({ err: error }, 'outbox relay failed'),
    onWake: (fn) => {
      wake = fn;
    },
  });

  function add(name: EventName, consumer: string, isBatched: boolean, handler: BatchHandler<EventName>): void {
    const list = handlers.get(name) ?? [];
    if (list.some((known) => known.consumer === consumer))
      throw new Error(`consumer ${consumer} subscribes to ${name} twice`);
    list.push({ consumer, isBatched, handler });
    handlers.set(name, list);
  }

  return {
    outbox: {
      publish: (tx, name, payload) => publishAll(tx, [{ name, payload }]),
      publishAll,
    },
    subscribers: {
      on(name, consumer, handler, { alone = false } = {}) {
        if (alone) aloneNames.add(name);
        add(name, consumer, false, async (tx, events) => {
          for (const event of events) await handler(tx, event as never);
        });
      },
      onBatch(name, consumer, handler) {
        add(name, consumer, true, handler as unknown as BatchHandler<EventName>);
      },
      onAny(name, effect) {
        effects.set(name, [...(effects.get(name) ?? []), effect]);
      },
      onGap(effect) {
        gapEffects.push(effect);
      },
    },
    async followOthers() {
      const stop = await broadcast.listen({
        onEvent: runEffects,
        onGap: () => {
          for (const effect of gapEffects) effect();
        },
        onNudge: () => wake?.(),
      });
      isFollowing = true;
      return () => {
        isFollowing = false;
        return stop();
      };
    },
    async consume() {
      if (!bus) return async () => {};
      return bus.consume({
        handle: handleFromBus,
        onUndeliverable: (event, error) =>
          inTransaction((tx) => recordDeadLetter(tx, event, { error, attempts: maxAttempts, now: clock.now() })),
      });
    },
    async prune() {
      const before = new Date(clock.now().getTime() - keepDeliveredMs);
      let pruned = await inTransaction((tx) => pruneDeadLetters(tx, before));
      // Some at a time: what piled up while nobody pruned must not become one transaction that times out.
      for (;;) {
        const some = await inTransaction((tx) => pruneSome(tx, before));
        pruned += some;
        if (some === 0) return pruned;
      }
    },
    relay: {
      ...loop,
      start() {
        isRelaying = true;
        loop.start();
      },
    },
  };
}

const insertEvents = fixedWrite<
  [
    ids: readonly string[],
    names: readonly string[],
    payloads: readonly string[],
    deliveredAt: readonly (Date | null)[],
    now: Date,
    traceParent: string | null,
  ]
>(
  `insert into platform.outbox (event_id, name, payload, created_at, delivered_at, attempts, next_attempt_at, trace_parent)
   select event_id, name, payload::jsonb, $5::timestamptz, delivered_at, 0, $5::timestamptz, $6::text
   from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) as event (event_id, name, payload, delivered_at)`,
);

const pruneBatch = 2_000;

async function pruneSome(tx: Tx, before: Date): Promise<number> {
  const { rows } = await sql<{ pruned: number }>`
    with events as (
      delete from platform.outbox where event_id in (
        select event_id from platform.outbox where delivered_at < ${before} limit ${pruneBatch}) returning 1
    ), handled as (
      delete from platform.inbox where (consumer, event_id) in (
        select consumer, event_id from platform.inbox where handled_at < ${before} limit ${pruneBatch}) returning 1
    )
    select (select count(*) from events)::int + (select count(*) from handled)::int as pruned`.execute(tx);
  return rows[0]?.pruned ?? 0;
}

const savepoint = CompiledQuery.raw('savepoint consumer');
const release = CompiledQuery.raw('release savepoint consumer');
const done = () => true;
const undone = () => false;

interface Consumer {
  consumer: string;
  isBatched: boolean;
  handler: BatchHandler<EventName>;
}
interface Run {
  consumer: string;
  handler: BatchHandler<EventName>;
  events: DomainEvent[];
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

/** Two relays that hand over side by side could swap what belongs together; one is fast enough for a bus. */
async function isOnlyRelay(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ isMine: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('platform.outbox')) as is_mine`.execute(tx);
  return rows[0]?.isMine === true;
}

/** 1 s, 2 s, 4 s … at most 10 minutes, so that an outage of an hour is survived within twelve tries. */
export const backOffMs = (attempts: number): number => Math.min(1_000 * 2 ** attempts, 600_000);
