/**
 * `npm test`: every test on the embedded default, browser journeys included; ends with the plain count. Arguments go to
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

const folder = await mkdtemp(join(tmpdir(), 'xiaopu-report-'));
const reportFile = join(folder, 'report.json');
const code = await runVitest(reportFile);
const report = JSON.parse(await readFile(reportFile, 'utf8').catch(() => 'null')) as Report | null;
await rm(folder, { recursive: true, force: true });

// A file that broke before its first test counts as a failure too.
const brokenFiles =
  report?.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0) ??
  [];
for (const { name, message } of brokenFiles) process.stdout.write(`Did not run: ${name}\n${message}\n`);
for (const note of notes) process.stdout.write(`\n${note}\n`);
const failed = (report?.numFailedTests ?? 1) + brokenFiles.length;
const skipped = report?.numPendingTests ?? 0;
process.stdout.write(
  `\n${report?.numPassedTests ?? 0} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
);
process.exit(code === 0 && failed === 0 ? 0 : 1);

function runVitest(outputFile: string): Promise<number> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`];
  const child = spawn('npx', ['vitest', 'run', ...reporters, ...filters], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...(chromium ? { CHROMIUM_PATH: chromium } : {}) },
    shell: process.platform === 'win32',
  });
  return new Promise((done) => child.on('exit', (status) => done(status ?? 1)));
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
