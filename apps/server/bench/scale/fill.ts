/** Fills one database: indexes and keys are put aside, rows go in by COPY, indexes are built once over all of them. */
import pg from 'pg';
import { openDatabase } from '../../src/platform/database/database.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { type Catalogue, copyCategories, copyProducts, copyShops, copySkus, planCatalogue } from './catalogue.ts';
import { copyBuyers, copySearches, copyTrade, tradeTables } from './trade.ts';
import { qualities, shelves } from './vocabulary.ts';

export interface Size {
  skus: number;
  orders: number;
}

export interface Filled {
  size: Size;
  spus: number;
  lines: number;
  buyers: number;
  bytes: number;
  copySeconds: number;
  indexSeconds: number;
}

/** Lines an order, and units of it that were paid: what products' sold counts are scaled by. */
const unitsOfOrder = 1.35 * 1.15 * 0.9;

const bigTables = [...tradeTables, 'catalog.spu', 'catalog.sku', 'inventory.stock_level', 'identity.buyer'] as const;

interface PutAside {
  drop: string;
  create: string;
}

/** Primary keys, unique constraints and plain indexes of the big tables, as statements. */
async function indexesOf(client: pg.Client): Promise<PutAside[]> {
  const { rows } = await client.query<{ kind: string; table: string; name: string; definition: string }>(
    `select 'constraint' as kind, conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype in ('p', 'u') and conrelid = any($1::regclass[])
     union all
     select 'index', i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
     from pg_index i where i.indrelid = any($1::regclass[])
       and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid and c.contype in ('p', 'u'))`,
    [bigTables],
  );
  return rows.map(({ kind, table, name, definition }) =>
    kind === 'constraint'
      ? {
          drop: `alter table ${table} drop constraint ${pg.escapeIdentifier(name)} cascade`,
          create: `alter table ${table} add constraint ${pg.escapeIdentifier(name)} ${definition}`,
        }
      : { drop: `drop index ${name}`, create: definition },
  );
}

/** Foreign keys go with the unique keys they lean on. */
async function foreignKeysOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ create: string }>(
    `select format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as create
     from pg_constraint where contype = 'f' and confrelid = any($1::regclass[])`,
    [bigTables],
  );
  return rows.map(({ create }) => create);
}

export async function fill(connection: pg.ClientConfig, size: Size, tell: (line: string) => void): Promise<Filled> {
  const database = openDatabase({ connection, maxConnections: 2 });
  await migrate(database.db);
  await database.close();
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query("set session_replication_role = replica; set maintenance_work_mem = '1GB'");
    const [indexes, foreignKeys] = [await indexesOf(client), await foreignKeysOf(client)];
    for (const { drop } of indexes) await client.query(drop);
    const began = performance.now();
    const seconds = () => (performance.now() - began) / 1_000;
    const catalogue: Catalogue = planCatalogue(size.skus);
    await copyShops(client);
    await copyCategories(client);
    await copyProducts(client, catalogue, size.orders * unitsOfOrder);
    await copySkus(client, catalogue);
    tell(`${catalogue.spuCount} products, ${catalogue.skuCount} SKUs: ${seconds().toFixed(0)} s`);
    await copyBuyers(client, size.orders);
    const words = shelves.flatMap(({ kinds }) => kinds).concat(qualities);
    await copySearches(client, words, size.orders);
    const lines = await copyTrade(connection, catalogue, size.orders, (done, total) =>
      tell(`${done} of ${total} orders: ${seconds().toFixed(0)} s`),
    );
    const copySeconds = seconds();
    tell(`copied in ${copySeconds.toFixed(0)} s; now the indexes`);
    for (const { create } of indexes) await client.query(create);
    for (const create of foreignKeys) await client.query(create);
    await client.query('vacuum analyze');
    const { rows } = await client.query<{ bytes: number }>(
      'select pg_database_size(current_database())::float8 as bytes',
    );
    const { rows: people } = await client.query<{ count: number }>('select count(*)::int from identity.buyer');
    const filled: Filled = {
      ...{ size, spus: catalogue.spuCount, lines, copySeconds, indexSeconds: seconds() - copySeconds },
      ...{ bytes: rows[0]?.bytes ?? 0, buyers: people[0]?.count ?? 0 },
    };
    // The mark of a whole load: a folder that is kept is measured again without it being repeated.
    await client.query('create table public.scale_filled (facts json not null)');
    await client.query('insert into public.scale_filled values ($1)', [JSON.stringify(filled)]);
    tell(`indexed in ${filled.indexSeconds.toFixed(0)} s, ${(filled.bytes / 2 ** 30).toFixed(2)} GB`);
    return filled;
  } finally {
    await client.end();
  }
}

/** What a kept database was filled with; undefined: not, or not to the end. */
export async function filledBefore(connection: pg.ClientConfig): Promise<Filled | undefined> {
  const client = new pg.Client(connection);
  try {
    await client.connect();
    const { rows } = await client.query<{ facts: Filled }>('select facts from public.scale_filled');
    return rows[0]?.facts;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}
