/**
 * Everything that talks to WeChat about transfers: what a reply, a query or a notice says ends in `apply`, so all three
 * lead to the same result. Each call stands outside any transaction.
 */

import type { Clock } from '#platform/clock.ts';
import type { Database, Tx } from '#platform/database/database.ts';
import type { FieldCipher } from '#platform/field-cipher.ts';
import type { NoticeAnswer } from '#platform/http/signed-notice.ts';
import type { Logger } from '#platform/logger.ts';
import type { Outbox } from '#platform/messaging/outbox.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { absenceProvenMs, isSettled, nextLookMs, statusOfState } from './payouts.domain.ts';
import type { PayoutGateway, ProblemOf, TransferBill } from './payouts.gateway.ts';
import type { Transfer } from './payouts.repository.ts';
import * as repository from './payouts.repository.ts';

export interface PayoutFlowDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  gateway: PayoutGateway;
  problemOf: ProblemOf;
  cipher: FieldCipher;
  outbox: Outbox;
  clock: Clock;
  log: Logger;
}
export type Outcome = 'applied' | 'repeated' | 'held' | 'unknown';
export type PayoutFlow = ReturnType<typeof createPayoutFlow>;

const batch = 10;
/** Longer than the calls of one item can take; after it another worker may take the item over. */
const leaseMs = 40_000;
const queryGapMs = 2_000;

