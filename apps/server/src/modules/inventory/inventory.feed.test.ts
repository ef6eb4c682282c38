import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StockChange, StockChanges, StockWebhookMade } from '@xiaopu/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFixedClock, dayMs } from '#platform/clock.ts';
import { createFieldCipher } from '#platform/field-cipher.ts';
import { createApp } from '#platform/http/app.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createMessaging } from '#platform/messaging/outbox.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { stockFeedRoutes } from './inventory.feed.routes.ts';
import { createStockFeed, type StockFeed } from './inventory.feed.ts';
import { createInventory, type Inventory } from './inventory.service.ts';
import { createStockWebhooks, signatureOf } from './inventory.webhooks.ts';

const log = createLogger('silent');

describe('C06-INV-03 the feed of stock changes', () => {
  const clock = createFixedClock('2026-11-22T04:00:00Z');
  const cipher = createFieldCipher('k1:0123456789abcdeffedcba9876543210');
  let database: TestDatabase;
  let inventory: Inventory;
  let feed: StockFeed;
  let app: Awaited<ReturnType<typeof createApp>>;
  let origin: string;
  const staffOf = (shopId: string) => ({ authorization: shopId, 'x-requested-with': 'xiaopu-console' });
  const webhooks = (allowsPrivate: boolean) => createStockWebhooks({ database, clock, cipher, feed, allowsPrivate });

  beforeAll(async () => {
    database = await createTestDatabase();
    const messaging = createMessaging({ database, clock, log });
    inventory = createInventory({ outbox: messaging.outbox, clock });
    feed = createStockFeed({ database, clock, log });
    app = await createApp({
      log,
      version: '0',
      rateLimitPerMinute: 0,
      authenticators: {
        buyer: async () => undefined,
        staff: async ({ headers: { authorization } }) =>
          authorization
            ? {
                staffId: newId(),
                name: '小陈',
                shopId: authorization,
                permissions: new Set(['inventory.read', 'settings.read', 'settings.write'] as const),
              }
            : undefined,
      },
    });
    stockFeedRoutes(app, { database, feed, webhooks: webhooks(true), audit: async () => {} });
    await app.listen({ port: 0, host: '127.0.0.1' });
    origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app.close();
    await feed.stop();
    await database.close();
  });

  async function givenStock(shopId: string, onHand = 10) {
    const [skuId, spuId] = [newId(), newId()];
    await database.inTransaction((tx) =>
      inventory.createLevels(tx, [{ skuId, spuId, shopId, onHand, safetyStock: 0 }]),
    );
    feed.note(skuId);
    await feed.settle();
    return { skuId, spuId };
  }
  async function change(shopId: string, skuId: string, delta: number) {
    await database.inTransaction((tx) =>
      inventory.adjust(tx, shopId, { skuId, requestId: newId(), delta, reason: 'count', note: '', actor: '小陈' }),
    );
    feed.note(skuId);
    await feed.settle();
  }

  /** Reads events until `count` came. */
  async function listen(path: string, count: number, headers: Record<string, string> = {}) {
    const stop = new AbortController();
    const reply = await fetch(`${origin}${path}`, { headers, signal: stop.signal });
    const events: { event: string; id: number; data: StockChange }[] = [];
    const done = (async () => {
      let text = '';
      const decoder = new TextDecoder();
      for await (const chunk of reply.body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(chunk, { stream: true });
        const parts = text.split('\n\n');
        text = parts.pop() ?? '';
        for (const part of parts) {
          const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1];
          const event = field('event');
          if (event) events.push({ event, id: Number(field('id')), data: JSON.parse(field('data') ?? '{}') });
        }
        if (events.length >= count) break;
      }
      stop.abort();
      return events;
    })().catch(() => events);
    return done;
  }

  it('numbers changes without gaps, per shop, and publishes nothing twice', async () => {
    const [shopId, other] = [newId(), newId()];
    const { skuId } = await givenStock(shopId);
    await givenStock(other);
    await change(shopId, skuId, 1);
    await change(shopId, skuId, -3);
    feed.note(skuId);
    await feed.settle();
    const { items, sequence } = await feed.read(database.db, shopId, 0);
    expect(items.map((item) => [item.sequence, item.available])).toEqual([
      [1, 10],
      [2, 11],
      [3, 8],
    ]);
    expect(sequence).toBe(3);
    expect((await feed.read(database.db, shopId, 2)).items).toHaveLength(1);
    expect(await feed.read(database.db, shopId, 3)).toEqual({ items: [], sequence: 3, isReset: false });
  });

  it('finds what a crash kept back, once', async () => {
    const shopId = newId();
    const { skuId } = await givenStock(shopId);
    await database.inTransaction((tx) =>
      inventory.adjust(tx, shopId, { skuId, requestId: newId(), delta: 5, reason: 'count', note: '', actor: '小陈' }),
    );
    expect(await feed.catchUp()).toBe(1);
    expect(await feed.catchUp()).toBe(0);
    expect((await feed.read(database.db, shopId, 1)).items).toMatchObject([{ sequence: 2, available: 15 }]);
  });

  it('streams to three subscribers at once; one that was away catches up by its last number', async () => {
    const shopId = newId();
    const { skuId, spuId } = await givenStock(shopId);
    const noise = await givenStock(shopId);
    const live = [
      listen(`/api/stock/stream?shopId=${shopId}&after=2`, 2),
      listen(`/api/stock/stream?shopId=${shopId}&after=2&spuIds=${spuId}`, 2),
      listen('/api/console/stock/stream?after=2', 2, staffOf(shopId)),
    ];
    // A subscription counts from the moment its first read is done; events before that are read, after that are told.
    await new Promise((done) => setTimeout(done, 100));
    await change(shopId, skuId, 1);
    await change(shopId, skuId, 1);
    for (const events of await Promise.all(live)) {
      expect(events.map(({ event, id, data }) => [event, id, data.available])).toEqual([
        ['stock', 3, 11],
        ['stock', 4, 12],
      ]);
    }
    await change(shopId, noise.skuId, 1);
    await change(shopId, skuId, -12);
    const missed = await listen(`/api/stock/stream?shopId=${shopId}&after=0&spuIds=${spuId}`, 1, {
      'last-event-id': '4',
    });
    expect(missed.map(({ id, data }) => [id, data.available])).toEqual([[6, 0]]);
  });

  it('tells who cannot stream the newest there are, and goes on from there; shoppers learn no exact plenty', async () => {
    const shopId = newId();
    const { skuId, spuId } = await givenStock(shopId, 500);
    await givenStock(shopId);
    await change(shopId, skuId, -450);
    const ask = async (query: string) =>
      (await (
        await fetch(`${origin}/api/stock/changes?shopId=${shopId}&spuIds=${spuId}${query}`)
      ).json()) as StockChanges;
    const first = await ask('');
    expect([first.sequence, first.items.map(({ available }) => available)]).toEqual([3, [99, 50]]);
    expect(await ask('&after=3')).toEqual({ items: [], sequence: 3, isReset: false });
    await change(shopId, skuId, -50);
    expect((await ask('&after=3')).items).toMatchObject([{ sequence: 4, skuId, available: 0 }]);
    const staff = await fetch(`${origin}/api/console/stock/changes`, { headers: staffOf(shopId) });
    expect(((await staff.json()) as StockChanges).items.map(({ available }) => available)).toEqual([500, 10, 50, 0]);
  });

  it('says so when what was asked for is no longer kept', async () => {
    const shopId = newId();
    const { skuId } = await givenStock(shopId);
    await change(shopId, skuId, 1);
    clock.advance(8 * dayMs);
    await change(shopId, skuId, 1);
    await feed.prune();
    const [event] = await listen(`/api/stock/stream?shopId=${shopId}&after=1`, 1);
    expect(event).toMatchObject({ event: 'reset', id: 3 });
    expect((await feed.read(database.db, shopId, 2)).items).toHaveLength(1);
    expect(await feed.read(database.db, shopId, 99)).toMatchObject({ isReset: true, sequence: 3 });
  });

  it('refuses streams without a position, of nobody, and shows a shop only its own', async () => {
    const shopId = newId();
    await givenStock(shopId);
    const status = async (path: string, headers = {}) => (await fetch(`${origin}${path}`, { headers })).status;
    expect(await status(`/api/stock/stream?shopId=${shopId}`)).toBe(400);
    expect(await status('/api/console/stock/stream?after=0')).toBe(401);
    const reply = await fetch(`${origin}/api/console/stock/changes?after=0`, { headers: staffOf(newId()) });
    expect(await reply.json()).toEqual({ items: [], sequence: 0, isReset: false });
  });

  describe('webhooks', () => {
    let erp: Server;
    let url: string;
    let answer = 200;
    const got: { headers: IncomingMessage['headers']; body: string }[] = [];
    beforeAll(async () => {
      erp = createServer((request, reply) => {
        let body = '';
        request.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on('end', () => {
          if (answer === 200) got.push({ headers: request.headers, body });
          reply.writeHead(answer).end();
        });
      });
      await new Promise<void>((done) => erp.listen(0, '127.0.0.1', done));
      url = `http://127.0.0.1:${(erp.address() as AddressInfo).port}/stock`;
    });
    afterAll(() => new Promise((done) => erp.close(done)));

    const add = async (shopId: string) => {
      const reply = await fetch(`${origin}/api/console/stock/webhooks`, {
        method: 'POST',
        headers: { ...staffOf(shopId), 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'ERP', url }),
      });
      return (await reply.json()) as StockWebhookMade;
    };
    const list = async (shopId: string) =>
      (
        (await (await fetch(`${origin}/api/console/stock/webhooks`, { headers: staffOf(shopId) })).json()) as {
          items: { position: number; attempts: number; lastError: string | null }[];
        }
      ).items;

    it('are signed, tried again, in order, and lose nothing while the ERP is away', async () => {
      const shopId = newId();
      const { skuId } = await givenStock(shopId);
      const { secret, endpointId } = await add(shopId);
      const hooks = webhooks(true);
      expect(await hooks.sweep()).toBe(0);
      answer = 500;
      await change(shopId, skuId, 1);
      expect(await hooks.sweep()).toBe(1);
      expect(await hooks.sweep()).toBe(0);
      expect(await list(shopId)).toMatchObject([{ position: 1, attempts: 1, lastError: 'HTTP 500' }]);
      await change(shopId, skuId, 1);
      answer = 200;
      clock.advance(1_000);
      expect(await hooks.sweep()).toBe(1);
      expect(await hooks.sweep()).toBe(0);
      expect(got).toHaveLength(1);
      const [{ headers, body } = { headers: {}, body: '' }] = got;
      expect(JSON.parse(body)).toMatchObject({
        shopId,
        sequence: 3,
        changes: [
          { sequence: 2, skuId, available: 11 },
          { sequence: 3, skuId, available: 12 },
        ],
      });
      expect(headers['x-xiaopu-signature']).toBe(signatureOf(secret, String(headers['x-xiaopu-timestamp']), body));
      expect(await list(shopId)).toMatchObject([{ position: 3, attempts: 0, lastError: null }]);
      // Another shop can neither see nor remove it.
      expect(await list(newId())).toEqual([]);
      const remove = (as: string) =>
        fetch(`${origin}/api/console/stock/webhooks/${endpointId}`, { method: 'DELETE', headers: staffOf(as) });
      expect((await remove(newId())).status).toBe(404);
      expect(await list(shopId)).toHaveLength(1);
      expect((await remove(shopId)).status).toBe(200);
      expect(await list(shopId)).toEqual([]);
    });

    it('are not sent into our own network', async () => {
      const hooks = webhooks(false);
      for (const address of [
        'http://example.com/',
        'https://127.0.0.1/',
        'https://10.1.2.3/',
        'https://[::1]/',
        'https://localhost/',
      ]) {
        const adding = database.inTransaction((tx) => hooks.add(tx, newId(), { name: 'x', url: address }));
        await expect(adding, address).rejects.toMatchObject({ code: 'inventory.webhook_private' });
      }
    });
  });
});
