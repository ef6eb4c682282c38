/**
 * `npm run bench -- scale [--skus 1000000 --orders 10000000] [--data DIR]`: the same statements on a small and a large shop,
 * side by side in one PostgreSQL, taking turns. With `--data` the folder is kept, and filled only once.
 */
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.ts';
import { type Filled, fill, filledBefore, type Size } from './fill.ts';

const tell = (line: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

/** The large shop is this many times the small one. */
const factor = 100;

/** Of a server for a shop of this size; the embedded default's 128 MB are for a first shop. */
const serverSettings = {
  shared_buffers: '2GB',
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

async function loadBoth(dataDir: string, sizes: Record<string, Size>): Promise<Record<string, Filled>> {
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false, settings: loadSettings });
  const filled: Record<string, Filled> = {};
  try {
    for (const [name, size] of Object.entries(sizes)) {
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
    return filled;
  } finally {
    await postgres.stop();
  }
}

export async function benchScale(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      skus: { type: 'string', default: '1000000' },
      orders: { type: 'string', default: '10000000' },
      data: { type: 'string' },
    },
  });
  const large = { skus: Number(values.skus), orders: Number(values.orders) };
  const small = { skus: Math.round(large.skus / factor), orders: Math.round(large.orders / factor) };
  const dataDir = values.data ?? (await mkdtemp(join(tmpdir(), 'xiaopu-scale-')));
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, 0o755);
  try {
    const filled = await loadBoth(dataDir, { small, large });
    tell(JSON.stringify(filled));
  } finally {
    if (values.data === undefined) await rm(dataDir, { recursive: true, force: true });
  }
}
