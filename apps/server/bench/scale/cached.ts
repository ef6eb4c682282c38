/**
 * `npm run bench -- cached`: C04-TECH-08, product queries of a shop of 1,000 SKUs out of a warm cache, over HTTP. Writes
 * docs/benchmarks/cached-reads.md.
 */
import { spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import type pg from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.ts';
import { categoryIdOf } from './catalogue.ts';
import { fill } from './fill.ts';
import { quantile } from './measure.ts';
import { openReader } from './reader.ts';
import { shelves } from './vocabulary.ts';

const size = { skus: 1_000, orders: 10_000 };
const limitMs = 200;
const connections = 32;
const seconds = 8;

async function startServer(connection: pg.PoolConfig): Promise<{ origin: string; stop: () => void }> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'cached-server.ts'), JSON.stringify({ connection, size, ttlMs: 60_000 })],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const origin = await new Promise<string>((done, fail) => {
    child.stdout.once('data', (chunk: Buffer) => done(chunk.toString('utf8').trim()));
    child.once('exit', () => fail(new Error('the server did not start')));
  });
  return { origin, stop: () => void child.kill('SIGKILL') };
}

/** GETs in turn, every answer's time kept: the generator's own percentiles leave the 95th out. */
async function times(origin: string, paths: string[], duration: number): Promise<{ ms: number[]; errors: number }> {
  const ms: number[] = [];
  const result = await new Promise<autocannon.Result>((done, fail) => {
    const running = autocannon(
      { url: origin, connections, duration, requests: paths.map((path) => ({ path })) },
      (error, measured) => (error ? fail(error) : done(measured)),
    );
    running.on('response', (_client, status, _bytes, took) => {
      if (status === 200) ms.push(took);
    });
  });
  return { ms: ms.sort((a, b) => a - b), errors: result.errors + result.timeouts + result.non2xx };
}

export async function benchCached(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'xiaopu-cached-'));
  await chmod(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false });
  const lines: string[] = [];
  try {
    await fill(postgres.connection, size, () => {});
    const reader = await openReader(postgres.connection, size);
    const { catalogue } = reader;
    const ids = Array.from({ length: catalogue.spuCount }, (_, spu) => catalogue.spuIdOf(spu));
    const onSale = new Set((await reader.catalog.cards(reader.db, ids)).keys());
    await reader.close();
    const server = await startServer(postgres.connection);
    const leaves = shelves.flatMap(({ kinds }, root) => kinds.map((_, leaf) => categoryIdOf(root, leaf)));
    const workloads: [string, string[]][] = [
      ['list of a category', leaves.map((id) => `/api/products?categoryId=${id}&limit=20`)],
      ['product detail', ids.filter((id) => onSale.has(id)).map((id) => `/api/products/${id}`)],
      [
        'search one word',
        shelves.flatMap(({ kinds }) => kinds.map((kind) => `/api/products?q=${encodeURIComponent(kind)}&limit=20`)),
      ],
      ['home', ['/api/home']],
    ];
    try {
      for (const [name, paths] of workloads) {
        // Every address once, so that the cache is warm; then the clock.
        for (const path of paths) await fetch(`${server.origin}${path}`).then((reply) => reply.arrayBuffer());
        const { ms, errors } = await times(server.origin, paths, seconds);
        const at = (share: number) => quantile(ms, share).toFixed(1);
        const isMet = quantile(ms, 0.95) <= limitMs && errors === 0;
        lines.push(
          `| ${name} | ${paths.length} | ${ms.length.toLocaleString('en')} | ${(ms.length / seconds).toFixed(0)} | ${at(0.5)} | ${at(0.95)} | ${at(0.99)} | ${errors} | ${isMet ? 'yes' : '**no**'} |`,
        );
        process.stdout.write(`${lines.at(-1)}\n`);
      }
    } finally {
      server.stop();
    }
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  const cpu = cpus();
  const text = `# Product queries out of a warm cache

\`npm run bench -- cached\`, ${new Date().toISOString().slice(0, 10)}, ${cpu.length} × ${cpu[0]?.model.trim() ?? 'unknown'}, Node ${process.version}; load average at the end ${loadavg()[0]?.toFixed(1)}.
C04-TECH-08: a shop of ${size.skus.toLocaleString('en')} SKUs, every address asked once before, then ${connections} connections for ${seconds} s, the aim a p95 of at most ${limitMs} ms.
The server (the shop's own app and reading routes) and what asks it share the machine. That a changed price leaves the cache is tested
(\`catalog.service.test.ts\`), not measured.

| what | addresses | answers | per s | p50 ms | p95 | p99 | errors | p95 ≤ ${limitMs} ms |
|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`;
  await writeFile(join(import.meta.dirname, '../../../../docs/benchmarks/cached-reads.md'), text);
}
