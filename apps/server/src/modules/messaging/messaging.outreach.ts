/** Sends what goes by WeCom or SMS, and asks for the receipt. At most once: what may have arrived is not repeated. */
import type { ReachChannel } from '@xiaopu/contracts';
import type { Selectable } from 'kysely';
import { type Clock, dayMs, secondMs } from '#platform/clock.ts';
import type { Database, Executor, Tables, Tx } from '#platform/database/database.ts';
import type { Logger } from '#platform/logger.ts';
import type { Sweep } from '#platform/messaging/sweeps.ts';
import { failNotice } from './messaging.notices.repository.ts';

type Row = Selectable<Tables['messaging.outreach']>;
export type OutreachVerdict =
  | { state: 'sent'; ref: string | null }
  | { state: 'retry' | 'refused' | 'unsure'; reason: string };
export interface OutreachSender {
  send(
    db: Executor,
    message: { buyerId: string; outreachId: string; text: string; page: string },
  ): Promise<OutreachVerdict>;
  /** Left out where the provider gives none. */
  receipt?(
    db: Executor,
    sent: { buyerId: string; ref: string; sentAt: Date },
  ): Promise<'waiting' | 'arrived' | 'failed'>;
}

export interface OutreachDeps {
  database: Pick<Database, 'db' | 'inTransaction'>;
  senders: Partial<Record<ReachChannel, OutreachSender>>;
  clock: Clock;
  log: Logger;
}

const batch = 20;
const leaseMs = 30 * secondMs;
const maxAttempts = 6;
const receiptAfterMs = 10 * secondMs;
const receiptForMs = 2 * dayMs;

export function outreachSweep({ database, senders, clock, log }: OutreachDeps): Sweep {
  const { db, inTransaction } = database;
  const later = (ms: number) => new Date(clock.now().getTime() + ms);
  const change = (tx: Tx, { buyerId, outreachId }: Row, set: Partial<Omit<Row, 'buyerId' | 'outreachId'>>) =>
    tx
      .updateTable('messaging.outreach')
      .set({ ...set, claimedUntil: null })
      .where('buyerId', '=', buyerId)
      .where('outreachId', '=', outreachId)
      .execute();

  async function claim(tx: Tx): Promise<Row[]> {
    const now = clock.now();
    const due = await tx
      .selectFrom('messaging.outreach')
      .selectAll()
      .where('state', 'in', ['queued', 'sending', 'sent'])
      .where('nextAttemptAt', '<=', now)
      .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
      .orderBy('nextAttemptAt')
      .limit(batch)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const { buyerId, outreachId, state } of due)
      await tx
        .updateTable('messaging.outreach')
        .set({ claimedUntil: later(leaseMs), ...(state === 'sent' ? {} : { state: 'sending' as const }) })
        .where('buyerId', '=', buyerId)
        .where('outreachId', '=', outreachId)
        .execute();
    return due;
  }

  async function send(row: Row): Promise<void> {
    const { buyerId, outreachId, text, page, channel } = row;
    const sender = senders[channel];
    // It was being sent when a process ended: it may have arrived.
    const verdict: OutreachVerdict =
      row.state === 'sending'
        ? { state: 'unsure', reason: 'interrupted while sending' }
        : sender
          ? await sender.send(db, { buyerId, outreachId, text, page })
          : { state: 'refused', reason: 'channel is off' };
    const attempts = row.attempts + 1;
    await inTransaction(async (tx) => {
      if (verdict.state === 'sent') {
        const nextAttemptAt = sender?.receipt && verdict.ref !== null ? later(receiptAfterMs) : null;
        const sent = { state: 'sent', providerRef: verdict.ref, sentAt: clock.now(), lastError: null } as const;
        await change(tx, row, { ...sent, attempts, nextAttemptAt });
        return;
      }
      const lastError = verdict.reason.slice(0, 200);
      log.warn({ channel, state: verdict.state, reason: lastError }, 'message not sent');
      if (verdict.state === 'retry' && attempts < maxAttempts) {
        const nextAttemptAt = later(Math.min(60 * secondMs * 2 ** attempts, dayMs));
        await change(tx, row, { state: 'queued', attempts, lastError, nextAttemptAt });
        return;
      }
      const state = verdict.state === 'unsure' ? 'unsure' : 'refused';
      await change(tx, row, { state, attempts, lastError, nextAttemptAt: null });
      if (state === 'refused') await failNotice(tx, buyerId, row.sourceKey, lastError);
    });
  }

  async function askReceipt(row: Row): Promise<void> {
    const { buyerId, channel, providerRef, sentAt } = row;
    const asked = senders[channel]?.receipt?.(db, { buyerId, ref: providerRef ?? '', sentAt: sentAt ?? clock.now() });
    const receipt = (await asked?.catch(() => 'waiting' as const)) ?? 'waiting';
    await inTransaction(async (tx) => {
      if (receipt === 'arrived') {
        await change(tx, row, { state: 'arrived', arrivedAt: clock.now(), nextAttemptAt: null });
        return;
      }
      if (receipt === 'failed') {
        await change(tx, row, { state: 'refused', lastError: 'not delivered', nextAttemptAt: null });
        await failNotice(tx, buyerId, row.sourceKey, 'not delivered');
        return;
      }
      const isOver = sentAt !== null && clock.now().getTime() - sentAt.getTime() > receiptForMs;
      await change(tx, row, { nextAttemptAt: isOver ? null : later(receiptAfterMs * 6) });
    });
  }

  return {
    name: 'messaging.outreach',
    everyMs: 2 * secondMs,
    async run() {
      const due = await inTransaction(claim);
      for (const row of due) await (row.state === 'sent' ? askReceipt(row) : send(row));
      return due.length;
    },
  };
}
