/** Starts what is measured, each in a process of its own, and ends it again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@xiaopu/free-port';

const root = new URL('../../..', import.meta.url).pathname;

export interface Running {
  origin: string;
  pid: number;
  stop(): Promise<void>;
}

export const startBareHttp = (): Promise<Running> => startPrinting('bare-http.ts');
/** The requests, signatures and durable writes of a whole order without any of the shop's code. */
export const startFloor = (): Promise<Running> => startPrinting('floor-server.ts');

/** A server beside this file that prints its port. */
async function startPrinting(file: string): Promise<Running> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((done, fail) => {
    child.stdout.once('data', (chunk: Buffer) => done(chunk.toString('utf8').trim()));
    child.once('exit', () => fail(new Error(`${file} did not start`)));
  });
  return { origin: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop: () => end(child) };
}

/** The whole shop as `npm start` runs it, on a fresh data folder, without the rate limit. */
export async function startShopProcess(): Promise<Running & { startSeconds: number }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'xiaopu-bench-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const begin = performance.now();
  // BENCH_PROFILE=<folder>: a V8 CPU profile of the whole run is written there.
  const profile = process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : [];
  const child = spawn(process.execPath, [...profile, join(root, 'scripts/start.ts')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      DATA_DIR: dataDir,
      RATE_LIMIT_PER_MINUTE: '0',
      LOG_LEVEL: 'error',
      // The shop is measured, not the month of trade its demo opens with.
      DEMO_DAYS: process.env.DEMO_DAYS ?? '0',
    },
  });
  await untilHealthy(origin, child);
  return {
    origin,
    pid: child.pid ?? 0,
    startSeconds: (performance.now() - begin) / 1_000,
    async stop() {
      await end(child);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function untilHealthy(origin: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error('the shop did not start');
    const isUp = await fetch(`${origin}/healthz`).then(
      (reply) => reply.ok,
      () => false,
    );
    if (isUp) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error('the shop was not healthy within two minutes');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await exited;
}

/** Resident memory of a process in MB; NaN where there is no /proc. */
export async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
