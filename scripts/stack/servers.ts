/** The servers of a stack: how each is prepared, started, asked whether it answers. All on loopback, none as root. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@xiaopu/free-port';
import { connect as connectRabbit } from 'amqplib';
import { Cluster, Redis } from 'ioredis';
import pg from 'pg';
import { postgresBin, rabbitBin } from './packages.ts';
import { type Command, idsOf } from './processes.ts';

export interface Ports {
  postgres: number;
  redis: number;
  redisCluster: [number, number, number];
  redisClusterBus: [number, number, number];
  rabbit: number;
  rabbitDistribution: number;
  epmd: number;
  gateway: number;
  gatewayPlain: number;
  sandbox: number;
  http: [number, number];
}

export interface Server {
  command: Command;
  /** Creates what it needs before its first start. */
  prepare(): void;
  /** Resolves when it really answers. */
  answers(): Promise<unknown>;
}

const loopback = '127.0.0.1';

/** All different; kept in the stack's folder, so that a restart finds the same. */
export async function choosePorts(): Promise<Ports> {
  const free = await Promise.all(Array.from({ length: 16 }, () => freePort()));
  const next = () => free.pop() ?? 0;
  return {
    postgres: next(),
    redis: next(),
    redisCluster: [next(), next(), next()],
    redisClusterBus: [next(), next(), next()],
    rabbit: next(),
    rabbitDistribution: next(),
    epmd: next(),
    gateway: next(),
    gatewayPlain: next(),
    sandbox: next(),
    http: [next(), next()],
  };
}

export const databaseUrl = ({ postgres }: Ports, database = 'xiaopu') =>
  `postgres://xiaopu:xiaopu@${loopback}:${postgres}/${database}`;
export const redisUrl = ({ redis }: Ports) => `redis://${loopback}:${redis}`;
export const redisClusterUrl = ({ redisCluster }: Ports) => `redis://${loopback}:${redisCluster[0]}?cluster=true`;
export const amqpUrl = ({ rabbit }: Ports) => `amqp://guest:guest@${loopback}:${rabbit}`;

export function serversOf(folder: string, ports: Ports): Server[] {
  return [
    postgres(folder, ports),
    redis(folder, 'redis', ports.redis),
    ...ports.redisCluster.map((port, node) =>
      redis(folder, `redis-cluster-${node}`, port, [
        ...['--cluster-enabled', 'yes', '--cluster-port', String(ports.redisClusterBus[node])],
        ...['--cluster-node-timeout', '2000', '--cluster-require-full-coverage', 'no'],
      ]),
    ),
    epmd(folder, ports),
    rabbit(folder, ports),
  ];
}

function postgres(folder: string, ports: Ports): Server {
  const data = join(folder, 'postgres');
  const bin = postgresBin() ?? '';
  const user = 'postgres';
  const settings = {
    port: String(ports.postgres),
    listen_addresses: loopback,
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    max_wal_size: '1GB',
  };
  return {
    command: {
      name: 'postgres',
      file: `${bin}/postgres`,
      args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      user,
      // Fast shutdown: ends sessions instead of waiting for them.
      stopSignal: 'SIGINT',
    },
    prepare() {
      if (existsSync(join(data, 'PG_VERSION'))) return;
      ownFolder(data, user);
      const passwordFile = join(folder, 'run', 'postgres-password');
      ownFile(passwordFile, 'xiaopu', user);
      const flags = ['--username=xiaopu', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
      execFileSync(`${bin}/initdb`, [`--pgdata=${data}`, ...flags, '--encoding=UTF8', '--locale=C.UTF-8'], {
        cwd: '/',
        stdio: ['ignore', 'ignore', 'inherit'],
        ...idsOf(user),
      });
    },
    async answers() {
      const client = new pg.Client({ connectionString: databaseUrl(ports, 'postgres') });
      await client.connect();
      try {
        const { rowCount } = await client.query(`select 1 from pg_database where datname = 'xiaopu'`);
        if (!rowCount) await client.query('create database xiaopu');
      } finally {
        await client.end();
      }
    },
  };
}

function redis(folder: string, name: string, port: number, flags: readonly string[] = []): Server {
  const data = join(folder, name);
  return {
    command: {
      name,
      file: '/usr/bin/redis-server',
      args: [
        ...['--bind', loopback, '--port', String(port), '--dir', data, '--daemonize', 'no'],
        ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '', ...flags],
      ],
      user: 'redis',
    },
    prepare: () => ownFolder(data, 'redis'),
    answers: () => withRedis(port, (client) => client.ping()),
  };
}

