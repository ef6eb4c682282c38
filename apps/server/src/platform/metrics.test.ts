import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import { createFixedClock } from './clock.ts';
import { createApp } from './http/app.ts';
import { createLogger } from './logger.ts';
import { createMessaging } from './messaging/outbox.ts';
import { metricsRoutes } from './metrics.ts';
import type { OutsideState } from './outside-call.ts';

let database: TestDatabase;
const clock = createFixedClock('2026-11-22T00:00:00Z');
const log = createLogger('silent');
beforeAll(async () => {
  database = await createTestDatabase(4);
});
afterAll(() => database.close());

const policies = { get: ({ defaultValue }: { defaultValue: number }) => defaultValue };

async function open(token?: string) {
  const messaging = createMessaging({ database, clock, log });
  const app = await createApp({
    log,
    version: '0',
    rateLimitPerMinute: 0,
    authenticators: { buyer: async () => undefined, staff: async () => undefined },
  });
  const state = { name: 'kdniao', state: 'open', calls: 7, failures: 5, refused: 2 } as OutsideState;
  metricsRoutes(app, {
    database,
    subscribers: messaging.subscribers,
    clock,
    outside: () => [state],
    policies,
    log,
    token,
  });
  app.get('/api/things/:thingId', { config: { access: 'anyone' } }, async () => ({}));
  return { app, messaging };
}

it('tells durations by route template, the outbox’s lag, the pool and the breakers', async () => {
  const { app, messaging } = await open();
  for (const id of ['1', '2', 'secret-3']) await app.inject(`/api/things/${id}`);
  await app.inject('/nothing-here');
  await database.inTransaction((tx) =>
    messaging.outbox.publish(tx, 'payments.anomaly_found', {
      buyerId: 'b',
      paymentId: 'p',
      kind: 'paid_twice',
      expected: 0,
      actual: 1,
    }),
  );
  clock.advance(42_000);
  const { statusCode, body, headers } = await app.inject('/metrics');
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toContain('text/plain');
  expect(body).toContain('xiaopu_http_request_seconds_count{method="GET",route="/api/things/:thingId",status="2xx"} 3');
  expect(body).toContain('xiaopu_http_request_seconds_count{method="GET",route="none",status="4xx"} 1');
  expect(body).not.toContain('secret-3');
  expect(body).toContain('xiaopu_api_line 0');
  expect(body).toContain('xiaopu_outbox_waiting 1');
  expect(body).toContain('xiaopu_outbox_lag_seconds 42');
  expect(body).toContain('xiaopu_outside_breaker{service="kdniao"} 2');
  expect(body).toContain('xiaopu_outside_calls{service="kdniao",result="refused"} 2');
  expect(body).toMatch(/xiaopu_database_connections\{state="waiting"\} 0/);
  expect(body).toContain('nodejs_eventloop_lag_seconds');
  expect(body).toContain('xiaopu_events_heard_total{event="payments.anomaly_found"} 0');
  await messaging.relay.drain();
  const after = (await app.inject('/metrics')).body;
  expect(after).toContain('xiaopu_events_heard_total{event="payments.anomaly_found"} 1');
  expect(after).toContain('xiaopu_outbox_waiting 0');
  await app.close();
});

it('is there for the machine itself only, or for who brings the token', async () => {
  const { app } = await open();
  expect((await app.inject({ url: '/metrics', remoteAddress: '10.0.0.9' })).statusCode).toBe(404);
  // Behind a proxy on this machine the far end counts.
  expect((await app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '10.0.0.9' } })).statusCode).toBe(404);
  await app.close();
  const guarded = (await open('t0ken')).app;
  const ask = (authorization?: string) =>
    guarded.inject({
      url: '/metrics',
      remoteAddress: '10.0.0.9',
      ...(authorization ? { headers: { authorization } } : {}),
    });
  expect((await ask('Bearer t0ken')).statusCode).toBe(200);
  expect((await ask('Bearer other')).statusCode).toBe(404);
  expect((await ask()).statusCode).toBe(404);
  await guarded.close();
});
