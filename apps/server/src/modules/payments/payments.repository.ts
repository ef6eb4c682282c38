/** All SQL of payments. Locks are taken on the payment first, then on what hangs on it. */

import type { Selectable } from 'kysely';
import type { Clock } from '#platform/clock.ts';
import type { Executor, Tables, Tx } from '#platform/database/database.ts';
import { sendLater } from '#platform/database/dialect.ts';
import { fixedQuery, fixedWrite } from '#platform/database/hot-query.ts';
import { paymentSources, refundSources } from './payments.domain.ts';
import type { AttemptState, RefundStatus } from './payments.tables.ts';

export type Payment = Selectable<Tables['payments.payment']>;
export type Attempt = Selectable<Tables['payments.attempt']>;
export type Refund = Selectable<Tables['payments.refund']>;
export type Anomaly = Selectable<Tables['payments.anomaly']>;

export const findPayment = (db: Executor, buyerId: string, paymentId: string): Promise<Payment | undefined> =>
  db
    .selectFrom('payments.payment')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('paymentId', '=', paymentId)
    .executeTakeFirst();

export type NewPayment = Pick<
  Payment,
  'buyerId' | 'paymentId' | 'amount' | 'description' | 'orderNos' | 'shopIds' | 'parts' | 'prepayUntil'
>;

const writePayments = fixedWrite<[payments: string, at: Date]>(
  `insert into payments.payment (buyer_id, payment_id, amount, description, order_nos, shop_ids, parts, status, prepay_until, paid_at, created_at)
   select p."buyerId", p."paymentId", p.amount, p.description, p."orderNos", p."shopIds", nullif(p.parts, 'null'),
     case when p.amount = 0 then 'succeeded' else 'created' end, p."prepayUntil", case when p.amount = 0 then $2::timestamptz end, $2::timestamptz
   from jsonb_to_recordset($1::jsonb) as p (
     "buyerId" uuid, "paymentId" uuid, amount bigint, description text, "orderNos" text[], "shopIds" uuid[], parts jsonb, "prepayUntil" timestamptz
   )`,
);
/** Nothing to pay is paid. */
export const insertPayments = (tx: Tx, payments: readonly NewPayment[], at: Date): Promise<void> =>
  writePayments(tx, JSON.stringify(payments), at);

const readAndLock = fixedQuery<Payment, [buyerId: string, paymentId: string]>(
  'select * from payments.payment where buyer_id = $1 and payment_id = $2 for update',
);
export const lockPayment = async (tx: Tx, buyerId: string, paymentId: string): Promise<Payment | undefined> =>
  (await readAndLock(tx, buyerId, paymentId))[0];

export const listOpenAttempts = fixedQuery<Attempt, [buyerId: string, paymentId: string]>(
  `select * from payments.attempt where buyer_id = $1 and payment_id = $2 and state in ('sending', 'prepaid')
   order by created_at`,
);

/** The attempt that paid, else the newest: what the merchant sees as the trade number. */
export const findShownAttempt = (db: Executor, buyerId: string, paymentId: string): Promise<Attempt | undefined> =>
  db
    .selectFrom('payments.attempt')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('paymentId', '=', paymentId)
    .orderBy((eb) => eb.case().when('state', '=', 'paid').then(0).else(1).end())
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();

const readAttemptByTradeNo = fixedQuery<Attempt, [outTradeNo: string]>(
  'select * from payments.attempt where out_trade_no = $1',
);
export const findAttemptByTradeNo = async (db: Executor, outTradeNo: string): Promise<Attempt | undefined> =>
  (await readAttemptByTradeNo(db, outTradeNo))[0];
const readAndLockByTradeNo = fixedQuery<Payment, [outTradeNo: string]>(
  `select * from payments.payment
   where (buyer_id, payment_id) = (select buyer_id, payment_id from payments.attempt where out_trade_no = $1) for update`,
);
export interface LockedTrade {
  attempt: Attempt;
  payment: Payment;
}

/** The attempt, read, and its payment, locked: both asked at once. */
export async function lockByTradeNo(tx: Tx, outTradeNo: string): Promise<LockedTrade | undefined> {
  const [[payment], [attempt]] = await Promise.all([
    readAndLockByTradeNo(tx, outTradeNo),
    // Behind the lock, so that what it says is not older than the payment.
    readAttemptByTradeNo(tx, outTradeNo),
  ]);
  return attempt && payment && { attempt, payment };
}

/** Each part's own transaction, by which refunds and bills know it. */
export async function keepPartTrades(
  tx: Tx,
  { buyerId, outTradeNo, parts }: Attempt,
  said: readonly { outTradeNo: string; transactionId: string }[],
): Promise<void> {
  const ids = new Map(said.map((part) => [part.outTradeNo, part.transactionId]));
  const known = parts?.map((part) => ({ ...part, transactionId: ids.get(part.outTradeNo) ?? part.transactionId }));
  await tx
    .updateTable('payments.attempt')
    .set({ parts: JSON.stringify(known ?? null) })
    .where('buyerId', '=', buyerId)
    .where('outTradeNo', '=', outTradeNo)
    .execute();
}

