/**
 * Events leave with the transaction that caused them: a row in platform.outbox, claimed by the relay with SKIP LOCKED,
 * delivered at least once to each subscriber, which records (consumer, event) in platform.inbox in the same transaction
 * as its effect. So: delivery at least once, effect once.
 */
import type { DomainEvent, EventName, EventPayloads } from '@xiaopu/contracts';
import { sql } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Database, Tx } from '../database/database.ts';
import { fixedWrite } from '../database/hot-query.ts';
import { newId } from '../ids.ts';
import type { Logger } from '../logger.ts';
import { createLoop, type Loop } from '../loop.ts';
import { currentTraceParent } from '../tracing.ts';
import { createBroadcast } from './broadcast.ts';
import type { Bus } from './bus.ts';
import { recordDeadLetter } from './dead-letters.ts';
import { type BatchHandler, type Consumer, createDelivery, type Handler, type Handling } from './delivery.ts';
import type {} from './outbox.tables.ts';
import { batchSize, createRelay, maxAttempts } from './relay.ts';

export interface Outbox {
  /** Stores the event with the caller's transaction; nothing is sent before it commits. */
  publish<N extends EventName>(tx: Tx, name: N, payload: EventPayloads[N]): Promise<void>;
  publishAll(
    tx: Tx,
    events: readonly { [N in EventName]: { name: N; payload: EventPayloads[N] } }[EventName][],
  ): Promise<void>;
}

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
  outbox: Outbox;
  subscribers: Subscribers;
  /** Moves events out of the outbox: to their consumers, or to the bus when there is one. */
  relay: Loop;
  /** Handles what the bus brings to this process, until stopped; without a bus the relay already does. */
  consume(): Promise<() => Promise<void>>;
}

const idlePollMs = 500;
const nudgeAfterMs = 10;

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

  const consumersOf = (name: string) => handlers.get(name) ?? [];
  const relay = createRelay({
    ...{ database, clock, bus, broadcast, consumersOf },
    delivery: createDelivery({ database, clock, log, consumersOf, runEffects }),
    isAlone: (name) => aloneNames.has(name),
    isShared: (name) => effects.has(name),
  });
  const loop = createLoop({
    step: relay.step,
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
        handle: relay.handleFromBus,
        onUndeliverable: (event, error) =>
          inTransaction((tx) => recordDeadLetter(tx, event, { error, attempts: maxAttempts, now: clock.now() })),
      });
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

/** Forgets delivered events and inbox rows, some of each. @returns rows deleted */
export async function pruneSome(tx: Tx, before: Date, most: number): Promise<number> {
  const { rows } = await sql<{ pruned: number }>`
    with events as (
      delete from platform.outbox where event_id in (
        select event_id from platform.outbox where delivered_at < ${before} limit ${most}) returning 1
    ), handled as (
      delete from platform.inbox where (consumer, event_id) in (
        select consumer, event_id from platform.inbox i where handled_at < ${before}
          -- What may yet be sent again must still be known by those who have handled it.
          and not exists (select 1 from platform.dead_letter d where d.event_id = i.event_id and d.state = 'waiting')
          and not exists (select 1 from platform.outbox e where e.event_id = i.event_id and e.delivered_at is null)
        limit ${most}) returning 1
    )
    select (select count(*) from events)::int + (select count(*) from handled)::int as pruned`.execute(tx);
  return rows[0]?.pruned ?? 0;
}
