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
      select o.order_no as key, '≤ ' || o.payable as expected, sum(r.amount)::text as actual
      from orders.order o join orders.refund r on r.buyer_id = o.buyer_id and r.order_no = o.order_no
      where r.status in ('requested', 'processing', 'succeeded')
      group by o.buyer_id, o.order_no, o.payable having sum(r.amount) > o.payable`,
  },
];

/** What a payment's orders cost together. `paid`: at least one counts as paid. */
export const orderPaymentBook: AuditBook = () => sql`
  select payment_id::text collate "C" as key, sum(payable)::bigint as amount,
    case when bool_or(status in ('paid', 'shipped', 'completed', 'refunding', 'refunded')) then 'paid' else 'unpaid' end as state
  from orders.order group by payment_id order by 1`;

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
