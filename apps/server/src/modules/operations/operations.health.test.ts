import type { Permission } from '@xiaopu/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '#platform/audit.ts';
import { createFixedClock, minuteMs } from '#platform/clock.ts';
import { createApp } from '#platform/http/app.ts';
import { newId } from '#platform/ids.ts';
import { createLogger } from '#platform/logger.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { calmMs, judge, type OpenAlert } from './operations.alerts.domain.ts';
import { createAlerts } from './operations.alerts.ts';
import { healthRoutes } from './operations.health.routes.ts';
import { createSlowList } from './operations.slow.ts';
import { createWatch } from './operations.watch.ts';

const log = createLogger('silent');
const shopId = newId();

describe('when an alert opens and ends', () => {
  const lines = { yellow: 600, red: 800 };
  const at = (second: number) => new Date(Date.parse('2026-11-22T00:00:00Z') + second * 1_000);

  function play(values: number[]) {
    let open: OpenAlert | undefined;
    const told: string[] = [];
    values.forEach((value, index) => {
      const verdict = judge(open, value, lines, at(index * 10));
      if (verdict.move === 'open') told.push(`open ${verdict.level}`);
      if (verdict.move === 'recover') told.push('recover');
      if (verdict.move === 'keep' && verdict.level !== open?.level) told.push(`now ${verdict.level}`);
      open = verdict.move === 'open' || verdict.move === 'keep' ? { calmSince: null, ...verdict } : undefined;
    });
    return told;
  }

  it('C09-KPI-06 a value that flaps, near the line or far from it, makes one alert and one recovery', () => {
    const calm = Array.from({ length: 8 }, () => 100);
    expect(play([810, 790, 805, 795, 820, 780, ...calm])).toEqual(['open red', 'recover']);
    expect(play([900, 0, 900, 0, 900, 0, 900, ...calm])).toEqual(['open red', 'recover']);
    expect(play([650, 900, 650, ...calm])).toEqual(['open yellow', 'now red', 'now yellow', 'recover']);
    expect(play([600, 0, 600])).toEqual([]);
  });

  it('C09-KPI-06 whatever the values, alerts and recoveries alternate, and none ends before a calm minute', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_500 }), { maxLength: 120 }), (values) => {
        const told = play(values).filter((what) => !what.startsWith('now'));
        for (const [index, what] of told.entries())
          expect(what.startsWith(index % 2 === 0 ? 'open' : 'recover')).toBe(true);
        expect(told.length).toBeLessThanOrEqual(2 + (values.length * 10_000 * 2) / calmMs);
      }),
    );
  });
});

