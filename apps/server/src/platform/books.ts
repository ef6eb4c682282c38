/**
 * Recomputing what is kept twice. A module contributes checks (one statement that finds its own wrong rows) and books (a
 * figure by key, in key order, which main sets beside another module's). Read only; whatever the size, rows come by cursor.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from './database/database.ts';

export interface AuditFinding {
  /** What it is about: a SKU, an order, a payment. Never a name or a phone number. */
  key: string;
  expected: string;
  actual: string;
}

export interface AuditCheck {
  /** `module.what`. */
  name: string;
  /** What holds when nothing is found. */
  says: string;
  /** One row a fault: `key`, `expected`, `actual`, all text. */
  query(now: Date): RawBuilder<AuditFinding>;
}

export interface BookRow {
  key: string;
  amount: number;
  state: string;
}

/** Figures by key, ordered by `key collate "C"`, each key once. */
export type AuditBook = (now: Date) => RawBuilder<BookRow>;

export interface AuditPair {
  name: string;
  says: string;
  left: AuditBook;
  right: AuditBook;
  /** @returns undefined when both sides fit */
  judge(left: BookRow | undefined, right: BookRow | undefined): { expected: string; actual: string } | undefined;
}

export interface AuditResult {
  name: string;
  says: string;
  differences: number;
  /** The first of them. */
  examples: AuditFinding[];
}

const rowsAtOnce = 5_000;

async function* rowsOf<Row>(tx: Tx, cursor: string, query: RawBuilder<Row>): AsyncGenerator<Row> {
  await sql`declare ${sql.id(cursor)} no scroll cursor for ${query}`.execute(tx);
  try {
    for (;;) {
      const { rows } = await sql<Row>`fetch ${sql.lit(rowsAtOnce)} from ${sql.id(cursor)}`.execute(tx);
      yield* rows;
      if (rows.length < rowsAtOnce) break;
    }
  } finally {
    await sql`close ${sql.id(cursor)}`.execute(tx).catch(() => {});
  }
}

function collector({ name, says }: { name: string; says: string }, keep: number) {
  const result: AuditResult = { name, says, differences: 0, examples: [] };
  return {
    result,
    add(finding: AuditFinding): void {
      result.differences += 1;
      if (result.examples.length < keep) result.examples.push(finding);
    },
  };
}

export async function runCheck(tx: Tx, check: AuditCheck, now: Date, keep = 20): Promise<AuditResult> {
  const { result, add } = collector(check, keep);
  for await (const { key, expected, actual } of rowsOf(tx, `audit ${check.name}`, check.query(now)))
    add({ key, expected, actual });
  return result;
}

/** Both books side by side, each read once. */
export async function runPair(tx: Tx, pair: AuditPair, now: Date, keep = 20): Promise<AuditResult> {
  const { result, add } = collector(pair, keep);
  const left = rowsOf(tx, `audit ${pair.name} left`, pair.left(now));
  const right = rowsOf(tx, `audit ${pair.name} right`, pair.right(now));
  try {
    let [one, other] = [await left.next(), await right.next()];
    while (!one.done || !other.done) {
      const isLeft = !one.done && (other.done || one.value.key <= other.value.key);
      const isRight = !other.done && (one.done || other.value.key <= one.value.key);
      const [a, b] = [isLeft ? one.value : undefined, isRight ? other.value : undefined];
      const fault = pair.judge(a as BookRow | undefined, b as BookRow | undefined);
      if (fault) add({ key: (a ?? b)?.key ?? '', ...fault });
      if (isLeft) one = await left.next();
      if (isRight) other = await right.next();
    }
  } finally {
    await left.return(undefined);
    await right.return(undefined);
  }
  return result;
}

/** All of it on one moment's state: nothing that moves meanwhile can look like a difference. Changes nothing. */
export async function runAudit(
  database: { db: { transaction(): ReadOnlyTransaction } },
  {
    checks,
    pairs,
    now,
    onResult,
  }: {
    checks: readonly AuditCheck[];
    pairs: readonly AuditPair[];
    now: Date;
    onResult?: (result: AuditResult) => void;
  },
): Promise<AuditResult[]> {
  return database.db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      await sql`select set_config('statement_timeout', '0', true),
        set_config('idle_in_transaction_session_timeout', '0', true)`.execute(tx);
      const results: AuditResult[] = [];
      const keep = (result: AuditResult) => {
        results.push(result);
        onResult?.(result);
      };
      for (const check of checks) keep(await runCheck(tx, check, now));
      for (const pair of pairs) keep(await runPair(tx, pair, now));
      return results;
    });
}

type ReadOnlyTransaction = ReturnType<import('./database/database.ts').Db['transaction']>;
