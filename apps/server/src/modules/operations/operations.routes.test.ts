import type { Permission } from '@xiaopu/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '#platform/audit.ts';
import { createFixedClock } from '#platform/clock.ts';
import { createApp } from '#platform/http/app.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { countDeadLetters } from '#platform/messaging/dead-letters.ts';
import { messagingRetention } from '#platform/messaging/messaging.retention.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { backOffMs } from '#platform/messaging/relay.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { operationsRoutes } from './operations.routes.ts';

const log = createLogger('silent');
const [shopId, otherShopId] = [newId(), newId()];
const base = '/api/console/operations/dead-letters';

describe('dead letters in the console', () => {
  let database: TestDatabase;
  let app: Awaited<ReturnType<typeof createApp>>;
  let isDown = true;
  const handled: string[] = [];
  let others = 0;
  const audited: AuditEntry[] = [];
  const clock = createFixedClock('2026-11-22T00:00:00Z');
  let messaging: ReturnType<typeof createMessaging>;
  beforeAll(async () => {
    database = await createTestDatabase();
    messaging = createMessaging({ database, clock, log });
    messaging.subscribers.on('reviews.review_shown', 'down', async (_tx, { id }) => {
      if (isDown) throw new Error('the index is away');
      handled.push(id);
    });
    messaging.subscribers.on('reviews.review_shown', 'fine', async () => {
      others += 1;
    });
    messaging.subscribers.on('payments.payment_closed', 'down', async () => {
      throw new Error('always');
    });
    app = await createApp({
      log,
      clock,
      version: '0',
      rateLimitPerMinute: 0,
      authenticators: {
        buyer: async () => undefined,
        staff: async ({ headers }) => {
          const [shop, ...permissions] = String(headers['x-test-staff'] ?? '').split('/');
          if (!shop) return undefined;
          return { staffId: newId(), name: '小周', shopId: shop, permissions: new Set(permissions as Permission[]) };
        },
      },
    });
    const audit = async (_tx: unknown, entry: AuditEntry) => void audited.push(entry);
    operationsRoutes(app, { database, clock, audit });
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });
  beforeEach(async () => {
    isDown = true;
    handled.length = 0;
    others = 0;
    audited.length = 0;
    for (const table of ['platform.outbox', 'platform.inbox', 'platform.deadLetter'] as const)
      await database.db.deleteFrom(table).execute();
  });

  const settleAll = async () => {
    for (let tries = 0; tries < 14; tries += 1) {
      await messaging.relay.drain();
      clock.advance(backOffMs(tries));
    }
  };
  /** Published, tried until attempts ran out. @returns its id */
  async function letter(shop = shopId): Promise<string> {
    await database.inTransaction((tx) =>
      messaging.outbox.publish(tx, 'reviews.review_shown', { reviewId: newId(), spuId: newId(), shopId: shop }),
    );
    const { eventId } = await database.db
      .selectFrom('platform.outbox')
      .select('eventId')
      .orderBy('eventId', 'desc')
      .executeTakeFirstOrThrow();
    await settleAll();
    return eventId;
  }
  const staff = (...permissions: string[]) => ({
    'x-test-staff': [shopId, ...permissions].join('/'),
    'x-requested-with': 'xiaopu-console',
  });
  const manager = staff('operations.read', 'operations.manage');
  const list = (query = '', headers: Record<string, string> = manager) =>
    app.inject({ url: `${base}${query}`, headers });
  const read = (eventId: string, headers: Record<string, string> = manager) =>
    app.inject({ url: `${base}/${eventId}`, headers });
  const act = (eventId: string, what: 'replay' | 'discard', headers: Record<string, string> = manager) =>
    app.inject({ method: 'POST', url: `${base}/${eventId}/${what}`, headers });
  const code = (reply: { json: () => unknown }) => (reply.json() as { error?: { code: string } }).error?.code;
  const snapshot = async () => ({
    letters: await database.db.selectFrom('platform.deadLetter').selectAll().orderBy('eventId').execute(),
    outbox: await database.db.selectFrom('platform.outbox').selectAll().orderBy('eventId').execute(),
  });

  it('C04-TECH-09 lists what ran out of attempts, with payload, error and tries', async () => {
    const [first, second] = [await letter(), await letter()];
    const page = (await list('?state=waiting&page=1&pageSize=1')).json();
    expect(page).toMatchObject({ total: 2, page: 1, pageSize: 1 });
    expect(page.items[0]).toMatchObject({
      eventId: second,
      name: 'reviews.review_shown',
      payload: { shopId },
      error: 'down: the index is away',
      attempts: 12,
      state: 'waiting',
      settledAt: null,
    });
    expect((await read(first)).json()).toMatchObject({ eventId: first });
    expect((await list('?name=orders.order_paid')).json()).toMatchObject({ total: 0, items: [] });
    expect((await list('?state=discarded')).json().total).toBe(0);
    expect(await countDeadLetters(database.db, shopId)).toBe(2);
    expect(await database.statementsOf(() => list())).toHaveLength(2);
  });

  it('replays: the failed consumer is called again, the one that had succeeded is not', async () => {
    const eventId = await letter();
    expect(others).toBe(1);
    isDown = false;
    expect((await act(eventId, 'replay')).statusCode).toBe(204);
    await settleAll();
    expect({ handled, others }).toEqual({ handled: [eventId], others: 1 });
    expect((await read(eventId)).json()).toMatchObject({ state: 'replayed', settledBy: '小周' });
    expect(audited).toMatchObject([
      { action: 'operations.replay_message', target: eventId, shopId, summary: 'reviews.review_shown' },
    ]);
    expect(await countDeadLetters(database.db, shopId)).toBe(0);
  });

  it('waits again when a replay fails too', async () => {
    const eventId = await letter();
    await act(eventId, 'replay');
    await settleAll();
    expect((await read(eventId)).json()).toMatchObject({ state: 'waiting', attempts: 12, settledBy: null });
    expect((await act(eventId, 'replay')).statusCode).toBe(204);
  });

  it('discards: it is not sent again, and goes for good after two weeks', async () => {
    const eventId = await letter();
    isDown = false;
    expect((await act(eventId, 'discard')).statusCode).toBe(204);
    await settleAll();
    expect(handled).toEqual([]);
    expect(audited).toMatchObject([{ action: 'operations.discard_message', target: eventId }]);
    clock.advance(15 * 86_400_000);
    const before = new Date(clock.now().getTime() - 14 * 86_400_000);
    await database.inTransaction(async (tx) => messagingRetention[0]?.purge(tx, before, 100));
    expect(await snapshot()).toEqual({ letters: [], outbox: [] });
  });

  it('another shop sees none of it and settles none of it', async () => {
    const eventId = await letter(otherShopId);
    const before = await snapshot();
    expect((await list()).json()).toMatchObject({ total: 0, items: [] });
    for (const reply of [await read(eventId), await act(eventId, 'replay'), await act(eventId, 'discard')])
      expect([reply.statusCode, code(reply)]).toEqual([404, 'operations.dead_letter_not_found']);
    expect(await snapshot()).toEqual(before);
    expect(audited).toEqual([]);
  });

  it('what belongs to no single shop is seen by each', async () => {
    await database.inTransaction((tx) =>
      messaging.outbox.publish(tx, 'payments.payment_closed', { buyerId: newId(), paymentId: newId() }),
    );
    await settleAll();
    expect((await list()).json().items).toMatchObject([{ name: 'payments.payment_closed' }]);
  });

  it('400, 401, 403, 404 and 409', async () => {
    const eventId = await letter();
    const nobody = { 'x-requested-with': 'xiaopu-console' };
    expect((await list('?pageSize=1000')).statusCode).toBe(400);
    expect((await read('x')).statusCode).toBe(400);
    expect((await list('', {})).statusCode).toBe(401);
    expect((await list('', staff('orders.read'))).statusCode).toBe(403);
    for (const what of ['replay', 'discard'] as const) {
      expect((await act(eventId, what, nobody)).statusCode).toBe(401);
      expect((await act(eventId, what, staff('operations.read'))).statusCode).toBe(403);
      expect((await act(newId(), what)).statusCode).toBe(404);
      expect((await act('x', what)).statusCode).toBe(400);
    }
    expect((await act(eventId, 'discard')).statusCode).toBe(204);
    for (const what of ['replay', 'discard'] as const) {
      const again = await act(eventId, what);
      expect([again.statusCode, code(again)]).toEqual([409, 'operations.dead_letter_settled']);
    }
    expect(audited).toHaveLength(1);
  });
});
