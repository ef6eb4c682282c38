/** One process owns a data folder at a time; a lock whose owner died is taken over. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class DataFolderInUse extends Error {
  constructor(dataDir: string, pid: number) {
    super(`The data folder ${dataDir} is in use by another Xiaopu (process ${pid}). Stop it, or set DATA_DIR.`);
    this.name = 'DataFolderInUse';
  }
}

/** @returns a function that gives the folder back */
export function lockDataFolder(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, 'xiaopu.lock');
  const mine = `${process.pid} ${startTimeOf(process.pid) ?? ''}`;
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid = '0', startTime] = readFileSync(file, 'utf8').split(' ');
    if (isAlive(Number(pid), startTime)) throw new DataFolderInUse(dataDir, Number(pid));
    rmSync(file, { force: true });
  }
}

function isAlive(pid: number, startTime: string | undefined): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // A number may have been given to another process since: then its start time differs.
  const now = startTimeOf(pid);
  return now === undefined || !startTime || now === startTime;
}

/** Clock ticks since boot at which the process began; undefined where there is no /proc. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
