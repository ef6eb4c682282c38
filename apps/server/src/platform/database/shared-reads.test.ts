import { AsyncLocalStorage } from 'node:async_hooks';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import type { Executor } from './database.ts';
import { fixedQuery } from './hot-query.ts';
import { ownPart, sharedRead } from './shared-reads.ts';

const readDoubles = fixedQuery<{ number: number; twice: number }, [numbers: readonly string[]]>(
  'select number, number * 2 as twice from unnest($1::int[]) as asked (number)',
);
const double = sharedRead(async (db, asked: readonly string[]) => {
  const found = new Map((await readDoubles(db, asked)).map(({ number, twice }) => [String(number), twice]));
  return asked.map((number) => found.get(number));
});
const readSquares = fixedQuery<{ square: number }, [numbers: readonly number[]]>(
  'select number * number as square from unnest($1::int[]) with ordinality as asked (number, position) order by position',
);
const square = sharedRead(async (db, asked: readonly number[]) =>
  (await readSquares(db, asked)).map((row) => row.square),
);
/** Keeps its connection until it is let go. */
const hold = sharedRead(async (db: Executor, asked: readonly { lockKey: number }[]) => {
  for (const { lockKey } of asked) await sql`select pg_advisory_lock_shared(${lockKey})`.execute(db);
  for (const { lockKey } of asked) await sql`select pg_advisory_unlock_shared(${lockKey})`.execute(db);
  return asked.map(() => 'let go');
});

describe('Shared reads', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    // All of the pool can be taken by one who waits for a shared read.
    database = await createTestDatabase(1);
  });
  afterAll(() => database.close());

  it('what is asked in one moment is one statement a kind, and each gets its own answer', async () => {
    let answers: unknown[] = [];
    const statements = await database.statementsOf(async () => {
      const numbers = Array.from({ length: 40 }, (_, at) => at);
      answers = await Promise.all(
        numbers.flatMap((number) => [double(database.shared, String(number)), square(database.shared, number)]),
      );
    });
    expect(answers).toEqual(Array.from({ length: 40 }, (_, at) => [at * 2, at * at]).flat());
    expect(statements).toHaveLength(2);
  });

  it('what an answer leads to at once goes out together again', async () => {
    const statements = await database.statementsOf(async () => {
      const chains = Array.from({ length: 10 }, async (_, at) => {
        const twice = await double(database.shared, String(at));
        return double(database.shared, String(twice));
      });
      expect(await Promise.all(chains)).toEqual(Array.from({ length: 10 }, (_, at) => at * 4));
    });
    expect(statements).toHaveLength(2);
  });

  it('one that PostgreSQL refuses fails alone', async () => {
    const outcomes = await Promise.allSettled(
      ['1', 'no number', '3', '4'].map((number) => double(database.shared, number)),
    );
    expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'refused'))).toEqual([
      2,
      'refused',
      6,
      8,
    ]);
  });

  it('a transaction asks alone on its own connection, and sees what it has written', async () => {
    const countRows = sharedRead(async (db, asked: readonly string[]) => {
      const { rows } = await sql<{ count: number }>`select count(*) from written`.execute(db);
      return asked.map(() => rows[0]?.count);
    });
    await database.inTransaction(async (tx) => {
      await sql`create temp table written on commit drop as select 1`.execute(tx);
      expect(await countRows(tx, '')).toBe(1);
    });
  });

  it('who holds the last connection of the pool still gets an answer', async () => {
    const answer = await database.inTransaction(() => square(database.shared, 7));
    expect(answer).toBe(49);
  });

  it('a slow read keeps others waiting for a moment only', async () => {
    await database.inTransaction(async (tx) => {
      await sql`select pg_advisory_xact_lock(4711)`.execute(tx);
      const slow = hold(database.shared, { lockKey: 4711 });
      // It is under way once the server says that somebody waits.
      await expect
        .poll(async () => {
          const waiting = sql`select 1 from pg_locks where locktype = 'advisory' and not granted`;
          return (await waiting.execute(tx)).rows.length;
        })
        .toBe(1);
      expect(await square(database.shared, 5)).toBe(25);
      const outcome = await Promise.race([slow, Promise.resolve('still waiting')]);
      expect(outcome).toBe('still waiting');
      slow.catch(() => {});
    });
    expect(await square(database.shared, 6)).toBe(36);
  });

  it('a lost connection fails who was on it, and nobody after', async () => {
    const kill = sharedRead(async (db, asked: readonly string[]) => {
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(db);
      return asked;
    });
    await expect(kill(database.shared, '')).rejects.toThrow();
    expect(await square(database.shared, 3)).toBe(9);
  });

  it('is read as a part of the first request that asked', async () => {
    const request = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const look = sharedRead(async (_db, asked: readonly string[]) => {
      seen.push(request.getStore());
      return asked;
    });
    await Promise.all(['a', 'b', 'c'].map((name) => request.run(name, () => look(database.shared, name))));
    expect(seen).toEqual(['a']);
  });

  it('out of what was read for all, each takes what it named', () => {
    const found = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    expect(ownPart(found, ['b', 'c'])).toEqual(new Map([['b', 2]]));
  });
});
