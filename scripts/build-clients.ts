/** Builds the H5 storefront and the console when their sources changed since the last build. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Client {
  name: string;
  script: string;
  sources: string[];
  /** Holds the stamp of the sources it was built from. */
  dist: string;
}

const shared = ['packages/api-client/src', 'packages/contracts/src', 'package-lock.json'];
const clients: Client[] = [
  { name: 'storefront', script: 'build:h5', sources: ['apps/storefront', ...shared], dist: 'apps/storefront/dist/build/h5' },
  { name: 'console', script: 'build:console', sources: ['apps/console', ...shared], dist: 'apps/console/dist' },
];

/** @throws Error naming the client whose build failed, with the end of its output */
export async function buildClients(): Promise<void> {
  // Started together: each build is mostly one thread, and the machine has at least two.
  const results = await Promise.allSettled(clients.map(buildIfStale));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function buildIfStale({ name, script, sources, dist }: Client): Promise<void> {
  const stampFile = join(dist, '.stamp');
  const stamp = await stampOf(sources);
  if (existsSync(stampFile) && (await readFile(stampFile, 'utf8')) === stamp) return;
  process.stdout.write(`Building the ${name} …\n`);
  await run(name, script);
  await writeFile(stampFile, stamp);
}

function run(name: string, script: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
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
      .filter((entry) => !ignored.has(entry.name) && !entry.name.endsWith('.test.ts'))
      .map((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)])),
  );
  return nested.flat();
}
