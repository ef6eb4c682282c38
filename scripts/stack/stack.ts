/** A stack: PostgreSQL, Redis (one, and a cluster of three masters) and RabbitMQ with their data in one folder. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensurePackages } from './packages.ts';
import { end, launch, pidOf, until, untilAnswers, within } from './processes.ts';
import {
  amqpUrl,
  choosePorts,
  databaseUrl,
  joinRedisCluster,
  type Ports,
  redisClusterAnswers,
  redisClusterUrl,
  redisUrl,
  serversOf,
} from './servers.ts';

export interface Stack {
  folder: string;
  ports: Ports;
  env: { DATABASE_URL: string; REDIS_URL: string; REDIS_CLUSTER_URL: string; AMQP_URL: string };
  /** Starts what does not run, and waits until all answer. */
  start(): Promise<void>;
  startServer(name: string): Promise<void>;
  stopServer(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** Ends all servers; their data stays. */
  stop(): Promise<void>;
  status(): { name: string; pid: number | undefined }[];
  remove(): void;
}

export async function openStack(at: string): Promise<Stack> {
  const folder = resolve(at);
  mkdirSync(folder, { recursive: true });
  // Each server runs as its own user and must pass through; what is inside is closed to others.
  chmodSync(folder, 0o755);
  for (const part of ['run', 'logs']) mkdirSync(join(folder, part), { recursive: true });
  const file = join(folder, 'ports.json');
  const ports = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ports) : await choosePorts();
  writeFileSync(file, JSON.stringify(ports, null, 2));
  ensurePackages();
  const servers = serversOf(folder, ports);
  const serverNamed = (name: string) => {
    const server = servers.find(({ command }) => command.name === name);
    if (!server)
      throw new Error(`There is no server ${name}: ${servers.map(({ command }) => command.name).join(', ')}`);
    return server;
  };

  const stack: Stack = {
    folder,
    ports,
    env: {
      DATABASE_URL: databaseUrl(ports),
      REDIS_URL: redisUrl(ports),
      REDIS_CLUSTER_URL: redisClusterUrl(ports),
      AMQP_URL: amqpUrl(ports),
    },
    async start() {
      // RabbitMQ asks epmd when it starts; all others come up side by side.
      await stack.startServer('epmd');
      await Promise.all(servers.map(({ command }) => stack.startServer(command.name)));
      await joinRedisCluster(ports);
      let refusal: unknown;
      const isJoined = await until(
        () =>
          within(5_000, redisClusterAnswers(ports)).then(
            () => true,
            (error: unknown) => {
              refusal = error;
              return false;
            },
          ),
        30_000,
      );
      if (!isJoined) throw new Error(`The Redis cluster does not answer: ${String(refusal)}`);
    },
    async startServer(name) {
      const { command, prepare, answers } = serverNamed(name);
      if (pidOf(folder, name) === undefined) {
        prepare();
        launch(folder, command);
      }
      await untilAnswers(folder, name, answers);
    },
    stopServer: (name, signal) => end(folder, serverNamed(name).command.name, signal),
    async stop() {
      await Promise.all(
        servers.filter(({ command }) => command.name !== 'epmd').map(({ command }) => stack.stopServer(command.name)),
      );
      await stack.stopServer('epmd');
    },
    status: () => servers.map(({ command: { name } }) => ({ name, pid: pidOf(folder, name) })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
  return stack;
}
