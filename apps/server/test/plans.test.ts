/**
 * What the shop's busiest reads are planned as on tables with a history: none may read a table that grows with trade from end to
 * end. The rows, and the questions, are the scale bench's (docs/benchmarks/scale.md), some thousands of them.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fill, type Size } from '../bench/scale/fill.ts';
import { plansOf } from '../bench/scale/measure.ts';
import { openReader, type Reader } from '../bench/scale/reader.ts';
import { scenarios } from '../bench/scale/scenarios.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

const size: Size = { skus: 5_000, orders: 20_000 };
/** In a shop this small words are looked for in all products. */
const smallShopOnly = new Set(['search', 'suggestions']);
const growing =
  'order order_line order_event refund payment attempt parcel spu sku stock_level ledger_entry reservation_line review buyer'.split(
    ' ',
  );
const seeds = [1, 2, 3];

describe('plans of hot statements', () => {
  let database: TestDatabase;
  let reader: Reader;
  beforeAll(async () => {
    database = await createTestDatabase(1);
    const { rows } = await database.pool.query<{ name: string }>('select current_database() as name');
    const connection = { ...inject('postgres'), database: rows[0]?.name ?? '' };
    await fill(connection, size, () => {});
    reader = await openReader(connection, size);
  }, 120_000);
  afterAll(async () => {
    await reader?.close();
    await database?.close();
  });

  it.each(scenarios.filter(({ key }) => !smallShopOnly.has(key)))('C04-TECH-11 $name: by index', async (scenario) => {
    let statements = 0;
    for (const seed of seeds) {
      for (const { statement, plan } of await plansOf(scenario, reader, { seed, options: 'costs off' })) {
        statements += 1;
        const scanned = plan.filter((line) => growing.includes(/Seq Scan on "?(\w+)"?/.exec(line)?.[1] ?? ''));
        expect(scanned, `${statement.text}\n${plan.join('\n')}`).toEqual([]);
      }
    }
    expect(statements).toBeGreaterThan(0);
  });
});
