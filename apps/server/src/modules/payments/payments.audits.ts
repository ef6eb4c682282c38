/** What money must add up to, and the figures others are set beside. */
import { sql } from 'kysely';
import type { AuditBook, AuditCheck } from '#platform/books.ts';

export const paymentAudits: AuditCheck[] = [
  {
    name: 'payments.refund_sums',
    says: 'what a payment counts as given back is the sum of its refunds, and never more than was paid',
    query: () => sql`
      select p.payment_id::text as key, coalesce(r.reserved, 0)::text as expected, p.refund_reserved::text as actual
      from payments.payment p
      left join (
        select buyer_id, payment_id, sum(amount) as reserved from payments.refund
        where is_reserved group by buyer_id, payment_id) r on r.buyer_id = p.buyer_id and r.payment_id = p.payment_id
      where p.refund_reserved <> coalesce(r.reserved, 0) or p.refund_reserved > p.amount`,
  },
  {
    name: 'payments.paid_attempts',
    says: 'a payment that succeeded has exactly one trade that paid it, and no other has one',
    query: () => sql`
      select coalesce(p.payment_id, a.payment_id)::text as key, coalesce(p.paid_out_trade_no, 'none') as expected,
        coalesce(a.trades, 'none') as actual
      from (select * from payments.payment where paid_out_trade_no is not null) p
      full join (
        select buyer_id, payment_id, string_agg(out_trade_no, ',') as trades from payments.attempt
        where state = 'paid' group by buyer_id, payment_id) a on a.buyer_id = p.buyer_id and a.payment_id = p.payment_id
      where p.paid_out_trade_no is distinct from a.trades`,
  },
  {
    name: 'payments.held',
    says: 'no payment waits for people',
    query: () => sql`
      select payment_id::text as key, 'settled' as expected, 'held for review since ' || created_at as actual
      from payments.payment where status = 'held_for_review'`,
  },
];

/** What each payment owes, and where it stands. */
export const paymentBook: AuditBook = () => sql`
  select payment_id::text collate "C" as key, amount::bigint as amount, status as state from payments.payment order by 1`;

export const paymentRefundBook: AuditBook = () => sql`
  select refund_no collate "C" as key, amount::bigint as amount, status as state from payments.refund order by 1`;
