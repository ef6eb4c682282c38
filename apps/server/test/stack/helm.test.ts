/** Helm itself against what deploy.test.ts goes by: our reading of the few constructs that the chart keeps to. */
import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Manifest, renderChart } from '../../../../scripts/chart.ts';
import { ensureHelm } from '../../../../scripts/stack/helm.ts';

const chart = join(resolve(import.meta.dirname, '../../../..'), 'deploy/helm/xiaopu');
const byName = (manifests: readonly Manifest[]) =>
  new Map(manifests.map((manifest) => [`${manifest.kind}/${manifest.metadata.name}`, manifest]));

describe('the Helm chart as Helm reads it', () => {
  let helm = '';
  beforeAll(() => {
    helm = ensureHelm();
  });
  const run = (...args: string[]) =>
    execFileSync(helm, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 16 * 1024 * 1024 });

  it('has nothing that lint objects to', () => {
    expect(run('lint', '--strict', chart)).toMatch(/1 chart\(s\) linted, 0 chart\(s\) failed/);
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['as it comes', 'xiaopu', {}],
    ['on servers of others', 'shop', { 'redis.enabled': false, 'rabbitmq.enabled': false, 'postgres.enabled': false }],
    ['with other numbers', 'xiaopu', { 'http.replicas': 5, 'worker.replicas': 3 }],
  ])('renders to what our tests read, field by field: %s', (_, release, overrides) => {
    const set = Object.entries(overrides).flatMap(([path, value]) => ['--set', `${path}=${value}`]);
    const theirs = parseAllDocuments(run('template', release, chart, ...set)).flatMap(
      (document) => (document.toJS() as Manifest | null) ?? [],
    );
    expect(theirs.length).toBeGreaterThan(5);
    expect(byName(theirs)).toEqual(byName(renderChart(chart, release, overrides)));
  });
});
