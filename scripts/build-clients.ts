/** Builds the clients (storefront by target, console) when their sources changed since the last build. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Client {
  name: string;
  script: string;
  sources: string[];
  /** `<dist>.stamp` beside it holds the stamp of the sources it was built from. */
  dist: string;
}

const shared = [
  'packages/api-client/src',
  'packages/contracts/src',
  'packages/pricing/src',
  'packages/money/src',
  'package-lock.json',
];
const clients: Client[] = [
  {
    name: 'storefront',
    script: 'build:h5',
    sources: ['apps/storefront', ...shared],
    dist: 'apps/storefront/dist/build/h5',
  },
  {
    name: 'mp-weixin',
    script: 'build:mp-weixin',
    sources: ['apps/storefront', ...shared],
    dist: 'apps/storefront/dist/build/mp-weixin',
  },
  {
    name: 'mp-alipay',
    script: 'build:mp-alipay',
    sources: ['apps/storefront', ...shared],
    dist: 'apps/storefront/dist/build/mp-alipay',
  },
  {
    name: 'mp-baidu',
    script: 'build:mp-baidu',
    sources: ['apps/storefront', ...shared],
    dist: 'apps/storefront/dist/build/mp-baidu',
  },
  { name: 'console', script: 'build:console', sources: ['apps/console', ...shared], dist: 'apps/console/dist' },
];

export const allClients = clients.map(({ name }) => name);

/** @throws Error naming the client whose build failed, with the end of its output */
export async function buildClients(names: string[] = ['storefront', 'console']): Promise<void> {
  const waiting = clients.filter(({ name }) => names.includes(name));
  // Two at a time: each build is mostly one thread, and the machine has at least two.
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await buildIfStale(next);
  };
  const results = await Promise.allSettled([lane(), lane()]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function buildIfStale({ name, script, sources, dist }: Client): Promise<void> {
  const stampFile = `${dist}.stamp`;
  const stamp = await stampOf(sources);
  if (existsSync(dist) && existsSync(stampFile) && (await readFile(stampFile, 'utf8')) === stamp) return;
  process.stdout.write(`Building the ${name} …\n`);
  await run(name, script);
  await writeFile(stampFile, stamp);
}

function run(name: string, script: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn('npm', ['run', '--silent', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-3_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', fail);
    child.on('exit', (code) => (code === 0 ? done() : fail(new Error(`The ${name} did not build:\n${output}`))));
  });
}

/** By content, so that a fresh checkout with new timestamps does not build again. */
async function stampOf(paths: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of (await filesBelow(path)).sort()) hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex');
}

const ignored = new Set(['node_modules', 'dist', 'test', '.vite']);

async function filesBelow(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const nested = await Promise.all(
    entries
      // the console's own stamp lies beside its sources: read back, it would make every build stale
      .filter((entry) => !ignored.has(entry.name) && !/\.(test\.ts|stamp)$/.test(entry.name))
      .map((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)])),
  );
  return nested.flat();
}
