/**
 * PostgreSQL for Kysely, with fewer waits and fewer system calls than its own dialect: BEGIN travels with the first
 * statement, writes whose result nobody needs travel without being awaited (`sendLater`), and whatever is sent in one
 * turn of the event loop is one write to the socket. Names turn to snake case while SQL is written and to camel case
 * once a result, instead of once a row.
 */
import {
  CamelCasePlugin,
  type Compilable,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type IdentifierNode,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import pg from 'pg';
import { currentTracer } from '../tracing.ts';
import type { Tx } from './database.ts';

/** Kysely's own rules of naming, without its walk over every query and row. */
const names = new (class extends CamelCasePlugin {
  toCamel = (name: string): string => this.camelCase(name);
  toSnake = (name: string): string => this.snakeCase(name);
})();

class SnakeCaseCompiler extends PostgresQueryCompiler {
  protected override visitIdentifier(node: IdentifierNode): void {
    this.append(`"${names.toSnake(node.name).replaceAll('"', '""')}"`);
  }
}

interface RowDescription {
  fields: { name: string }[];
}
/** What pg keeps of a result's columns; the parts of it that its types leave out. */
interface Shape {
  fields: RowDescription['fields'];
  _parsers: unknown;
  _prebuiltEmptyResultObject: unknown;
}
interface WireConnection {
  describe(what: object): void;
}
interface WireQuery {
  readonly name: string | undefined;
  _result: Shape;
  _accumulateRows: boolean;
  prepare(connection: WireConnection): void;
  handleRowDescription(description: RowDescription): void;
  handleCommandComplete(message: object, connection: WireConnection): void;
}

/**
 * The columns of a connection's prepared statements. PostgreSQL refuses to run one whose columns have changed, so they are
 * asked for once a connection and not with every execution, which spares both sides a message each.
 */
class KnownShapes {
  readonly byName = new Map<string, Shape>();
  /** The same connection, but deaf to `describe`. */
  readonly quiet: WireConnection;

  constructor(connection: WireConnection) {
    this.quiet = Object.create(connection, { describe: { value: () => {} } }) as WireConnection;
  }
}
const knownShapes = new WeakMap<WireConnection, KnownShapes>();

/** Renames the columns where they are announced, so that rows are built with their final names. */
const CamelCaseQuery = class extends (pg.Query as unknown as new (config: object) => WireQuery) {
  #isShapeKnown = false;

  override prepare(connection: WireConnection): void {
    const known = knownShapes.get(connection);
    const shape = this.name === undefined ? undefined : known?.byName.get(this.name);
    if (!known || !shape) {
      super.prepare(connection);
      return;
    }
    this.#isShapeKnown = true;
    this._result.fields = shape.fields;
    this._result._parsers = shape._parsers;
    this._result._prebuiltEmptyResultObject = shape._prebuiltEmptyResultObject;
    this._accumulateRows = true;
    super.prepare(known.quiet);
  }

  override handleRowDescription(description: RowDescription): void {
    for (const field of description.fields) field.name = names.toCamel(field.name);
    super.handleRowDescription(description);
  }

  override handleCommandComplete(message: object, connection: WireConnection): void {
    if (this.name !== undefined && !this.#isShapeKnown) {
      const known = knownShapes.get(connection) ?? new KnownShapes(connection);
      const { fields, _parsers, _prebuiltEmptyResultObject } = this._result;
      known.byName.set(this.name, { fields, _parsers, _prebuiltEmptyResultObject });
      knownShapes.set(connection, known);
    }
    super.handleCommandComplete(message, connection);
  }
} as unknown as new (
  config: object,
  values?: undefined,
  callback?: (error: Error | undefined, result: pg.QueryResult) => void,
) => pg.Submittable;

/** pg's socket, which its types leave out. */
interface Corkable {
  cork(): void;
  uncork(): void;
}

const unawaited = new WeakSet<object>();

/**
 * Sends a write whose result nobody needs: the transaction goes on at once and fails at its next statement or at its
 * commit if this one fails. Only for what cannot fail in a way the caller would handle.
 */
export async function sendLater(tx: Tx, query: Compilable | CompiledQuery): Promise<void> {
  const compiled = 'compile' in query ? query.compile() : query;
  unawaited.add(compiled);
  await tx.executeQuery(compiled);
}

/** Waits for what was sent so. @throws what one of them met, once; the caller rolls back to its savepoint */
export const settleSent = (tx: Tx): Promise<void> =>
  tx.getExecutor().provideConnection((connection) => (connection as PipelinedConnection).settle());

/** An error of the statement itself; any other ends the connection, which nobody should be lent again. */
const isOfStatement = (error: unknown): boolean => (error as { severity?: string }).severity === 'ERROR';

const isAborted = (error: unknown): boolean => (error as { code?: string }).code === '25P02';

export class PipelinedConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  readonly #stream: Corkable | undefined;
  readonly #nameOf: (sql: string) => string | undefined;
  #isCorked = false;
  /** What was sent without waiting, in this transaction. */
  #pending: Promise<unknown>[] = [];
  #failure: { error: unknown } | undefined;
  isBroken = false;

  constructor(client: pg.PoolClient, nameOf: (sql: string) => string | undefined) {
    this.#client = client;
    this.#stream = (client as { connection?: { stream?: Corkable } }).connection?.stream;
    this.#nameOf = nameOf;
  }

  /** Everything sent in this turn of the event loop leaves as one write. */
  #gather(): void {
    if (this.#isCorked || !this.#stream) return;
    this.#isCorked = true;
    const stream = this.#stream;
    stream.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      stream.uncork();
    });
  }

  send<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<pg.QueryResult<Row>> {
    const tracer = currentTracer();
    if (!tracer) return this.#write(text, values);
    // Values travel beside the text and are not told.
    const attributes = { 'db.system.name': 'postgresql', 'db.query.text': text };
    return tracer.inChildSpan(`sql ${/\w+/.exec(text)?.[0] ?? ''}`, attributes, () => this.#write(text, values));
  }

  #write<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<pg.QueryResult<Row>> {
    this.#gather();
    const name = values.length > 0 ? this.#nameOf(text) : undefined;
    return new Promise((done, fail) => {
      const callback = (error: Error | undefined, result: pg.QueryResult) => {
        if (error && !isOfStatement(error)) this.isBroken = true;
        return error ? fail(this.#explain(error)) : done(result as pg.QueryResult<Row>);
      };
      this.#client.query(new CamelCaseQuery({ name, text, values, callback }));
    });
  }

  /** A statement behind one that failed unawaited only says that the transaction is aborted: the cause says more. */
  #explain = (error: unknown): unknown => (isAborted(error) && this.#failure ? this.#failure.error : error);

  sendUnawaited(text: string, values: readonly unknown[]): void {
    this.#pending.push(
      this.send(text, values).catch((error: unknown) => {
        this.#failure ??= { error };
      }),
    );
  }

  begin(text: string): void {
    this.#pending = [];
    this.#failure = undefined;
    this.sendUnawaited(text, []);
  }

  /** @throws what an unawaited statement met; nothing is committed then */
  async commit(): Promise<void> {
    const { command } = await this.send('commit', []);
    await this.#settle();
    if (this.#failure) throw this.#failure.error;
    if (command === 'ROLLBACK') throw new Error('the transaction had failed before its commit');
  }

  async rollback(): Promise<void> {
    try {
      await this.send('rollback', []);
      await this.#settle();
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
  }

  async settle(): Promise<void> {
    await this.#settle();
    if (!this.#failure) return;
    const { error } = this.#failure;
    this.#failure = undefined;
    throw error;
  }

  async #settle(): Promise<void> {
    const pending = this.#pending;
    this.#pending = [];
    await Promise.all(pending);
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (unawaited.has(query)) {
      this.sendUnawaited(query.sql, query.parameters);
      return { rows: [] };
    }
    const { command, rowCount, rows } = await this.send(query.sql, query.parameters).catch((error: unknown) => {
      // From the caller's line, not from the socket's.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    });
    const writes = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE';
    return { rows: rows as Row[], ...(writes ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) };
  }

  // biome-ignore lint/correctness/useYield: this dialect has no cursors
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('streaming is not supported');
  }

  release(): void {
    this.#client.release(this.isBroken);
  }
}

export class PipelinedDriver implements Driver {
  readonly #pool: pg.Pool;
  readonly #nameOf: (sql: string) => string | undefined;
  readonly #connections = new WeakMap<pg.PoolClient, PipelinedConnection>();

  /** The pool's clients must be in pg's pipeline mode. @param nameOf the prepared statement's name of a text that has one */
  constructor(pool: pg.Pool, nameOf: (sql: string) => string | undefined) {
    this.#pool = pool;
    this.#nameOf = nameOf;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PipelinedConnection> {
    const client = await this.#pool.connect();
    let connection = this.#connections.get(client);
    if (!connection) {
      connection = new PipelinedConnection(client, this.#nameOf);
      this.#connections.set(client, connection);
    }
    return connection;
  }

  async beginTransaction(
    connection: PipelinedConnection,
    { isolationLevel, accessMode }: TransactionSettings,
  ): Promise<void> {
    connection.begin(
      ['begin', isolationLevel && `isolation level ${isolationLevel}`, accessMode].filter(Boolean).join(' '),
    );
  }

  commitTransaction = (connection: PipelinedConnection): Promise<void> => connection.commit();
  rollbackTransaction = (connection: PipelinedConnection): Promise<void> => connection.rollback();

  async releaseConnection(connection: PipelinedConnection): Promise<void> {
    connection.release();
  }

  destroy = (): Promise<void> => this.#pool.end();
}

export const pipelinedDialect = (driver: PipelinedDriver): Dialect => ({
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => driver,
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new SnakeCaseCompiler(),
});
