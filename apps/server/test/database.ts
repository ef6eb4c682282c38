/** A database of its own for a test file, copied from the migrated template (on TEST_DATABASE_URL's server, when set). */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../src/platform/database/database.ts';

export interface TestDatabase extends Database {
  /** SQL statements `work` sent, in order, begin and commit left out. */
  statementsOf(work: () => Promise<unknown>): Promise<string[]>;
}

/** The second's beat of hot pools (the demo has running flash sales), and what is measured now and then: the process's, never the work's. */
const ownBeat =
  /update inventory\.pool set owner_until|from inventory\.pool where status <> 'closed'|operations\.health_sample|from platform\.dead_letter where state = 'waiting'\) as dead\s+from platform\.outbox/;

/** Call in beforeAll; `close` in afterAll also drops it. */
export async function createTestDatabase(maxConnections = 20): Promise<TestDatabase> {
  const { database: template, ...server } = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ ...server, database: 'postgres' });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await admin(`create database ${name} template ${template} strategy file_copy`);
  let log: string[] | undefined;
  const database = openDatabase({
    connection: { ...server, database: name },
    maxConnections,
    onStatement: (statement) => log?.push(statement),
  });
  return {
    ...database,
    async statementsOf(work) {
      log = [];
      try {
        await work();
        return log.filter((statement) => !ownBeat.test(statement));
      } finally {
        log = undefined;
      }
    },
    async close() {
      await database.close();
      await admin(`drop database ${name} with (force)`);
    },
  };
}
