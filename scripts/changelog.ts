/**
 * `npm run changelog -- 0.2.0`: puts a section for a release on top of CHANGELOG.md, with every change since the last release's tag.
 * Then commit it and tag that commit `v0.2.0`. Without a version it prints what the next release would list.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const head = '# Changes\n\nWritten by `npm run changelog`, one line a commit, newest first. Versions follow semver.\n';
/** Says nothing to who uses the shop. */
const isNoise = (subject: string) => /^(Format$|Requirements\b|Merge )/.test(subject);

export interface Release {
  version: string;
  day: string;
  changes: readonly string[];
}

export const section = ({ version, day, changes }: Release): string =>
  `## ${version} (${day})\n\n${changes.length > 0 ? changes.map((change) => `- ${change}`).join('\n') : '- Nothing changed.'}\n`;

/** The newest release first; one that is there already is an error, not a second section. */
export function withRelease(text: string, release: Release): string {
  if (text.includes(`\n## ${release.version} (`)) throw new Error(`${release.version} is in CHANGELOG.md already`);
  const older = text.startsWith(head) ? text.slice(head.length) : '';
  return `${head}\n${section(release)}${older}`;
}

/** Subjects of every commit since the newest version tag; all there are before the first. */
export function changesSince(folder: string): string[] {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const tag = git('tag', '--list', 'v[0-9]*', '--merged', 'HEAD', '--sort=-version:refname').split('\n')[0];
  const subjects = git('log', '--format=%s', ...(tag ? [`${tag}..HEAD`] : []));
  return [...new Set(subjects.split('\n'))].filter((subject) => subject !== '' && !isNoise(subject));
}

if (import.meta.main) {
  const root = new URL('..', import.meta.url).pathname;
  const file = join(root, 'CHANGELOG.md');
  const [version] = process.argv.slice(2);
  const release = {
    version: version ?? 'next',
    day: new Date().toISOString().slice(0, 10),
    changes: changesSince(root),
  };
  if (version === undefined) process.stdout.write(section(release));
  else if (!/^\d+\.\d+\.\d+$/.test(version)) {
    process.stderr.write('A version looks like 0.2.0\n');
    process.exitCode = 1;
  } else writeFileSync(file, withRelease(existsSync(file) ? readFileSync(file, 'utf8') : head, release));
}
