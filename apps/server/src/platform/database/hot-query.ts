/** Statements of busy paths, written once. Repeated texts are prepared: parsed and planned once a connection. */
import { CompiledQuery } from 'kysely';
import type { Executor, Tx } from './database.ts';
import { sendLater } from './dialect.ts';

/** A write whose result nobody needs: sent without waiting, see `sendLater`. */
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
