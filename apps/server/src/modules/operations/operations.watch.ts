/** Measures its own process every ten seconds and says so; real time throughout, for a demo whose clock leaps is not slow by that. */
import { hostname } from 'node:os';
import { sql } from 'kysely';
import { hourMs, minuteMs, secondMs } from '#platform/clock.ts';
import type { Database } from '#platform/database/database.ts';
import type { RouteApp } from '#platform/http/app.ts';
import { createWindow } from '#platform/lines.ts';
import type { Logger } from '#platform/logger.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import type { OutsideState } from '#platform/outside-call.ts';
import type { Policies } from '#platform/policy.ts';
import type { Alerts, Sample } from './operations.alerts.ts';
import { slowRequestMs } from './operations.lines.ts';
import { endpointOf, type SlowList } from './operations.slow.ts';

export interface WatchDeps {
  database: Pick<Database, 'db' | 'pool'>;
  policies: Pick<Policies, 'get'>;
  alerts: Alerts;
  slow: SlowList;
  /** ms over the last five minutes; undefined: too few requests to say. */
  apiP95: () => number | undefined;
  outside: () => OutsideState[];
  traceId: () => string | undefined;
  log: Logger;
}

const everyMs = 10 * secondMs;
const cpuOverMs = 5 * minuteMs;
/** First screens longer than this count as this long. */
const longestFirstScreenMs = 10_000;

export type Watch = ReturnType<typeof createWatch>;

export function createWatch({ database, policies, alerts, slow, apiP95, outside, traceId, log }: WatchDeps) {
  const source = `${hostname()}:${process.pid}`;
  const firstScreens = createWindow(() => performance.now(), longestFirstScreenMs);
  let last = { at: performance.now(), cpu: process.cpuUsage() };
  let smoothed = 0;
  let sampledAt = Number.NEGATIVE_INFINITY;

  /** Smoothed over minutes: a burst of ten seconds is work, not trouble. */
  function cpuPercent(): number {
    const at = performance.now();
    const { user, system } = process.cpuUsage(last.cpu);
    const elapsedMs = Math.max(1, at - last.at);
    const percent = (user + system) / 10 / elapsedMs;
    smoothed += (percent - smoothed) * Math.min(1, elapsedMs / cpuOverMs);
    last = { at, cpu: process.cpuUsage() };
    return smoothed;
  }

  async function ownSamples(): Promise<Sample[]> {
    const { rows } = await sql<{ lag: number; dead: number }>`
      select coalesce(extract(epoch from now() - min(greatest(created_at, next_attempt_at))), 0) as lag,
        (select count(*) from platform.dead_letter where state = 'waiting') as dead
      from platform.outbox where delivered_at is null and dead_at is null and next_attempt_at <= now()`.execute(
      database.db,
    );
    const [{ lag = 0, dead = 0 } = {}] = rows;
    const api = apiP95();
    const firstScreen = firstScreens.p95();
    return [
      ...(api === undefined ? [] : [{ lineKey: 'api_p95', value: api }]),
      ...(firstScreen === undefined ? [] : [{ lineKey: 'first_screen_p95', value: firstScreen }]),
      { lineKey: 'outbox_lag', value: Math.max(0, lag) },
      { lineKey: 'dead_letters', value: dead },
      { lineKey: 'outside_failing', value: outside().filter(({ state }) => state === 'open').length },
      { lineKey: 'database_waiting', value: database.pool.waitingCount },
      { lineKey: 'server_cpu', value: Math.round(cpuPercent()) },
      { lineKey: 'server_memory', value: Math.round(process.memoryUsage.rss() / 1_048_576) },
    ];
  }

  async function sample(): Promise<void> {
    // An http process has a timer, a worker a sweep; one that is both needs one of them.
    if (performance.now() - sampledAt < everyMs / 2) return;
    sampledAt = performance.now();
    await slow.flush();
    await alerts.report(source, await ownSamples());
  }

  const sweeps: Sweep[] = [
    {
      name: 'operations.judge',
      everyMs,
      isOfTheMachine: true,
      run: async () => {
        await sample();
        return alerts.judgeAll();
      },
    },
    {
      name: 'operations.prune',
      everyMs: hourMs,
      run: async () => (await alerts.prune()) + (await slow.prune()),
    },
  ];

  return {
    sweeps,
    sample,
    noteFirstScreen: (ms: number) => firstScreens.add(ms),

    /** Call before routes are added. */
    attach(app: RouteApp): void {
      app.addHook('onResponse', (request, reply, done) => {
        const route = request.routeOptions.url;
        if (route?.startsWith('/api/') && reply.elapsedTime > policies.get(slowRequestMs)) {
          const endpoint = endpointOf(request.method, route);
          const tookMs = Math.round(reply.elapsedTime);
          const trace = traceId() ?? null;
          request.log.warn({ endpoint, tookMs, traceId: trace }, 'slow request');
          slow.note({
            ...{ requestId: request.id, origin: 'server' as const, endpoint, tookMs, traceId: trace },
            ...{ network: null, status: reply.statusCode },
          });
        }
        done();
      });
      let timer: NodeJS.Timeout | undefined;
      app.addHook('onListen', async () => {
        timer = setInterval(() => {
          sample().catch((error: unknown) => log.warn({ err: error }, 'health: could not be told'));
        }, everyMs).unref();
      });
      app.addHook('onClose', async () => clearInterval(timer));
    },
  };
}
