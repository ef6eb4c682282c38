/**
 * `npm run citus-ddl` prints what spreads the shop's tables over a Citus cluster; `-- --apply` runs it on DATABASE_URL, after
 * migrating, and skips when that server has no Citus. Running it again distributes only what is new.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../src/platform/database/database.ts';
import { citusStatements, distribute, readTables } from '../src/platform/database/distribution.ts';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts';
import { migrate } from '../src/platform/database/migrate.ts';

const isApplied = process.argv.includes('--apply');
const url = process.env.DATABASE_URL;
const say = (text: string) => process.stdout.write(`${text}\n`);

async function apply(connectionString: string): Promise<void> {
  // Moving rows to their nodes takes longer than a request may.
  const options = '-c statement_timeout=0';
  const database = openDatabase({ connection: { connectionString, options }, maxConnections: 1 });
  try {
    await migrate(database.db);
    const ran = await distribute(database.db);
    if (ran === undefined) say('Skipped: this PostgreSQL has no extension citus.');
    else say(ran.length === 0 ? 'Nothing new to distribute.' : ran.map((statement) => `${statement};`).join('\n'));
  } finally {
    await database.close();
  }
}

/** The tables as the migrations make them, whatever server there is. */
async function print(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'xiaopu-citus-'));
  await chmod(dataDir, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir, durable: false });
  const database = openDatabase({ connection: postgres.connection, maxConnections: 1 });
  try {
    await migrate(database.db);
    say('create extension if not exists citus;');
    for (const { statement } of citusStatements(await readTables(database.db))) say(`${statement};`);
  } finally {
    await database.close();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

if (isApplied && url === undefined) {
  process.stderr.write('Set DATABASE_URL to the coordinator.\n');
  process.exitCode = 2;
} else if (isApplied && url !== undefined) await apply(url);
else await print();