async function withRedis<T>(port: number, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis({ host: loopback, port, lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    client.disconnect();
  }
}

/** Joins the three masters once, and waits until a client finds every slot. */
export async function joinRedisCluster({ redisCluster }: Ports): Promise<void> {
  const nodes = redisCluster.map((port) => `${loopback}:${port}`);
  const info = await withRedis(redisCluster[0], (client) => client.cluster('INFO'));
  if (!String(info).includes('cluster_slots_assigned:16384')) {
    execFileSync('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-replicas', '0', '--cluster-yes'], {
      stdio: 'ignore',
    });
  }
}

/** A cluster client gives up soon here: by itself it would try for ever. */
export async function redisClusterAnswers({ redisCluster }: Ports): Promise<void> {
  const cluster = new Cluster(
    redisCluster.map((port) => ({ host: loopback, port })),
    { clusterRetryStrategy: () => null, lazyConnect: true, slotsRefreshTimeout: 2_000 },
  );
  cluster.on('error', () => {});
  try {
    await cluster.connect();
    // Three names of three slots, one on each master.
    await Promise.all(['a', 'b', 'c'].map((key) => cluster.set(`stack:${key}`, '1', 'EX', 5)));
  } finally {
    cluster.disconnect();
  }
}

/** Erlang's name server, our own and on loopback: the one that Erlang would start by itself listens everywhere. */
function epmd(_folder: string, ports: Ports): Server {
  return {
    command: {
      name: 'epmd',
      file: '/usr/bin/epmd',
      args: ['-address', loopback, '-port', String(ports.epmd)],
      user: 'rabbitmq',
    },
    prepare: () => {},
    answers: async () => void execFileSync('epmd', ['-port', String(ports.epmd), '-names'], { stdio: 'ignore' }),
  };
}

function rabbit(folder: string, ports: Ports): Server {
  const data = join(folder, 'rabbitmq');
  const config = join(data, 'rabbitmq.conf');
  const plugins = join(data, 'enabled_plugins');
  const user = 'rabbitmq';
  const node = `xiaopu-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}@localhost`;
  return {
    command: {
      name: 'rabbitmq',
      file: `${rabbitBin}/rabbitmq-server`,
      args: [],
      user,
      cwd: data,
      env: {
        HOME: data,
        ERL_EPMD_ADDRESS: loopback,
        ERL_EPMD_PORT: String(ports.epmd),
        // Hands the process over to Erlang itself, which stops cleanly on SIGTERM.
        RUNNING_UNDER_SYSTEMD: 'true',
        RABBITMQ_NODENAME: node,
        RABBITMQ_NODE_IP_ADDRESS: loopback,
        RABBITMQ_NODE_PORT: String(ports.rabbit),
        RABBITMQ_DIST_PORT: String(ports.rabbitDistribution),
        RABBITMQ_MNESIA_BASE: join(data, 'mnesia'),
        RABBITMQ_LOG_BASE: join(data, 'log'),
        RABBITMQ_CONFIG_FILE: config,
        RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
        RABBITMQ_PID_FILE: join(data, 'pid'),
        // The distribution port lets any holder of the cookie run code: loopback only. No busy waiting between messages.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
          '-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none',
      },
    },
    prepare() {
      ownFolder(data, user);
      const lines = [
        'vm_memory_high_watermark.absolute = 512MB',
        'disk_free_limit.absolute = 50MB',
        'raft.wal_max_size_bytes = 67108864',
      ];
      ownFile(config, `${lines.join('\n')}\n`, user);
      ownFile(plugins, '[].\n', user);
    },
    async answers() {
      const connection = await connectRabbit(amqpUrl(ports), { timeout: 2_000 });
      await connection.close();
    },
  };
}

function ownFolder(path: string, user: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const ids = idsOf(user);
  if (ids) chownSync(path, ids.uid, ids.gid);
}

function ownFile(path: string, text: string, user: string): void {
  writeFileSync(path, text, { mode: 0o600 });
  const ids = idsOf(user);
  if (ids) chownSync(path, ids.uid, ids.gid);
}
