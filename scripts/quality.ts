/**
 * `npm run quality`: docs/quality.md, the figures by which the code's state is followed from one change to the next: how large the files
 * are, what is said twice, which functions are hard to follow, and how much of the pure packages their own tests reach
 * (C04-AGI-12). CI makes it at its end and prints it. It judges nothing: a figure that got worse is for the reviewer.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LONG_FILE_LINES = 400;
/** Shorter repetitions are chance: imports, a form's fields. */
const CLONE_LINES = 8;
const CLONE_TOKENS = 80;
/** SonarSource's limit for cognitive complexity. */
const COMPLEX_ABOVE = 15;

export interface Size {
  area: string;
  files: number;
  lines: number;
  testLines: number;
}
export interface LongFile {
  path: string;
  lines: number;
}
export interface Clone {
  lines: number;
  first: string;
  second: string;
}
export interface HardFunction {
  path: string;
  line: number;
  complexity: number;
}
export interface Coverage {
  area: string;
  linesPercent: number;
  branchesPercent: number;
}
export interface Quality {
  sizes: Size[];
  longFiles: LongFile[];
  duplicatedPercent: number;
  clones: Clone[];
  hardFunctions: HardFunction[];
  coverage: Coverage[];
}

const isTest = (path: string) => /\.(test|testing)\.ts$|\/test\/|^journeys\//.test(path);
/** A workspace, or the folder at the top; files beside them are the project's own settings. */
const areaOf = (path: string) => (path.includes('/') ? folderOf(path) : 'settings');
const folderOf = (path: string) =>
  path
    .split('/')
    .slice(0, /^(apps|packages)\//.test(path) ? 2 : 1)
    .join('/');

/** Lines by workspace, tests apart; the files over the limit, longest first. */
export function measureSizes(files: Iterable<{ path: string; text: string }>): Pick<Quality, 'sizes' | 'longFiles'> {
  const sizes = new Map<string, Size>();
  const longFiles: LongFile[] = [];
  for (const { path, text } of files) {
    const lines = text.split('\n').length - 1;
    const area = areaOf(path);
    const size = sizes.get(area) ?? { area, files: 0, lines: 0, testLines: 0 };
    sizes.set(area, size);
    size.files += 1;
    if (isTest(path)) size.testLines += lines;
    else size.lines += lines;
    if (lines > LONG_FILE_LINES) longFiles.push({ path, lines });
  }
  return {
    sizes: [...sizes.values()].sort((a, b) => b.lines + b.testLines - (a.lines + a.testLines)),
    longFiles: longFiles.sort((a, b) => b.lines - a.lines || a.path.localeCompare(b.path)),
  };
}

export function quality(): Quality {
  const sources = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.vue'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    // Tables of data (divisions, titles) are no code.
    .filter((path) => !path.endsWith('.data.ts'))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  const folder = mkdtempSync(join(tmpdir(), 'xiaopu-quality-'));
  try {
    return { ...measureSizes(sources), ...clones(folder), hardFunctions: hardFunctions(), coverage: coverage(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function clones(folder: string): Pick<Quality, 'clones' | 'duplicatedPercent'> {
  const ignored = '**/node_modules/**,**/dist/**,**/*.data.ts';
  const limits = ['--min-lines', String(CLONE_LINES), '--min-tokens', String(CLONE_TOKENS), '--skip-comments'];
  const reporting = ['--reporters', 'json,silent', '--output', folder];
  run('jscpd', ['.', '-f', 'typescript,vue', '-i', ignored, ...limits, ...reporting]);
  const report = JSON.parse(readFileSync(join(folder, 'jscpd-report.json'), 'utf8')) as {
    statistics: { total: { percentage: number } };
    duplicates: { lines: number; firstFile: { name: string }; secondFile: { name: string } }[];
  };
  return {
    duplicatedPercent: report.statistics.total.percentage,
    clones: report.duplicates
      .map(({ lines, firstFile, secondFile }) => ({ lines, first: firstFile.name, second: secondFile.name }))
      .sort((a, b) => b.lines - a.lines || a.first.localeCompare(b.first)),
  };
}

function hardFunctions(): HardFunction[] {
  const rule = '--only=complexity/noExcessiveCognitiveComplexity';
  const report = JSON.parse(run('biome', ['lint', rule, '--reporter=json', '--max-diagnostics=none', '.'])) as {
    diagnostics: { message: string; location: { path: string; start: { line: number } } }[];
  };
  return report.diagnostics
    .flatMap(({ message, location }) => {
      const complexity = Number(/complexity of (\d+)/.exec(message)?.[1]);
      return complexity > COMPLEX_ABOVE ? [{ path: location.path, line: location.start.line, complexity }] : [];
    })
    .sort((a, b) => b.complexity - a.complexity || a.path.localeCompare(b.path));
}

/**
 * Of the pure packages that have tests of their own. The server is reached through its service tests, counted by requirement in
 * docs/requirements.md; contracts and calls are checked against its live replies.
 */
function coverage(folder: string): Coverage[] {
  const reporting = ['--coverage.enabled', '--coverage.reporter=json-summary', `--coverage.reportsDirectory=${folder}`];
  run('vitest', ['run', '--project', 'packages', ...reporting, '--coverage.include=packages/*/src/**/*.ts']);
  const report = JSON.parse(readFileSync(join(folder, 'coverage-summary.json'), 'utf8')) as Record<
    string,
    Record<'lines' | 'branches', { total: number; covered: number }>
  >;
  const areas = new Map<string, { lines: [number, number]; branches: [number, number] }>();
  for (const [file, { lines, branches }] of Object.entries(report)) {
    if (file === 'total') continue;
    const area = areaOf(file.slice(file.indexOf('/packages/') + 1));
    const sum = areas.get(area) ?? { lines: [0, 0], branches: [0, 0] };
    areas.set(area, {
      lines: [sum.lines[0] + lines.covered, sum.lines[1] + lines.total],
      branches: [sum.branches[0] + branches.covered, sum.branches[1] + branches.total],
    });
  }
  const percent = ([covered, total]: [number, number]) => (total === 0 ? 100 : (covered / total) * 100);
  return [...areas]
    .filter(([, { lines }]) => lines[0] > 0)
    .map(([area, sum]) => ({ area, linesPercent: percent(sum.lines), branchesPercent: percent(sum.branches) }))
    .sort((a, b) => a.area.localeCompare(b.area));
}

function run(tool: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync('npx', ['--no-install', tool, ...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  // Linters end with 1 when they found something; that is what they are asked for.
  if (status !== 0 && status !== 1) throw new Error(`${tool} ended with ${status}: ${stderr.slice(0, 500)}`);
  return stdout;
}

export function report({ sizes, longFiles, duplicatedPercent, clones, hardFunctions, coverage }: Quality): string {
  const table = (head: string[], rows: (string | number)[][]) =>
    [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const sum = (field: 'files' | 'lines' | 'testLines') => sizes.reduce((total, size) => total + size[field], 0);
  return [
    '# Quality',
    'Made by `npm run quality`, in CI after the tests. Figures to follow, not gates; what must hold is a test or a lint rule.',
    `## Size\n\n${table(
      ['workspace', 'files', 'lines', 'lines of tests'],
      [
        ...sizes.map((s) => [s.area, s.files, s.lines, s.testLines]),
        ['together', sum('files'), sum('lines'), sum('testLines')],
      ],
    )}`,
    `## Files over ${LONG_FILE_LINES} lines: ${longFiles.length}\n\n${table(
      ['file', 'lines'],
      longFiles.map(({ path, lines }) => [path, lines]),
    )}`,
    `## Said twice: ${duplicatedPercent.toFixed(2)} % of all lines\n\nFrom ${CLONE_LINES} lines and ${CLONE_TOKENS} tokens on, comments aside (jscpd).\n\n${table(
      ['lines', 'here', 'and here'],
      clones.map(({ lines, first, second }) => [lines, first, second]),
    )}`,
    `## Functions hard to follow: ${hardFunctions.length}\n\nCognitive complexity over ${COMPLEX_ABOVE}, as Biome counts it; the worst twenty.\n\n${table(
      ['complexity', 'where'],
      hardFunctions.slice(0, 20).map(({ path, line, complexity }) => [complexity, `${path}:${line}`]),
    )}`,
    `## Coverage of the pure packages by their own tests\n\n${table(
      ['package', 'lines %', 'branches %'],
      coverage.map((c) => [c.area, c.linesPercent.toFixed(1), c.branchesPercent.toFixed(1)]),
    )}`,
  ].join('\n\n');
}

if (import.meta.main) {
  process.chdir(new URL('..', import.meta.url).pathname);
  const text = `${report(quality())}\n`;
  writeFileSync('docs/quality.md', text);
  process.stdout.write(text);
}
