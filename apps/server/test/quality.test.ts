/** The quality report that CI keeps (`npm run quality`): what it counts, on small input. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measureSizes, report } from '../../../scripts/quality.ts';

const lines = (count: number) => 'x\n'.repeat(count);

describe('quality report', () => {
  it('C04-AGI-12 counts lines by workspace, tests apart, and names files past the limit, longest first', () => {
    const { sizes, longFiles } = measureSizes([
      { path: 'apps/server/src/main/http.ts', text: lines(400) },
      { path: 'apps/server/src/main/http.test.ts', text: lines(401) },
      { path: 'apps/server/test/shop.ts', text: lines(10) },
      { path: 'packages/money/src/index.ts', text: lines(900) },
      { path: 'journeys/buy.test.ts', text: lines(5) },
      { path: 'vitest.config.ts', text: lines(3) },
    ]);
    expect(sizes).toEqual([
      { area: 'packages/money', files: 1, lines: 900, testLines: 0 },
      { area: 'apps/server', files: 3, lines: 400, testLines: 411 },
      { area: 'journeys', files: 1, lines: 0, testLines: 5 },
      { area: 'settings', files: 1, lines: 3, testLines: 0 },
    ]);
    expect(longFiles).toEqual([
      { path: 'packages/money/src/index.ts', lines: 900 },
      { path: 'apps/server/src/main/http.test.ts', lines: 401 },
    ]);
  });

  it('C04-AGI-12 shows coverage, complexity and duplication beside each other', () => {
    const text = report({
      sizes: [{ area: 'apps/server', files: 2, lines: 30, testLines: 12 }],
      longFiles: [],
      duplicatedPercent: 0.137,
      clones: [{ lines: 9, first: 'a.ts', second: 'b.ts' }],
      hardFunctions: [{ path: 'c.ts', line: 7, complexity: 16 }],
      coverage: [{ area: 'packages/money', linesPercent: 97.06, branchesPercent: 93.5 }],
    });
    for (const row of [
      '| together | 2 | 30 | 12 |',
      '## Said twice: 0.14 % of all lines',
      '| 9 | a.ts | b.ts |',
      '| 16 | c.ts:7 |',
      '| packages/money | 97.1 | 93.5 |',
    ])
      expect(text).toContain(row);
  });
});

describe('continuous integration', () => {
  const root = new URL('../../../', import.meta.url);

  it('C04-AGI-04 goes through its stages in order and stops at the first that fails', () => {
    const script = readFileSync(new URL('.ci/run', root), 'utf8');
    expect(script).toContain('set -euo pipefail');
    const stages = ['npm ci', 'npm run check', 'npm run build', 'npm run budgets', 'npm test'].map((stage) =>
      script.indexOf(`\n${stage}`),
    );
    expect(stages.every((at) => at > 0)).toBe(true);
    expect(stages).toEqual([...stages].sort((a, b) => a - b));
  });
});