describe('alerts and the slow list', () => {
  const clock = createFixedClock('2026-11-22T00:00:00Z');
  const audited: AuditEntry[] = [];
  const policies = { get: ({ defaultValue }: { defaultValue: number }) => defaultValue };
  let database: TestDatabase;
  let app: Awaited<ReturnType<typeof createApp>>;
  let alerts: ReturnType<typeof createAlerts>;
  let slow: ReturnType<typeof createSlowList>;
  let watch: ReturnType<typeof createWatch>;
  let delayMs = 0;
  beforeAll(async () => {
    database = await createTestDatabase();
    alerts = createAlerts({ database, clock, policies, log });
    slow = createSlowList({ database, clock });
    watch = createWatch({
      ...{ database, alerts, slow, log },
      policies: { get: (policy) => (policy.key === 'health.slow_request_ms' ? 50 : policy.defaultValue) },
      apiP95: () => 801,
      outside: () => [],
      traceId: () => 'a'.repeat(32),
    });
    app = await createApp({
      ...{ log, clock, version: '0', rateLimitPerMinute: 0 },
      authenticators: {
        buyer: async () => undefined,
        staff: async ({ headers }) => {
          const rights = headers['x-test-staff'];
          if (typeof rights !== 'string') return undefined;
          return { staffId: newId(), name: '小周', shopId, permissions: new Set(rights.split(' ') as Permission[]) };
        },
      },
    });
    watch.attach(app);
    const audit = async (_tx: unknown, entry: AuditEntry) => void audited.push(entry);
    healthRoutes(app, { database, alerts, slow, watch, audit });
    app.get('/api/things/:thingId', { config: { access: 'anyone' } }, async () => {
      await new Promise((done) => setTimeout(done, delayMs));
      return {};
    });
    await app.ready();
  });
  afterAll(async () => {
    await app.close();
    await database.close();
  });
  beforeEach(async () => {
    audited.length = 0;
    for (const table of ['healthSample', 'alert', 'silence', 'slowRequest'] as const)
      await database.db.deleteFrom(`operations.${table}`).execute();
  });

  const manager = { 'x-test-staff': 'operations.read operations.manage', 'x-requested-with': 'xiaopu-console' };
  const get = async (path: string, headers: Record<string, string> = manager) =>
    app.inject({ url: `/api/console/operations/${path}`, headers });
  const silence = (lineKey: string, body: object, headers: Record<string, string> = manager) =>
    app.inject({ method: 'PUT', url: `/api/console/operations/silences/${lineKey}`, headers, payload: body });
  const report = (body: object) => app.inject({ method: 'POST', url: '/api/client-timings', payload: body });
  const say = (source: string, value: number) => alerts.report(source, [{ lineKey: 'api_p95', value }]);

  it('C09-KPI-05 p95 of 801 ms is a red alert with the process named; two processes make one alert, two judges too', async () => {
    await say('a:1', 400);
    await say('b:2', 801);
    await Promise.all([alerts.judgeAll(), alerts.judgeAll()]);
    await alerts.judgeAll();
    const page = (await get('alerts?page=1&pageSize=20')).json();
    expect(page.total).toBe(1);
    expect(page.items[0]).toMatchObject({
      ...{ lineKey: 'api_p95', level: 'red', value: 801, line: 800, source: 'b:2', recoveredAt: null },
      title: '接口耗时 p95',
    });
    const { lines } = (await get('health')).json();
    expect(lines[0]).toMatchObject({ key: 'api_p95', level: 'red', value: 801, yellow: 600, red: 800 });
    expect(lines[0].sources).toHaveLength(2);
    expect(await alerts.countOpen(database.db)).toBe(1);
  });

  it('ends after a calm minute, keeps the peak, and stays in the history', async () => {
    await say('a:1', 1_900);
    await alerts.judgeAll();
    await say('a:1', 700);
    await alerts.judgeAll();
    await say('a:1', 10);
    await alerts.judgeAll();
    expect(await alerts.countOpen(database.db)).toBe(1);
    clock.advance(calmMs);
    await say('a:1', 10);
    expect(await alerts.judgeAll()).toBe(1);
    expect(await alerts.countOpen(database.db)).toBe(0);
    const over = (await get('alerts?page=1&pageSize=20&state=over')).json();
    expect(over.items).toMatchObject([{ peak: 1_900, peakLevel: 'red', level: 'yellow' }]);
    expect((await get('alerts?page=1&pageSize=20&state=open')).json().total).toBe(0);
  });

  it('forgets a process that no longer says anything', async () => {
    await say('a:1', 900);
    await database.pool.query(`update operations.health_sample set at = now() - interval '1 minute'`);
    await alerts.judgeAll();
    expect(await alerts.countOpen(database.db)).toBe(0);
    expect((await get('health')).json().lines[0]).toMatchObject({ value: null, sources: [] });
  });

  it('C09-KPI-06 is silent while it was told to be, with reason and name, and speaks again after', async () => {
    await say('a:1', 900);
    await alerts.judgeAll();
    expect((await silence('api_p95', { minutes: 30, reason: '大促压测' })).statusCode).toBe(204);
    expect(await alerts.countOpen(database.db)).toBe(0);
    expect((await get('health')).json().lines[0].silence).toMatchObject({ reason: '大促压测', by: '小周' });
    expect(audited).toMatchObject([{ action: 'operations.silence', target: 'api_p95', shopId }]);
    clock.advance(31 * minuteMs);
    expect(await alerts.countOpen(database.db)).toBe(1);
    await silence('api_p95', { minutes: 30, reason: '' });
    await silence('api_p95', { minutes: 0, reason: '' });
    expect(await alerts.countOpen(database.db)).toBe(1);
  });

  it('measures its own process, CPU and memory named', async () => {
    await watch.sample();
    const { lines } = (await get('health')).json() as { lines: { key: string; value: number | null }[] };
    const figure = (key: string) => lines.find((line) => line.key === key)?.value;
    expect(figure('server_memory')).toBeGreaterThan(20);
    expect(figure('server_cpu')).toBeGreaterThanOrEqual(0);
    expect([figure('api_p95'), figure('dead_letters'), figure('outbox_lag')]).toEqual([801, 0, 0]);
  });

  it('C02-BEH-07 C09-KPI-04 a first screen p95 over its red line raises a red alert', async () => {
    const screens = (tookMs: number) => ({
      slowRequests: [],
      firstScreens: Array.from({ length: 20 }, () => ({ page: 'pages/home/index', tookMs })),
    });
    expect((await report(screens(3_001))).statusCode).toBe(204);
    await new Promise((done) => setTimeout(done, 5));
    const again = createWatch({
      ...{ database, alerts, slow, log, policies },
      ...{ apiP95: () => undefined, outside: () => [], traceId: () => undefined },
    });
    for (let count = 0; count < 20; count += 1) again.noteFirstScreen(3_001);
    await again.sample();
    await alerts.judgeAll();
    const { items } = (await get('alerts?page=1&pageSize=20')).json();
    // The machine this runs on may have alerts of its own.
    expect(items.filter(({ lineKey }: { lineKey: string }) => lineKey === 'first_screen_p95')).toMatchObject([
      { level: 'red', value: 3_001, line: 1_500 },
    ]);
  });

  it('C05-PERF-09 a slow call is in the list with endpoint, trace id and network, as server and phone saw it', async () => {
    delayMs = 80;
    const reply = await app.inject({ url: `/api/things/${newId()}`, headers: { 'x-request-id': 'call-0001' } });
    delayMs = 0;
    await app.inject(`/api/things/${newId()}`);
    expect(reply.headers['x-request-id']).toBe('call-0001');
    const slowCall = { endpoint: 'GET /api/things/:id', requestId: 'call-0001', tookMs: 1_600, network: '4g' };
    const forged = { ...slowCall, endpoint: 'GET /api/nothing/13800001234', requestId: 'call-0002' };
    expect((await report({ slowRequests: [slowCall, forged], firstScreens: [] })).statusCode).toBe(204);
    // The phone could not be sure that it arrived.
    await report({ slowRequests: [slowCall], firstScreens: [] });
    await slow.flush();
    const page = (await get('slow-requests?page=1&pageSize=20')).json();
    expect(page.total).toBe(2);
    const of = (origin: string) => page.items.find((item: { origin: string }) => item.origin === origin);
    expect(of('client')).toMatchObject({ ...slowCall, traceId: null });
    expect(of('server')).toMatchObject({
      endpoint: slowCall.endpoint,
      requestId: 'call-0001',
      traceId: 'a'.repeat(32),
    });
    expect(of('server').tookMs).toBeGreaterThanOrEqual(75);
    const { items } = (await get('slow-endpoints?hours=24')).json();
    expect(items.find(({ origin }: { origin: string }) => origin === 'client')).toMatchObject({
      ...{ endpoint: slowCall.endpoint, count: 1, p95Ms: 1_600, maxMs: 1_600, networks: { '4g': 1 } },
    });
    clock.advance(15 * 24 * 60 * minuteMs);
    expect(await slow.prune()).toBe(2);
  });

  it('400, 401, 403 and 404', async () => {
    expect((await get('health', {})).statusCode).toBe(401);
    for (const path of ['health', 'alerts', 'slow-endpoints', 'slow-requests'])
      expect((await get(path, { 'x-test-staff': 'orders.read' })).statusCode).toBe(403);
    expect((await get('slow-endpoints?hours=0')).statusCode).toBe(400);
    const body = { minutes: 5, reason: '' };
    expect((await silence('api_p95', body, { ...manager, 'x-test-staff': 'operations.read' })).statusCode).toBe(403);
    expect((await silence('nope', body)).statusCode).toBe(404);
    expect((await silence('api_p95', { minutes: -1, reason: '' })).statusCode).toBe(400);
    expect((await report({ slowRequests: [], firstScreens: [{ page: 'x', tookMs: -1 }] })).statusCode).toBe(400);
    expect((await report({ slowRequests: [{ endpoint: 'x' }], firstScreens: [] })).statusCode).toBe(400);
    expect(audited).toEqual([]);
  });
});
