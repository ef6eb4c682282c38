/** The days that were compared, the differences found, and what people did about them. */
import type {
  BillKind,
  ChannelDay,
  Difference,
  DifferenceHistory,
  DifferenceKind,
  DifferencePage,
  DifferenceQuery,
  ReconciliationDay,
  ReconciliationState,
} from '@xiaopu/contracts/console';
import { sql } from 'kysely';
import { dayMs, minuteMs, shanghaiDay, startOfShanghaiDay } from '#platform/clock.ts';
import type { Database, Executor, Tx } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Policies } from '#platform/policy.ts';
import * as errors from './finance.errors.ts';
import { billReadyMinutes, lookBackDays } from './finance.policies.ts';
import { createRecheck } from './finance.recheck.ts';
import * as repository from './finance.repository.ts';
import { createRun, type Ledger, type RunDeps, type RunResult } from './finance.run.ts';
import { codeOf, type Family, familiesOf, type Sources } from './finance.sources.ts';

export interface ReconciliationDeps extends RunDeps, Sources {
  database: Pick<Database, 'db' | 'inTransaction'>;
  policies: Policies;
  log: Logger;
}

export type Reconciliation = ReturnType<typeof createReconciliation>;

const theirNames: Record<BillKind, string> = { trade: '微信', fund_flow: '微信', alipay: '支付宝', paypal: 'PayPal ' };
const kindTexts: Record<Exclude<DifferenceKind, 'missing_there'>, string> = {
  missing_here: '本地缺单',
  amount_differs: '金额不符',
  state_differs: '状态不符',
  refund_differs: '退款不符',
};
const kindTextOf = ({ kind, bill }: { kind: DifferenceKind; bill: BillKind }): string =>
  kind === 'missing_there' ? `${theirNames[bill]}缺单` : kindTexts[kind];
const stateTexts: Record<ReconciliationState, string> = {
  waiting: '等待账单',
  running: '对账中',
  balanced: '已平',
  differs: '有差异',
  failed: '未完成',
};
const actionTexts = { found: '发现差异', resolved: '处理完毕', reopened: '重新打开', cleared: '自动消除' } as const;
const byItself = '系统';
/** WeChat keeps bills for three months. */
const keptDays = 89;
const claimMs = 20 * minuteMs;
const notReadyWaitMs = 30 * minuteMs;
const failureWaitsMs = [5 * minuteMs, 15 * minuteMs, 30 * minuteMs, 60 * minuteMs];
const countedAtMost = 10_000;

const addDays = (day: string, days: number) => shanghaiDay(new Date(startOfShanghaiDay(day).getTime() + days * dayMs));

