import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase(4);
});
afterAll(() => database.close());

it('C04-TECH-10 a server that drops a connection in mid-transaction fails that transaction, not the process', async () => {
  const pidOf = sql<{ pid: number }>`select pg_backend_pid() as pid`;
  let isThere = false;
  const work = database.inTransaction(async (tx) => {
    const { rows } = await pidOf.execute(tx);
    await database.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    // Nothing is asked at the moment the connection ends.
    await new Promise((done) => setTimeout(done, 100));
    isThere = true;
    await pidOf.execute(tx);
  });
  await expect(work).rejects.toThrow();
  expect(isThere).toBe(true);
  // The pool has thrown it away.
  for (let turn = 0; turn < 8; turn += 1) expect((await pidOf.execute(database.db)).rows).toHaveLength(1);
});
