/** All SQL of transfers. A status changes only by `moveTransfer`, which also writes the step down. */
import type { PayoutStatus } from '@xiaopu/contracts';
import type { Selectable } from 'kysely';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { newId } from '#platform/ids.ts';
import { payoutSources } from './payouts.domain.ts';

export type Transfer = Selectable<Tables['payouts.transfer']>;
type Key = Pick<Transfer, 'buyerId' | 'payoutId'>;
type Change = Partial<Omit<Transfer, 'buyerId' | 'payoutId' | 'outBillNo' | 'amount' | 'status'>>;

export const findTransfer = (db: Executor, { buyerId, payoutId }: Key): Promise<Transfer | undefined> =>
  db
    .selectFrom('payouts.transfer')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('payoutId', '=', payoutId)
    .executeTakeFirst();

export const lockTransfer = (tx: Tx, { buyerId, payoutId }: Key): Promise<Transfer | undefined> =>
  tx
    .selectFrom('payouts.transfer')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('payoutId', '=', payoutId)
    .forUpdate()
    .executeTakeFirst();

export const lockTransferByBillNo = (tx: Tx, outBillNo: string): Promise<Transfer | undefined> =>
  tx.selectFrom('payouts.transfer').selectAll().where('outBillNo', '=', outBillNo).forUpdate().executeTakeFirst();

export const findShopTransfer = (db: Executor, shopId: string, payoutId: string): Promise<Transfer | undefined> =>
  db
    .selectFrom('payouts.transfer')
    .selectAll()
    .where('shopId', '=', shopId)
    .where('payoutId', '=', payoutId)
    .executeTakeFirst();

/** @returns undefined when this payout exists already */
export async function insertTransfer(tx: Tx, row: Omit<Transfer, 'attempts'>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('payouts.transfer')
    .values(row)
    .onConflict((conflict) => conflict.columns(['buyerId', 'payoutId']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  await insertStep(tx, row, null, row.status, 'request', row.reason, row.requestedAt);
  return true;
}

/** @returns whether the status allowed it */
export async function moveTransfer(
  tx: Tx,
  current: Transfer,
  status: PayoutStatus,
  { by, detail = '', at }: { by: string; detail?: string; at: Date },
  change: Change = {},
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('payouts.transfer')
    .set({ ...change, status })
    .where('buyerId', '=', current.buyerId)
    .where('payoutId', '=', current.payoutId)
    .where('status', '=', current.status)
    .where('status', 'in', payoutSources(status))
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) return false;
  await insertStep(tx, current, current.status, status, by, detail, at);
  return true;
}

export async function changeTransfer(tx: Tx, { buyerId, payoutId }: Key, change: Change): Promise<void> {
  await tx
    .updateTable('payouts.transfer')
    .set(change)
    .where('buyerId', '=', buyerId)
    .where('payoutId', '=', payoutId)
    .execute();
}

async function insertStep(
  tx: Tx,
  { buyerId, payoutId }: Key,
  fromStatus: PayoutStatus | null,
  toStatus: PayoutStatus,
  by: string,
  detail: string,
  at: Date,
): Promise<void> {
  await tx
    .insertInto('payouts.transferStep')
    .values({ buyerId, payoutId, stepId: newId(), fromStatus, toStatus, by, detail, at })
    .execute();
}

export const listSteps = (db: Executor, { buyerId, payoutId }: Key) =>
  db
    .selectFrom('payouts.transferStep')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('payoutId', '=', payoutId)
    .orderBy('stepId')
    .execute();

/** Counts the try before it is made: a process that dies in the call asks first when it comes back. */
export async function claimTransfers(tx: Tx, now: Date, limit: number, leaseMs: number): Promise<Transfer[]> {
  const due = await tx
    .selectFrom('payouts.transfer')
    .selectAll()
    .where('nextAttemptAt', '<=', now)
    .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
    .orderBy('nextAttemptAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const row of due) {
    await changeTransfer(tx, row, {
      claimedUntil: new Date(now.getTime() + leaseMs),
      attempts: row.attempts + 1,
    });
  }
  return due;
}

/** One caller in `gapMs` gets true: however many pages poll, WeChat hears one query. */
export async function claimQuery(tx: Tx, { buyerId, payoutId }: Key, now: Date, gapMs: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('payouts.transfer')
    .set({ queriedAt: now })
    .where('buyerId', '=', buyerId)
    .where('payoutId', '=', payoutId)
    .where('status', 'in', ['processing', 'awaiting_confirmation', 'transferring', 'cancelling'])
    .where((eb) => eb.or([eb('queriedAt', 'is', null), eb('queriedAt', '<=', new Date(now.getTime() - gapMs))]))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** @returns whether this notice is new */
export async function insertNotice(
  tx: Tx,
  notice: { noticeId: string; eventType: string; billNo: string; receivedAt: Date },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('payouts.notice')
    .values({ ...notice, outcome: 'taken' })
    .onConflict((conflict) => conflict.column('noticeId').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}
/** One about a bill we do not know is forgotten, so that its repetition is looked at again. */
export async function finishNotice(tx: Tx, noticeId: string, outcome: string): Promise<void> {
  if (outcome === 'unknown') await tx.deleteFrom('payouts.notice').where('noticeId', '=', noticeId).execute();
  else await tx.updateTable('payouts.notice').set({ outcome }).where('noticeId', '=', noticeId).execute();
}

const countedAtMost = 10_000;
export async function pageOfShop(
  db: Executor,
  shopId: string,
  { status, page, pageSize }: { status?: PayoutStatus | undefined; page: number; pageSize: number },
): Promise<{ rows: Transfer[]; total: number }> {
  const ofShop = db
    .selectFrom('payouts.transfer')
    .where('shopId', '=', shopId)
    .$if(status !== undefined, (query) => query.where('status', '=', status as PayoutStatus));
  const rows = await ofShop
    .selectAll()
    .orderBy('requestedAt', 'desc')
    .orderBy('payoutId', 'desc')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  const { total } = await db
    .selectFrom(ofShop.select('payoutId').limit(countedAtMost).as('counted'))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  return { rows, total };
}
