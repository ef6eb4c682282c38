/** One day's reconciliation of one family: its bills read as streams, our books beside them, the comparison in SQL. */
import type { BillKind, BillSide } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { type Clock, dayMs, startOfShanghaiDay } from '#platform/clock.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import type { BillLine, BillTotals } from './finance.bill.ts';
import * as repository from './finance.repository.ts';
import {
  type BillLines,
  type BookEntry,
  type BookName,
  type Family,
  hasNoBill,
  type LedgerChannel,
} from './finance.sources.ts';
import type { BillPresence } from './finance.tables.ts';

/** The books of payments, as narrow as this needs them. */
export interface Ledger {
  page(
    db: Executor,
    wanted: {
      channel: LedgerChannel;
      book: BookName;
      from: Date;
      until: Date;
      after?: { at: Date; key: string };
      limit: number;
    },
  ): Promise<repository.OurLine[]>;
  lines(db: Executor, side: BillSide, keys: readonly string[], channel: LedgerChannel): Promise<repository.OurLine[]>;
  ordersOf(db: Executor, payments: { buyerId: string; paymentId: string }[]): Promise<Map<string, string[]>>;
}

export interface RunDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  clock: Clock;
  ledger: Ledger;
}

export interface ReadBill {
  presence: Exclude<BillPresence, 'unknown'>;
  totals: BillTotals;
}
export interface RunResult {
  bills: Map<BillKind, ReadBill>;
  ours: repository.OurTotals;
  found: number;
  cleared: number;
  reopened: number;
}

const linesAtOnce = 2_000;
const nothing: BillTotals = { count: 0, paid: 0, refunded: 0, fee: 0 };
/** Books that stand beside another one of the same side: strays are looked for once. */
const besides = new Set<BookName>(['paid_parts', 'paid_again']);
const comparisonTimeout = '10min';

export function createRun({ database, clock, ledger }: RunDeps) {
  const { db, inTransaction } = database;

  async function copyBill(runId: string, bill: BillKind, open: () => Promise<BillLines>): Promise<ReadBill> {
    let waiting: BillLine[] = [];
    let firstNo = 0;
    const store = async () => {
      const batch = waiting;
      waiting = [];
      await inTransaction((tx) => repository.copyBillLines(tx, { runId, bill, firstNo }, batch));
      firstNo += batch.length;
    };
    let lines: BillLines;
    try {
      lines = await open();
    } catch (error) {
      if (hasNoBill(error)) return { presence: 'absent', totals: nothing };
      throw error;
    }
    for (;;) {
      const next = await lines.next();
      if (!next.done) {
        waiting.push(next.value);
        if (waiting.length >= linesAtOnce) await store();
        continue;
      }
      if (waiting.length > 0) await store();
      return { presence: 'read', totals: next.value };
    }
  }

  async function copyLedger(runId: string, { channel }: Family, { bill, side, book }: BookEntry, day: string) {
    const from = startOfShanghaiDay(day);
    const until = new Date(from.getTime() + dayMs);
    let after: { at: Date; key: string } | undefined;
    for (;;) {
      const wanted = { channel, book, from, until, ...(after ? { after } : {}), limit: linesAtOnce };
      const page = await ledger.page(db, wanted);
      await inTransaction((tx) => repository.copyLedgerLines(tx, { runId, bill, side, isOtherDay: false }, page));
      const last = page.at(-1);
      if (!last || page.length < linesAtOnce) return;
      after = { at: last.at, key: last.key };
    }
  }

  /** Numbers of the bill outside our day: known under another day or state, or not at all. */
  async function copyStrays(runId: string, { channel }: Family, { bill, side }: BookEntry): Promise<void> {
    for (let after = ''; ; ) {
      const keys = await repository.unmatchedKeys(db, { runId, bill, side }, after, linesAtOnce);
      const known = await ledger.lines(db, side, keys, channel);
      await inTransaction((tx) => repository.copyLedgerLines(tx, { runId, bill, side, isOtherDay: true }, known));
      if (keys.length < linesAtOnce) return;
      after = keys.at(-1) ?? '';
    }
  }

  /** Whoever asks for the same day at once waits outside: the day's row is claimed by the caller. */
  return async function run(family: Family, day: string, by: string): Promise<RunResult> {
    const runId = newId();
    try {
      const bills = new Map<BillKind, ReadBill>();
      for (const { bill, open } of family.bills) bills.set(bill, await copyBill(runId, bill, () => open(day)));
      for (const entry of family.entries) await copyLedger(runId, family, entry, day);
      await inTransaction(repository.analyseCopies);
      for (const entry of family.entries.filter(({ book }) => !besides.has(book)))
        await copyStrays(runId, family, entry);
      const ours = await repository.ourTotals(db, runId, family.main);
      const about = { runId, day, now: clock.now(), by, currency: family.currency, bills: [...bills.keys()] };
      const changes = await inTransaction(async (tx) => {
        // A million lines take longer to join than a page may take to answer.
        await sql`select set_config('statement_timeout', ${comparisonTimeout}, true)`.execute(tx);
        return repository.recordDifferences(tx, about);
      });
      return { bills, ours, ...changes };
    } finally {
      await inTransaction(async (tx) => {
        await sql`select set_config('statement_timeout', ${comparisonTimeout}, true)`.execute(tx);
        await repository.dropCopies(tx, runId);
      }).catch(() => {});
    }
  };
}
