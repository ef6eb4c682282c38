/** Two http and two worker processes on a stack's servers, the sandbox, and nginx with deploy/nginx before them. */
import { execFile, execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Command, end, idsOf, launch, pidOf, untilAnswers } from './processes.ts';
import type { Stack } from './stack.ts';

const root = resolve(import.meta.dirname, '../..');
const loopback = '127.0.0.1';

export const clusterProcesses = ['sandbox', 'http-0', 'http-1', 'worker-0', 'worker-1', 'gateway'] as const;
export type ClusterProcess = (typeof clusterProcesses)[number];

export interface ClusterOptions {
  /** Settings beside those of the stack, for all processes of the shop. */
  env?: Record<string, string>;
  /** Days of trade the demo has behind it; as usual by default. */
  demoDays?: number;
  /** API requests a second from one address before the gateway says 429, and how many above that it lets pass. */
  ratePerSecond?: number;
  burst?: number;
}

export interface RunningCluster {
  /** The gateway's address, https. */
  url: string;
  /** Its certificate, to be trusted by whoever asks. */
  certificate: string;
  start(name: ClusterProcess): Promise<void>;
  stop(name: ClusterProcess, signal?: NodeJS.Signals): Promise<void>;
}

/** Fills the demo shops into an empty database first; resolves when the gateway answers for the shop. */
export async function startCluster(
  stack: Stack,
  { env = {}, demoDays, ratePerSecond = 50, burst = 200 }: ClusterOptions = {},
): Promise<RunningCluster> {
  const { folder, ports } = stack;
  const data = join(folder, 'shop');
  mkdirSync(data, { recursive: true });
  const url = `https://${loopback}:${ports.gateway}`;
  const certificate = writeGateway(stack, { ratePerSecond, burst });
  const shopEnv: Record<string, string> = {
    NODE_NO_WARNINGS: '1',
    DATABASE_URL: stack.env.DATABASE_URL,
    REDIS_URL: stack.env.REDIS_CLUSTER_URL,
    AMQP_URL: stack.env.AMQP_URL,
    DATA_DIR: data,
    PUBLIC_BASE_URL: url,
    SANDBOX_URL: `http://${loopback}:${ports.sandbox}`,
    LOG_LEVEL: 'warn',
    ...(demoDays === undefined ? {} : { DEMO_DAYS: String(demoDays) }),
    ...env,
  };
  const node = (name: ClusterProcess, file: string, own: Record<string, string> = {}): Command => ({
    name,
    file: process.execPath,
    args: [join(root, file)],
    cwd: root,
    env: { ...shopEnv, ...own },
  });
  const answersAt = (port: number, path: string) => async () => {
    const { ok, status } = await fetch(`http://${loopback}:${port}${path}`);
    if (!ok) throw new Error(`status ${status}`);
  };
  const specs: Record<ClusterProcess, { command: Command; answers: () => Promise<unknown> }> = {
    sandbox: {
      command: node('sandbox', 'apps/sandbox/src/main/http.ts', {
        PORT: String(ports.sandbox),
        DATA_DIR: join(data, 'sandbox'),
      }),
      answers: answersAt(ports.sandbox, '/sandbox/'),
    },
    ...httpProcess(0),
    ...httpProcess(1),
    ...workerProcess(0),
    ...workerProcess(1),
    gateway: { command: gatewayCommand(folder), answers: () => throughGateway(`${url}/healthz`, certificate) },
  } as Record<ClusterProcess, { command: Command; answers: () => Promise<unknown> }>;

  function httpProcess(index: 0 | 1) {
    const port = ports.http[index];
    const command = node(`http-${index}`, 'apps/server/src/main/http.ts', { PORT: String(port) });
    return { [`http-${index}`]: { command, answers: answersAt(port, '/readyz') } };
  }
  function workerProcess(index: 0 | 1) {
    const name = `worker-${index}` as const;
    const isRunning = async () => {
      if (pidOf(folder, name) === undefined) throw new Error('it ended');
    };
    return { [name]: { command: node(name, 'apps/server/src/main/worker.ts'), answers: isRunning } };
  }

  const cluster: RunningCluster = {
    url,
    certificate,
    async start(name) {
      const { command, answers } = specs[name];
      if (pidOf(folder, name) === undefined) launch(folder, command);
      await untilAnswers(folder, name, answers);
    },
    stop: (name, signal) => end(folder, name, signal),
  };
  await cluster.start('sandbox');
  // One process migrates, makes the keys and fills the shop; the others find it done.
  await promisify(execFile)(process.execPath, [join(root, 'apps/server/src/main/seed.ts')], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', ...shopEnv, AMQP_URL: '' },
  });
  await Promise.all((['http-0', 'http-1', 'worker-0', 'worker-1'] as const).map(cluster.start));
  await cluster.start('gateway');
  return cluster;
}

