/**
 * `npm run test:stack`: the tests that need real servers. It starts PostgreSQL, Redis and RabbitMQ (scripts/stack), runs the
 * fault tests on them, then the server's own tests on that PostgreSQL, then the browser journeys on PostgreSQL and Redis;
 * ends with the plain counts and how long it took. Arguments go to the fault tests, which then run alone
 * (`npm run test:stack -- messages`).
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStack } from './stack/stack.ts';

process.chdir(new URL('..', import.meta.url).pathname);

interface Part {
  name: string;
  args: readonly string[];
  env: Record<string, string>;
}
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { status: string; name: string; assertionResults: unknown[] }[];
}

const startedAt = Date.now();
const filters = process.argv.slice(2);
const stack = await openStack(await mkdtemp(join(tmpdir(), 'xiaopu-stack-')));
const lines: string[] = [];
let failed = 0;
let isEnding = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isEnding = true;
  });
}
try {
  await stack.start();
  const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', process.env.CHROMIUM_PATH ?? ''].find((path) =>
    existsSync(path),
  );
  const parts: Part[] = [
    { name: 'fault tests', args: ['-c', 'vitest.stack.config.ts', ...filters], env: { STACK_FOLDER: stack.folder } },
  ];
  if (filters.length === 0) {
    const { DATABASE_URL, REDIS_URL } = stack.env;
    parts.push({ name: 'server tests', args: ['--project', 'server'], env: { TEST_DATABASE_URL: DATABASE_URL } });
    if (chromium) {
      const { buildClients } = await import('./build-clients.ts');
      await buildClients(['storefront', 'console', 'mp-weixin']);
      // The demo's clock leaps: what is due is done before the leap is answered, so events stay in the process.
      const env = { CHROMIUM_PATH: chromium, JOURNEY_DATABASE_URL: DATABASE_URL, JOURNEY_REDIS_URL: REDIS_URL };
      parts.push({ name: 'journeys', args: ['--project', 'journeys'], env });
    } else lines.push('The browser journeys were left out: there is no Chromium.');
  }
  for (const part of parts) if (!isEnding) await run(part);
} finally {
  await stack.stop();
  stack.remove();
}
for (const line of lines) process.stdout.write(`${line}\n`);
process.stdout.write(`${Math.round((Date.now() - startedAt) / 1_000)} s on real servers\n`);
process.exit(failed === 0 && !isEnding ? 0 : 1);

async function run({ name, args, env }: Part): Promise<void> {
  const outputFile = join(stack.folder, `${name.replace(' ', '-')}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
  const child = spawn('npx', ['vitest', 'run', ...args, ...reporters], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  const code = await new Promise<number | null>((done) => child.on('exit', done));
  const report = JSON.parse(await readFile(outputFile, 'utf8').catch(() => 'null')) as Report | null;
  // A file that broke before its first test counts as a failure too.
  const broken =
    report?.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0) ?? [];
  const bad = (report?.numFailedTests ?? 1) + broken.length;
  failed += bad + (code === 0 || bad > 0 ? 0 : 1);
  lines.push(`${name}: ${report?.numPassedTests ?? 0} passed, ${bad} failed`);
}
