/** The shop as a process: started as people start it, watched, ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

export interface ShopProcess {
  origin: string;
  child: ChildProcess;
  /** @throws Error with what it said when it ends or is not there in time; @returns how long it took */
  untilHealthy(withinMs: number): Promise<number>;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<Exit>;
}

export interface Exit {
  code: number | null;
  stdout: string;
  stderr: string;
}

export type Env = Record<string, string>;

/** `npm start`, or the script itself where the process number must be the shop's own. */
export function startShop({
  port,
  dataDir,
  env = {},
  by = 'npm',
}: {
  port: number;
  dataDir: string;
  env?: Env;
  by?: 'npm' | 'node';
}): ShopProcess {
  const startedAt = Date.now();
  const origin = `http://127.0.0.1:${port}`;
  const { child, exited, said } = run(by, { PORT: String(port), DATA_DIR: dataDir, ...env });
  return {
    origin,
    child,
    async untilHealthy(withinMs) {
      while (Date.now() < startedAt + withinMs) {
        if (child.exitCode !== null) throw new Error(`the shop did not start: ${said().stderr}`);
        const isUp = await fetch(`${origin}/healthz`).then(
          (reply) => reply.ok,
          () => false,
        );
        if (isUp) return Date.now() - startedAt;
        await new Promise((done) => setTimeout(done, 50));
      }
      throw new Error(`the shop was not healthy within ${withinMs} ms: ${said().stderr}`);
    },
    end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
  };
}

/** A start that is expected to end by itself. */
export const runStart = (env: Env): Promise<Exit> => run('node', env).exited;

function run(by: 'npm' | 'node', env: Env) {
  const [command, args] =
    by === 'npm' ? (['npm', ['start', '--silent']] as const) : ([process.execPath, ['scripts/start.ts']] as const);
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...withoutSettings(process.env), RATE_LIMIT_PER_MINUTE: '0', LOG_LEVEL: 'error', DEMO_DAYS: '0', ...env },
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString('utf8');
  });
  const exited = new Promise<Exit>((done) => child.once('close', (code) => done({ code, ...output })));
  return { child, exited, said: () => output };
}

/** The settings of whoever runs the tests must not reach the shop under test. */
function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours =
    /^(PORT|HOST|DATA_DIR|DATABASE_URL|REDIS_URL|AMQP_URL|PUBLIC_BASE_URL|SM4_KEYS|SEED_DEMO|DEMO_DAYS|CDN_BASE_URL|S3_.*|WECHAT_.*)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.test(name)));
}

/** Process numbers of what still runs with `text` in its command line; Linux only. */
export function processesOf(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return pid !== process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false; // ended meanwhile
      }
    });
}
