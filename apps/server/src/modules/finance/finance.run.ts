/** One day's reconciliation: both bills read as streams, our ledger beside them, the comparison in SQL. */
import type { BillKind, BillSide } from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { type Clock, dayMs, startOfShanghaiDay } from '#platform/clock.ts';
import type { Database, Executor } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import { type BillLine, type BillTotals, readBill, unpack } from './finance.bill.ts';
import * as repository from './finance.repository.ts';
import type { BillPresence } from './finance.tables.ts';

/** The books of payments, as narrow as this needs them. */
export interface Ledger {
  page(
    db: Executor,
    wanted: {
      book: 'paid' | 'refund_requested' | 'refund_settled';
      from: Date;
      until: Date;
      after?: { at: Date; key: string };
      limit: number;
    },
  ): Promise<repository.OurLine[]>;
  lines(db: Executor, side: BillSide, keys: readonly string[]): Promise<repository.OurLine[]>;
  ordersOf(db: Executor, payments: { buyerId: string; paymentId: string }[]): Promise<Map<string, string[]>>;
}

export interface BillSource {
  applyBill(kind: BillKind, day: string): Promise<{ hash_value: string; download_url: string }>;
  downloadBill(url: string): Promise<AsyncIterable<Uint8Array>>;
}

export interface RunDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  clock: Clock;
  ledger: Ledger;
  bills: BillSource;
}

export interface RunResult {
  tradeBill: BillPresence;
  fundFlowBill: BillPresence;
  ours: repository.OurTotals;
  trade: BillTotals;
  flow: BillTotals;
  found: number;
  cleared: number;
  reopened: number;
}

const linesAtOnce = 2_000;
const nothing: BillTotals = { count: 0, paid: 0, refunded: 0, fee: 0 };
const comparisonTimeout = '10min';
const isAbsent = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'NO_STATEMENT_EXIST';

/** The day of the fund flow follows the money: refunds stand in it when they succeeded, not when they were asked for. */
const books: { bill: BillKind; side: BillSide; book: Parameters<Ledger['page']>[1]['book'] }[] = [
  { bill: 'trade', side: 'payment', book: 'paid' },
  { bill: 'trade', side: 'refund', book: 'refund_requested' },
  { bill: 'fund_flow', side: 'payment', book: 'paid' },
  { bill: 'fund_flow', side: 'refund', book: 'refund_settled' },
];

export function createRun({ database, clock, ledger, bills }: RunDeps) {
  const { db, inTransaction } = database;

  async function copyBill(runId: string, bill: BillKind, day: string): Promise<BillTotals | undefined> {
    let ticket: Awaited<ReturnType<BillSource['applyBill']>>;
    try {
      ticket = await bills.applyBill(bill, day);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
    const packed = await bills.downloadBill(ticket.download_url);
    const lines = readBill(bill, unpack(packed, { isGzip: true, sha1: ticket.hash_value }));
    let waiting: BillLine[] = [];
    let firstNo = 0;
    const store = async () => {
      const batch = waiting;
      waiting = [];
      await inTransaction((tx) => repository.copyBillLines(tx, { runId, bill, firstNo }, batch));
      firstNo += batch.length;
    };
    for (;;) {
      const next = await lines.next();
      if (!next.done) {
        waiting.push(next.value);
        if (waiting.length >= linesAtOnce) await store();
        continue;
      }
      if (waiting.length > 0) await store();
      return next.value;
    }
  }

  async function copyLedger(runId: string, { bill, side, book }: (typeof books)[number], day: string): Promise<void> {
    const from = startOfShanghaiDay(day);
    const until = new Date(from.getTime() + dayMs);
    let after: { at: Date; key: string } | undefined;
    for (;;) {
      const page = await ledger.page(db, { book, from, until, ...(after ? { after } : {}), limit: linesAtOnce });
      await inTransaction((tx) => repository.copyLedgerLines(tx, { runId, bill, side, isOtherDay: false }, page));
      const last = page.at(-1);
      if (!last || page.length < linesAtOnce) return;
      after = { at: last.at, key: last.key };
    }
  }

  /** Numbers of the bill outside our day: known under another day or state, or not at all. */
  async function copyStrays(runId: string, { bill, side }: (typeof books)[number]): Promise<void> {
    for (let after = ''; ; ) {
      const keys = await repository.unmatchedKeys(db, { runId, bill, side }, after, linesAtOnce);
      const known = await ledger.lines(db, side, keys);
      await inTransaction((tx) => repository.copyLedgerLines(tx, { runId, bill, side, isOtherDay: true }, known));
      if (keys.length < linesAtOnce) return;
      after = keys.at(-1) ?? '';
    }
  }

  /** Whoever asks for the same day at once waits outside: the day's row is claimed by the caller. */
  return async function run(day: string, by: string): Promise<RunResult> {
    const runId = newId();
    try {
      const trade = await copyBill(runId, 'trade', day);
      const flow = await copyBill(runId, 'fund_flow', day);
      for (const book of books) await copyLedger(runId, book, day);
      await inTransaction(repository.analyseCopies);
      for (const book of books) await copyStrays(runId, book);
      const ours = await repository.ourTotals(db, runId);
      const changes = await inTransaction(async (tx) => {
        // A million lines take longer to join than a page may take to answer.
        await sql`select set_config('statement_timeout', ${comparisonTimeout}, true)`.execute(tx);
        return repository.recordDifferences(tx, { runId, day, now: clock.now(), by });
      });
      return {
        tradeBill: trade ? 'read' : 'absent',
        fundFlowBill: flow ? 'read' : 'absent',
        ours,
        trade: trade ?? nothing,
        flow: flow ?? nothing,
        ...changes,
      };
    } finally {
      await inTransaction(async (tx) => {
        await sql`select set_config('statement_timeout', ${comparisonTimeout}, true)`.execute(tx);
        await repository.dropCopies(tx, runId);
      }).catch(() => {});
    }
  };
}
