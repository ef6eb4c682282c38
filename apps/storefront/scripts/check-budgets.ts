/** After a WeChat build: package sizes, what app.json must say, no bitmap icons. Exits 1 naming each budget that broke (C05-PERF-01, X-14, X-21). */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const budgets = {
  mainBytes: 1_048_576,
  subpackageBytes: 512_000,
  pages: /^pages\/(home|category|cart|me|product)\//,
};

interface AppJson {
  pages: string[];
  subPackages?: { root: string; pages: string[] }[];
  preloadRule?: Record<string, { packages: string[] }>;
  lazyCodeLoading?: string;
  requiredPrivateInfos?: string[];
  permission?: Record<string, { desc?: string }>;
  tabBar?: { list: { pagePath: string }[] };
  __usePrivacyCheck__?: boolean;
}

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

export interface Verdict {
  lines: string[];
  broken: string[];
}

export function checkBudgets(dist: string): Verdict {
  const app = JSON.parse(readFileSync(join(dist, 'app.json'), 'utf8')) as AppJson;
  const lines: string[] = [];
  const broken: string[] = [];
  const expectThat = (holds: boolean, what: string): void => {
    if (!holds) broken.push(what);
  };
  const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

  const roots = (app.subPackages ?? []).map(({ root }) => root);
  const sizes = roots.map((root) => [root, bytesBelow(join(dist, root))] as const);
  const main = bytesBelow(dist) - sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  lines.push(`main ${kilobytes(main)} of ${kilobytes(budgets.mainBytes)}`);
  expectThat(main <= budgets.mainBytes, `the main package has ${kilobytes(main)}`);
  for (const [root, bytes] of sizes) {
    lines.push(`${root} ${kilobytes(bytes)} of ${kilobytes(budgets.subpackageBytes)}`);
    expectThat(bytes <= budgets.subpackageBytes, `${root} has ${kilobytes(bytes)}`);
  }

  const strangers = app.pages.filter((page) => !budgets.pages.test(page));
  expectThat(
    strangers.length === 0,
    `only tab, home and product pages belong in the main package, not ${strangers.join(', ')}`,
  );
  for (const { pagePath } of app.tabBar?.list ?? [])
    expectThat(app.pages.includes(pagePath), `the tab ${pagePath} must be in the main package`);
  expectThat(app.lazyCodeLoading === 'requiredComponents', 'lazyCodeLoading must be requiredComponents');
  const preloaded = new Set(Object.values(app.preloadRule ?? {}).flatMap(({ packages }) => packages));
  expectThat(preloaded.has('packages/browse'), 'preloadRule must load packages/browse ahead');
  for (const name of preloaded) expectThat(roots.includes(name), `preloadRule names ${name}, which is no subpackage`);
  expectThat(app.__usePrivacyCheck__ === true, '__usePrivacyCheck__ must be on');
  const privateInfos = app.requiredPrivateInfos ?? [];
  expectThat(privateInfos.includes('chooseAddress'), 'requiredPrivateInfos must declare chooseAddress');
  expectThat(
    !(privateInfos.includes('getLocation') && privateInfos.includes('getFuzzyLocation')),
    'getLocation and getFuzzyLocation exclude each other',
  );
  expectThat(
    Boolean(
      app.permission?.[privateInfos.includes('getLocation') ? 'scope.userLocation' : 'scope.userFuzzyLocation']?.desc,
    ),
    'the use of the position must be explained',
  );

  const bitmaps = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) =>
    /\.(png|jpe?g|gif|webp)$/i.test(entry.name),
  );
  expectThat(bitmaps.length === 0, `bitmaps in the package: ${bitmaps.map((entry) => entry.name).join(', ')}`);
  return { lines, broken };
}

if (import.meta.main) {
  const dist = fileURLToPath(new URL('../dist/build/mp-weixin', import.meta.url));
  if (!existsSync(join(dist, 'app.json'))) {
    process.stderr.write('No WeChat build to check: run `npm run build:mp-weixin` first.\n');
    process.exit(1);
  }
  const { lines, broken } = checkBudgets(dist);
  for (const line of lines) process.stdout.write(`${line}\n`);
  for (const what of broken) process.stderr.write(`over budget: ${what}\n`);
  process.exit(broken.length === 0 ? 0 : 1);
}
