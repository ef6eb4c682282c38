/** Debian's packages of the servers, installed when missing; Debian's own services of them never run. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { isRoot } from './processes.ts';

const postgresRoot = '/usr/lib/postgresql';

export function postgresBin(): string | undefined {
  if (!existsSync(postgresRoot)) return undefined;
  const newest = readdirSync(postgresRoot)
    .map(Number)
    .filter((version) => version >= 15)
    .sort((a, b) => b - a)[0];
  return newest === undefined ? undefined : `${postgresRoot}/${newest}/bin`;
}

export const rabbitBin = '/usr/lib/rabbitmq/bin';

const wanted: { debianPackage: string; isInstalled: () => boolean }[] = [
  { debianPackage: 'postgresql', isInstalled: () => postgresBin() !== undefined },
  { debianPackage: 'redis-server', isInstalled: () => existsSync('/usr/bin/redis-server') },
  { debianPackage: 'rabbitmq-server', isInstalled: () => existsSync(`${rabbitBin}/rabbitmq-server`) },
  { debianPackage: 'nginx-light', isInstalled: () => existsSync('/usr/sbin/nginx') },
  { debianPackage: 'openssl', isInstalled: () => existsSync('/usr/bin/openssl') },
  { debianPackage: 'unzip', isInstalled: () => existsSync('/usr/bin/unzip') },
];

/** @throws when something is missing and cannot be installed here */
export function ensurePackages(): void {
  const missing = wanted.filter(({ isInstalled }) => !isInstalled()).map(({ debianPackage }) => debianPackage);
  if (missing.length === 0) return;
  if (!isRoot || !existsSync('/usr/bin/apt-get'))
    throw new Error(`Missing: ${missing.join(', ')}. Install them, or run this as root on Debian.`);
  process.stdout.write(`Installing ${missing.join(', ')} from Debian …\n`);
  withoutServices(() => {
    apt('update', '-qq');
    if (!apt('install', '-y', '-qq', '--no-install-recommends', ...missing))
      throw new Error(`Debian’s packages could not be installed: ${missing.join(', ')}`);
  });
}

const apt = (...args: string[]): boolean =>
  spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }).status === 0;

/** Packages start their service when installed, on the public port; policy-rc.d forbids that meanwhile. */
function withoutServices(install: () => void): void {
  const policy = '/usr/sbin/policy-rc.d';
  const isOurs = !existsSync(policy);
  if (isOurs) {
    mkdirSync('/usr/sbin', { recursive: true });
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  }
  try {
    install();
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}
