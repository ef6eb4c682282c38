/** The payments' and refunds' own books, for whoever compares them with WeChat's: read in pages, never as a whole. */
import { sql } from 'kysely';
import type { Executor } from '#platform/database/database.ts';

export interface LedgerLine {
  /** The number WeChat knows it by: out_trade_no or out_refund_no. */
  key: string;
  buyerId: string;
  paymentId: string;
  amount: number;
  state: 'paid' | 'held' | 'unpaid' | 'succeeded' | 'processing' | 'failed';
  at: Date;
}
/**
 * What a page is ordered by: payments by payment, refunds by the request (trade bill) or by the money's leaving. `paid_again`:
 * second payments of something paid already, from the moment people gave them back: ours, though no payment counts them.
 */
export type LedgerBook = 'paid' | 'paid_parts' | 'paid_again' | 'refund_requested' | 'refund_settled';
/** Whose bills: WeChat Pay's ways to pay share theirs. */
export type LedgerChannel = 'wechat' | 'alipay' | 'paypal';
export interface LedgerPosition {
  at: Date;
  key: string;
}

const refundStates = sql`case status when 'requested' then 'processing' else status end`;
const isOf = (channel: LedgerChannel, column = sql.raw('channel')) =>
  channel === 'wechat' ? sql`coalesce(${column}, 'wechat_jsapi') like 'wechat%'` : sql`${column} = ${channel}`;
const wasGivenBack = sql`kind = 'paid_twice' and decision = 'give_back'`;

const books = {
  // What people gave back instead of taking it is closed, but was paid all the same.
  paid: (channel: LedgerChannel) => sql`
    select paid_out_trade_no as key, buyer_id, payment_id, coalesce(paid_total, amount) as amount, 'paid' as state,
      paid_at as at
    from payments.payment
    where paid_out_trade_no is not null and status in ('succeeded', 'closed') and not is_combined
      and ${isOf(channel)}`,
  // WeChat bills a combined trade by its parts.
  paid_parts: (channel: LedgerChannel) => sql`
    select part ->> 'outTradeNo' as key, p.buyer_id, p.payment_id, (part ->> 'amount')::bigint as amount, 'paid' as state,
      p.paid_at as at
    from payments.payment p
    join payments.attempt t on t.buyer_id = p.buyer_id and t.out_trade_no = p.paid_out_trade_no
    cross join lateral jsonb_array_elements(t.parts) as part
    where p.is_combined and p.status in ('succeeded', 'closed') and ${isOf(channel, sql.raw('p.channel'))}`,
  paid_again: (channel: LedgerChannel) => sql`
    select coalesce(part ->> 'outTradeNo', a.out_trade_no) as key, a.buyer_id, a.payment_id,
      coalesce((part ->> 'amount')::bigint, a.actual) as amount, 'paid' as state, a.paid_at as at
    from payments.anomaly a
    join payments.attempt t on t.buyer_id = a.buyer_id and t.out_trade_no = a.out_trade_no
    left join lateral jsonb_array_elements(t.parts) as part on true
    where ${wasGivenBack} and ${isOf(channel, sql.raw('t.channel'))}`,
  refund_requested: (channel: LedgerChannel) => sql`
    select out_refund_no as key, buyer_id, payment_id, coalesce(sent_amount, amount) as amount,
      ${refundStates} as state, requested_at as at
    from payments.refund where wechat_refund_id is not null and ${isOf(channel)}`,
  // What a sub-merchant gives back leaves an account of its own.
  refund_settled: (channel: LedgerChannel) => sql`
    select out_refund_no as key, buyer_id, payment_id, coalesce(sent_amount, amount) as amount,
      status as state, settled_at as at
    from payments.refund
    where status = 'succeeded' and wechat_refund_id is not null and sub_mch_id is null and ${isOf(channel)}`,
} as const;
const orders = {
  paid: ['paid_at', 'paid_out_trade_no'],
  paid_parts: ['p.paid_at', `(part ->> 'outTradeNo')`],
  paid_again: ['a.paid_at', `coalesce(part ->> 'outTradeNo', a.out_trade_no)`],
  refund_requested: ['requested_at', 'out_refund_no'],
  refund_settled: ['settled_at', 'out_refund_no'],
} as const;

