/**
 * One throw-away PostgreSQL for the whole run, with a migrated template that each test file copies in milliseconds. With
 * TEST_DATABASE_URL the template is made on that server instead: the same tests on real servers.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../src/platform/database/database.ts';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.ts';
import { migrate } from '../src/platform/database/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { host: string; port: number; user: string; password: string; database: string };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL;
  return given ? useServer(given, project) : startServer(project);
}

async function useServer(url: string, project: TestProject): Promise<() => Promise<void>> {
  const { hostname, port, username, password } = new URL(url);
  const server = {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
  const template = `template_${randomBytes(6).toString('hex')}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ ...server, database: 'postgres' });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await admin(`create database ${template}`);
  const connection = { ...server, database: template };
  const database = openDatabase({ connection, maxConnections: 2 });
  await migrate(database.db);
  await database.close();
  project.provide('postgres', connection);
  return () => admin(`drop database ${template} with (force)`);
}

async function startServer(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'xiaopu-test-'));
  const { chmod } = await import('node:fs/promises');
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ dataDir: folder, durable: false });
  const database = openDatabase({ connection: postgres.connection, maxConnections: 2 });
  await migrate(database.db);
  await database.close();
  project.provide('postgres', postgres.connection);
  return async () => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
