import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { createFixedClock, dayMs, minuteMs } from '../clock.ts';
import { createLogger } from '../logger.ts';
import { createMessaging, pruneSome } from './outbox.ts';
import { backOffMs } from './relay.ts';

const log = createLogger('silent');
const payload = { reviewId: 'r', spuId: 's', shopId: 'shop' };

describe('outbox and inbox', () => {
  let database: TestDatabase;
  const clock = createFixedClock('2026-11-22T00:00:00Z');
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.db.deleteFrom('platform.outbox').execute();
    await database.db.deleteFrom('platform.inbox').execute();
  });

  const publish = (messaging: ReturnType<typeof createMessaging>) =>
    database.inTransaction((tx) => messaging.outbox.publish(tx, 'reviews.review_shown', payload));

  it('sends nothing of a transaction that rolled back', async () => {
    const messaging = createMessaging({ database, clock, log });
    const seen: string[] = [];
    messaging.subscribers.on('reviews.review_shown', 'test', async (_tx, event) => void seen.push(event.id));
    await expect(
      database.inTransaction(async (tx) => {
        await messaging.outbox.publish(tx, 'reviews.review_shown', payload);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await messaging.relay.drain()).toBe(0);
    expect(seen).toEqual([]);
  });

  it('C04-TECH-09 delivers 200 events once each although two relays race and every event comes again', async () => {
    const [a, b] = [createMessaging({ database, clock, log }), createMessaging({ database, clock, log })];
    const effects: string[] = [];
    for (const { subscribers } of [a, b]) {
      subscribers.on('reviews.review_shown', 'effects', async (_tx, event) => void effects.push(event.id));
    }
    for (let i = 0; i < 200; i += 1) await publish(a);
    await Promise.all([a.relay.drain(), b.relay.drain()]);
    await database.db.updateTable('platform.outbox').set({ deliveredAt: null }).execute();
    await Promise.all([a.relay.drain(), b.relay.drain()]);
    expect(effects).toHaveLength(200);
    expect(new Set(effects).size).toBe(200);
  });

  it('retries a failing consumer with back-off, leaves the others done, and gives up to the dead letters', async () => {
    const messaging = createMessaging({ database, clock, log });
    let tries = 0;
    messaging.subscribers.on('reviews.review_shown', 'good', async (tx) => {
      await sql`insert into effects values (1)`.execute(tx);
    });
    messaging.subscribers.on('reviews.review_shown', 'bad', async () => {
      tries += 1;
      throw new Error('down');
    });
    await sql`create table effects (n int)`.execute(database.db);
    await publish(messaging);
    for (let i = 0; i < 30; i += 1) {
      await messaging.relay.drain();
      clock.advance(backOffMs(i));
    }
    const { rows: effects } = await sql`select n from effects`.execute(database.db);
    const row = await database.db.selectFrom('platform.outbox').selectAll().executeTakeFirstOrThrow();
    expect({
      good: effects.length,
      tries,
      attempts: row.attempts,
      isDead: row.deadAt !== null,
      error: row.lastError,
    }).toEqual({
      good: 1,
      // The first delivery calls it twice: with the others unguarded, then behind its savepoint.
      tries: 13,
      attempts: 12,
      isDead: true,
      error: 'bad: down',
    });
  });

  it('C04-TECH-10 delivers at once what a process wrote whose clock ran twenty minutes ahead, new or to be tried again', async () => {
    const ahead = createFixedClock(new Date(clock.now().getTime() + 20 * minuteMs).toISOString());
    const [wrong, right] = [
      createMessaging({ database, clock: ahead, log }),
      createMessaging({ database, clock, log }),
    ];
    wrong.subscribers.on('reviews.review_shown', 'leapt', async () => {
      throw new Error('down');
    });
    const handled: string[] = [];
    right.subscribers.on('reviews.review_shown', 'leapt', async (_tx, { id }) => void handled.push(id));
    await publish(wrong);
    await wrong.relay.drain();
    await publish(wrong);
    expect(await right.relay.drain()).toBe(2);
    expect(handled).toHaveLength(2);
  });

  it('hands what waits to a consumer of batches at once, in order, and only what fails comes again', async () => {
    const messaging = createMessaging({ database, clock, log });
    const batches: string[][] = [];
    let isDown = true;
    messaging.subscribers.onBatch('reviews.review_shown', 'batch', async (_tx, events) => {
      const ids = events.map((event) => event.payload.reviewId);
      batches.push(ids);
      if (isDown && ids.includes('r2')) throw new Error('r2 spoils it');
    });
    messaging.subscribers.on('reviews.review_shown', 'beside', async () => {});
    await database.inTransaction((tx) =>
      messaging.outbox.publishAll(
        tx,
        ['r1', 'r2', 'r3'].map((reviewId) => ({ name: 'reviews.review_shown', payload: { ...payload, reviewId } })),
      ),
    );
    await messaging.relay.drain();
    // Unguarded, guarded, then each alone.
    expect(batches).toEqual([['r1', 'r2', 'r3'], ['r1', 'r2', 'r3'], ['r1'], ['r2'], ['r3']]);
    batches.length = 0;
    isDown = false;
    clock.advance(backOffMs(0));
    await messaging.relay.drain();
    expect(batches).toEqual([['r2']]);
    const inbox = await database.db.selectFrom('platform.inbox').select('consumer').execute();
    expect(inbox.map(({ consumer }) => consumer).sort()).toEqual([
      'batch',
      'batch',
      'batch',
      'beside',
      'beside',
      'beside',
    ]);
  });

  it('forgets delivered events after two weeks, and keeps what still waits', async () => {
    const messaging = createMessaging({ database, clock, log });
    messaging.subscribers.on('reviews.review_shown', 'pruned', async () => {});
    await publish(messaging);
    await messaging.relay.drain();
    await publish(messaging);
    clock.advance(14 * dayMs);
    const prune = () =>
      database.inTransaction((tx) => pruneSome(tx, new Date(clock.now().getTime() - 14 * dayMs), 100));
    expect(await prune()).toBe(0);
    clock.advance(1);
    expect(await prune()).toBe(2); // the delivered event and its inbox row
    expect(await database.db.selectFrom('platform.outbox').selectAll().execute()).toHaveLength(1);
  });

  it('tells other processes what was delivered, so that they drop what they keep in memory', async () => {
    const [here, there] = [createMessaging({ database, clock, log }), createMessaging({ database, clock, log })];
    const heard: string[] = [];
    here.subscribers.onAny('reviews.review_shown', ({ id }) => heard.push(`here ${id}`));
    there.subscribers.onAny('reviews.review_shown', ({ id }) => heard.push(`there ${id}`));
    const stop = await there.followOthers();
    const stopHere = await here.followOthers();
    await publish(here);
    await here.relay.drain();
    await expect.poll(() => heard.length).toBe(2);
    const [{ eventId }] = (await database.db
      .selectFrom('platform.outbox')
      .select('eventId')
      .orderBy('eventId', 'desc')
      .limit(1)
      .execute()) as [{ eventId: string }];
    expect(heard.sort()).toEqual([`here ${eventId}`, `there ${eventId}`]);
    await Promise.all([stop(), stopHere()]);
  });

  it('says when events may have been missed, and listens again', async () => {
    const messaging = createMessaging({ database, clock, log });
    let gaps = 0;
    messaging.subscribers.onGap(() => {
      gaps += 1;
    });
    const stop = await messaging.followOthers();
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %' and datname = current_database()`.execute(
      database.db,
    );
    await expect.poll(() => gaps, { timeout: 10_000 }).toBeGreaterThanOrEqual(2); // once when lost, once when back
    await stop();
  });
});
