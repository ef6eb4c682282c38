/**
 * `npm run bench -- inventory`: durable reservations a second through the pool engine, on PostgreSQL with fsync on, until
 * more was asked for than there is. Every answer "held" is a committed ledger row; the ledger is counted afterwards.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createInventory,
  createMemoryAdmission,
  createPoolEngine,
  createRedisAdmission,
  type PoolEngine,
} from '../src/modules/inventory/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { type Database, openDatabase } from '../src/platform/database/database.ts';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts';
import { migrate } from '../src/platform/database/migrate.ts';
import { newId } from '../src/platform/ids.ts';
import { createLogger } from '../src/platform/logger.ts';
import { createMessaging } from '../src/platform/messaging/outbox.ts';
import { hasRedis, startRedis } from '../test/redis.ts';
import { writeInventoryReport } from './inventory-report.ts';

export interface PoolRun {
  admission: string;
  pools: number;
  units: number;
  asked: number;
  held: number;
  soldOut: number;
  other: number;
  ledgerUnits: number;
  seconds: number;
  p50Ms: number;
  p99Ms: number;
  /** CPU time of this process for each reservation; what else runs on the machine hardly changes it. */
  cpuMicros: number;
}

/** Requests under way at once: as many shoppers waiting for their answer. */
const outstanding = 6_000;
const percentile = (sorted: Float64Array, share: number) =>
  sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;

export async function benchInventory(): Promise<void> {
  const units = Number(process.env.BENCH_UNITS ?? 400_000);
  const folder = await mkdtemp(join(tmpdir(), 'xiaopu-bench-'));
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: folder });
  const database = openDatabase({ connection: postgres.connection });
  const redis = hasRedis ? await startRedis() : undefined;
  const runs: PoolRun[] = [];
  try {
    await migrate(database.db);
    const log = createLogger('error');
    const memory = () => createPoolEngine({ database, admission: createMemoryAdmission(), clock: systemClock, log });
    // Once for warming up: prepared statements, grown files, compiled code.
    await run(database, memory(), 'warm-up', Math.min(units, 50_000), 1);
    runs.push(await run(database, memory(), 'in process', units, 1));
    runs.push(await run(database, memory(), 'in process', units, 20));
    if (redis) {
      const admission = createRedisAdmission(redis.client);
      const shared = createPoolEngine({ database, admission, clock: systemClock, log });
      runs.push(await run(database, shared, 'Redis', units, 1));
      runs.push(await run(database, shared, 'Redis', units, 20));
    } else process.stderr.write('redis-server is not installed: measured without Redis\n');
  } finally {
    await redis?.stop();
    await database.close();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
  await writeInventoryReport({ runs });
  const wrong = runs.find((each) => each.held !== each.units || each.ledgerUnits !== each.units || each.other > 0);
  if (wrong) throw new Error(`not exact: ${JSON.stringify(wrong)}`);
}

async function run(
  database: Database,
  engine: PoolEngine,
  admission: string,
  units: number,
  pools: number,
): Promise<PoolRun> {
  const log = createLogger('error');
  const inventory = createInventory({
    outbox: createMessaging({ database, clock: systemClock, log }).outbox,
    clock: systemClock,
  });
  const shopId = newId();
  const size = Math.floor(units / pools);
  const poolIds: string[] = [];
  for (let index = 0; index < pools; index += 1) {
    const [skuId, poolId] = [newId(), newId()];
    await database.inTransaction((tx) =>
      inventory.createLevels(tx, [{ skuId, spuId: newId(), shopId, onHand: size, safetyStock: 0 }]),
    );
    await database.inTransaction((tx) =>
      inventory.openPool(tx, shopId, {
        poolId,
        skuId,
        name: 'bench',
        size,
        buyerLimit: 1,
        holdMs: 900_000,
        actor: 'bench',
      }),
    );
    await engine.load(poolId);
    poolIds.push(poolId);
  }
  // A tenth more than there is, so that the limit is hit; ids are the clients' work and made before the clock starts.
  const asked = Math.floor(size * pools * 1.1);
  const ids = Array.from({ length: asked * 2 }, () => newId());
  const times = new Float64Array(asked);
  const counts = { held: 0, sold_out: 0, other: 0 };
  let next = 0;
  let lastHeld = 0;
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const shopper = async () => {
    while (next < asked) {
      const index = next;
      next += 1;
      const started = performance.now();
      const { outcome } = await engine.take({
        poolId: poolIds[index % pools] as string,
        requestId: ids[index * 2] as string,
        buyerId: ids[index * 2 + 1] as string,
        quantity: 1,
      });
      const now = performance.now();
      if (outcome === 'held') {
        times[counts.held] = now - started;
        counts.held += 1;
        lastHeld = now;
      } else if (outcome === 'sold_out') counts.sold_out += 1;
      else counts.other += 1;
    }
  };
  await Promise.all(Array.from({ length: outstanding }, shopper));
  const used = process.cpuUsage(cpu);
  const { rows } = await database.pool.query<{ units: number }>(
    'select coalesce(sum(quantity), 0)::int as units from inventory.pool_entry where pool_id = any($1::uuid[])',
    [poolIds],
  );
  const sorted = times.subarray(0, counts.held).sort();
  const seconds = (lastHeld - begin) / 1_000;
  const result: PoolRun = {
    admission,
    pools,
    units: size * pools,
    asked,
    held: counts.held,
    soldOut: counts.sold_out,
    other: counts.other,
    ledgerUnits: rows[0]?.units ?? 0,
    seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    cpuMicros: (used.user + used.system) / asked,
  };
  process.stdout.write(`${JSON.stringify({ ...result, rate: Math.round(counts.held / seconds) })}\n`);
  return result;
}
