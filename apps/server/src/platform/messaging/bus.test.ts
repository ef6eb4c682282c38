import type { DomainEvent } from '@xiaopu/contracts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createFixedClock } from '../clock.ts';
import { createLogger } from '../logger.ts';
import { type Bus, type BusConsumer, partitionOf } from './bus.ts';
import { createMessaging } from './outbox.ts';
import { backOffMs } from './relay.ts';

const log = createLogger('silent');

it('sends a key to the same partition in every release, and uses all partitions', () => {
  // FNV-1a's published values.
  expect([partitionOf('a', 8), partitionOf('', 8)]).toEqual([0xe40c292c % 8, 0x811c9dc5 % 8]);
  const counts = Array.from({ length: 8 }, () => 0);
  for (let order = 0; order < 8_000; order += 1) {
    const partition = partitionOf(`2026112200000${order}`, 8);
    counts[partition] = (counts[partition] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(500);
});

describe('outbox with a bus', () => {
  let database: TestDatabase;
  const clock = createFixedClock('2026-11-22T00:00:00Z');
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    for (const table of ['platform.outbox', 'platform.inbox', 'platform.deadLetter'] as const)
      await database.db.deleteFrom(table).execute();
  });

  /** Holds what was sent until the test has it delivered. */
  function openBus() {
    const sent: DomainEvent[] = [];
    let consumer: BusConsumer | undefined;
    let isAway = false;
    const bus: Bus = {
      async send(events) {
        if (isAway) throw new Error('the broker is away');
        sent.push(...events);
      },
      async consume(given) {
        consumer = given;
        return async () => {};
      },
      async close() {},
    };
    return {
      bus,
      sent,
      setAway: (value: boolean) => {
        isAway = value;
      },
      deliver: async (event: DomainEvent) => consumer?.handle(event),
      giveUp: async (event: DomainEvent) => consumer?.onUndeliverable(event, 'the worker died on it'),
    };
  }
  async function open() {
    const broker = openBus();
    const messaging = createMessaging({ database, clock, log, bus: broker.bus });
    await messaging.consume();
    const publish = () =>
      database.inTransaction((tx) =>
        messaging.outbox.publish(tx, 'reviews.review_shown', { reviewId: 'r', spuId: 's', shopId: 'shop' }),
      );
    return { ...broker, messaging, publish };
  }
  const rows = () => database.db.selectFrom('platform.outbox').selectAll().orderBy('eventId').execute();

  it('hands over in order, handles only what comes back, and once', async () => {
    const { messaging, publish, sent, deliver } = await open();
    const handled: string[] = [];
    messaging.subscribers.on('reviews.review_shown', 'test', async (_tx, { id }) => void handled.push(id));
    for (let count = 0; count < 3; count += 1) await publish();
    expect(await messaging.relay.drain()).toBe(3);
    const ids = (await rows()).map(({ eventId }) => eventId);
    expect({ sent: sent.map(({ id }) => id), handled }).toEqual({ sent: ids, handled: [] });
    for (const event of [...sent, ...sent]) await deliver(event);
    expect(handled).toEqual(ids);
    expect(await messaging.relay.drain()).toBe(0);
  });

  it('keeps events as they were while the broker is away: nothing counts as a try', async () => {
    const { messaging, publish, sent, setAway } = await open();
    await publish();
    setAway(true);
    await expect(messaging.relay.drain()).rejects.toThrow('the broker is away');
    expect(await rows()).toMatchObject([{ deliveredAt: null, attempts: 0 }]);
    setAway(false);
    expect(await messaging.relay.drain()).toBe(1);
    expect(sent).toHaveLength(1);
  });

  it('puts a failed event back with back-off, counts a second copy of it as the same try, and gives up at last', async () => {
    const { messaging, publish, sent, deliver } = await open();
    messaging.subscribers.on('reviews.review_shown', 'bad', async () => {
      throw new Error('down');
    });
    await publish();
    for (let tries = 0; tries < 12; tries += 1) {
      expect(await messaging.relay.drain()).toBe(1);
      const event = sent.at(-1) as DomainEvent;
      await deliver(event);
      await deliver(event);
      expect(await rows()).toMatchObject([{ attempts: tries + 1, deliveredAt: null, lastError: 'bad: down' }]);
      expect(await messaging.relay.drain()).toBe(0);
      clock.advance(backOffMs(tries));
    }
    expect(await messaging.relay.drain()).toBe(0);
    const letters = await database.db.selectFrom('platform.deadLetter').selectAll().execute();
    expect(letters).toMatchObject([{ eventId: sent[0]?.id, state: 'waiting', attempts: 12, error: 'bad: down' }]);
  });

  it('keeps what the broker gave up on as a dead letter', async () => {
    const { messaging, publish, sent, giveUp } = await open();
    await publish();
    await messaging.relay.drain();
    await giveUp(sent[0] as DomainEvent);
    await giveUp(sent[0] as DomainEvent);
    const letters = await database.db.selectFrom('platform.deadLetter').selectAll().execute();
    expect(letters).toMatchObject([{ eventId: sent[0]?.id, error: 'the worker died on it', shopId: 'shop' }]);
  });

  it('lets one of two relays hand over at a time', async () => {
    const { messaging, publish } = await open();
    await publish();
    await database.inTransaction(async (tx) => {
      // As the other relay holds it.
      await sql`select pg_advisory_xact_lock(hashtext('platform.outbox'))`.execute(tx);
      expect(await messaging.relay.drain()).toBe(0);
    });
    expect(await messaging.relay.drain()).toBe(1);
  });
});
