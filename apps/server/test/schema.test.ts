/** Reads the live schema: what would break on a cluster fails here (design rule 2). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  citusStatements,
  distribute,
  distributionOf,
  groupOf,
  readTables,
  type TableShape,
} from '../src/platform/database/distribution.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

describe('distribution of tables', () => {
  let database: TestDatabase;
  let tables: TableShape[];

  beforeAll(async () => {
    database = await createTestDatabase(2);
    tables = await readTables(database.db);
  });
  afterAll(() => database.close());

  it('every table has a primary key', () => {
    expect(tables.length).toBeGreaterThan(4);
    expect(tables.filter(({ primaryKey }) => primaryKey.length === 0).map(({ name }) => name)).toEqual([]);
  });

  it('tables that a buyer or a SKU owns lead their primary key with it', () => {
    const owned = new Set(['cart', 'orders', 'payments', 'fulfilment', 'checkout']);
    const faults = tables
      .filter(({ schema, columns }) => owned.has(schema) && columns.includes('buyer_id'))
      .filter(({ primaryKey }) => primaryKey[0] !== 'buyer_id')
      .map(({ name }) => name);
    const stock = tables
      .filter(({ schema, columns }) => schema === 'inventory' && columns.includes('sku_id'))
      .filter(({ primaryKey }) => primaryKey[0] !== 'sku_id')
      .map(({ name }) => name);
    expect([...faults, ...stock]).toEqual([]);
  });

  it('every unique constraint contains the distribution column', () => {
    const faults = tables.flatMap((table) => {
      const distribution = distributionOf(table);
      if (distribution.kind !== 'hash') return [];
      return table.uniques
        .filter((unique) => !unique.includes(distribution.column))
        .map((unique) => `${table.name} (${unique})`);
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
    const known = new Map(tables.map(({ name, columns }) => [name, columns]));
    expect(shopOwned.filter((name) => known.has(name) && !known.get(name)?.includes('shop_id'))).toEqual([]);
  });

  it('no foreign key crosses distribution groups', () => {
    const groups = new Map(tables.map((table) => [table.name, groupOf(table)]));
    const faults = tables.flatMap((table) =>
      table.references
        .filter((target) => groups.get(target) !== 'reference' && groups.get(target) !== groupOf(table))
        .map((target) => `${table.name} → ${target}`),
    );
    expect(tables.some(({ references }) => references.length > 0)).toBe(true);
    expect(faults).toEqual([]);
  });

  it('C04-TECH-11 the Citus statements name every table once, with its column, beside the others of its group', () => {
    const statements = citusStatements(tables);
    const read = statements.map(({ statement }) => {
      const [, kind, table = '', column, beside] =
        /^select create_(reference|distributed)_table\('([^']+)'(?:, '(\w+)', colocate_with => '([^']+)')?\)$/.exec(
          statement,
        ) ?? [];
      return { kind, table: table.replaceAll('"', ''), column, beside: beside?.replaceAll('"', '') };
    });
    const spread = tables.filter((table) => distributionOf(table).kind !== 'local');
    expect(read.map(({ table }) => table).sort()).toEqual(spread.map(({ name }) => name).sort());
    for (const { kind, table, column, beside } of read) {
      const shape = tables.find(({ name }) => name === table) as TableShape;
      const distribution = distributionOf(shape);
      if (distribution.kind === 'hash') {
        expect({ kind, column }, table).toEqual({ kind: 'distributed', column: distribution.column });
        expect(shape.columns, table).toContain(column);
        // The first of a group stands alone, each later one beside it.
        const first = read.find((other) => other.column === column);
        expect(beside, table).toBe(first?.table === table ? 'none' : first?.table);
      } else expect(kind, table).toBe('reference');
      // What a foreign key leads to is there before it.
      const place = read.findIndex((other) => other.table === table);
      for (const target of shape.references)
        expect(
          read.findIndex((other) => other.table === target),
          `${table} → ${target}`,
        ).toBeLessThan(target === table ? Number.POSITIVE_INFINITY : place);
    }
    expect(read.find(({ table }) => table === 'orders.order_line')).toMatchObject({ column: 'buyer_id' });
    expect(read.find(({ table }) => table === 'catalog.sku')).toMatchObject({ kind: 'reference' });
  });

  it('C04-TECH-11 runs on a server that has Citus, and says so on one that has not', async (context) => {
    const ran = await distribute(database.db);
    if (ran === undefined) return context.skip('no extension citus here');
    expect(ran).toEqual(citusStatements(tables).map(({ statement }) => statement));
    expect(await distribute(database.db)).toEqual([]);
  });
});
