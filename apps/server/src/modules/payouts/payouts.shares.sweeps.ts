/** Sends shares and returns, follows them, and registers receivers. WeChat tells a payer nothing of its own accord: it is asked. */
import type { Selectable } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Database, Tables, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { Logger } from '#platform/logger.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { nextLookMs } from './payouts.domain.ts';
import type { ProblemOf } from './payouts.gateway.ts';
import { returnTransitions, shareTransitions, sourcesIn } from './payouts.shares.domain.ts';
import type { ShareGateway, WechatReturn, WechatShare } from './payouts.shares.gateway.ts';

type Share = Selectable<Tables['payouts.share']>;
type Return = Selectable<Tables['payouts.shareReturn']>;
type Receiver = Selectable<Tables['payouts.receiver']>;

export interface ShareSweepDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  gateway: ShareGateway;
  problemOf: ProblemOf;
  cipher: FieldCipher;
  clock: Clock;
  log: Logger;
}

const batch = 10;
const leaseMs = 40_000;
const receiverWaitMs = 30_000;
/** WeChat will never take it as it stands. */
const isFinal = (problem: string | undefined) =>
  problem === 'refused' || problem === 'number_used' || problem === 'short_of_funds' || problem === 'closed';
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

export function shareSweeps({ database, gateway, problemOf, cipher, clock, log }: ShareSweepDeps): Sweep[] {
  const { db, inTransaction } = database;
  const later = (ms: number) => new Date(clock.now().getTime() + ms);
  const done = { nextAttemptAt: null, claimedUntil: null };

  /** Takes what WeChat gave or took from the sum; the row of the trade is locked first, as everywhere. */
  async function changeShared(tx: Tx, buyerId: string, transactionId: string, less: number): Promise<void> {
    if (less === 0) return;
    await tx
      .updateTable('payouts.sharedTrade')
      .set((eb) => ({ shared: eb('shared', '-', less) }))
      .where('buyerId', '=', buyerId)
      .where('transactionId', '=', transactionId)
      .execute();
  }
  const lockTrade = (tx: Tx, buyerId: string, transactionId: string) =>
    tx
      .selectFrom('payouts.sharedTrade')
      .select('transactionId')
      .where('buyerId', '=', buyerId)
      .where('transactionId', '=', transactionId)
      .forUpdate()
      .executeTakeFirst();

  const partsOf = ({ buyerId, shareId }: Share, executor: typeof db | Tx = db) =>
    executor
      .selectFrom('payouts.sharePart')
      .selectAll()
      .where('buyerId', '=', buyerId)
      .where('shareId', '=', shareId)
      .orderBy('receiverId')
      .execute();

  async function moveShare(tx: Tx, row: Share, status: Share['status'], change: Partial<Share>): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .updateTable('payouts.share')
      .set({ ...change, status })
      .where('buyerId', '=', row.buyerId)
      .where('shareId', '=', row.shareId)
      .where('status', 'in', sourcesIn(shareTransitions, status))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** FINISHED is not success: each partner has a result of its own, and a closed part is ours again. */
  async function applyShare(tx: Tx, row: Share, said: WechatShare): Promise<void> {
    await lockTrade(tx, row.buyerId, row.transactionId);
    if (said.state !== 'FINISHED') {
      await moveShare(tx, row, 'processing', { lastError: null });
      return;
    }
    const parts = await partsOf(row, tx);
    if (!(await moveShare(tx, row, 'finished', { ...done, finishedAt: clock.now(), lastError: null }))) return;
    let closed = 0;
    for (const part of parts) {
      const told = said.receivers.find(({ account }) => account === part.account);
      const isPaid = told?.result === 'SUCCESS' && told.amount === part.amount;
      if (told?.result === 'SUCCESS' && !isPaid)
        log.error({ shareId: row.shareId }, 'share differs from what was asked');
      if (!isPaid) closed += part.amount;
      await tx
        .updateTable('payouts.sharePart')
        .set({ result: isPaid ? 'succeeded' : 'closed', failReason: told?.fail_reason ?? null })
        .where('buyerId', '=', part.buyerId)
        .where('shareId', '=', part.shareId)
        .where('receiverId', '=', part.receiverId)
        .execute();
    }
    await changeShared(tx, row.buyerId, row.transactionId, closed);
  }

  async function refuseShare(tx: Tx, row: Share, lastError: string): Promise<void> {
    await lockTrade(tx, row.buyerId, row.transactionId);
    if (!(await moveShare(tx, row, 'refused', { ...done, lastError, finishedAt: clock.now() }))) return;
    await tx
      .updateTable('payouts.sharePart')
      .set({ result: 'closed' })
      .where('buyerId', '=', row.buyerId)
      .where('shareId', '=', row.shareId)
      .execute();
    await changeShared(tx, row.buyerId, row.transactionId, row.amount);
  }

  async function askFirst<T>(isFirst: boolean, ask: () => Promise<T>, send: () => Promise<T>): Promise<T> {
    if (isFirst) return send();
    try {
      return await ask();
    } catch (error) {
      if (problemOf(error) !== 'absent') throw error;
      return send();
    }
  }

  async function followShare(row: Share): Promise<void> {
    let lastError: string | null = null;
    try {
      const said = await askFirst(
        row.attempts === 0,
        () => gateway.queryShare(row.outOrderNo, row.transactionId),
        async () => {
          const parts = await partsOf(row);
          return parts.length === 0 ? gateway.unfreeze(row) : gateway.share({ ...row, parts });
        },
      );
      await inTransaction((tx) => applyShare(tx, row, said));
    } catch (error) {
      lastError = messageOf(error);
      log.warn({ err: error, shareId: row.shareId }, 'profit sharing call failed');
      if (row.status === 'requested' && isFinal(problemOf(error))) {
        const reason = lastError;
        return inTransaction((tx) => refuseShare(tx, row, reason));
      }
    }
    await inTransaction((tx) =>
      tx
        .updateTable('payouts.share')
        .set({ claimedUntil: null, lastError, nextAttemptAt: later(nextLookMs(row.attempts)) })
        .where('buyerId', '=', row.buyerId)
        .where('shareId', '=', row.shareId)
        .where('status', 'in', ['requested', 'processing'])
        .execute(),
    );
  }

  async function applyReturn(tx: Tx, row: Return, said: Pick<WechatReturn, 'result' | 'fail_reason'>): Promise<void> {
    const share = await tx
      .selectFrom('payouts.share')
      .select('transactionId')
      .where('buyerId', '=', row.buyerId)
      .where('shareId', '=', row.shareId)
      .executeTakeFirstOrThrow();
    await lockTrade(tx, row.buyerId, share.transactionId);
    const status = said.result === 'SUCCESS' ? 'succeeded' : said.result === 'FAILED' ? 'failed' : 'processing';
    const { numUpdatedRows } = await tx
      .updateTable('payouts.shareReturn')
      .set({ status, lastError: said.fail_reason ?? null, ...(status === 'processing' ? {} : done) })
      .where('buyerId', '=', row.buyerId)
      .where('returnId', '=', row.returnId)
      .where('status', 'in', sourcesIn(returnTransitions, status))
      .executeTakeFirst();
    if (numUpdatedRows !== 1n || status !== 'succeeded') return;
    await tx
      .updateTable('payouts.sharePart')
      .set((eb) => ({ returned: eb('returned', '+', row.amount) }))
      .where('buyerId', '=', row.buyerId)
      .where('shareId', '=', row.shareId)
      .where('receiverId', '=', row.receiverId)
      .execute();
    await changeShared(tx, row.buyerId, share.transactionId, row.amount);
  }

  async function followReturn(row: Return): Promise<void> {
    let lastError: string | null = null;
    try {
      const said = await askFirst(
        row.attempts === 0,
        () => gateway.queryReturn(row.outReturnNo, row.outOrderNo),
        () => gateway.giveBack(row),
      );
      await inTransaction((tx) => applyReturn(tx, row, said));
    } catch (error) {
      lastError = messageOf(error);
      log.warn({ err: error, returnId: row.returnId }, 'share return call failed');
      if (isFinal(problemOf(error))) {
        const reason = lastError;
        return inTransaction((tx) => applyReturn(tx, row, { result: 'FAILED', fail_reason: reason }));
      }
    }
    await inTransaction((tx) =>
      tx
        .updateTable('payouts.shareReturn')
        .set({ claimedUntil: null, lastError, nextAttemptAt: later(nextLookMs(row.attempts)) })
        .where('buyerId', '=', row.buyerId)
        .where('returnId', '=', row.returnId)
        .where('status', 'in', ['requested', 'processing'])
        .execute(),
    );
  }

  async function followReceiver(row: Receiver): Promise<void> {
    const isAdding = row.status === 'adding';
    let change: Partial<Receiver>;
    try {
      await (isAdding
        ? gateway.addReceiver(row.account, cipher.decrypt(row.name))
        : gateway.removeReceiver(row.account));
      change = { ...done, status: isAdding ? 'active' : 'removed', lastError: null };
    } catch (error) {
      const lastError = messageOf(error);
      change = isFinal(problemOf(error))
        ? { ...done, status: isAdding ? 'refused' : 'removed', lastError }
        : { claimedUntil: null, nextAttemptAt: later(receiverWaitMs), lastError };
    }
    await inTransaction((tx) =>
      tx
        .updateTable('payouts.receiver')
        .set(change)
        .where('shopId', '=', row.shopId)
        .where('receiverId', '=', row.receiverId)
        .where('status', '=', row.status)
        .execute(),
    );
  }

  const claimed = { claimedUntil: () => later(leaseMs) };

  return [
    {
      name: 'payouts.receiver',
      everyMs: 2_000,
      async run() {
        const due = await inTransaction(async (tx) => {
          const rows = await dueOf(tx, 'payouts.receiver');
          for (const { shopId, receiverId } of rows)
            await tx
              .updateTable('payouts.receiver')
              .set({ claimedUntil: claimed.claimedUntil() })
              .where('shopId', '=', shopId)
              .where('receiverId', '=', receiverId)
              .execute();
          return rows;
        });
        await Promise.all(due.map(followReceiver));
        return due.length;
      },
    },
    {
      name: 'payouts.share',
      everyMs: 1_000,
      async run() {
        const due = await inTransaction(async (tx) => {
          const rows = await dueOf(tx, 'payouts.share');
          // Counted before the call: a process that dies in it asks first when it comes back.
          for (const { buyerId, shareId, attempts } of rows)
            await tx
              .updateTable('payouts.share')
              .set({ claimedUntil: claimed.claimedUntil(), attempts: attempts + 1 })
              .where('buyerId', '=', buyerId)
              .where('shareId', '=', shareId)
              .execute();
          return rows;
        });
        await Promise.all(due.map(followShare));
        return due.length;
      },
    },
    {
      name: 'payouts.return',
      everyMs: 1_000,
      async run() {
        const due = await inTransaction(async (tx) => {
          const rows = await dueOf(tx, 'payouts.shareReturn');
          for (const { buyerId, returnId, attempts } of rows)
            await tx
              .updateTable('payouts.shareReturn')
              .set({ claimedUntil: claimed.claimedUntil(), attempts: attempts + 1 })
              .where('buyerId', '=', buyerId)
              .where('returnId', '=', returnId)
              .execute();
          return rows;
        });
        await Promise.all(due.map(followReturn));
        return due.length;
      },
    },
  ];

  function dueOf<T extends 'payouts.receiver' | 'payouts.share' | 'payouts.shareReturn'>(
    tx: Tx,
    table: T,
  ): Promise<Selectable<Tables[T]>[]> {
    const now = clock.now();
    return tx
      .selectFrom(table as 'payouts.share')
      .selectAll()
      .where('nextAttemptAt', '<=', now)
      .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
      .orderBy('nextAttemptAt')
      .limit(batch)
      .forUpdate()
      .skipLocked()
      .execute() as unknown as Promise<Selectable<Tables[T]>[]>;
  }
}
