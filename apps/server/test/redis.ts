/** A throw-away Redis server on a private port, where the machine has the program. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@xiaopu/free-port';
import { Redis } from 'ioredis';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

export interface TestRedis {
  client: Redis;
  url: string;
  stop(): Promise<void>;
}

/** @param settings further lines of redis.conf as arguments, `--appendonly yes` … */
export async function startRedis(settings: readonly string[] = []): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'xiaopu-redis-'));
  const port = await freePort();
  const server = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no', ...settings],
    { stdio: 'ignore' },
  );
  const client = new Redis({
    port,
    host: '127.0.0.1',
    retryStrategy: (tries) => (tries > 100 ? null : 50),
    maxRetriesPerRequest: 100,
  });
  // Refused until the server is up; a server that never comes fails the ping.
  client.on('error', () => {});
  await client.ping();
  return {
    client,
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      client.disconnect();
      await ended(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await exited;
}
