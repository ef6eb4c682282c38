import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkBudgets } from '../../scripts/check-budgets.ts';
import { buildWeixin, weixinDist } from '../mp-stub/build.ts';

let copy = '';
beforeAll(() => {
  buildWeixin();
  copy = mkdtempSync(join(tmpdir(), 'xiaopu-mp-'));
  cpSync(weixinDist, copy, { recursive: true });
}, 120_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const edit = (change: (app: Record<string, unknown>) => void) => {
  const app = JSON.parse(readFileSync(join(weixinDist, 'app.json'), 'utf8')) as Record<string, unknown>;
  change(app);
  writeFileSync(join(copy, 'app.json'), JSON.stringify(app));
  return checkBudgets(copy).broken;
};

it('C05-PERF-01 C05-PERF-02 C03-DIF-03 X-14 the build keeps every budget', () => {
  expect(checkBudgets(weixinDist).broken).toEqual([]);
});

it('C05-PERF-01 notices a page that does not belong in the main package, and a missing preload', () => {
  expect(edit((app) => (app.pages as string[]).push('pages/extra/index'))).toEqual([
    'only tab, home and product pages belong in the main package, not pages/extra/index',
  ]);
  expect(edit((app) => delete app.preloadRule)).toEqual(['preloadRule must load packages/browse ahead']);
  expect(edit((app) => delete app.lazyCodeLoading)).toEqual(['lazyCodeLoading must be requiredComponents']);
  expect(edit((app) => ((app as { requiredPrivateInfos: string[] }).requiredPrivateInfos = []))).toEqual([
    'requiredPrivateInfos must declare chooseAddress',
  ]);
});

it('C05-PERF-01 notices packages that grew past their size', () => {
  writeFileSync(join(copy, 'big.js'), 'x'.repeat(1_100_000));
  writeFileSync(join(copy, 'packages/browse/big.js'), 'x'.repeat(600_000));
  const broken = edit(() => undefined);
  expect(broken).toHaveLength(2);
  expect(broken[0]).toMatch(/^the main package has 1\d\d\d\.\d KB$/);
  expect(broken[1]).toMatch(/^packages\/browse has 6\d\d\.\d KB$/);
});

it('C05-PERF-06 C05-PERF-07 every picture in the templates loads lazily or says why not, every video has a poster', () => {
  const wxml = (path: string) => readFileSync(join(weixinDist, `${path}.wxml`), 'utf8');
  expect(wxml('shared/ui/XpImage')).toMatch(/<image [^>]*lazy-load="\{\{\w+\}\}"/);
  const blocks = wxml('features/product/DetailBlocks');
  expect(blocks).toContain('<xp-image');
  expect(blocks).not.toContain('<image');
  expect(wxml('features/product/Gallery')).toMatch(/<video [^>]*poster=/);
});
