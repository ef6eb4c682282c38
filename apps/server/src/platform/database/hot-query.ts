/** Hot statements by name: PostgreSQL parses and plans them once a connection (1.4–2× on point reads). */
import { CompiledQuery } from 'kysely';
import type pg from 'pg';
import type { Executor, Tx } from './database.ts';
import { sendLater } from './dialect.ts';

export type HotQuery<Row extends pg.QueryResultRow, Values extends readonly unknown[]> = (
  client: Pick<pg.Pool, 'query'>,
  ...values: Values
) => Promise<Row[]>;

/** `name` is unique in the process; columns come back as the SQL names them (alias to camelCase in the SQL). */
export function hotQuery<Row extends pg.QueryResultRow, Values extends readonly unknown[]>(
  name: string,
  text: string,
): HotQuery<Row, Values> {
  return async (client, ...values) => {
    const result = await client.query<Row>({ name, text, values: values as unknown as unknown[] });
    return result.rows;
  };
}

/** The same for a write whose result nobody needs: sent without waiting, see `sendLater`. */
export function fixedWrite<Values extends readonly unknown[]>(
  text: string,
): (tx: Tx, ...values: Values) => Promise<void> {
  return (tx, ...values) => sendLater(tx, CompiledQuery.raw(text, [...values]));
}

/** A statement written once, for busy paths: no query is built, only sent. Columns come back in camel case, as Kysely's do. */
export function fixedQuery<Row, Values extends readonly unknown[]>(
  text: string,
): (db: Executor, ...values: Values) => Promise<Row[]> {
  return async (db, ...values) => (await db.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
}
