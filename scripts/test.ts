/**
 * `npm test`: every test on the embedded default, browser journeys beside the rest; ends with the plain count. Arguments go to
 * Vitest (`npm test -- orders`). As root it installs Debian's chromium and a CJK font when they are missing; anything it had to
 * leave out is said in plain words at the end.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildClients } from './build-clients.ts';

process.chdir(new URL('..', import.meta.url).pathname);

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: { name: string; status: string; message: string; assertionResults: unknown[] }[];
}

const notes: string[] = [];
const filters = process.argv.slice(2);
const wantsBrowser = filters.length === 0 || filters.some((filter) => filter.includes('journey'));

const chromium = wantsBrowser ? ensureChromium() : undefined;
if (wantsBrowser) {
  // The journeys walk the built clients, the mini program under its stub included.
  await buildClients(['storefront', 'console', 'mp-weixin']);
  if (!chromium) notes.push('The browser journeys were left out: there is no Chromium and installing it needs root.');
}

const unseen: Buffer[] = [];
const folder = await mkdtemp(join(tmpdir(), 'xiaopu-report-'));
// The journeys walk one shop one after the other and often wait for a page: beside them the other tests find time.
const parts = chromium && filters.length === 0 ? [['--project=!journeys'], ['--project=journeys']] : [filters];
const runs = await Promise.all(parts.map((args, at) => runVitest(args, join(folder, `${at}.json`), at === 0)));
await rm(folder, { recursive: true, force: true });
for (const chunk of unseen) process.stdout.write(chunk);

const sum = (count: (report: Report) => number) => runs.reduce((total, { report }) => total + count(report), 0);
// A file that broke before its first test counts as a failure too.
const brokenFiles = runs.flatMap(({ report }) =>
  report.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0),
);
for (const { name, message } of brokenFiles) process.stdout.write(`Did not run: ${name}\n${message}\n`);
for (const note of notes) process.stdout.write(`\n${note}\n`);
const failed = sum(({ numFailedTests }) => numFailedTests) + brokenFiles.length;
const skipped = sum(({ numPendingTests }) => numPendingTests);
process.stdout.write(
  `\n${sum(({ numPassedTests }) => numPassedTests)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
);
process.exit(failed === 0 && runs.every(({ code }) => code === 0) ? 0 : 1);

/** @param isShown what it prints is seen at once; else when it has ended, so that two do not talk at a time */
async function runVitest(args: readonly string[], outputFile: string, isShown: boolean) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
  const child = spawn('npx', ['vitest', 'run', ...reporters, ...args], {
    stdio: ['ignore', isShown ? 'inherit' : 'pipe', isShown ? 'inherit' : 'pipe'],
    env: { ...process.env, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) },
    shell: process.platform === 'win32',
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => said.push(chunk));
  const code = await new Promise<number>((done) => child.on('close', (status) => done(status ?? 1)));
  unseen.push(...said);
  const report = await readFile(outputFile, 'utf8').catch(() => undefined);
  // Without a report nothing is known, which is a failure.
  const nothing: Report = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, testResults: [] };
  return { code, report: report === undefined ? nothing : (JSON.parse(report) as Report) };
}

function ensureChromium(): string | undefined {
  const found = findChromium();
  const hasFont = spawnSync('fc-list', [':lang=zh', 'family'], { encoding: 'utf8' }).stdout?.trim();
  if (found && hasFont) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    process.stdout.write('Installing chromium and a CJK font from Debian …\n');
    const apt = (...args: string[]) =>
      spawnSync('apt-get', args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }).status === 0;
    apt('update', '-qq');
    if (!apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'))
      notes.push('Debian’s chromium could not be installed.');
    return findChromium();
  }
  if (found) notes.push('No Chinese font is installed: screenshots of the journeys show boxes for text.');
  return found;
}

function findChromium(): string | undefined {
  const candidates = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ];
  return candidates.find((path) => path !== undefined && existsSync(path));
}
