/** Kysely over pg. `Tx` is not `Db`: what takes a Tx cannot run outside a transaction, and only edges open one. */
import { Kysely, Transaction } from 'kysely';
import pg from 'pg';
import { type PipelinedConnection, PipelinedDriver, pipelinedDialect } from './dialect.ts';
import { shareReads } from './shared-reads.ts';

/** Row types are declared beside their module and merged in here: `declare module '#platform/database/database.ts' { interface Tables { … } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: merged into by the modules that own tables
export interface Tables {}

export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;
/** For reads that may run inside or outside a transaction. */
export type Executor = Db | Tx;
export type InTransaction = <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;

// bigint sums and counts arrive as strings by default; every figure we store fits a double exactly (2^53 fen = 90 trillion yuan).
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);

export interface Database {
  db: Db;
  pool: pg.Pool;
  inTransaction: InTransaction;
  /**
   * For reads outside transactions: those written as `sharedRead` travel with those of other requests, on connections of
   * their own, so that who holds a connection already may wait for them. Others go to the pool as with `db`.
   */
  shared: Db;
  /** Reads, and at most one statement that writes: what `work` sends at once shares a connection and its writes to the socket. */
  onOneConnection: <T>(work: (db: Db) => Promise<T>) => Promise<T>;
  /** Statements sent since the process started; tests count per request with the difference. */
  statementCount(): number;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  connection: pg.PoolConfig;
  /** Of the pool; up to two more carry what requests read together. */
  maxConnections?: number;
  onStatement?: (sql: string, values: readonly unknown[]) => void;
}

export function openDatabase({ connection, maxConnections = 20, onStatement }: DatabaseOptions): Database {
  const settings: pg.PoolConfig = {
    ...connection,
    // A statement or lock that hangs must not take a connection with it for ever. Compiling takes longer than our statements do.
    options:
      '-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000 -c jit=off -c timezone=UTC',
    application_name: 'xiaopu',
    // Statements leave without waiting for the answer to the one before.
    pipeline: true,
  };
  let statements = 0;
  const count = (sql: string, values: readonly unknown[]) => {
    statements += 1;
    onStatement?.(sql, values);
  };
  function openPool(max: number): { pool: pg.Pool; driver: PipelinedDriver } {
    const opened = new pg.Pool({ ...settings, max });
    // An idle connection that the server drops is replaced by the pool; without a listener it would end the process.
    opened.on('error', () => {});
    opened.on('connect', (client) => {
      // One that is lent out has no listener of the pool's: what it was asked rejects, and the pool throws it away when it comes back.
      client.on('error', () => {});
      watchStatements(client, count);
    });
    return { pool: opened, driver: new PipelinedDriver(opened, preparedName) };
  }
  const { pool, driver } = openPool(maxConnections);
  const readers = openPool(sharedLanes);
  const dialect = pipelinedDialect(driver);
  const db = new Kysely<Tables>({ dialect });
  /**
   * Kysely on one connection. Its own transactions let a statement wait for the answer to the one before; here what is
   * asked side by side (`Promise.all`) travels side by side, and PostgreSQL answers in the order of asking.
   */
  function bind(connection: PipelinedConnection): { bound: Tx; end: () => void } {
    let isOpen = true;
    const executor = db.getExecutor().withConnectionProvider({
      async provideConnection(consumer) {
        if (!isOpen) throw new Error('a statement after the end of its transaction');
        return consumer(connection);
      },
    });
    const end = () => {
      isOpen = false;
    };
    return { bound: new Transaction<Tables>({ config: { dialect }, executor, dialect, driver }), end };
  }
  async function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const connection = await driver.acquireConnection();
    const { bound, end } = bind(connection);
    try {
      connection.begin('begin');
      const result = await work(bound);
      end();
      await connection.commit();
      return result;
    } catch (error) {
      end();
      // The cause matters more than a connection that cannot roll back; that one is thrown away.
      await connection.rollback().catch(() => {});
      throw error;
    } finally {
      connection.release();
    }
  }
  const onOneOf =
    (lender: PipelinedDriver) =>
    async <T>(work: (db: Db) => Promise<T>): Promise<T> => {
      const connection = await lender.acquireConnection();
      const { bound, end } = bind(connection);
      try {
        return await work(bound);
      } finally {
        end();
        connection.release();
      }
    };
  const shared = new Kysely<Tables>({ dialect });
  shareReads(shared, { onOneConnection: onOneOf(readers.driver), lanes: sharedLanes });
  return {
    db,
    pool,
    inTransaction,
    onOneConnection: onOneOf(driver),
    shared,
    statementCount: () => statements,
    close: async () => {
      await Promise.all([db.destroy(), readers.pool.end()]);
    },
  };
}

/** Departures of shared reads at once: the second is for those who would wait for a slow first. */
const sharedLanes = 2;

const bookkeeping = /^\s*(begin|commit|rollback|savepoint|start transaction|set )/i;

/** Sees what reaches the wire: counts it, begin and commit left out, and has repeated statements prepared. */
function watchStatements(client: pg.PoolClient, count: (sql: string, values: readonly unknown[]) => void): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  (client as { query: unknown }).query = (...args: unknown[]) => {
    const [first, values, ...rest] = args;
    const sent = first as { text?: string; values?: unknown[] } | undefined;
    const sql = typeof first === 'string' ? first : (sent?.text ?? '');
    if (!bookkeeping.test(sql)) count(sql, (typeof first === 'string' ? (values as unknown[]) : sent?.values) ?? []);
    if (typeof first !== 'string' || !Array.isArray(values)) return query(...args);
    const name = preparedName(first);
    return name === undefined ? query(...args) : query({ name, text: first, values }, ...rest);
  };
}

/**
 * Statements seen before get a name, so that PostgreSQL parses and plans them once a connection instead of every time. Lists of
 * varying length make ever new texts: those are left alone once enough names are given, and so is what was seen once.
 */
const maxPrepared = 500;
const maxSeen = 5_000;
const names = new Map<string, string>();
const seenOnce = new Set<string>();

/** In a statement whose best plan hangs on its values (a word that is rare or in half the shop): it is planned every time. */
export const plannedForItsValues = '/* planned for its values */';

function preparedName(sql: string): string | undefined {
  if (sql.includes(plannedForItsValues)) return undefined;
  const known = names.get(sql);
  if (known !== undefined || names.size >= maxPrepared) return known;
  if (!seenOnce.delete(sql)) {
    if (seenOnce.size < maxSeen) seenOnce.add(sql);
    return undefined;
  }
  const name = `xp_${names.size}`;
  names.set(sql, name);
  return name;
}

/** PostgreSQL's SQLSTATE of a failed statement, if that is what failed. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
export const isUniqueViolation = (error: unknown): boolean => sqlState(error) === '23505';
export const isCheckViolation = (error: unknown): boolean => sqlState(error) === '23514';