const writeAttemptState = fixedWrite<[buyerId: string, outTradeNo: string, state: AttemptState]>(
  `update payments.attempt set state = $3 where buyer_id = $1 and out_trade_no = $2 and state <> 'paid'`,
);
export const setAttemptState = (tx: Tx, attempt: Attempt, state: AttemptState): Promise<void> =>
  writeAttemptState(tx, attempt.buyerId, attempt.outTradeNo, state);

/**
 * What the channel opened, written down in one statement, which needs no transaction. The first answer wins while it lives:
 * both taps of a double tap hand out one prepay. One that has died is replaced.
 * @returns undefined, and nothing is written, when closing has begun or ended meanwhile
 */
export const recordPrepay = async (
  db: Executor,
  { buyerId, paymentId, outTradeNo }: Attempt,
  { handle, channelTradeId = null }: { handle: string; channelTradeId?: string | null },
  { at, nextCheckAt, handleMs }: { at: Date; nextCheckAt: Date | null; handleMs: number },
): Promise<Attempt | undefined> => {
  const aliveAfter = new Date(at.getTime() - handleMs);
  const rows = await writePrepay(
    db,
    buyerId,
    paymentId,
    outTradeNo,
    handle,
    channelTradeId,
    at,
    aliveAfter,
    nextCheckAt,
  );
  return rows[0];
};

const writePrepay = fixedQuery<
  Attempt,
  [
    buyerId: string,
    paymentId: string,
    outTradeNo: string,
    handle: string,
    channelTradeId: string | null,
    at: Date,
    aliveAfter: Date,
    nextCheckAt: Date | null,
  ]
>(
  `with payment as (
     select buyer_id, payment_id from payments.payment
     where buyer_id = $1 and payment_id = $2 and close_requested_at is null and status in ('created', 'prepaid')
     for update
   ), attempt as (
     update payments.attempt a
     set state = 'prepaid',
       prepay_id = case when a.prepaid_at > $7::timestamptz then a.prepay_id else $4 end,
       channel_trade_id = case when a.prepaid_at > $7::timestamptz then a.channel_trade_id else $5 end,
       prepaid_at = case when a.prepaid_at > $7::timestamptz then a.prepaid_at else $6::timestamptz end
     from payment
     where a.buyer_id = payment.buyer_id and a.out_trade_no = $3 and a.state in ('sending', 'prepaid')
     returning a.*
   ), moved as (
     update payments.payment p set status = 'prepaid', prepaid_at = $6::timestamptz, next_check_at = $8::timestamptz, checks = 0
     from attempt where p.buyer_id = attempt.buyer_id and p.payment_id = attempt.payment_id
   )
   select * from attempt`,
);

type PaymentChange = Partial<Omit<Payment, 'buyerId' | 'paymentId' | 'status' | 'amount' | 'parts'>>;

