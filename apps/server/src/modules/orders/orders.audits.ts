/** What orders must add up to, and the figures others are set beside. */
import { sql } from 'kysely';
import type { AuditBook, AuditCheck } from '#platform/books.ts';

export const orderAudits: AuditCheck[] = [
  {
    name: 'orders.unit_counts',
    says: 'an order has as many pieces as its lines',
    query: () => sql`
      select o.order_no as key, coalesce(sum(l.quantity), 0)::text as expected, o.unit_count::text as actual
      from orders.order o left join orders.order_line l on l.buyer_id = o.buyer_id and l.order_no = o.order_no
      group by o.buyer_id, o.order_no having coalesce(sum(l.quantity), 0) <> o.unit_count`,
  },
  {
    name: 'orders.refunded_within_paid',
    says: 'no order gives back more than was paid for it',
    query: () => sql`
      select o.order_no as key, '≤ ' || case when o.deposit > 0 and o.paid_at is null then o.deposit else o.payable end as expected,
        sum(r.amount)::text as actual
      from orders.order o join orders.refund r on r.buyer_id = o.buyer_id and r.order_no = o.order_no
      where r.status in ('requested', 'processing', 'succeeded')
      group by o.buyer_id, o.order_no, o.payable, o.deposit, o.paid_at
      having sum(r.amount) > case when o.deposit > 0 and o.paid_at is null then o.deposit else o.payable end`,
  },
];

/** What a payment's orders cost together. `paid`: at least one counts as paid. */
export const orderPaymentBook: AuditBook = () => sql`
  select key, sum(amount)::bigint as amount, case when bool_or(is_paid) then 'paid' else 'unpaid' end as state
  from (
    select payment_id::text collate "C" as key, payable as amount,
      status in ('paid', 'ready_for_pickup', 'shipped', 'completed', 'refunding', 'refunded') as is_paid
    from orders.order where deposit = 0
    union all
    -- A presale's two payments: the deposit's, and once it is placed the balance's.
    select coalesce(deposit_payment_id, payment_id)::text collate "C", deposit, deposit_paid_at is not null
    from orders.order where deposit > 0
    union all
    select payment_id::text collate "C", payable - deposit, paid_at is not null
    from orders.order where deposit_payment_id is not null
  ) stages group by key order by 1`;

export const orderRefundBook: AuditBook = () => sql`
  select refund_no collate "C" as key, amount::bigint as amount, status as state from orders.refund order by 1`;

/** Pieces that an order still needs from its reservation. Orders on their way back are left out: theirs moves in steps. */
export const orderReservationBook: AuditBook = () => sql`
  select o.reservation_id::text collate "C" as key,
    case when o.status in ('cancelled', 'refunded') then 0
      when o.status = 'pending_payment' and o.held_until is null then 0
      else sum(l.quantity - l.shipped_quantity - l.withdrawn_quantity) end::bigint as amount,
    o.status as state
  from orders.order o join orders.order_line l on l.buyer_id = o.buyer_id and l.order_no = o.order_no
  group by o.buyer_id, o.order_no, o.reservation_id, o.status, o.held_until order by 1`;
