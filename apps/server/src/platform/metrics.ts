/**
 * What Prometheus reads at /metrics: durations by route template, never by address, so that no id becomes a label; and what
 * stands behind the routes. Only the machine itself may ask, or who brings the token.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Clock } from './clock.ts';
import type { Database } from './database/database.ts';
import type { RouteApp } from './http/app.ts';
import { createApiLine } from './lines.ts';
import type { Logger } from './logger.ts';
import type { Subscribers } from './messaging/outbox.ts';
import type { OutsideState } from './outside-call.ts';
import type { Policies } from './policy.ts';

export interface MetricsDeps {
  database: Pick<Database, 'db' | 'pool' | 'statementCount'>;
  subscribers: Pick<Subscribers, 'onAny'>;
  clock: Clock;
  outside: () => OutsideState[];
  policies: Pick<Policies, 'get'>;
  log: Logger;
  /** undefined: loopback only. */
  token: string | undefined;
}

const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5];
const loopback = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const lookEveryMs = 10_000;
const lineValue = { green: 0, yellow: 1, red: 2 } as const;
const breakerValue = { closed: 0, half_open: 1, open: 2 } as const;
/** What the shop is about: heard by every process once, so the truth is the greatest figure among processes, not their sum. */
const counted = [
  'orders.order_placed',
  'orders.order_paid',
  'orders.order_cancelled',
  'orders.order_refunded',
  'payments.payment_succeeded',
  'payments.refund_settled',
  'payments.anomaly_found',
] as const;

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Adds the measuring to `app` and the page to read it. Call before routes are added. @returns what it found, ms */
export function metricsRoutes(app: RouteApp, deps: MetricsDeps): { apiP95: () => number | undefined } {
  const { database, subscribers, clock, outside, policies, log, token } = deps;
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'xiaopu_http_request_seconds',
    help: 'Time from request to reply by route template',
    labelNames: ['method', 'route', 'status'],
    buckets,
    registers,
  });
  const heard = new Counter({
    name: 'xiaopu_events_heard_total',
    help: 'Domain events this process heard of: the greatest among processes is the truth',
    labelNames: ['event'],
    registers,
  });
  for (const event of counted) {
    heard.inc({ event }, 0);
    subscribers.onAny(event, () => heard.inc({ event }));
  }
  new Gauge({
    name: 'xiaopu_database_connections',
    help: 'Connections of the pool; waiting: requests without one',
    labelNames: ['state'],
    registers,
    collect() {
      const { totalCount, idleCount, waitingCount } = database.pool;
      this.set({ state: 'open' }, totalCount);
      this.set({ state: 'idle' }, idleCount);
      this.set({ state: 'waiting' }, waitingCount);
    },
  });
  new Gauge({
    name: 'xiaopu_database_statements',
    help: 'Statements sent since the process started',
    registers,
    collect() {
      this.set(database.statementCount());
    },
  });
  const waiting = new Gauge({ name: 'xiaopu_outbox_waiting', help: 'Events not delivered yet', registers });
  const lag = new Gauge({ name: 'xiaopu_outbox_lag_seconds', help: 'Age of the oldest of them', registers });
  const dead = new Gauge({ name: 'xiaopu_dead_letters', help: 'Events given up that wait for people', registers });
  const breaker = new Gauge({
    name: 'xiaopu_outside_breaker',
    help: '0 closed, 1 half open, 2 open',
    labelNames: ['service'],
    registers,
  });
  const calls = new Gauge({
    name: 'xiaopu_outside_calls',
    help: 'Calls to outside services since the process started',
    labelNames: ['service', 'result'],
    registers,
  });

  // Real time: a demo whose clock leaps is neither quick nor slow by that.
  const apiLine = createApiLine({ policies, now: Date.now });
  const looking = setInterval(() => {
    const change = apiLine.look();
    if (change?.to === 'green') log.info(change, 'API line: recovered');
    else if (change) log.warn(change, 'API line: alert');
  }, lookEveryMs).unref();
  app.addHook('onClose', async () => clearInterval(looking));
  new Gauge({
    name: 'xiaopu_api_p95_seconds',
    help: '95th percentile of API requests over the last five minutes; NaN with fewer than 20 of them',
    registers,
    collect() {
      const p95 = apiLine.p95();
      this.set(p95 === undefined ? Number.NaN : p95 / 1_000);
    },
  });
  new Gauge({
    name: 'xiaopu_api_line',
    help: '0 green, 1 yellow, 2 red, with hysteresis',
    registers,
    collect() {
      this.set(lineValue[apiLine.level()]);
    },
  });

  // A child of its own for each combination: finding it by labels costs more than counting.
  const children = new Map<string, { observe(seconds: number): void }>();
  function measure(method: string, route: string, status: string, ms: number): void {
    if (route.startsWith('/api/')) apiLine.add(ms);
    const key = `${method} ${status} ${route}`;
    let child = children.get(key);
    if (!child) {
      child = requests.labels({ method, route, status });
      children.set(key, child);
    }
    child.observe(ms / 1_000);
  }
  app.addHook('onResponse', (request, reply, done) => {
    measure(
      request.method,
      request.routeOptions.url ?? 'none',
      `${Math.floor(reply.statusCode / 100)}xx`,
      reply.elapsedTime,
    );
    done();
  });
  app.fastLane.onServed(({ method, route, status, ms }) => measure(method, route, `${Math.floor(status / 100)}xx`, ms));

  async function look(): Promise<void> {
    const { rows } = await sql<{ waiting: number; oldest: Date | null; dead: number }>`
      select count(*) as waiting, min(created_at) as oldest,
        (select count(*) from platform.dead_letter where state = 'waiting') as dead
      from platform.outbox where delivered_at is null and dead_at is null`.execute(database.db);
    const [found] = rows;
    waiting.set(found?.waiting ?? 0);
    lag.set(found?.oldest ? Math.max(0, clock.now().getTime() - found.oldest.getTime()) / 1_000 : 0);
    dead.set(found?.dead ?? 0);
    for (const { name: service, state, calls: made, failures, refused } of outside()) {
      breaker.set({ service }, breakerValue[state]);
      calls.set({ service, result: 'sent' }, made);
      calls.set({ service, result: 'failed' }, failures);
      calls.set({ service, result: 'refused' }, refused);
    }
  }

  let isWatched = false;
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    const mayRead =
      token === undefined
        ? loopback.has(request.ip)
        : given !== undefined && timingSafeEqual(digest(given), digest(token));
    if (!mayRead) return reply.code(404).type('text/plain').send('not found');
    // Garbage collection and the event loop are watched once somebody asks.
    if (!isWatched) collectDefaultMetrics({ register: registry });
    isWatched = true;
    // The rest is worth reading above all when the database does not answer.
    await look().catch(() => waiting.set(Number.NaN));
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  return { apiP95: apiLine.p95 };
}
