/** The whole server on a test database, with the sandbox answering over real HTTP and real signatures. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError, createBuyerApi, encodeQuery, type Send } from '@xiaopu/api-client';
import { freePort } from '@xiaopu/free-port';
import { sandboxPlugin } from '@xiaopu/sandbox';
import { compose, type Shop } from '../src/main/compose.ts';
import type { Infrastructure } from '../src/main/infrastructure.ts';
import { seedDemo } from '../src/main/seed-demo.ts';
import { createMovableClock, type MovableClock } from '../src/platform/clock.ts';
import { readConfig } from '../src/platform/config.ts';
import { createFieldCipher } from '../src/platform/field-cipher.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createMessaging } from '../src/platform/messaging/outbox.ts';
import { createSweeps } from '../src/platform/messaging/sweeps.ts';
import { createPolicies } from '../src/platform/policy.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export interface TestShop {
  shop: Shop;
  database: TestDatabase;
  clock: MovableClock;
  origin: string;
  /** Moves time and does what became due. */
  advance(ms: number): Promise<void>;
  /** Calls the sandbox's phone and control addresses. */
  sandbox<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T>;
  /** A persona logged in through the mini program. */
  buyer(persona: string): Promise<TestBuyer>;
  /** Headers of a signed-in staff member acting on a shop. */
  staff(account: string, shopId?: string): Promise<Record<string, string>>;
  inject(request: TestRequest): Promise<{ status: number; body: unknown; text: string }>;
  close(): Promise<void>;
}

export interface TestRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface TestBuyer {
  buyerId: string;
  token: string;
  headers: Record<string, string>;
  api: ReturnType<typeof createBuyerApi>;
}

export const demoPassword = 'xiaopu-demo-2026';

export async function openTestShop({
  log = createLogger(process.env.TEST_LOG ?? 'silent'),
  maxConnections = 20,
} = {}): Promise<TestShop> {
  const database = await createTestDatabase(maxConnections);
  const dataDir = await mkdtemp(join(tmpdir(), 'xiaopu-shop-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    RATE_LIMIT_PER_MINUTE: '0',
    PUBLIC_BASE_URL: origin,
  });
  const clock = createMovableClock();
  const policies = createPolicies({ database, clock });
  const infrastructure: Infrastructure = {
    config,
    log,
    clock,
    movableClock: clock,
    database,
    messaging: createMessaging({ database, clock, log }),
    sweeps: createSweeps({ log }),
    policies,
    cipher: createFieldCipher('k1:0123456789abcdeffedcba9876543210'),
    build: { version: '0', commit: 'test' },
    close: async () => {},
  };
  const shop = await compose(infrastructure);
  const { shopIds } = await seedDemo({ ...shop, database, clock });
  await database.inTransaction((tx) => shop.openActivities(tx, shopIds));
  await shop.app.register(sandboxPlugin, {
    prefix: '/sandbox',
    publicBaseUrl: origin,
    dataDir: join(dataDir, 'sandbox'),
    clock: { now: clock.now, advance: (ms: number) => clock.advance(ms), reset: () => clock.reset() },
  });
  await shop.app.listen({ port, host: '127.0.0.1' });

  const inject: TestShop['inject'] = async ({ method, url, headers = {}, body }) => {
    const reply = await shop.app.inject({
      method: method as 'GET',
      url,
      headers,
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const isJson = String(reply.headers['content-type'] ?? '').includes('json');
    return { status: reply.statusCode, text: reply.body, body: isJson && reply.body ? JSON.parse(reply.body) : null };
  };
  const sandbox: TestShop['sandbox'] = async (method, path, body) => {
    const reply = await inject({ method, url: `/sandbox${path}`, body });
    if (reply.status >= 300) throw new Error(`sandbox ${path}: ${reply.status} ${reply.text}`);
    return reply.body as never;
  };
  const sendWith =
    (headers: Record<string, string>): Send =>
    async ({ method, path, query, body, headers: extra }) => {
      const text = encodeQuery(query);
      const reply = await inject({
        method,
        url: text ? `${path}?${text}` : path,
        headers: { ...headers, ...extra },
        body,
      });
      if (reply.status >= 400)
        throw new ApiError(reply.status, (reply.body as { error: ConstructorParameters<typeof ApiError>[1] }).error);
      return reply.body as never;
    };

  return {
    shop,
    database,
    clock,
    origin,
    sandbox,
    inject,
    async advance(ms) {
      clock.advance(ms);
      await shop.settle();
    },
    async buyer(persona) {
      const { code } = await sandbox<{ code: string }>('POST', '/phone/login-code', { persona });
      const { token, buyer } = await createBuyerApi(sendWith({})).session.wechatMini({ code });
      await shop.settle();
      const headers = { authorization: `Bearer ${token}` };
      return { buyerId: buyer.buyerId, token, headers, api: createBuyerApi(sendWith(headers)) };
    },
    async staff(account, shopId) {
      const reply = await shop.app.inject({
        method: 'POST',
        url: '/api/console/session',
        headers: { 'x-requested-with': 'xiaopu-console' },
        payload: { account, password: demoPassword },
      });
      if (reply.statusCode >= 300) throw new Error(`staff login: ${reply.statusCode} ${reply.body}`);
      const cookie = reply.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
      return { cookie, 'x-requested-with': 'xiaopu-console', ...(shopId ? { 'x-shop-id': shopId } : {}) };
    },
    async close() {
      await shop.app.close();
      await database.close();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}