export async function stopCluster({ folder }: Pick<Stack, 'folder'>): Promise<void> {
  await Promise.all([...clusterProcesses].reverse().map((name) => end(folder, name)));
}

/** deploy/nginx filled in, with a certificate of its own. @returns the certificate */
function writeGateway({ folder, ports }: Stack, rate: { ratePerSecond: number; burst: number }): string {
  const place = join(folder, 'gateway');
  const ids = idsOf('www-data');
  for (const part of ['', 'temp']) {
    mkdirSync(join(place, part), { recursive: true });
    if (ids) chownSync(join(place, part), ids.uid, ids.gid);
  }
  const [certificate, key] = [join(place, 'certificate.pem'), join(place, 'key.pem')];
  if (!existsSync(certificate)) {
    const subject = ['-subj', '/CN=xiaopu', '-addext', `subjectAltName=IP:${loopback},DNS:localhost`];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    if (ids) chownSync(key, ids.uid, ids.gid);
  }
  const values: Record<string, string> = {
    HTTP_SERVERS: ports.http.map((port) => `server ${loopback}:${port} max_fails=0;`).join('\n    '),
    SANDBOX_SERVER: `${loopback}:${ports.sandbox}`,
    RATE_PER_SECOND: String(rate.ratePerSecond),
    RATE_BURST: String(rate.burst),
    PLAIN_LISTEN: `${loopback}:${ports.gatewayPlain}`,
    TLS_LISTEN: `${loopback}:${ports.gateway}`,
    PUBLIC_PORT_SUFFIX: `:${ports.gateway}`,
    SERVER_NAME: '_',
    CERTIFICATE: certificate,
    CERTIFICATE_KEY: key,
  };
  const site = readFileSync(join(root, 'deploy/nginx/xiaopu.conf.template'), 'utf8').replace(
    /\$\{([A-Z_]+)\}/g,
    (_, name: string) => values[name] ?? '',
  );
  writeFileSync(join(place, 'xiaopu.conf'), site);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${join(place, 'temp', kind)};`,
  );
  writeFileSync(
    join(place, 'nginx.conf'),
    [
      'daemon off;',
      'worker_processes 1;',
      `pid ${join(place, 'temp', 'nginx.pid')};`,
      'error_log stderr warn;',
      'events { worker_connections 2048; }',
      'http {',
      '  include /etc/nginx/mime.types;',
      '  access_log off;',
      ...temporary,
      `  include ${join(place, 'xiaopu.conf')};`,
      '}',
      '',
    ].join('\n'),
  );
  return readFileSync(certificate, 'utf8');
}

const gatewayCommand = (folder: string): Command => ({
  name: 'gateway',
  file: '/usr/sbin/nginx',
  args: ['-e', 'stderr', '-p', join(folder, 'gateway'), '-c', join(folder, 'gateway', 'nginx.conf')],
  user: 'www-data',
  // Finishes the requests at hand first.
  stopSignal: 'SIGQUIT',
});

function throughGateway(url: string, certificate: string): Promise<void> {
  return new Promise((done, fail) => {
    request(url, { ca: certificate, agent: false }, (response) => {
      response.resume();
      if (response.statusCode === 200) done();
      else fail(new Error(`status ${response.statusCode}`));
    })
      .on('error', fail)
      .end();
  });
}
