/** What trades of one moment share: statements of one shape however many. None waits for a lock that somebody else holds. */
import type { Executor, Tx } from '#platform/database/database.ts';
import { fixedQuery, fixedWrite } from '#platform/database/hot-query.ts';
import type { Attempt, LockedTrade, Payment } from './payments.repository.ts';

const readAndLockFree = fixedQuery<Payment, [outTradeNos: readonly string[]]>(
  `select * from payments.payment
   where (buyer_id, payment_id) in (select buyer_id, payment_id from payments.attempt where out_trade_no = any($1::text[]))
   order by buyer_id, payment_id for update skip locked`,
);
const readAttempts = fixedQuery<Attempt, [outTradeNos: readonly string[]]>(
  'select * from payments.attempt where out_trade_no = any($1::text[])',
);
const keyOf = ({ buyerId, paymentId }: Pick<Payment, 'buyerId' | 'paymentId'>): string => `${buyerId} ${paymentId}`;

/** By trade number: the attempt, read, and its payment, locked. What others hold is left out, and so is what shares a payment. */
export async function lockFreeTrades(tx: Tx, outTradeNos: readonly string[]): Promise<Map<string, LockedTrade>> {
  const [payments, attempts] = await Promise.all([readAndLockFree(tx, outTradeNos), readAttempts(tx, outTradeNos)]);
  const paymentOf = new Map(payments.map((payment) => [keyOf(payment), payment]));
  const trades = new Map<string, LockedTrade>();
  for (const attempt of attempts) {
    const payment = paymentOf.get(keyOf(attempt));
    if (!payment) continue;
    // Two trades of one payment are each other's business.
    paymentOf.delete(keyOf(attempt));
    trades.set(attempt.outTradeNo, { attempt, payment });
  }
  return trades;
}

const writeNotices = fixedQuery<
  { noticeId: string },
  [noticeIds: readonly string[], eventTypes: readonly string[], tradeNos: readonly string[], outcome: string, at: Date]
>(
  `insert into payments.notice (notice_id, event_type, trade_no, outcome, received_at)
   select notice_id, event_type, trade_no, $4::text, $5::timestamptz
   from unnest($1::text[], $2::text[], $3::text[]) as told (notice_id, event_type, trade_no) order by notice_id
   on conflict (notice_id) do nothing returning notice_id`,
);
/** @returns the ids of those that are new */
export const insertNotices = async (
  tx: Tx,
  notices: readonly { noticeId: string; eventType: string; tradeNo: string }[],
  outcome: string,
  at: Date,
): Promise<Set<string>> =>
  new Set(
    (
      await writeNotices(
        tx,
        notices.map(({ noticeId }) => noticeId),
        notices.map(({ eventType }) => eventType),
        notices.map(({ tradeNo }) => tradeNo),
        outcome,
        at,
      )
    ).map(({ noticeId }) => noticeId),
  );

/** Inserted in this transaction, and to be looked at alone. */
export const dropNotices = fixedWrite<[noticeIds: readonly string[]]>(
  'delete from payments.notice where notice_id = any($1::text[])',
);

export type PaidTrade = Pick<Attempt, 'buyerId' | 'paymentId' | 'outTradeNo'> &
  Pick<Payment, 'channel' | 'paidCurrency' | 'paidTotal' | 'paidRate' | 'isShared' | 'isCombined'> & {
    transactionId: string;
    paidAt: Date;
  };

const writePaid = fixedWrite<[trades: string]>(
  `with trade as (
     select * from jsonb_to_recordset($1::jsonb) as t (
       "buyerId" uuid, "paymentId" uuid, "outTradeNo" text, "transactionId" text, "paidAt" timestamptz, channel text,
       "paidCurrency" text, "paidTotal" bigint, "paidRate" bigint, "isShared" bool, "isCombined" bool
     )
   ), attempt as (
     update payments.attempt a set state = 'paid' from trade t
     where a.buyer_id = t."buyerId" and a.out_trade_no = t."outTradeNo" and a.state <> 'paid'
   )
   update payments.payment p set status = 'succeeded', paid_at = t."paidAt", transaction_id = t."transactionId",
     paid_out_trade_no = t."outTradeNo", channel = t.channel, paid_currency = t."paidCurrency", paid_total = t."paidTotal",
     paid_rate = t."paidRate", is_shared = t."isShared", is_combined = t."isCombined", next_check_at = null, claimed_until = null
   from trade t where p.buyer_id = t."buyerId" and p.payment_id = t."paymentId"`,
);
/** Payments that may be paid, as read under their locks. */
export const markPaid = (tx: Tx, trades: readonly PaidTrade[]): Promise<void> => writePaid(tx, JSON.stringify(trades));

export interface Prepay {
  attempt: Attempt;
  handle: string;
  channelTradeId: string | null;
  at: Date;
  /** The answer recorded before is alive if it came after this. */
  aliveAfter: Date;
  nextCheckAt: Date | null;
}

const writePrepays = fixedQuery<Attempt, [prepays: string]>(
  `with opened as (
     select * from jsonb_to_recordset($1::jsonb) as o (
       "buyerId" uuid, "paymentId" uuid, "outTradeNo" text, handle text, "channelTradeId" text, at timestamptz,
       "aliveAfter" timestamptz, "nextCheckAt" timestamptz
     )
   ), payment as (
     select buyer_id, payment_id from payments.payment
     where (buyer_id, payment_id) in (select "buyerId", "paymentId" from opened)
       and close_requested_at is null and status in ('created', 'prepaid')
     for update skip locked
   ), attempt as (
     update payments.attempt a
     set state = 'prepaid',
       prepay_id = case when a.prepaid_at > o."aliveAfter" then a.prepay_id else o.handle end,
       channel_trade_id = case when a.prepaid_at > o."aliveAfter" then a.channel_trade_id else o."channelTradeId" end,
       prepaid_at = case when a.prepaid_at > o."aliveAfter" then a.prepaid_at else o.at end
     from opened o join payment p on p.buyer_id = o."buyerId" and p.payment_id = o."paymentId"
     where a.buyer_id = o."buyerId" and a.out_trade_no = o."outTradeNo" and a.state in ('sending', 'prepaid')
     returning a.*
   ), moved as (
     update payments.payment p set status = 'prepaid', prepaid_at = o.at, next_check_at = o."nextCheckAt", checks = 0
     from attempt join opened o on o."outTradeNo" = attempt.out_trade_no
     where p.buyer_id = attempt.buyer_id and p.payment_id = attempt.payment_id
   )
   select * from attempt`,
);
/** As `recordPrepay`, for many. @returns those that were written, by trade number; another may only have been held by somebody */
export const recordPrepays = async (db: Executor, prepays: readonly Prepay[]): Promise<Map<string, Attempt>> => {
  const written = await writePrepays(
    db,
    JSON.stringify(
      prepays.map(({ attempt: { buyerId, paymentId, outTradeNo }, ...opened }) => ({
        ...{ buyerId, paymentId, outTradeNo },
        ...opened,
      })),
    ),
  );
  return new Map(written.map((attempt) => [attempt.outTradeNo, attempt]));
};
