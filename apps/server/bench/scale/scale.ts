/**
 * `npm run bench -- scale [--skus 1000000 --orders 10000000] [--data DIR]`: the same statements on a small and a large shop,
 * side by side in one PostgreSQL, taking turns. With `--data` the folder is kept, and filled only once; `--only-fill` stops there.
 */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import pg from 'pg';
import { rankProducts } from '../../src/modules/catalog/catalog.prominence.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { type Filled, fill, filledBefore, type Size } from './fill.ts';
import { type Measured, measure } from './measure.ts';
import { openReader, type Reader } from './reader.ts';
import { writePlans, writeReport } from './report.ts';
import { scenarios } from './scenarios.ts';

const tell = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

/** The large shop is this many times the small one. */
const factor = 100;

/** Of a server for a shop of this size; the embedded default's 128 MB are for a first shop. */
const serverSettings = {
  shared_buffers: '4GB',
  effective_cache_size: '12GB',
  work_mem: '16MB',
  random_page_cost: '1.1',
};
const loadSettings = {
  ...serverSettings,
  ...{
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '4GB',
    autovacuum: 'off',
    checkpoint_timeout: '30min',
  },
};

type Both<T> = { small: T; large: T };

async function loadBoth(dataDir: string, sizes: Both<Size>): Promise<Both<Filled>> {
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false, settings: loadSettings });
  const filled: Partial<Both<Filled>> = {};
  try {
    for (const name of ['small', 'large'] as const) {
      const size = sizes[name];
      const connection = { ...postgres.connection, database: name };
      const known = await filledBefore(connection);
      if (known && known.size.skus === size.skus && known.size.orders === size.orders) {
        filled[name] = known;
        continue;
      }
      const admin = new pg.Client(postgres.connection);
      await admin.connect();
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.query(`create database ${name}`);
      await admin.end();
      tell(`${name}: ${size.skus} SKUs, ${size.orders} orders`);
      filled[name] = await fill(connection, size, tell);
    }
    return filled as Both<Filled>;
  } finally {
    await postgres.stop();
  }
}

async function measureBoth(dataDir: string, filled: Both<Filled>, samples: number): Promise<void> {
  // Durable again: nothing here writes, but the settings are those of a shop.
  const postgres = await startEmbeddedPostgres({ dataDir, settings: serverSettings });
  const readers: Reader[] = [];
  try {
    for (const name of ['small', 'large'] as const) {
      const connection = { ...postgres.connection, database: name };
      await bringUpToDate(connection);
      const reader = await openReader(connection, filled[name].size);
      tell(`${name}: hours of ${await reader.rollUp()} shops summed`);
      readers.push(reader);
    }
    const [small, large] = readers as [Reader, Reader];
    const load = loadavg()[0] ?? 0;
    const measured: Measured[] = [];
    for (const scenario of scenarios) {
      const one = await measure(scenario, { small, large }, samples);
      measured.push(one);
      const { p50, p95 } = one.large;
      tell(
        `${scenario.name}: ${p50.toFixed(2)} / ${p95.toFixed(2)} ms, small ${one.small.p50.toFixed(2)} / ${one.small.p95.toFixed(2)} ms, ratio ${one.ratio.toFixed(2)}`,
      );
    }
    await writePlans(scenarios, { small, large });
    await writeReport(measured, filled, load);
  } finally {
    for (const reader of readers) await reader.close();
    await postgres.stop();
  }
}

/** A kept folder may be older than the newest migration; and no sweep has put its products into their tiers yet. */
async function bringUpToDate(connection: pg.PoolConfig): Promise<void> {
  const database = openDatabase({ connection, maxConnections: 2 });
  try {
    const migrated = await migrate(database.db);
    const moved = await rankProducts(database, 4_000);
    if (migrated.length + moved > 0) {
      await database.db.connection().execute(async (one) => {
        await sql`set statement_timeout = 0`.execute(one);
        await sql`vacuum analyze catalog.spu, inventory.stock_level`.execute(one);
      });
    }
    tell(`${connection.database}: ${migrated.length} migrations, ${moved} products changed their tier`);
    tell(
      `${connection.database}: ${(await warm(database.pool)).toFixed(0)} MB of catalogue and stock read into memory`,
    );
  } finally {
    await database.close();
  }
}

/**
 * What a shop that has been open for an hour has in memory: the catalogue and the stock, not the orders of two years. Without it the
 * large shop's first questions wait for the disk, and the small one's never do.
 */
async function warm(pool: pg.Pool): Promise<number> {
  await pool.query('create extension if not exists pg_prewarm');
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    const { rows } = await client.query<{ mb: number }>(
      `select coalesce(sum(pg_prewarm(relation, 'buffer')), 0)::float8 * 8 / 1024 as mb from (
         select unnest(array[c.oid, nullif(c.reltoastrelid, 0)])::regclass as relation from pg_class c
         where c.oid = any($1::regclass[])
         union all select indexrelid::regclass from pg_index where indrelid = any($1::regclass[])) as named
       where relation is not null`,
      [['catalog.spu', 'catalog.sku', 'catalog.category', 'inventory.stock_level', 'search.word_count']],
    );
    return rows[0]?.mb ?? 0;
  } finally {
    client.release();
  }
}

export async function benchScale(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      skus: { type: 'string', default: '1000000' },
      orders: { type: 'string', default: '10000000' },
      data: { type: 'string' },
      samples: { type: 'string', default: '200' },
      'only-fill': { type: 'boolean', default: false },
    },
  });
  const large = { skus: Number(values.skus), orders: Number(values.orders) };
  const small = { skus: Math.round(large.skus / factor), orders: Math.round(large.orders / factor) };
  const dataDir = values.data ?? (await mkdtemp(join(tmpdir(), 'xiaopu-scale-')));
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, 0o755);
  try {
    const filled = await loadBoth(dataDir, { small, large });
    if (!values['only-fill']) await measureBoth(dataDir, filled, Number(values.samples));
  } finally {
    if (values.data === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}
