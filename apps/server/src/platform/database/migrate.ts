/** Runs the migrations folder in order; several processes starting at once wait for one another (advisory lock). */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import type { Db } from './database.ts';

const folder = join(import.meta.dirname, '../../../migrations');

const provider: MigrationProvider = {
  async getMigrations() {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
    const migrations: Record<string, Migration> = {};
    for (const file of files) {
      migrations[file.slice(0, -3)] = (await import(pathToFileURL(join(folder, file)).href)) as Migration;
    }
    return migrations;
  },
};

/** @returns the names of the migrations that ran now */
export async function migrate(db: Db): Promise<string[]> {
  return db.connection().execute(async (connection) => {
    // An index over ten million rows takes longer than a request may; the advisory lock's wait does too.
    await sql`set statement_timeout = 0`.execute(connection);
    try {
      return await migrateOn(connection);
    } finally {
      await sql`reset statement_timeout`.execute(connection);
    }
  });
}

async function migrateOn(db: Db): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider,
    migrationTableSchema: 'public',
    // Branches merge in another order than they were begun; each migration stands on its own module.
    allowUnorderedMigrations: true,
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) throw error;
  return results.map(({ migrationName }) => migrationName);
}