export function createPayoutFlow(deps: PayoutFlowDeps) {
  const { database, gateway, problemOf, cipher, outbox, clock, log } = deps;
  const { db, inTransaction } = database;
  const later = (ms: number) => new Date(clock.now().getTime() + ms);

  /** What WeChat says of a bill, from wherever; each outcome is told once. */
  async function apply(tx: Tx, said: TransferBill, by: 'reply' | 'query' | 'notice'): Promise<Outcome> {
    const row = await repository.lockTransferByBillNo(tx, said.out_bill_no);
    if (!row) return 'unknown';
    const at = clock.now();
    const differs =
      (said.transfer_amount !== undefined && said.transfer_amount !== row.amount) ||
      (said.openid !== undefined && said.openid !== row.openid) ||
      (said.mch_id !== undefined && said.mch_id !== gateway.mchId);
    if (differs) {
      const detail = `微信侧金额 ${said.transfer_amount ?? '—'}，应为 ${row.amount}，或收款人不符`;
      log.error({ payoutId: row.payoutId, by }, 'transfer differs from what was asked');
      const isMoved = await repository.moveTransfer(
        tx,
        row,
        'held_for_review',
        { by, at, detail },
        { nextAttemptAt: null, claimedUntil: null, lastError: detail },
      );
      return isMoved ? 'held' : 'repeated';
    }
    const status = statusOfState[said.state];
    if (status === undefined) return 'repeated';
    const known = {
      transferBillNo: said.transfer_bill_no,
      ...(said.package_info === undefined ? {} : { packageInfo: said.package_info }),
      ...(row.acceptedAt ? {} : { acceptedAt: at }),
    };
    if (status === row.status) {
      await repository.changeTransfer(tx, row, known);
      return 'repeated';
    }
    const isEnd = isSettled(status);
    const silentReason = said.state === 'CANCELLED' ? 'MCH_CANCEL' : said.state;
    const failReason = status === 'failed' ? (said.fail_reason ?? silentReason) : null;
    const isMoved = await repository.moveTransfer(
      tx,
      row,
      status,
      { by, at, detail: said.fail_reason ?? '' },
      {
        ...known,
        failReason,
        lastError: null,
        ...(isEnd
          ? { settledAt: at, nextAttemptAt: null, claimedUntil: null, packageInfo: null }
          : { attempts: 1, nextAttemptAt: later(nextLookMs(0)) }),
      },
    );
    if (!isMoved) return 'repeated';
    if (isEnd) await announce(tx, row, status === 'succeeded', failReason ?? '', at);
    return 'applied';
  }

  function announce(tx: Tx, row: Transfer, isPaid: boolean, reason: string, at: Date): Promise<void> {
    const { buyerId, payoutId, amount } = row;
    return isPaid
      ? outbox.publish(tx, 'payouts.payout_settled', { buyerId, payoutId, amount, settledAt: at.toISOString() })
      : outbox.publish(tx, 'payouts.payout_failed', { buyerId, payoutId, amount, reason });
  }

  /** WeChat's word, or undefined when it does not know the bill. */
  async function query(row: Transfer): Promise<TransferBill | undefined> {
    try {
      return await gateway.queryTransfer(row.outBillNo);
    } catch (error) {
      if (problemOf(error) === 'absent') return undefined;
      throw error;
    }
  }

  async function create(row: Transfer): Promise<void> {
    const maySend = await inTransaction(async (tx) => {
      const current = await repository.lockTransfer(tx, row);
      if (current?.status !== 'requested' && current?.status !== 'awaiting_confirmation') return false;
      await repository.changeTransfer(tx, row, { sentAt: clock.now() });
      return true;
    });
    if (!maySend) return;
    const said = await gateway.transfer({
      ...row,
      payeeName: row.payeeName === null ? null : cipher.decrypt(row.payeeName),
    });
    await inTransaction((tx) => apply(tx, said, 'reply'));
  }

  /** A lost reply is asked for before anything is sent again (A11). */
  async function advance(row: Transfer): Promise<void> {
    if (row.status === 'cancelling') return takeBack(row);
    const isFirst = row.attempts === 0;
    const said = isFirst ? undefined : await query(row);
    if (said) await inTransaction((tx) => apply(tx, said, 'query'));
    // A query does not bring the package: the same creation again does.
    const lacksPackage = said?.state === 'WAIT_USER_CONFIRM' && row.packageInfo === null;
    if (!said || lacksPackage) await create(row);
  }

  async function takeBack(row: Transfer): Promise<void> {
    const said = await query(row);
    if (!said) {
      // A creation may still be under way; only a while later its absence is proof.
      const sentAt = row.sentAt?.getTime() ?? Number.NEGATIVE_INFINITY;
      if (clock.now().getTime() - sentAt < absenceProvenMs) return;
      await inTransaction(async (tx) => {
        const current = await repository.lockTransfer(tx, row);
        if (!current) return;
        const at = clock.now();
        const isMoved = await repository.moveTransfer(
          tx,
          current,
          'failed',
          { by: 'query', at, detail: '微信没有这笔转账' },
          { failReason: 'NEVER_SENT', settledAt: at, nextAttemptAt: null, claimedUntil: null },
        );
        if (isMoved) await announce(tx, current, false, 'NEVER_SENT', at);
      });
      return;
    }
    const cancellable = said.state === 'WAIT_USER_CONFIRM' || said.state === 'PROCESSING' || said.state === 'ACCEPTED';
    const outcome = cancellable ? await gateway.cancelTransfer(row.outBillNo) : said;
    await inTransaction((tx) => apply(tx, outcome, 'query'));
  }

  /** After a try: the row goes back to the queue, or waits for people when WeChat would never take it as it is. */
  async function release(row: Transfer, failure: unknown): Promise<void> {
    const problem = problemOf(failure);
    const message = failure === undefined ? null : failure instanceof Error ? failure.message : String(failure);
    await inTransaction(async (tx) => {
      const current = await repository.lockTransfer(tx, row);
      if (!current || isSettled(current.status)) return;
      const at = clock.now();
      const stop = { nextAttemptAt: null, claimedUntil: null, lastError: message };
      if (current.status === 'requested' && problem === 'number_used')
        return void (await repository.moveTransfer(tx, current, 'held_for_review', { by: 'reply', at }, stop));
      if (current.status === 'requested' && (problem === 'refused' || problem === 'closed'))
        return void (await repository.moveTransfer(
          tx,
          current,
          'blocked',
          { by: 'reply', at, detail: message ?? '' },
          stop,
        ));
      // Something new happened meanwhile, say a cancellation: its earlier date stands.
      const isChanged = current.nextAttemptAt?.getTime() !== row.nextAttemptAt?.getTime();
      const moved = current.status === row.status ? row.attempts : 0;
      await repository.changeTransfer(tx, current, {
        claimedUntil: null,
        lastError: message,
        ...(isChanged ? {} : { nextAttemptAt: later(nextLookMs(moved)) }),
      });
    });
  }

  async function follow(row: Transfer): Promise<void> {
    let failure: unknown;
    try {
      await advance(row);
    } catch (error) {
      failure = error;
      log.warn({ err: error, payoutId: row.payoutId, problem: problemOf(error) }, 'transfer call failed');
    }
    await release(row, failure);
  }

  return {
    apply,

    /** The buyer is back from the confirmation page: ask, at most once in two seconds. */
    async refresh(buyerId: string, payoutId: string): Promise<void> {
      const isMine = await inTransaction((tx) =>
        repository.claimQuery(tx, { buyerId, payoutId }, clock.now(), queryGapMs),
      );
      const row = isMine ? await repository.findTransfer(db, { buyerId, payoutId }) : undefined;
      if (!row) return;
      try {
        const said = await query(row);
        if (said) await inTransaction((tx) => apply(tx, said, 'query'));
      } catch (error) {
        log.warn({ err: error, payoutId }, 'transfer query failed');
      }
    },

    async takeNotice(rawBody: string, header: (name: string) => string | undefined): Promise<NoticeAnswer> {
      const notice = await gateway.openNotice(rawBody, header);
      if (typeof notice === 'string') {
        log[notice === 'probe' ? 'info' : 'warn']({ refusal: notice }, 'transfer notice refused');
        return { status: notice === 'unreadable' ? 400 : 401, message: `notice ${notice}` };
      }
      if (notice.eventType !== 'MCHTRANSFER.BILL.FINISHED') return { status: 400, message: 'event not expected here' };
      const said = notice.resource as Partial<TransferBill> | null;
      if (!said?.out_bill_no || !said.state || said.transfer_amount === undefined)
        return { status: 400, message: 'resource incomplete' };
      const { id: noticeId, eventType } = notice;
      const outcome = await inTransaction(async (tx): Promise<Outcome> => {
        const receivedAt = clock.now();
        const billNo = said.out_bill_no as string;
        const isNew = await repository.insertNotice(tx, { noticeId, eventType, billNo, receivedAt });
        if (!isNew) return 'repeated';
        const applied = await apply(tx, said as TransferBill, 'notice');
        await repository.finishNotice(tx, noticeId, applied);
        return applied;
      });
      log.info({ noticeId, eventType, outcome }, 'transfer notice taken');
      return outcome === 'unknown' ? { status: 404, message: 'no such bill' } : undefined;
    },

    sweep: {
      name: 'payouts.transfer',
      everyMs: 1_000,
      async run() {
        const due = await inTransaction((tx) => repository.claimTransfers(tx, clock.now(), batch, leaseMs));
        await Promise.all(due.map(follow));
        return due.length;
      },
    } satisfies Sweep,
  };
}
