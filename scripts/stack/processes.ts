/** Server processes that outlive the command which started them: found again by their pid file, ended by their group. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Command {
  name: string;
  file: string;
  args: readonly string[];
  env?: Record<string, string>;
  /** System user it runs as when we are root; a server must not run as root. */
  user?: string;
  cwd?: string;
  /** SIGTERM unless said otherwise; PostgreSQL waits for its clients on that one. */
  stopSignal?: NodeJS.Signals;
}

export interface RunningProcess {
  name: string;
  pid: number;
  child: ChildProcess;
}

export const isRoot = process.getuid?.() === 0;

export function idsOf(user: string | undefined): { uid: number; gid: number } | undefined {
  if (!isRoot || user === undefined) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}

const pidFile = (folder: string, name: string) => join(folder, 'run', `${name}.pid`);
export const logFile = (folder: string, name: string) => join(folder, 'logs', `${name}.log`);

/** Starts it in a process group of its own, its output in logs/, its pid in run/. */
export function launch(folder: string, command: Command): RunningProcess {
  const running = pidOf(folder, command.name);
  if (running !== undefined) throw new Error(`${command.name} already runs as process ${running}`);
  for (const part of ['run', 'logs']) mkdirSync(join(folder, part), { recursive: true });
  const log = openSync(logFile(folder, command.name), 'a');
  const { PATH = '', LANG = 'C.UTF-8' } = process.env;
  const child = spawn(command.file, command.args, {
    cwd: command.cwd ?? '/',
    env: { PATH, LANG, ...command.env },
    detached: true,
    stdio: ['ignore', log, log],
    ...idsOf(command.user),
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command.file} could not be started`);
  writeFileSync(pidFile(folder, command.name), `${pid} ${startTimeOf(pid) ?? ''} ${command.stopSignal ?? 'SIGTERM'}`);
  child.unref();
  return { name: command.name, pid, child };
}

/** The pid in the file, if that very process still runs: numbers are reused, start times are not. */
export function pidOf(folder: string, name: string): number | undefined {
  const [pid, startTime] = readPidFile(folder, name);
  if (!pid) return undefined;
  return startTimeOf(pid) === startTime ? pid : undefined;
}

function readPidFile(folder: string, name: string): [number, string | undefined, NodeJS.Signals] {
  try {
    const [pid, startTime, signal] = readFileSync(pidFile(folder, name), 'utf8').split(' ');
    return [Number(pid), startTime, (signal ?? 'SIGTERM') as NodeJS.Signals];
  } catch {
    return [0, undefined, 'SIGTERM'];
  }
}

/** Ends it and waits until it is gone: by its own stop signal, then by force. */
export async function end(folder: string, name: string, signal?: NodeJS.Signals, patienceMs = 20_000): Promise<void> {
  const pid = pidOf(folder, name);
  const [, , stopSignal] = readPidFile(folder, name);
  if (pid !== undefined) {
    sendToGroup(pid, signal ?? stopSignal);
    const isGone = await until(() => pidOf(folder, name) === undefined, patienceMs);
    if (!isGone) {
      sendToGroup(pid, 'SIGKILL');
      await until(() => pidOf(folder, name) === undefined, 5_000);
    }
  }
  rmSync(pidFile(folder, name), { force: true });
}

export function sendToGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

export async function until(isSo: () => boolean | Promise<boolean>, patienceMs: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; ; ) {
    if (await isSo()) return true;
    if (Date.now() > deadline) return false;
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Waits until `ask` resolves. @throws with the last refusal and the end of the log */
export async function untilAnswers(
  folder: string,
  name: string,
  ask: () => Promise<unknown>,
  patienceMs = 60_000,
): Promise<void> {
  let refusal: unknown;
  const answered = await until(
    () =>
      within(5_000, ask()).then(
        () => true,
        (error: unknown) => {
          refusal = error;
          if (pidOf(folder, name) === undefined) throw new Error(`${name} ended:\n${endOfLog(folder, name)}`);
          return false;
        },
      ),
    patienceMs,
  );
  if (!answered) throw new Error(`${name} does not answer (${String(refusal)}):\n${endOfLog(folder, name)}`);
}

/** A client may neither answer nor refuse: that is a refusal too. */
export function within<T>(patienceMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${patienceMs} ms`)), patienceMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const endOfLog = (folder: string, name: string): string =>
  readFileSync(logFile(folder, name), 'utf8').split('\n').slice(-15).join('\n');

/** Clock ticks since boot at which the process began; a zombie counts as gone. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