/** The next lines of a book between two instants, after `after`. */
export async function ledgerPage(
  db: Executor,
  {
    channel,
    book,
    from,
    until,
    after,
    limit,
  }: { channel: LedgerChannel; book: LedgerBook; from: Date; until: Date; after?: LedgerPosition; limit: number },
): Promise<LedgerLine[]> {
  const [at, key] = [sql.raw(orders[book][0]), sql.raw(orders[book][1])];
  const position = after ? sql`and (${at}, ${key}) > (${after.at}, ${after.key})` : sql``;
  const { rows } = await sql<LedgerLine>`
    ${books[book](channel)} and ${at} >= ${from} and ${at} < ${until} ${position}
    order by ${at}, ${key} limit ${limit}`.execute(db);
  return rows;
}

/** What we know of these numbers, whatever their day or state. A number we never sent that way is absent. */
export async function ledgerLines(
  db: Executor,
  side: 'payment' | 'refund',
  keys: readonly string[],
  channel: LedgerChannel = 'wechat',
): Promise<LedgerLine[]> {
  if (keys.length === 0) return [];
  if (side === 'payment') {
    const { rows } = await sql<LedgerLine>`
      select a.out_trade_no as key, a.buyer_id, a.payment_id, coalesce(p.paid_at, a.created_at) as at,
        coalesce(again.actual, case when p.paid_out_trade_no = a.out_trade_no then p.paid_total end, a.asked, p.amount) as amount,
        case when again.actual is not null then 'paid'
          when p.status in ('succeeded', 'closed') and p.paid_out_trade_no = a.out_trade_no then 'paid'
          when p.status = 'held_for_review' then 'held' else 'unpaid' end as state
      from payments.attempt a join payments.payment p on p.buyer_id = a.buyer_id and p.payment_id = a.payment_id
      left join lateral (select actual from payments.anomaly n
        where n.buyer_id = a.buyer_id and n.payment_id = a.payment_id and n.out_trade_no = a.out_trade_no and ${wasGivenBack}
        limit 1) again on true
      where a.out_trade_no = any(${keys}::text[]) and a.parts is null and ${isOf(channel, sql.raw('a.channel'))}
      union all
      select part ->> 'outTradeNo', a.buyer_id, a.payment_id, coalesce(p.paid_at, a.created_at), (part ->> 'amount')::bigint,
        case when p.status in ('succeeded', 'closed') and p.paid_out_trade_no = a.out_trade_no then 'paid'
          when exists (select 1 from payments.anomaly n where n.buyer_id = a.buyer_id and n.payment_id = a.payment_id
            and n.out_trade_no = a.out_trade_no and ${wasGivenBack}) then 'paid'
          when p.status = 'held_for_review' then 'held' else 'unpaid' end
      from payments.attempt a join payments.payment p on p.buyer_id = a.buyer_id and p.payment_id = a.payment_id
      cross join lateral jsonb_array_elements(a.parts) as part
      where a.out_trade_no = any(${keys.map((key) => key.split('-')[0] ?? '')}::text[]) and a.parts is not null
        and part ->> 'outTradeNo' = any(${keys}::text[]) and ${isOf(channel, sql.raw('a.channel'))}`.execute(db);
    return rows;
  }
  // A refund that went out again has a new number; under the old one WeChat paid nothing.
  const { rows } = await sql<LedgerLine>`
    select wanted.key, r.buyer_id, r.payment_id, coalesce(r.sent_amount, r.amount) as amount, r.requested_at as at,
      case when r.out_refund_no <> wanted.key then 'failed' else ${refundStates} end as state
    from unnest(${keys}::text[]) as wanted (key)
    join lateral (
      select * from payments.refund where out_refund_no = wanted.key
      union all
      select * from payments.refund
      where out_refund_no between split_part(wanted.key, '-', 1) || '-' and split_part(wanted.key, '-', 1) || '.'
        and out_refund_no <> wanted.key
      limit 1
    ) r on true
    where ${isOf(channel, sql.raw('r.channel'))}`.execute(db);
  return rows;
}

/** The orders a payment paid, by paymentId. */
export async function ordersOfPayments(
  db: Executor,
  payments: readonly { buyerId: string; paymentId: string }[],
): Promise<Map<string, string[]>> {
  if (payments.length === 0) return new Map();
  const { rows } = await sql<{ paymentId: string; orderNos: string[] }>`
    select p.payment_id, p.order_nos
    from unnest(${payments.map(({ buyerId }) => buyerId)}::uuid[], ${payments.map(({ paymentId }) => paymentId)}::uuid[])
      as wanted (buyer_id, payment_id)
    join payments.payment p on p.buyer_id = wanted.buyer_id and p.payment_id = wanted.payment_id`.execute(db);
  return new Map(rows.map(({ paymentId, orderNos }) => [paymentId, orderNos]));
}
