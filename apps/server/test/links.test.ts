/** Documents point at files that exist: a decision or a figure that is quoted can be opened. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const root = new URL('../../../', import.meta.url).pathname;

/** Targets inside the repository, without their anchors. */
const targetsOf = (text: string) =>
  [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].flatMap(([, to = '']) => (/^[a-z]+:/.test(to) ? [] : [to]));

it('every relative link of every document leads to a file', () => {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root });
  const documents = listed.toString('utf8').trim().split('\n');
  expect(documents.length).toBeGreaterThan(30);
  const dead = documents
    .filter((document) => existsSync(join(root, document)))
    .flatMap((document) =>
      targetsOf(readFileSync(join(root, document), 'utf8'))
        .filter((to) => !existsSync(join(root, dirname(document), to)))
        .map((to) => `${document} → ${to}`),
    );
  expect(dead).toEqual([]);
});

it('each decision has a number of its own', () => {
  const numbers = readdirSync(join(root, 'docs/adr')).map((name) => name.slice(0, 4));
  expect(numbers.filter((number, at) => numbers.indexOf(number) !== at)).toEqual([]);
});
