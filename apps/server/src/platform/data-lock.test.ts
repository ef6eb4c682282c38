import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderInUse, lockDataFolder } from './data-lock.ts';

describe('data folder lock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xiaopu-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('lets one owner in, the next only after it left', () => {
    const release = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(DataFolderInUse);
    release();
    lockDataFolder(folder)();
  });
  it('takes over from an owner that died', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((done) => child.on('exit', done));
    writeFileSync(join(folder, 'xiaopu.lock'), `${child.pid} 1`);
    lockDataFolder(folder);
    expect(readFileSync(join(folder, 'xiaopu.lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  });
  it.runIf(process.platform === 'linux')('is not fooled by a process number that was given away again', () => {
    writeFileSync(join(folder, 'xiaopu.lock'), `${process.pid} 1`);
    expect(() => lockDataFolder(folder)).not.toThrow();
  });
});
