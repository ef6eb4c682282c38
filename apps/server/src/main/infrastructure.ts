/** What every role stands on: database (embedded or given), clock, messaging, sweeps, policies, keys. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Clock, createMovableClock, type MovableClock, systemClock } from '#platform/clock.ts';
import type { Config } from '#platform/config.ts';
import { lockDataFolder } from '#platform/data-lock.ts';
import { type Database, openDatabase } from '#platform/database/database.ts';
import { startEmbeddedPostgres } from '#platform/database/embedded-postgres.ts';
import { migrate } from '#platform/database/migrate.ts';
import { createFieldCipher, type FieldCipher, loadOrCreateFieldKeys } from '#platform/field-cipher.ts';
import type { BuildInfo } from '#platform/http/health.ts';
import { createLogger, type Logger } from '#platform/logger.ts';
import { createMessaging, type Messaging } from '#platform/messaging/outbox.ts';
import { createRabbitBus } from '#platform/messaging/rabbit-bus.ts';
import { createSweeps, type Sweeps } from '#platform/messaging/sweeps.ts';
import { createPolicies, type Policies } from '#platform/policy.ts';
import { connectRedis, type RedisClient } from '#platform/redis.ts';
import { startTracing } from '#platform/tracing.ts';

export interface Infrastructure {
  config: Config;
  log: Logger;
  clock: Clock;
  /** The same clock when the sandbox may move it; undefined with real credentials. */
  movableClock: MovableClock | undefined;
  database: Database;
  messaging: Messaging;
  sweeps: Sweeps;
  /** undefined: each process keeps to itself. */
  redis?: RedisClient | undefined;
  policies: Policies;
  cipher: FieldCipher;
  build: BuildInfo;
  close(): Promise<void>;
}

const policyRefreshMs = 10_000;

export async function openInfrastructure(config: Config): Promise<Infrastructure> {
  const log = createLogger(config.logLevel);
  const closers: (() => Promise<unknown> | unknown)[] = [];
  const build = buildInfo();
  const role = basename(process.argv[1] ?? 'xiaopu', '.ts');
  closers.push(await startTracing({ endpoint: config.otlpEndpoint, version: build.version, role }));
  const close = async () => {
    for (const closer of closers.reverse()) await closer();
    closers.length = 0;
  };
  try {
    // With a database of its own an install may run several processes on one folder; an embedded one has one owner.
    if (!config.databaseUrl) closers.push(lockDataFolder(config.dataDir));
    else mkdirSync(config.dataDir, { recursive: true });
    const movableClock = config.wechat ? undefined : openDemoClock(config.dataDir);
    const clock = movableClock ?? systemClock;
    const database = await connect(config, closers);
    closers.push(() => database.close());
    await migrate(database.db);
    const bus = config.amqpUrl ? createRabbitBus({ url: config.amqpUrl, log }) : undefined;
    if (bus) closers.push(() => bus.close());
    const redis = config.redisUrl ? await connectRedis(config.redisUrl, log) : undefined;
    if (redis) closers.push(() => redis.disconnect());
    const messaging = createMessaging({ database, clock, log, bus });
    const sweeps = createSweeps({ log });
    const policies = createPolicies({ database, clock });
    await policies.refresh();
    // Another process may have changed a policy: values are read again now and then.
    const refreshing = setInterval(() => void policies.refresh().catch(() => {}), policyRefreshMs).unref();
    closers.push(() => clearInterval(refreshing));
    const cipher = createFieldCipher(config.sm4Keys ?? loadOrCreateFieldKeys(config.dataDir));
    return {
      config,
      log,
      clock,
      movableClock,
      database,
      messaging,
      sweeps,
      redis,
      policies,
      cipher,
      build,
      close,
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
}

/** A fast-forwarded demo stays there over restarts: orders must not lie in the future. */
export function openDemoClock(dataDir: string): MovableClock {
  const file = join(dataDir, 'demo-clock');
  const kept = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  return createMovableClock(Number.isFinite(kept) ? kept : 0, (offsetMs) => writeFileSync(file, String(offsetMs)));
}

async function connect(config: Config, closers: (() => Promise<unknown> | unknown)[]): Promise<Database> {
  if (config.databaseUrl) return openDatabase({ connection: { connectionString: config.databaseUrl } });
  const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir });
  closers.push(() => postgres.stop());
  return openDatabase({ connection: postgres.connection });
}

function buildInfo(): BuildInfo {
  const root = join(import.meta.dirname, '../../../..');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  try {
    const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { version, commit: commit.trim() };
  } catch {
    return { version, commit: process.env.COMMIT ?? 'unknown' };
  }
}