/** @returns whether the status allowed it */
export async function movePayment(
  tx: Tx,
  { buyerId, paymentId }: { buyerId: string; paymentId: string },
  status: Payment['status'],
  change: PaymentChange = {},
  by: 'itself' | 'people' = 'itself',
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('payments.payment')
    .set({ ...change, status })
    .where('buyerId', '=', buyerId)
    .where('paymentId', '=', paymentId)
    .where('status', 'in', paymentSources(status, by))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function changePayment(
  tx: Tx,
  { buyerId, paymentId }: { buyerId: string; paymentId: string },
  change: PaymentChange,
): Promise<void> {
  await sendLater(
    tx,
    tx.updateTable('payments.payment').set(change).where('buyerId', '=', buyerId).where('paymentId', '=', paymentId),
  );
}

/** A move whose source status was just read under the lock: it cannot miss, so nobody waits for it. */
export const moveLocked = (
  tx: Tx,
  { buyerId, paymentId, status: from }: Payment,
  status: Payment['status'],
  change: PaymentChange,
): Promise<void> => {
  if (!paymentSources(status).includes(from))
    throw new Error(`payment ${paymentId} cannot go from ${from} to ${status}`);
  return changePayment(tx, { buyerId, paymentId }, { ...change, status } as PaymentChange);
};

/** One caller in `gapMs` gets true: however many tabs poll, WeChat hears one query. */
export async function claimQuery(
  tx: Tx,
  { buyerId, paymentId }: { buyerId: string; paymentId: string },
  now: Date,
  gapMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('payments.payment')
    .set({ queriedAt: now })
    .where('buyerId', '=', buyerId)
    .where('paymentId', '=', paymentId)
    .where('status', '=', 'prepaid')
    .where((eb) => eb.or([eb('queriedAt', 'is', null), eb('queriedAt', '<=', new Date(now.getTime() - gapMs))]))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function claimChecks(tx: Tx, clock: Clock, limit: number, leaseMs: number): Promise<Payment[]> {
  const now = clock.now();
  const due = await tx
    .selectFrom('payments.payment')
    .selectAll()
    .where('status', 'in', ['created', 'prepaid'])
    .where('nextCheckAt', '<=', now)
    .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
    .orderBy('nextCheckAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const payment of due) await changePayment(tx, payment, { claimedUntil: new Date(now.getTime() + leaseMs) });
  return due;
}

export const findRefund = (db: Executor, buyerId: string, refundNo: string): Promise<Refund | undefined> =>
  db
    .selectFrom('payments.refund')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('refundNo', '=', refundNo)
    .executeTakeFirst();

export const findRefundByOutNo = (db: Executor, outRefundNo: string): Promise<Refund | undefined> =>
  db.selectFrom('payments.refund').selectAll().where('outRefundNo', '=', outRefundNo).executeTakeFirst();

/** In the channel's currency: what refunds of a payment took, or may still take. */
export async function sumSent(tx: Tx, { buyerId, paymentId }: Payment): Promise<number> {
  const { sum } = await tx
    .selectFrom('payments.refund')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('sentAmount'), eb.val(0)).as('sum'))
    .where('buyerId', '=', buyerId)
    .where('paymentId', '=', paymentId)
    .where('isReserved', '=', true)
    .executeTakeFirstOrThrow();
  return Number(sum);
}

type RefundChange = Partial<Omit<Refund, 'buyerId' | 'refundNo' | 'status' | 'amount'>>;

/** @returns whether the status allowed it */
export async function moveRefund(
  tx: Tx,
  { buyerId, refundNo }: { buyerId: string; refundNo: string },
  status: RefundStatus,
  change: RefundChange = {},
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('payments.refund')
    .set({ ...change, status })
    .where('buyerId', '=', buyerId)
    .where('refundNo', '=', refundNo)
    .where('status', 'in', refundSources(status))
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function changeRefund(
  tx: Tx,
  { buyerId, refundNo }: { buyerId: string; refundNo: string },
  change: RefundChange,
): Promise<void> {
  await tx
    .updateTable('payments.refund')
    .set(change)
    .where('buyerId', '=', buyerId)
    .where('refundNo', '=', refundNo)
    .where('status', 'in', ['requested', 'processing'])
    .execute();
}

/** Counts the try before it is made: a process that dies in the call asks first when it comes back. */
export async function claimRefunds(tx: Tx, clock: Clock, limit: number, leaseMs: number): Promise<Refund[]> {
  const now = clock.now();
  const due = await tx
    .selectFrom('payments.refund')
    .selectAll()
    .where('status', 'in', ['requested', 'processing'])
    .where('nextAttemptAt', '<=', now)
    .where((eb) => eb.or([eb('claimedUntil', 'is', null), eb('claimedUntil', '<', now)]))
    .orderBy('nextAttemptAt')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const refund of due) {
    await changeRefund(tx, refund, {
      claimedUntil: new Date(now.getTime() + leaseMs),
      attempts: refund.attempts + 1,
    });
  }
  return due;
}

/** @returns whether this notice is new */
const writeNotice = fixedQuery<
  { noticeId: string },
  [noticeId: string, eventType: string, tradeNo: string, outcome: string, receivedAt: Date]
>(
  `insert into payments.notice (notice_id, event_type, trade_no, outcome, received_at) values ($1, $2, $3, $4, $5)
   on conflict (notice_id) do nothing returning notice_id`,
);
export const insertNotice = async (
  tx: Tx,
  notice: { noticeId: string; eventType: string; tradeNo: string; outcome: string; receivedAt: Date },
): Promise<boolean> =>
  (await writeNotice(tx, notice.noticeId, notice.eventType, notice.tradeNo, notice.outcome, notice.receivedAt))
    .length === 1;

/** Keeps what became of it; one about a trade we do not know is forgotten, so that its repetition is looked at again. */
export async function finishNotice(tx: Tx, noticeId: string, outcome: string): Promise<void> {
  await sendLater(
    tx,
    outcome === 'unknown'
      ? tx.deleteFrom('payments.notice').where('noticeId', '=', noticeId)
      : tx.updateTable('payments.notice').set({ outcome }).where('noticeId', '=', noticeId),
  );
}

export async function hasOpenAnomaly(
  tx: Tx,
  payment: Payment,
  kind: string,
  actual: number,
  refundNo?: string,
): Promise<boolean> {
  const found = await tx
    .selectFrom('payments.anomaly')
    .select('anomalyId')
    .where('buyerId', '=', payment.buyerId)
    .where('paymentId', '=', payment.paymentId)
    .where('kind', '=', kind)
    .where('actual', '=', actual)
    .where('resolvedAt', 'is', null)
    .$if(refundNo !== undefined, (query) => query.where('refundNo', '=', refundNo as string))
    .executeTakeFirst();
  return found !== undefined;
}

export const lockAnomaly = (tx: Tx, buyerId: string, anomalyId: string): Promise<Anomaly | undefined> =>
  tx
    .selectFrom('payments.anomaly')
    .selectAll()
    .where('buyerId', '=', buyerId)
    .where('anomalyId', '=', anomalyId)
    .forUpdate()
    .executeTakeFirst();
