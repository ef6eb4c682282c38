/** What a fault test stands on: the run's servers, databases of its own on them, and processes that it may kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { inject } from 'vitest';
import { openStack, type Stack } from '../../../../scripts/stack/stack.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';

/** Servers by name: postgres, redis, redis-cluster-0…2, rabbitmq (`startServer`, `stopServer(name, 'SIGKILL')`). */
export const runningStack = (): Promise<Stack> => openStack(inject('stackFolder'));

/** A migrated database of its own, and its URL for other processes. */
export async function createStackDatabase(stack: Stack): Promise<TestDatabase & { url: string }> {
  const database = await createTestDatabase();
  const { database: name } = database.pool.options;
  return { ...database, url: stack.env.DATABASE_URL.replace(/[^/]+$/, String(name)) };
}

/** Keeps what tests send through one broker apart. */
export const ownPrefix = (): string => `test-${randomBytes(4).toString('hex')}`;

export interface NodeProcess {
  child: ChildProcess;
  /** SIGKILL: no chance to finish anything. */
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

/** Starts a TypeScript file; resolves when it says `ready`. */
export async function startNode(file: string, env: Record<string, string>): Promise<NodeProcess> {
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-4_000);
  });
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  await new Promise<void>((ready, fail) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line === 'ready') ready();
      else said = `${said}${line}\n`.slice(-4_000);
    });
    void exited.then((code) => fail(new Error(`${file} ended with ${code}:\n${said}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return exited;
  };
  return {
    child,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

/** Asks again until it is so. @throws with what it was at last */
export async function waitFor<T>(
  ask: () => Promise<T>,
  isSo: (value: T) => boolean,
  { withinMs = 60_000, everyMs = 50 }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  for (const deadline = Date.now() + withinMs; ; ) {
    const value = await ask();
    if (isSo(value)) return value;
    if (Date.now() > deadline) throw new Error(`did not come to pass: ${JSON.stringify(value)}`);
    await new Promise((done) => setTimeout(done, everyMs));
  }
}
