/**
 * Search quality on a labelled set: `node scripts/measure-search.ts goods.jsonl` (id, name, brief, category a line).
 * Query = the name of a category with at least three goods, relevant = its goods; only name and brief are searched.
 * Loads into a throw-away PostgreSQL and asks the shop's own search; nothing here ranks by itself.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listTermCounts, searchProducts } from '../src/modules/catalog/catalog.list.repository.ts';
import { createSearch } from '../src/modules/search/index.ts';
import { createReplyCache } from '../src/platform/cache.ts';
import { systemClock } from '../src/platform/clock.ts';
import { openDatabase } from '../src/platform/database/database.ts';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts';
import { migrate } from '../src/platform/database/migrate.ts';
import { newId } from '../src/platform/ids.ts';
import { createPolicies } from '../src/platform/policy.ts';

interface Good {
  id: string;
  name: string;
  brief: string;
  category: string;
}

const [file] = process.argv.slice(2);
if (!file) {
  console.error('usage: node scripts/measure-search.ts <goods.jsonl>');
  process.exit(2);
}
const goods = (await readFile(file, 'utf8'))
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Good);

const dataDir = await mkdtemp(join(tmpdir(), 'xiaopu-measure-'));
await (await import('node:fs/promises')).chmod(dataDir, 0o755);
const postgres = await startEmbeddedPostgres({ dataDir, durable: false });
const database = openDatabase({ connection: postgres.connection, maxConnections: 4 });
try {
  await migrate(database.db);
  const { db } = database;
  const search = createSearch({
    database,
    clock: systemClock,
    cache: createReplyCache({ ttlMs: 1_000 }),
    policies: createPolicies({ database, clock: systemClock }),
  });
  search.bind({ phrases: async () => [], termCounts: listTermCounts });

  const categoryId = newId();
  const schema = JSON.stringify({ type: 'object', properties: {} });
  await db
    .insertInto('catalog.category')
    .values({
      categoryId,
      parentId: null,
      name: '-',
      icon: '',
      sort: 0,
      picture: null,
      attributeSchema: schema,
      returnable: true,
    })
    .execute();
  const idOf = new Map<string, Good>();
  const now = new Date();
  await db
    .insertInto('catalog.spu')
    .values(
      goods.map((good) => {
        const spuId = newId();
        idOf.set(spuId, good);
        return {
          spuId,
          shopId: categoryId,
          spuCode: good.id,
          categoryId,
          rootCategoryId: categoryId,
          status: 'on_sale' as const,
          title: good.name,
          brief: good.brief,
          keywords: [],
          gallery: '[{}]',
          video: null,
          specNames: [],
          attributes: '{}',
          services: [],
          detail: '[]',
          shipsFrom: '',
          returnable: true,
          version: 1,
          skuCount: 1,
          soleSkuId: null,
          salePrice: 1,
          salePriceMax: 1,
          listPrice: 1,
          soldCount: 0,
          available: 1,
          inStock: true,
          scarce: false,
          score: 0,
          reviewHead: null,
          searchVector: search.vectorOf({ title: good.name, keywords: [], brief: good.brief }),
          publishedAt: now,
          createdAt: now,
          updatedAt: now,
        };
      }),
    )
    .execute();

  const byCategory = Map.groupBy(goods, ({ category }) => category);
  const queries = [...byCategory].filter(([, members]) => members.length >= 3);

  async function measure(label: string): Promise<void> {
    await search.refresh();
    let recall10 = 0;
    let reciprocal = 0;
    let precision = 0;
    let recall50 = 0;
    for (const [query, members] of queries) {
      const text = search.queryOf(query);
      const rows = text
        ? await searchProducts(db, { text, salesWeight: 0, order: 'relevance', limit: goods.length, relevanceFloor: 0 })
        : [];
      const hits = rows.map(({ spuId }) => idOf.get(spuId)?.category === query);
      const found = (depth: number) => hits.slice(0, depth).filter(Boolean).length;
      recall10 += found(10) / Math.min(10, members.length);
      recall50 += found(50) / members.length;
      const first = hits.indexOf(true);
      reciprocal += first < 0 ? 0 : 1 / (first + 1);
      precision +=
        hits.reduce((sum, hit, index) => sum + (hit ? found(index + 1) / (index + 1) : 0), 0) / members.length;
      if (process.env.VERBOSE)
        console.log(
          query,
          `${found(10)}/${Math.min(10, members.length)}`,
          rows
            .slice(0, 5)
            .map(({ title }) => title)
            .join(' | '),
        );
    }
    const show = (sum: number) => (sum / queries.length).toFixed(4);
    console.log(
      JSON.stringify({
        label,
        goods: goods.length,
        queries: queries.length,
        recall10: show(recall10),
        mrr: show(reciprocal),
        map: show(precision),
        recall50: show(recall50),
      }),
    );
  }
  await measure('with the synonym table');
  await db.deleteFrom('search.synonym').execute();
  await measure('without synonyms');
} finally {
  await database.close();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}
