import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/database.ts';
import type { Executor } from './database/database.ts';
import { createDirectory, type Directory } from './directory.ts';

const connections = 4;

describe('Directory', () => {
  let database: TestDatabase;
  let reads: number;
  let failing: boolean;
  let now: number;
  beforeAll(async () => {
    database = await createTestDatabase(connections);
  }, 60_000);
  afterAll(() => database.close());
  beforeEach(() => {
    reads = 0;
    failing = false;
    now = 1_000;
  });

  const open = (maxAgeMs: number): Directory<number> =>
    createDirectory({
      maxAgeMs,
      age: () => now,
      async read(executor: Executor) {
        reads += 1;
        const { rows } = await sql<{ one: number }>`select ${reads}::int as one`.execute(executor);
        // A second statement, as goods are read behind activities.
        await sql`select pg_sleep(0.01)`.execute(executor);
        if (failing) throw new Error('unreadable');
        return rows[0]?.one ?? 0;
      },
    });

  it('more transactions than connections, all finding it stale, all go on', async () => {
    const directory = open(0);
    const asked = Array.from({ length: connections * 3 }, () =>
      database.inTransaction(async (tx) => {
        await sql`select 1`.execute(tx);
        return directory.all(tx);
      }),
    );
    expect((await Promise.all(asked)).every((content) => content > 0)).toBe(true);
  });

  it('a transaction waits for no other one, whatever that one waits for', async () => {
    const directory = open(60_000);
    let goOn = () => {};
    const gate = new Promise<void>((done) => {
      goOn = done;
    });
    const held = database.inTransaction(async (tx) => {
      await sql`select pg_advisory_xact_lock(4711)`.execute(tx);
      await gate;
    });
    // Its reading stands behind a lock that somebody holds.
    const stuck = database.inTransaction(async (tx) => {
      const locking = sql`select pg_advisory_xact_lock(4711)`.execute(tx);
      const content = await directory.all(tx);
      await locking;
      return content;
    });
    await expect(database.inTransaction((tx) => directory.all(tx))).resolves.toBeGreaterThan(0);
    goOn();
    await held;
    await expect(stuck).resolves.toBeGreaterThan(0);
  });

  it('those without a connection share one reading, and a fresh one asks nothing', async () => {
    const directory = open(60_000);
    await Promise.all(Array.from({ length: 10 }, () => directory.all(database.db)));
    await database.inTransaction((tx) => directory.all(tx));
    expect(reads).toBe(1);
  });

  it('what is kept serves while one reads anew', async () => {
    const directory = open(50);
    expect(await directory.all(database.db)).toBe(1);
    now += 60;
    const contents = await Promise.all(
      Array.from({ length: connections }, () => database.inTransaction((tx) => directory.all(tx))),
    );
    expect(contents.sort()).toEqual([1, 1, 1, 2]);
    now += 101;
    // Too old to serve while it is read.
    expect(await Promise.all([directory.all(database.db), directory.all(database.db)])).toEqual([3, 3]);
  });

  it('forgets what is being read while it is told to', async () => {
    const directory = open(60_000);
    const old = directory.all(database.db);
    directory.forget();
    expect(await directory.all(database.db)).toBe(2);
    expect(await old).toBe(1);
    expect(await directory.all(database.db)).toBe(2);
  });

  it('a reading that failed is tried again by the next', async () => {
    const directory = open(60_000);
    failing = true;
    await expect(directory.all(database.db)).rejects.toThrow('unreadable');
    failing = false;
    await expect(directory.all(database.db)).resolves.toBe(2);
  });
});
