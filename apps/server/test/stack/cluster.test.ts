import { randomUUID } from 'node:crypto';
import { connect as connectTls } from 'node:tls';
import { ApiError, createBuyerApi, encodeQuery, type Send } from '@xiaopu/api-client';
import type { OrderDetail, StockChanges } from '@xiaopu/contracts';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCluster, startCluster, stopCluster } from '../../../../scripts/stack/cluster.ts';
import type { Stack } from '../../../../scripts/stack/stack.ts';
import type { TestDatabase } from '../database.ts';
import { demoPassword } from '../shop.ts';
import { address, findProduct } from '../story.ts';
import { createStackDatabase, runningStack, waitFor } from './stack.ts';

describe('two http and two worker processes behind nginx', () => {
  let stack: Stack;
  let cluster: RunningCluster;
  let database: TestDatabase & { url: string };
  let agent: Agent;
  beforeAll(async () => {
    stack = await runningStack();
    database = await createStackDatabase(stack);
    // The shop's own limit is out of the way: the gateway's is looked at.
    const env = { DATABASE_URL: database.url, RATE_LIMIT_PER_MINUTE: '0' };
    cluster = await startCluster(stack, { env, demoDays: 0, ratePerSecond: 100, burst: 100 });
    agent = new Agent({ connect: { ca: cluster.certificate } });
  });
  afterAll(async () => {
    await agent?.close();
    await stopCluster(stack);
    await Promise.all(['redis-cluster-0', 'redis-cluster-1', 'redis-cluster-2'].map(stack.startServer));
    await database.close();
  });

  const ask = async (
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ) => {
    const reply = await fetch(cluster.url + path, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      dispatcher: agent,
      redirect: 'manual',
    });
    const text = await reply.text();
    const isJson = reply.headers.get('content-type')?.includes('json');
    const cookie = reply.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    return { status: reply.status, body: isJson ? JSON.parse(text) : text, cookie };
  };
  const sendWith =
    (headers: Record<string, string>): Send =>
    async ({ method, path, query, body, headers: extra }) => {
      const text = encodeQuery(query);
      const reply = await ask(method, text ? `${path}?${text}` : path, { body, headers: { ...headers, ...extra } });
      if (reply.status >= 400)
        throw new ApiError(reply.status, (reply.body as { error: ConstructorParameters<typeof ApiError>[1] }).error);
      return reply.body as never;
    };
  async function buyer(persona: string) {
    const { code } = (await ask('POST', '/sandbox/phone/login-code', { body: { persona } })).body as { code: string };
    const { token, buyer: who } = await createBuyerApi(sendWith({})).session.wechatMini({ code });
    const headers = { authorization: `Bearer ${token}` };
    return { buyerId: who.buyerId, token, headers, api: createBuyerApi(sendWith(headers)) };
  }
  type Buyer = Awaited<ReturnType<typeof buyer>>;
  /** Whole orders: placed, paid at the sandbox, told to the shop by its callback, handled by a worker. */
  async function buy({ api, ...rest }: Buyer, persona: string): Promise<OrderDetail> {
    const product = await findProduct({ api, ...rest });
    const { addresses } = await api.addresses.list({});
    const addressId = addresses[0]?.addressId ?? (await api.addresses.create(address)).addressId;
    const lines = [{ skuId: product.skus[0]?.skuId ?? '', quantity: 1 }];
    const placed = await api.orders.place({ source: { kind: 'lines', lines }, addressId }, randomUUID());
    const { params } = await api.payments.start(placed.paymentId, { client: 'mp-weixin' });
    const paid = await ask('POST', '/sandbox/phone/request-payment', { body: { persona, ...params } });
    expect(paid.body).toMatchObject({ errMsg: 'requestPayment:ok' });
    const orderNo = placed.orderNos[0] ?? '';
    return waitFor(
      () => api.orders.get(orderNo),
      ({ status }) => status === 'paid',
    );
  }
  const soldOf = (spuId: string) => async () => {
    const { rows } = await database.pool.query('select sold_count as sold from catalog.spu where spu_id = $1', [spuId]);
    return Number(rows[0]?.sold);
  };

  it('sells through the gateway: storefront, sandbox and API on one address', async () => {
    expect((await ask('GET', '/healthz')).status).toBe(200);
    expect((await ask('GET', '/sandbox/')).status).toBe(200);
    expect((await ask('GET', '/readyz')).status).toBe(404); // asked from inside only
    const order = await buy(await buyer('lin-xia'), 'lin-xia');
    expect(order.status).toBe('paid');
  });

  it('C10-SEC-01 C12-ENC-02 speaks TLS 1.3, takes 1.2 and refuses what is older', async () => {
    const speak = (maxVersion: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string | null>((done) => {
        const socket = connectTls(
          // Old versions need the client's own floor lowered to be offered at all.
          {
            port: stack.ports.gateway,
            host: '127.0.0.1',
            ca: cluster.certificate,
            minVersion: 'TLSv1',
            maxVersion,
            ciphers: 'DEFAULT@SECLEVEL=0',
          },
          () => {
            done(socket.getProtocol());
            socket.end();
          },
        );
        socket.on('error', () => done(null));
      });
    expect([await speak('TLSv1.3'), await speak('TLSv1.2'), await speak('TLSv1.1')]).toEqual([
      'TLSv1.3',
      'TLSv1.2',
      null,
    ]);
  });

  it('C04-TECH-06 turns a flood away at the gateway, but never a payment callback', async () => {
    const flood = (method: string, path: string) =>
      Promise.all(Array.from({ length: 400 }, () => ask(method, path, method === 'POST' ? { body: {} } : {})));
    const replies = await flood('GET', '/api/products?limit=1');
    const refused = replies.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(100);
    expect(replies.filter(({ status }) => status !== 200 && status !== 429)).toEqual([]);
    expect(refused[0]?.body).toMatchObject({ error: { code: 'gateway.too_many_requests' } });
    const callbacks = await flood('POST', '/api/notify/wechat-pay/payment');
    expect(callbacks.filter(({ status }) => status === 429)).toEqual([]);
    await new Promise((done) => setTimeout(done, 1_500)); // the burst refills
  });

  it('C04-TECH-06 passes on the version of the API that there is, and tells who asks for another', async () => {
    expect((await ask('GET', '/api/v1/products?limit=1')).status).toBe(200);
    const other = await ask('GET', '/api/v2/products?limit=1');
    expect([other.status, (other.body as { error: { code: string } }).error.code]).toEqual([
      404,
      'request.unknown_version',
    ]);
  });

  it('C06-INV-03 three subscribers at the gateway see each change once and in order, and one that was away catches up', async () => {
    const login = await ask('POST', '/api/console/session', {
      body: { account: 'admin', password: demoPassword },
      headers: { 'x-requested-with': 'xiaopu-console' },
    });
    const cookie = String(login.cookie);
    const staff = { cookie, 'x-requested-with': 'xiaopu-console' };
    const stock = (await ask('GET', '/api/console/stock?page=1&pageSize=1', { headers: staff })).body as {
      items: { skuId: string; spuId: string }[];
    };
    const [{ skuId, spuId } = { skuId: '', spuId: '' }] = stock.items;
    const changes = (await ask('GET', '/api/console/stock/changes', { headers: staff })).body as StockChanges;
    const { rows } = await database.pool.query('select shop_id from inventory.stock_level where sku_id = $1', [skuId]);
    const stop = new AbortController();
    const arrivals: number[][] = [];
    const listen = async (path: string, headers: Record<string, string>) => {
      const seen: number[] = [];
      arrivals.push(seen);
      const reply = await fetch(cluster.url + path, { headers, dispatcher: agent, signal: stop.signal });
      let text = '';
      for await (const chunk of reply.body ?? []) {
        text += Buffer.from(chunk as Uint8Array).toString('utf8');
        for (const [, data] of text.matchAll(/^data: (\{"\w.*\})$/gm)) {
          const { sequence, skuId: of } = JSON.parse(data as string) as { sequence: number; skuId: string };
          if (of === skuId && seen.at(-1) !== sequence) seen.push(sequence);
        }
        text = text.slice(text.lastIndexOf('\n\n'));
      }
    };
    const shop = `/api/stock/stream?shopId=${rows[0]?.shop_id}&after=${changes.sequence}`;
    const streams = [
      listen(`${shop}&spuIds=${spuId}`, {}),
      listen(shop, {}),
      listen(`/api/console/stock/stream?after=${changes.sequence}`, staff),
    ];
    await new Promise((done) => setTimeout(done, 1_000));
    const changed = 30;
    for (let turn = 0; turn < changed; turn += 1) {
      const body = { delta: turn % 2 ? -1 : 1, reason: 'count', note: '', requestId: randomUUID() };
      expect((await ask('POST', `/api/console/stock/${skuId}/adjustments`, { body, headers: staff })).status).toBe(200);
      // Of several at once a stream may tell the newest alone: one at a time, each is seen.
      await waitFor(
        async () => arrivals.map((seen) => seen.length),
        (counts) => counts.every((count) => count > turn),
        { withinMs: 15_000, everyMs: 5 },
      ).catch((error: unknown) => {
        stop.abort();
        throw error;
      });
    }
    stop.abort();
    await Promise.allSettled(streams);
    const [first = []] = arrivals;
    expect(first).toEqual([...new Set(first)].sort((one, other) => one - other));
    expect(arrivals).toEqual([first, first, first]);
    // One that was away asks for what came after the last it saw, and is at the newest.
    const after = first[9] ?? 0;
    const missed = (await ask('GET', `/api/console/stock/changes?after=${after}`, { headers: staff }))
      .body as StockChanges;
    const own = missed.items.filter((change) => change.skuId === skuId).map(({ sequence }) => sequence);
    expect(own.every((sequence) => sequence > after)).toBe(true);
    expect(own.at(-1)).toBe(first.at(-1));
  });

  it('goes on without a break when one http process is killed, and takes it back', async () => {
    const failures: number[] = [];
    let isOver = false;
    const shopper = (async () => {
      for (let asked = 0; !isOver; asked += 1) {
        const { status } = await ask('GET', `/api/products?limit=2&minPrice=${asked}`);
        if (status !== 200) failures.push(status);
        await new Promise((done) => setTimeout(done, 20));
      }
    })();
    await cluster.stop('http-0', 'SIGKILL');
    await new Promise((done) => setTimeout(done, 500));
    await cluster.start('http-0');
    await cluster.stop('http-1');
    await new Promise((done) => setTimeout(done, 500));
    await cluster.start('http-1');
    isOver = true;
    await shopper;
    expect(failures).toEqual([]);
  });

  it('pays and counts each order once although a worker is killed meanwhile', async () => {
    const who = await buyer('lin-xia');
    const { spuId } = await findProduct(who);
    const before = await soldOf(spuId)();
    const orders = [buy(who, 'lin-xia'), buy(who, 'lin-xia')];
    await cluster.stop('worker-0', 'SIGKILL');
    orders.push(buy(who, 'lin-xia'));
    await Promise.all(orders);
    await waitFor(soldOf(spuId), (sold) => sold >= before + 3);
    await cluster.start('worker-0');
    await new Promise((done) => setTimeout(done, 1_000));
    expect(await soldOf(spuId)()).toBe(before + 3);
  });

  it('sells on while all of Redis is away', async () => {
    const nodes = ['redis-cluster-0', 'redis-cluster-1', 'redis-cluster-2'];
    await Promise.all(nodes.map((name) => stack.stopServer(name, 'SIGKILL')));
    expect((await ask('GET', '/api/home')).status).toBe(200);
    const order = await buy(await buyer('lin-xia'), 'lin-xia');
    expect(order.status).toBe('paid');
    await Promise.all(nodes.map(stack.startServer));
    await waitFor(
      async () => (await ask('GET', '/api/products?limit=3')).status,
      (status) => status === 200,
    );
  });

  it('stops cleanly when asked', async () => {
    for (const name of ['http-0', 'http-1', 'worker-0', 'worker-1'] as const) {
      const startedAt = performance.now();
      await cluster.stop(name);
      // Force comes after 20 s: it was not needed.
      expect(performance.now() - startedAt).toBeLessThan(15_000);
    }
  });
});
