/** Reads the live schema: what would break on a cluster fails here (design rule 2). */
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from './database.ts';

/**
 * How each table is spread. `buyer_id`/`sku_id`: hash-distributed by that column. `shop_id`: the merchant's own rows,
 * distributed by shop. reference: copied to every node. local: bookkeeping that stays on the coordinator.
 */
type Distribution = 'buyer_id' | 'sku_id' | 'shop_id' | 'reference' | 'local';

const localSchemas = new Set(['platform']);

describe('distribution of tables', () => {
  let database: TestDatabase;
  let tables: { schema: string; name: string; columns: string[]; primaryKey: string[]; uniques: string[][] }[];

  beforeAll(async () => {
    database = await createTestDatabase(2);
    const { rows } = await sql<{
      schema: string;
      name: string;
      columns: string[];
      keys: { primary: boolean; columns: string[] }[];
    }>`
      select n.nspname as schema, c.relname as name,
        (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
        coalesce((select json_agg(json_build_object('primary', i.indisprimary, 'columns',
            (select json_agg(a.attname order by k.position) from unnest(i.indkey::int[]) with ordinality as k (attnum, position)
              join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum)))
          from pg_index i where i.indrelid = c.oid and i.indisunique), '[]'::json) as keys
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'public')
      order by 1, 2`.execute(database.db);
    tables = rows.map(({ schema, name, columns, keys }) => ({
      schema,
      name,
      columns,
      primaryKey: keys.find(({ primary }) => primary)?.columns ?? [],
      uniques: keys.map(({ columns: unique }) => unique),
    }));
  });
  afterAll(() => database.close());

  const distributionOf = (table: (typeof tables)[number]): Distribution => {
    if (localSchemas.has(table.schema)) return 'local';
    const [first] = table.primaryKey;
    return first === 'buyer_id' || first === 'sku_id' || first === 'shop_id' ? first : 'reference';
  };

  it('every table has a primary key', () => {
    expect(tables.length).toBeGreaterThan(4);
    expect(
      tables.filter(({ primaryKey }) => primaryKey.length === 0).map(({ schema, name }) => `${schema}.${name}`),
    ).toEqual([]);
  });

  it('tables that a buyer or a SKU owns lead their primary key with it', () => {
    const owned = new Set(['cart', 'orders', 'payments', 'fulfilment', 'checkout']);
    const faults = tables
      .filter(({ schema, columns }) => owned.has(schema) && columns.includes('buyer_id'))
      .filter(({ primaryKey }) => primaryKey[0] !== 'buyer_id')
      .map(({ schema, name }) => `${schema}.${name}`);
    const stock = tables
      .filter(({ schema, columns }) => schema === 'inventory' && columns.includes('sku_id'))
      .filter(({ primaryKey }) => primaryKey[0] !== 'sku_id')
      .map(({ schema, name }) => `${schema}.${name}`);
    expect([...faults, ...stock]).toEqual([]);
  });

  it('every unique constraint contains the distribution column', () => {
    const faults = tables.flatMap((table) => {
      const column = distributionOf(table);
      if (column === 'local' || column === 'reference') return [];
      return table.uniques
        .filter((unique) => !unique.includes(column))
        .map((unique) => `${table.schema}.${table.name} (${unique})`);
    });
    expect(faults).toEqual([]);
  });

  it('C03-GOAL-08 rows of a merchant carry shop_id', () => {
    const shopOwned = [
      'catalog.spu',
      'catalog.sku',
      'orders.order',
      'inventory.stock_level',
      'fulfilment.parcel',
      'reviews.review',
    ];
    const known = new Map(tables.map(({ schema, name, columns }) => [`${schema}.${name}`, columns]));
    expect(shopOwned.filter((name) => known.has(name) && !known.get(name)?.includes('shop_id'))).toEqual([]);
  });

  it('no foreign key crosses distribution groups', async () => {
    const { rows } = await sql<{ source: string; target: string }>`
      select conrelid::regclass::text as source, confrelid::regclass::text as target from pg_constraint where contype = 'f'`.execute(
      database.db,
    );
    const groupOf = new Map(tables.map((table) => [`${table.schema}.${table.name}`, distributionOf(table)]));
    const plain = (name: string) => name.replaceAll('"', '');
    const faults = rows
      .map(({ source, target }) => ({ source: plain(source), target: plain(target) }))
      .filter(({ source, target }) => {
        const [from, to] = [groupOf.get(source), groupOf.get(target)];
        return to !== 'reference' && from !== to;
      })
      .map(({ source, target }) => `${source} → ${target}`);
    expect(faults).toEqual([]);
  });
});