export function createReconciliation(deps: ReconciliationDeps) {
  const { database, clock, policies, log, ledger } = deps;
  const { db, inTransaction } = database;
  const families = familiesOf(deps);
  const run = createRun(deps);
  const recheck = createRecheck(deps);
  const today = () => shanghaiDay(clock.now());

  /** One worker, or one button, at a time. @returns whether this caller has it */
  async function claim(tx: Tx, day: string): Promise<boolean> {
    const now = clock.now();
    await sql`insert into finance.bill_day (bill_date, state, next_attempt_at) values (${day}::date, 'waiting', ${now})
      on conflict do nothing`.execute(tx);
    const { rows } = await sql`
      update finance.bill_day set state = 'running', attempts = attempts + 1,
        next_attempt_at = coalesce(next_attempt_at, ${now}), claimed_until = ${new Date(now.getTime() + claimMs)}
      where bill_date = ${day}::date and (claimed_until is null or claimed_until < ${now}) returning bill_date`.execute(
      tx,
    );
    return rows.length === 1;
  }

  async function keepResult(day: string, family: Family, result: RunResult): Promise<void> {
    const { bills, ours } = result;
    const main = bills.get(family.main);
    if (!main) throw new Error(`no bill ${family.main}`);
    const now = clock.now();
    if (family.main === 'alipay' || family.main === 'paypal') {
      const about = { bill: family.main, currency: family.currency, presence: main.presence };
      return inTransaction((tx) => repository.writeChannelDay(tx, day, now, { ...about, ours, theirs: main.totals }));
    }
    const flow = bills.get('fund_flow');
    const { totals: trade } = main;
    await inTransaction((tx) =>
      sql`
        update finance.bill_day set trade_bill = ${main.presence}, fund_flow_bill = ${flow?.presence ?? 'absent'},
          our_count = ${ours.count}, our_paid = ${ours.paid}, our_refunded = ${ours.refunded},
          their_count = ${trade.count}, their_paid = ${trade.paid}, their_refunded = ${trade.refunded},
          flow_in = ${flow?.totals.paid ?? 0}, flow_out = ${flow?.totals.refunded ?? 0}, fee = ${trade.fee}
        where bill_date = ${day}::date`.execute(tx),
    );
  }

  /** Failures are told, not thrown: the day waits and is tried again. What the other families said is kept. */
  async function reconcile(day: string, by: string): Promise<void> {
    const failures: { title: string; error: unknown }[] = [];
    for (const family of families) {
      try {
        const result = await run(family, day, by);
        await keepResult(day, family, result);
        const agreed = await recheck(family, by);
        const { found, cleared } = result;
        log.info({ day, family: family.channel, found, cleared: cleared + agreed }, 'reconciled');
      } catch (error) {
        failures.push({ title: family.title, error });
      }
    }
    if (failures.length > 0) return postpone(day, failures);
    await inTransaction(async (tx) => {
      await sql`
        update finance.bill_day set state = 'balanced', runs = runs + 1, attempts = 0, next_attempt_at = null,
          claimed_until = null, last_error = null, finished_at = ${clock.now()}
        where bill_date = ${day}::date`.execute(tx);
      await repository.balanceDay(tx, day);
    });
  }

  async function postpone(day: string, failures: { title: string; error: unknown }[]): Promise<void> {
    const isEarly = failures.every(({ error }) => codeOf(error) === 'STATEMENT_CREATING');
    const said = failures.map(({ title, error }) => {
      if (codeOf(error) === 'STATEMENT_CREATING') return `${title}还在生成账单`;
      log.warn({ err: error, day, title }, 'reconciliation failed, will try again');
      const message = error instanceof Error ? error.message : String(error);
      return title === '微信支付' ? message : `${title}：${message}`;
    });
    await inTransaction(async (tx) => {
      const { rows } = await sql<{ attempts: number }>`
        select attempts from finance.bill_day where bill_date = ${day}::date for update`.execute(tx);
      const tries = rows[0]?.attempts ?? 1;
      const waitMs = isEarly ? notReadyWaitMs : (failureWaitsMs[tries - 1] ?? 4 * 60 * minuteMs);
      await sql`
        update finance.bill_day set state = ${isEarly ? 'waiting' : 'failed'}, claimed_until = null,
          next_attempt_at = ${new Date(clock.now().getTime() + waitMs)}, last_error = ${said.join('；').slice(0, 300)}
        where bill_date = ${day}::date`.execute(tx);
    });
  }

  /** Opens the days that are over and have a bill by now. A new install begins with yesterday. */
  async function openDays(tx: Tx): Promise<void> {
    const ready = new Date(clock.now().getTime() - policies.get(billReadyMinutes) * minuteMs);
    const last = addDays(shanghaiDay(ready), -1);
    const { rows } = await sql<{ newest: string | null }>`
      select max(bill_date)::text as newest from finance.bill_day where bill_date <= ${last}::date`.execute(tx);
    const earliest = addDays(last, 1 - policies.get(lookBackDays));
    const newest = rows[0]?.newest;
    const following = newest ? addDays(newest, 1) : last;
    for (let day = following > earliest ? following : earliest; day <= last; day = addDays(day, 1)) {
      await sql`insert into finance.bill_day (bill_date, state, next_attempt_at)
        values (${day}::date, 'waiting', ${clock.now()}) on conflict do nothing`.execute(tx);
    }
  }

  async function dueDay(tx: Tx): Promise<string | undefined> {
    const now = clock.now();
    const { rows } = await sql<{ day: string }>`
      select bill_date::text as day from finance.bill_day
      where next_attempt_at <= ${now} and (claimed_until is null or claimed_until < ${now})
      order by bill_date limit 1 for update skip locked`.execute(tx);
    const day = rows[0]?.day;
    return day && (await claim(tx, day)) ? day : undefined;
  }

  async function days(executor: Executor, range: { from?: string; to?: string }): Promise<ReconciliationDay[]> {
    const to = range.to ?? today();
    const from = range.from ?? addDays(to, -34);
    const { rows } = await sql<DayRow>`
      select d.*, d.bill_date::text as day,
        (select coalesce(json_agg(json_build_object('bill', c.bill, 'currency', c.currency, 'hasBill', c.presence = 'read',
            'ourPaid', c.our_paid, 'ourRefunded', c.our_refunded, 'theirPaid', c.their_paid,
            'theirRefunded', c.their_refunded, 'fee', round(c.fee / 1000.0)) order by c.bill), '[]')
          from finance.channel_day c where c.bill_date = d.bill_date) as channels,
        (select count(*) from finance.difference f where f.bill_date = d.bill_date and f.state = 'open') as open_differences,
        (select count(*) from finance.difference f where f.bill_date = d.bill_date) as differences
      from finance.bill_day d where d.bill_date between ${from}::date and ${to}::date
      order by d.bill_date desc limit 100`.execute(executor);
    return rows.map(toDay);
  }

  return {
    days,

    /** The day again, at once. @throws what people can do nothing about is on the day, not thrown */
    async runNow(day: string, by: string): Promise<ReconciliationDay> {
      if (day >= today()) throw errors.dayNotOver();
      if (day < addDays(today(), -keptDays)) throw errors.dayTooOld();
      if (!(await inTransaction((tx) => claim(tx, day)))) throw errors.dayRunning();
      await reconcile(day, by);
      const [found] = await days(db, { from: day, to: day });
      if (!found) throw errors.dayNotFound();
      return found;
    },

    /** The nightly work: one due day a call. */
    async sweep(): Promise<number> {
      const day = await inTransaction(async (tx) => {
        await openDays(tx);
        return dueDay(tx);
      });
      if (day === undefined) return 0;
      await reconcile(day, byItself);
      return 1;
    },

    async differences(executor: Executor, query: DifferenceQuery): Promise<DifferencePage> {
      const { page, pageSize, day, kind, bill, state, q } = query;
      const where = sql.join(
        [
          sql`true`,
          ...(day ? [sql`bill_date = ${day}::date`] : []),
          ...(kind ? [sql`kind = ${kind}`] : []),
          ...(bill ? [sql`bill = ${bill}`] : []),
          ...(state ? [sql`state = ${state}`] : []),
          ...(q ? [sql`starts_with(trade_key, ${q})`] : []),
        ],
        sql` and `,
      );
      const { rows } = await sql<DifferenceRow>`
        select *, bill_date::text as day from finance.difference where ${where}
        order by bill_date desc, difference_id limit ${pageSize} offset ${(page - 1) * pageSize}`.execute(executor);
      const { rows: counted } = await sql<{ total: number }>`
        select count(*) as total from (select 1 from finance.difference where ${where} limit ${countedAtMost}) c`.execute(
        executor,
      );
      const orders = await ordersOf(ledger, executor, rows);
      const items = rows.map((row) => toDifference(row, orders.get(row.paymentId ?? '') ?? []));
      return { items, total: counted[0]?.total ?? 0, page, pageSize };
    },

    async history(executor: Executor, differenceId: string): Promise<DifferenceHistory> {
      const rows = await executor
        .selectFrom('finance.differenceEvent')
        .selectAll()
        .where('differenceId', '=', differenceId)
        .orderBy('sequence')
        .execute();
      if (rows.length === 0) throw errors.differenceNotFound();
      return {
        items: rows.map(({ action, byName, note, at }) => ({
          action,
          actionText: actionTexts[action],
          by: byName,
          note,
          at: at.toISOString(),
        })),
      };
    },

    /** Who settled it and why is kept; a settled one is not settled twice. @returns its number and day, for the audit */
    async resolve(tx: Tx, differenceId: string, { note, by }: { note: string; by: string }): Promise<string> {
      return settle(tx, differenceId, { from: 'open', to: 'resolved', note, by });
    },

    async reopen(tx: Tx, differenceId: string, { note, by }: { note: string; by: string }): Promise<string> {
      return settle(tx, differenceId, { from: 'resolved', to: 'open', note, by });
    },

    async countOpen(executor: Executor): Promise<number> {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from finance.difference where state = 'open'`.execute(executor);
      return rows[0]?.count ?? 0;
    },
  };

  async function settle(
    tx: Tx,
    differenceId: string,
    { from, to, note, by }: { from: 'open' | 'resolved'; to: 'open' | 'resolved'; note: string; by: string },
  ): Promise<string> {
    const now = clock.now();
    const isResolved = to === 'resolved';
    const { rows } = await sql<{ day: string; tradeKey: string }>`
      update finance.difference set state = ${to}, settled_at = ${isResolved ? now : null}::timestamptz,
        settled_by = ${isResolved ? by : null}::text, note = ${isResolved ? note : null}::text
      where difference_id = ${differenceId} and state = ${from}
      returning bill_date::text as day, trade_key`.execute(tx);
    const [row] = rows;
    if (!row) {
      const known = await tx
        .selectFrom('finance.difference')
        .select('differenceId')
        .where('differenceId', '=', differenceId)
        .executeTakeFirst();
      throw known ? errors.differenceSettled() : errors.differenceNotFound();
    }
    await tx
      .insertInto('finance.differenceEvent')
      .values({
        differenceId,
        action: isResolved ? 'resolved' : 'reopened',
        byName: by,
        note,
        at: now,
      })
      .execute();
    await repository.balanceDay(tx, row.day);
    return `${row.day} ${row.tradeKey}`;
  }
}

interface DayRow {
  day: string;
  state: ReconciliationState;
  tradeBill: string;
  ourCount: number;
  ourPaid: number;
  ourRefunded: number;
  theirCount: number;
  theirPaid: number;
  theirRefunded: number;
  flowIn: number;
  flowOut: number;
  fee: number;
  openDifferences: number;
  differences: number;
  runs: number;
  nextAttemptAt: Date | null;
  finishedAt: Date | null;
  lastError: string | null;
  channels: Omit<ChannelDay, 'title' | 'difference'>[];
}

function toDay(row: DayRow): ReconciliationDay {
  const { day, state, ourCount, ourPaid, ourRefunded, theirCount, theirPaid, theirRefunded, flowIn, flowOut } = row;
  return {
    day,
    state,
    stateText: stateTexts[state],
    hasBill: row.tradeBill === 'read',
    ourCount,
    ourPaid,
    ourRefunded,
    theirCount,
    theirPaid,
    theirRefunded,
    difference: theirPaid - theirRefunded - (ourPaid - ourRefunded),
    flowIn,
    flowOut,
    fee: Math.round(row.fee / 1_000),
    openDifferences: row.openDifferences,
    differences: row.differences,
    runs: row.runs,
    nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    error: row.lastError,
    channels: row.channels.map((channel) => ({
      ...channel,
      title: theirNames[channel.bill].trim(),
      difference: channel.theirPaid - channel.theirRefunded - (channel.ourPaid - channel.ourRefunded),
    })),
  };
}

type DifferenceRow = Omit<Difference, 'kindText' | 'orderNos' | 'bookedAt' | 'foundAt' | 'settledAt'> & {
  buyerId: string | null;
  paymentId: string | null;
  bookedAt: Date;
  foundAt: Date;
  settledAt: Date | null;
};

async function ordersOf(ledger: Ledger, db: Executor, rows: DifferenceRow[]): Promise<Map<string, string[]>> {
  const known = rows.flatMap(({ buyerId, paymentId }) => (buyerId && paymentId ? [{ buyerId, paymentId }] : []));
  return ledger.ordersOf(db, known);
}

const toDifference = (row: DifferenceRow, orderNos: string[]): Difference => ({
  differenceId: row.differenceId,
  day: row.day,
  bill: row.bill,
  side: row.side,
  kind: row.kind,
  kindText: kindTextOf(row),
  currency: row.currency,
  tradeKey: row.tradeKey,
  wechatNo: row.wechatNo,
  ours: row.ours,
  ourState: row.ourState,
  theirs: row.theirs,
  theirState: row.theirState,
  orderNos,
  bookedAt: row.bookedAt.toISOString(),
  state: row.state,
  foundAt: row.foundAt.toISOString(),
  settledAt: row.settledAt?.toISOString() ?? null,
  settledBy: row.settledBy,
  note: row.note,
});
