import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changesSince, withRelease } from '../../../scripts/changelog.ts';

it('C04-AGI-01 lists every change since the last release, newest release first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xiaopu-changes-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
      cwd: folder,
      stdio: 'ignore',
    });
  const commit = (subject: string) => git('commit', '--allow-empty', '-m', subject);
  try {
    git('init');
    commit('The cart');
    commit('The till');
    expect(changesSince(folder)).toEqual(['The till', 'The cart']);
    git('tag', 'v0.1.0');
    commit('Coupons');
    commit('Format');
    commit('Refunds by line');
    expect(changesSince(folder)).toEqual(['Refunds by line', 'Coupons']);
    git('tag', 'v0.10.0');
    git('tag', 'v0.9.0', 'HEAD~2');
    expect(changesSince(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const first = withRelease('', { version: '0.1.0', day: '2026-11-22', changes: ['The till', 'The cart'] });
  const second = withRelease(first, { version: '0.2.0', day: '2026-12-06', changes: ['Coupons'] });
  expect(second.indexOf('## 0.2.0')).toBeLessThan(second.indexOf('## 0.1.0'));
  expect(second.match(/# Changes/g)).toHaveLength(1);
  expect(() => withRelease(second, { version: '0.2.0', day: '2026-12-07', changes: [] })).toThrow('already');
});
